#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The manual pages are well formed, and every option, command, configuration key, profile key and log event of the source
has its line in them. Usage: check_man.py [TREE]"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
import source

MAN = "deploy/man"
PAGES = ["ketenbode.1", "ketenbode-broker.8", "ketenbode-school.8", "ketenbode-swv.8", "ketenbode-gemeente.8",
         "ketenbode-jeugdhulp.8", "ketenbode-vo.8", "ketenbode.conf.5", "ketenbode-verzuim.5", "ketenbode-profile.5",
         "ketenbode-protocol.7", "ketenbode-events.7"]
DAEMONS = [p for p in PAGES if p.endswith(".8")]
STRINGS = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
OPTION_TABLE = re.compile(r"struct kb_option \w+\[[^]]*\]\s*=\s*\{(.*?)\n\};", re.S)
OPTION = re.compile(r'=\s*\{\s*"([a-z][a-z0-9-]*)",')
COMMAND = re.compile(r"\b(?:ASK|HERE)\(\s*" + STRINGS + r",\s*" + STRINGS + ",")
CONFIG_KEY = re.compile(r'\.section\s*=\s*"([^"]+)",\s*\.key\s*=\s*"([^"]+)"')
PROFILE_KEY = re.compile(r'X\([A-Z_]+,\s*"([a-z_]+)",\s*"[a-z]+",\s*\d+,\s*\d+')
EVENT = re.compile(r'\bkb_log\(\s*[^,]+,\s*"([^"]+)"')


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
    return count


def check_events(top, pages):
    for path in source.files(top, [".c"], {"common", "agents", "broker"}):
        text = source.code_only(source.read(top, path), keep_strings=True)
        for event in EVENT.findall(text):
            pages.need("ketenbode-events.7", rf"^\.It Sy {re.escape(event)}(?: |$)", f"event {event}", path)


def main():
    top = source.top_folder()
    faults = []
    pages = Pages(top, faults)
    check_form(top, faults)
    check_options(top, pages)
    check_commands(top, pages)
    check_keys(top, pages)
    check_events(top, pages)
    source.finish(sorted(set(faults)), f"{len(PAGES)} manual pages say what the programs can")


main()
