# SPDX-License-Identifier: EUPL-1.2
"""What the lint scripts in Python share: which files are ours, and C text without comments and strings."""
import os
import re
import sys

SKIPPED_FOLDERS = {".git", "build", ".cache", "__pycache__"}


def top_folder():
    """The tree to look at: the first argument, else the one this script stands in."""
    if len(sys.argv) > 1:
        return os.path.abspath(sys.argv[1])
    return os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))


def files(top, suffixes, folders=None):
    """Relative paths with one of the suffixes, sorted; folders limits to these top folders."""
    found = []
    for folder, names, entries in os.walk(top):
        names[:] = [n for n in names if n not in SKIPPED_FOLDERS and not n.startswith("build-")]
        for entry in entries:
            path = os.path.relpath(os.path.join(folder, entry), top)
            if path.endswith(tuple(suffixes)) and (
                    folders is None or path.split(os.sep)[0] in folders):
                found.append(path)
    return sorted(found)


def read(top, path):
    with open(os.path.join(top, path), encoding="utf-8") as file:
        return file.read()


TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text, keep_strings=False):
    """C text in which comments (and strings) are blanked out; lines and columns stay where they are."""
    def blank(match):
        piece = match.group(0)
        if keep_strings and piece[0] in "\"'":
            return piece
        return re.sub(r"[^\n]", " ", piece)
    return TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(faults, what):
    """Prints the faults and ends the script: 0 when there are none."""
    for fault in faults:
        print(fault)
    if faults:
        print(f"{len(faults)} faults: {what}")
        sys.exit(1)
    print(f"OK: {what}")
    sys.exit(0)
