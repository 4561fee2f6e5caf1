#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""An independent, slow and literal reading of the two verzuim rules, to check the C implementation against.

  verzuim_model.py DIR [--tot DATUM] [--lesduur MINUTEN]   prints the form of verwacht.csv
  verzuim_model.py --compare PROGRAM DIR...                every day of the year as --tot, and lesduur 45
  verzuim_model.py --random PROGRAM COUNT [FIRST_SEED]     random data sets through both
  verzuim_model.py --expected PROGRAM FOLDER               every data set in FOLDER: model, C and its verwacht.csv say the same

Shares no code or data structure with the C: date objects, and every sum taken afresh on every day.
"""
import calendar
import datetime
import os
import random
import subprocess
import sys
import tempfile

DAY = datetime.timedelta(days=1)
HEADERS = {
    "kalender.csv": "van;tot;soort;omschrijving",
    "leerlingen.csv": "leerling;geboortedatum;gemeentecode;leerjaar",
    "verzuim.csv": "leerling;datum;minuten_rooster;minuten_geoorloofd;minuten_ongeoorloofd",
}


def rows_of(folder, name):
    with open(os.path.join(folder, name), "rb") as f:
        lines = f.read().decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    assert lines[0] == HEADERS[name]
    return [line.split(";") for line in lines[1:] if line]


def date(text):
    return datetime.date.fromisoformat(text)


class School:
    def __init__(self, folder):
        self.free = [(date(r[0]), date(r[1]), r[2]) for r in rows_of(folder, "kalender.csv")]
        self.pupils = {r[0]: (date(r[1]), r[2]) for r in rows_of(folder, "leerlingen.csv")}
        self.absent = {}
        for r in rows_of(folder, "verzuim.csv"):
            self.absent.setdefault(r[0], {})[date(r[1])] = (int(r[2]), int(r[3]), int(r[4]))
        first = min(f[0] for f in self.free)
        last = max(f[1] for f in self.free)
        self.days = []
        day = first
        while day <= last:
            if day.weekday() < 5 and not any(f[0] <= day <= f[1] for f in self.free):
                self.days.append(day)
            day += DAY
        self.weeks = []  # ISO weeks with a school day, one after another
        for day in self.days:
            if day.isocalendar()[:2] not in self.weeks:
                self.weeks.append(day.isocalendar()[:2])
        self.week_of = {day: self.weeks.index(day.isocalendar()[:2]) for day in self.days}

    def is_free(self, day, kind):
        return any(f[0] <= day <= f[1] and f[2] == kind for f in self.free)

    def report_by(self, day):
        left = 5
        while left > 0:
            day += DAY
            if day.weekday() < 5 and not self.is_free(day, "feestdag"):
                left -= 1
        return day


def obliged(born, day):
    """From the first of the month after the month of the fifth birthday, up to the eighteenth birthday."""
    fifth = datetime.date(born.year + 5 + (born.month == 12), born.month % 12 + 1, 1)
    if born.month == 2 and born.day == 29 and not calendar.isleap(born.year + 18):
        eighteenth = datetime.date(born.year + 18, 3, 1)
    else:
        eighteenth = born.replace(year=born.year + 18)
    return fifth <= day < eighteenth


def sixteen_hours(school, born, absent, days, lesson):
    made = []
    rows = sorted(set(absent) & set(days))
    for x in days:
        if not obliged(born, x):
            continue
        end = made[-1][1] if made else None
        counted = [d for d in rows if d <= x and obliged(born, d)
                   and school.week_of[x] - 3 <= school.week_of[d] <= school.week_of[x]
                   and (end is None or d > end)]
        total = sum(absent[d][2] for d in counted)
        if total >= 16 * lesson and (end is None or (x - end).days >= 7):
            missed = [d for d in counted if absent[d][2] > 0]
            made.append((min(missed), max(missed), total, school.report_by(x)))
    return made


def long_absence(school, born, absent, days):
    """Counts calendar days, so it asks for no least number of school days or minutes: where feestdagen, days schoolvrij or days
    without timetable lie between, two school days missed whole can be four weeks (a shortcut that asked for four missed those)."""
    made = []
    run = []
    done = False
    for x in days:
        planned, _, missed = absent.get(x, (1, 0, 0))
        if planned == 0:
            continue
        if missed != planned or not obliged(born, x):
            run, done = [], False
            continue
        run.append(x)
        length = sum(1 for n in range((x - run[0]).days + 1) if not school.is_free(run[0] + n * DAY, "vakantie"))
        if length >= 28 and not done:
            done = True
            made.append((run[0], x, sum(absent[d][2] for d in run), school.report_by(x)))
    return made


def expected(school, tot=None, lesson=60):
    out = []
    days = [d for d in school.days if tot is None or d <= tot]
    for pupil, absent in school.absent.items():
        born, code = school.pupils[pupil]
        # Less than the threshold in the whole year, or no day missed whole, can give nothing: saves most of the time. Anything
        # sharper belongs to a rule and not here: it would be a second rule, that nothing compares with the text.
        if code == "0000":
            continue
        if sum(a[2] for a in absent.values()) >= 16 * lesson:
            out += [(pupil, m[1], "16-uur", m, code) for m in sixteen_hours(school, born, absent, days, lesson)]
        if any(a[0] == a[2] > 0 for a in absent.values()):
            out += [(pupil, m[1], "langdurig", m, code) for m in long_absence(school, born, absent, days)]
    out.sort(key=lambda e: (e[0].encode(), e[1], e[2]))
    lines = ["leerling;soort;begindatum;einddatum;minuten;gemeentecode;uiterste_melddatum"]
    lines += [f"{p};{kind};{m[0]};{m[1]};{m[2]};{code};{m[3]}" for p, _, kind, m, code in out]
    return "\n".join(lines) + "\n"


def run(program, folder, *options):
    done = subprocess.run([program, folder, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        sys.exit(f"{folder} {options}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def same(program, folder, school, tot, lesson):
    options = (["--tot", str(tot)] if tot else []) + (["--lesduur", str(lesson)] if lesson != 60 else [])
    want = expected(school, tot, lesson)
    got = run(program, folder, *options)
    if got != want:
        differ = sorted(set(got.split("\n")) ^ set(want.split("\n")))
        sys.exit(f"{folder} {options}: C and model differ: {differ[:6]}")
    return want.count("\n") - 1


def compare(program, folders):
    count = 0
    for folder in folders:
        if not os.path.isdir(folder):
            print(f"not present, left out: {os.path.basename(folder)}")
            continue
        school = School(folder)
        # All days of a small set, every fifteenth of a large one.
        step = 1 if len(school.pupils) < 100 else 15
        for day in [school.days[0] - DAY] + school.days[::step] + [school.days[-1] + 3 * DAY]:
            same(program, folder, school, day, 60)
            count += 1
        if step == 1:
            same(program, folder, school, school.days[20] + 2 * DAY, 60)
        for lesson in (45, 50, 1):
            assert same(program, folder, school, None, lesson) > 0
            count += 1
        assert same(program, folder, school, None, 60) > 0
    # Our own set alone makes 194; those beside the checkout add to it.
    if count < 190:
        sys.exit(f"only {count} comparisons")
    print(f"{count} comparisons, all the same")


def compare_expected(program, folder):
    names = sorted(name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name)))
    for name in names:
        path = os.path.join(folder, name)
        with open(os.path.join(path, "verwacht.csv"), encoding="utf-8", newline="") as f:
            want = f.read()
        for who, got in (("the model", expected(School(path))), ("C", run(program, path))):
            if got != want:
                sys.exit(f"{name}: {who} says\n{got}and verwacht.csv\n{want}")
    if not names:
        sys.exit(f"{folder}: no data set")
    print(f"{len(names)} data sets, all as expected")


def random_set(seed, folder):
    """A school year with odd corners: overlapping rows, loose days, a year that starts mid-week, pupils near 5 and 18."""
    rng = random.Random(seed)
    first = datetime.date(2015 + seed % 20, 8, 1) + rng.randrange(20) * DAY
    last = first + rng.randrange(60, 365) * DAY
    free = [(first, first + rng.randrange(3) * DAY, "vakantie"), (last, last, rng.choice(["vakantie", "feestdag"]))]
    for _ in range(rng.randrange(0, 18)):
        van = first + rng.randrange((last - first).days + 1) * DAY
        tot = min(last, van + rng.choice([0, 0, 0, 1, 4, 8, 15]) * DAY)
        free.append((van, tot, rng.choice(["vakantie", "feestdag", "schoolvrij"])))
    rng.shuffle(free)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    days = [d for d in days if d.weekday() < 5 and not any(f[0] <= d <= f[1] for f in free)]
    pupils, rows = [], []
    for n in range(rng.randrange(1, 9)):
        pupil = rng.choice(["P", "p", "é", '"', "0"]) + str(rng.randrange(3, 2000)) + "-" + str(n)
        years = rng.choice([5, 18, 18, 10, 17, 16])
        born = (first + rng.randrange(-40, 400) * DAY)
        born = datetime.date(born.year - years, born.month, min(born.day, 28)) + rng.randrange(3) * DAY
        if rng.random() < 0.15:
            near = [y for y in range(first.year - 19, first.year - 3) if calendar.isleap(y)]
            born = datetime.date(min(near, key=lambda y: min(abs(first.year + 1 - y - n) for n in (5, 18))), 2, 29)
        pupils.append(f"{pupil};{born};{rng.choice(['0114', '0957', '1641', '0000'])};{rng.randrange(9)}")
        style = rng.choice(["runs", "hours", "mixed", "few"])
        share = {"runs": 0.97, "hours": 0.4, "mixed": 0.8, "few": 0.05}[style]
        planned = rng.choice([1, 40, 240, 300, 330])
        away = False
        for day in days:
            if style == "mixed" and rng.random() < 0.05:
                away = not away
            if rng.random() > (share if style != "mixed" or away else 0.1):
                continue
            today = rng.choice([planned, planned, planned, 0]) if rng.random() < 0.1 else planned
            missed = today if style == "runs" or rng.random() < 0.6 else rng.randrange(today + 1)
            allowed = rng.randrange(today - missed + 1) if rng.random() < 0.2 else 0
            rows.append(f"{pupil};{day};{today};{allowed};{missed}")
    rng.shuffle(pupils)
    rng.shuffle(rows)
    files = {"kalender.csv": [f"{a};{b};{s};x" for a, b, s in free], "leerlingen.csv": pupils, "verzuim.csv": rows}
    for name, lines in files.items():
        end = "\r\n" if seed % 3 == 0 else "\n"
        with open(os.path.join(folder, name), "wb") as f:
            f.write(("\ufeff" if seed % 4 == 0 else "").encode() + end.join([HEADERS[name]] + lines).encode())
            f.write(end.encode() if seed % 2 == 0 or not lines else b"")


def compare_random(program, count, first_seed):
    meldingen = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first_seed, first_seed + count):
            random_set(seed, folder)
            school = School(folder)
            rng = random.Random(seed + 1)
            tot = rng.choice(school.days) if school.days and rng.random() < 0.4 else None
            try:
                meldingen += same(program, folder, school, tot, rng.choice([60, 60, 60, 45, 50, 30]))
            except SystemExit as failure:
                sys.exit(f"seed {seed}: {failure}")
    if meldingen < count:
        sys.exit(f"only {meldingen} meldingen in {count} sets: the generator tests too little")
    print(f"{count} random sets, {meldingen} meldingen, all the same")


def main(words):
    if words[:1] == ["--compare"]:
        compare(words[1], words[2:])
    elif words[:1] == ["--random"]:
        compare_random(words[1], int(words[2]), int(words[3]) if len(words) > 3 else 1)
    elif words[:1] == ["--expected"]:
        compare_expected(words[1], words[2])
    else:
        options = dict(zip(words[1::2], words[2::2]))
        tot = date(options["--tot"]) if "--tot" in options else None
        sys.stdout.write(expected(School(words[0]), tot, int(options.get("--lesduur", 60))))


main(sys.argv[1:])
