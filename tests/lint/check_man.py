#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The manual pages are well formed, and every option, command, configuration key, profile key and log event of the source
has its line in them. Where the programs are built (KB_BUILD, build/dev without it) it asks them too: the pages name no command,
option, key, default or event that is not there, and the completion is that of the program. Usage: check_man.py [TREE]"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
import source

MAN = "deploy/man"
PAGES = ["ketenbode.1", "ketenbode-broker.8", "ketenbode-school.8", "ketenbode-swv.8", "ketenbode-gemeente.8",
         "ketenbode-jeugdhulp.8", "ketenbode-vo.8", "ketenbode-oso.8",
         "ketenbode.conf.5", "ketenbode-verzuim.5", "ketenbode-profile.5",
         "ketenbode-protocol.7", "ketenbode-events.7"]
# The helper has no options and no keys.
HELPERS = ["ketenbode-oso.8"]
DAEMONS = [p for p in PAGES if p.endswith(".8") and p not in HELPERS]
STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
OPTION_TABLE = re.compile(r"struct kb_option \w+\[[^]]*\]\s*=\s*\{(.*?)\n\};", re.S)
OPTION = re.compile(r'=\s*\{\s*"([a-z][a-z0-9-]*)",')
COMMAND = re.compile(r"\b(?:ASK|ASK_LIST|HERE)\(\s*" + STRINGS + r",\s*" + STRINGS + ",")
CONFIG_KEY = re.compile(r'\.section\s*=\s*"([^"]+)",\s*\.key\s*=\s*"([^"]+)"')
PROFILE_KEY = re.compile(r'X\([A-Z_]+,\s*"([a-z_]+)",\s*"[a-z]+",\s*\d+,\s*\d+')
PROFILE_RULE = re.compile(r'X\([A-Z_]+,\s*\d+,\s*"([a-z]+)",\s*"([a-z_]+)",\s*[A-Z]+\)')
PROFILE_FUNCTION = re.compile(r'X\("([a-z-]+)",\s*"\d{3}:')
ROUTE = "common/exchange/route.h"
ROUTE_WORD = re.compile(r'X\([A-Z_]+,\s*\d+,\s*"([a-z-]+)",')
EVENT = re.compile(r'\bkb_log\(\s*([^,]+),\s*"([^"]+)"')
LEVEL = re.compile(r"KB_LOG_([A-Z]+)")
HELP_OPTION = re.compile(r"--([a-z][a-z_-]*)")


def joined(strings):
    return "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', strings))


class Pages:
    def __init__(self, top, faults):
        self.text = {}
        self.faults = faults
        for page in PAGES:
            path = os.path.join(top, MAN, page)
            if not os.path.exists(path):
                faults.append(f"{MAN}/{page}: is missing")
                continue
            with open(path, encoding="utf-8") as file:
                self.text[page] = file.read()

    def need(self, page, pattern, what, where):
        """pattern must be found in the page."""
        if page in self.text and not re.search(pattern, self.text[page], re.M):
            self.faults.append(f"{where}: {what} has no line in {MAN}/{page}")


def check_form(top, faults):
    for page in PAGES:
        path = os.path.join(top, MAN, page)
        if not os.path.exists(path):
            continue
        run = subprocess.run(["mandoc", "-W", "warning", "-T", "utf8", path], stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True, check=False)
        faults += [line for line in run.stderr.splitlines() if line.startswith("mandoc: /") or line.startswith("mandoc: deploy")]


def option_line(name):
    return rf"^\.(?:It|Op|Oo|Xo|Nm)?.*\bFl -{re.escape(name)}(?![\w-])"


def check_options(top, pages):
    for path in source.files(top, [".c"], {"common", "agents", "broker"}):
        text = source.code_only(source.read(top, path), keep_strings=True)
        targets = ["ketenbode.1"] if path.startswith("agents/cli/") else DAEMONS
        for table in OPTION_TABLE.finditer(text):
            for option in OPTION.finditer(table.group(1)):
                for page in targets:
                    pages.need(page, option_line(option.group(1)), f"option --{option.group(1)}", path)


def check_commands(top, pages):
    path = "agents/cli/command_table.c"
    if not os.path.exists(os.path.join(top, path)):
        return
    text = source.code_only(source.read(top, path), keep_strings=True)
    for match in COMMAND.finditer(text):
        words, form = joined(match.group(1)), joined(match.group(2))
        pages.need("ketenbode.1", rf"^\.It Ic {re.escape(words)}(?: |$)", f"command \"{words}\"", path)
        for option in re.findall(r"--([a-z][a-z-]*)", form):
            pages.need("ketenbode.1", option_line(option), f"option --{option} of \"{words}\"", path)


def check_keys(top, pages):
    count = 0
    for path in source.files(top, [".c", ".h"], {"common", "agents", "broker"}):
        text = source.code_only(source.read(top, path), keep_strings=True)
        for section, key in CONFIG_KEY.findall(text):
            count += 1
            if "ketenbode.conf.5" in pages.text:
                part = re.search(rf"^\.Ss [^\n]*\b{re.escape(section)}\b[^\n]*\n(.*?)(?=^\.S[sh] |\Z)",
                                 pages.text["ketenbode.conf.5"], re.M | re.S)
                if not part or not re.search(rf"^\.It Cm {re.escape(key)}(?: |$)", part.group(1), re.M):
                    pages.faults.append(f"{path}: key {key} of [{section}] has no line in {MAN}/ketenbode.conf.5")
        for key in PROFILE_KEY.findall(text):
            pages.need("ketenbode-profile.5", rf"^\.It Cm {key}(?: |$)", f"profile key {key}", path)
        for section, key in PROFILE_RULE.findall(text):
            pages.need("ketenbode-profile.5", rf"(?ms)^\.Ss {section}$(?:(?!^\.S[sh] ).)*?^\.It Cm {key}(?: |$)",
                       f"profile key {key} of [{section}]", path)
        for word in PROFILE_FUNCTION.findall(text):
            pages.need("ketenbode-profile.5", rf"(?ms)^\.Sh FUNCTIONS$(?:(?!^\.Sh ).)*?^\.It Cm {word}$",
                       f"function {word} of a step", path)
        for word in ROUTE_WORD.findall(text) if path == ROUTE else []:
            pages.need("ketenbode-profile.5", rf"^\.It Cm {word}(?: |$)", f"word {word} of a route", path)
    return count


def check_events(top, pages):
    levels = {}
    for path in source.files(top, [".c"], {"common", "agents", "broker"}):
        text = source.code_only(source.read(top, path), keep_strings=True)
        for level, event in EVENT.findall(text):
            levels.setdefault(event, set()).update(name.lower() for name in LEVEL.findall(level))
            pages.need("ketenbode-events.7", rf"^\.It Sy {re.escape(event)}(?: |$)", f"event {event}", path)
    return levels


class Build:
    """The programs, when they are there."""
    def __init__(self, top):
        self.folder = os.path.join(top, os.environ.get("KB_BUILD", "build/dev"))
        self.programs = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if name.startswith("ketenbode") and "." not in name and os.access(path, os.X_OK):
                    self.programs[name] = path

    def says(self, name, *words):
        return subprocess.run([self.programs[name], *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False).stdout


def check_built_commands(build, pages):
    page = pages.text.get("ketenbode.1", "")
    said = re.findall(r"^  ([a-z]+(?: [a-z]+)*)  +\S", build.says("ketenbode", "--help"), re.M)
    written = {}
    for line in re.findall(r"^\.It Ic (.*)$", page, re.M):
        words = re.match(r"[a-z]+(?: [a-z]+)*", line).group(0)
        written[words] = set(re.findall(r"Fl -([a-z][a-z_-]*)", line))
    for words in sorted(set(written) - set(said)):
        pages.faults.append(f"{MAN}/ketenbode.1: the program has no command \"{words}\"")
    for words in said:
        if words not in written:
            pages.faults.append(f"ketenbode: command \"{words}\" has no line in {MAN}/ketenbode.1")
            continue
        form = build.says("ketenbode", *words.split(), "--help").split("\n", 1)[0]
        real = set(HELP_OPTION.findall(form))
        for option in sorted(written[words] - real):
            pages.faults.append(f"{MAN}/ketenbode.1: \"{words}\" has no option --{option}")
        for option in sorted(real - written[words]):
            if not re.search(option_line(option), page, re.M):
                pages.faults.append(f"ketenbode: --{option} of \"{words}\" has no line in {MAN}/ketenbode.1")


def check_built_daemons(build, pages):
    """Options of every daemon, and its keys: page and program have the same ones, with the same defaults."""
    real = {}
    for page in DAEMONS:
        name = page[:-2]
        if name not in build.programs or page not in pages.text:
            pages.faults.append(f"{name}: is not in {build.folder}")
            continue
        said = build.says(name, "--help")
        options = set(re.findall(r"^  --([a-z][a-z-]*)", said, re.M))
        written = set(re.findall(r"^\.It Fl -([a-z][a-z-]*)", pages.text[page], re.M))
        for option in sorted(options ^ written):
            pages.faults.append(f"{MAN}/{page}: --{option} is not in both the page and {name} --help")
        path = re.search(r"^Without --config: (\S+)$", said, re.M)
        if not path or path.group(1) not in pages.text[page]:
            pages.faults.append(f"{MAN}/{page}: does not name the configuration file of {name}")
        section = ""
        for line in build.says(name, "--config-reference").split("\n"):
            head = re.match(r"\[(.*)\]$", line)
            key = re.match(r"(?:# )?([a-z0-9_]+) = ?(.*)$", line)
            if head:
                section = head.group(1)
            elif key:
                real.setdefault((section, key.group(1)), key.group(2))
    section = ""
    written = {}
    for line in pages.text.get("ketenbode.conf.5", "").split("\n"):
        head = re.match(r"\.Ss (\S+)$", line)
        key = re.match(r"\.It Cm (\S+)(.*)$", line)
        if head:
            section = head.group(1)
        elif key:
            written[(section, key.group(1))] = key.group(2)
    for section, key in sorted(set(written) - set(real)):
        pages.faults.append(f"{MAN}/ketenbode.conf.5: no program has the key {key} of [{section}]")
    for (section, key), value in sorted(real.items()):
        if (section, key) not in written:
            pages.faults.append(f"{MAN}/ketenbode.conf.5: has no key {key} of [{section}]")
        elif value and not re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.])", written[(section, key)]):
            pages.faults.append(f"{MAN}/ketenbode.conf.5: the default of {key} of [{section}] is {value}")


def check_built_events(levels, pages):
    written = dict(re.findall(r"^\.It Sy (\S+) Pq (.*)$", pages.text.get("ketenbode-events.7", ""), re.M))
    for event in sorted(set(written) - set(levels)):
        pages.faults.append(f"{MAN}/ketenbode-events.7: no program writes the event {event}")
    for event in sorted(set(written) & set(levels)):
        if set(written[event].replace(",", " ").split()) != levels[event]:
            pages.faults.append(f"{MAN}/ketenbode-events.7: {event} is written as {', '.join(sorted(levels[event]))}")


def check_completion(top, build, pages):
    path = "deploy/completion/ketenbode"
    if not os.path.exists(os.path.join(top, path)) or source.read(top, path) != build.says("ketenbode", "completion"):
        pages.faults.append(f"{path}: is not what ketenbode completion prints")


def main():
    top = source.top_folder()
    faults = []
    pages = Pages(top, faults)
    check_form(top, faults)
    check_options(top, pages)
    check_commands(top, pages)
    check_keys(top, pages)
    levels = check_events(top, pages)
    build = Build(top)
    if "ketenbode" in build.programs:
        check_built_commands(build, pages)
        check_built_daemons(build, pages)
        check_built_events(levels, pages)
        check_completion(top, build, pages)
    else:
        print(f"note: ketenbode is not in {build.folder}; what the programs say themselves was not compared")
    source.finish(sorted(set(faults)), f"{len(PAGES)} manual pages say what the programs can")


main()
