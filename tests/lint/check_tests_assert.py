#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Every Test() asserts something, itself or through a function of its file or of tests/support, and every test file is
built. Usage: check_tests_assert.py [TREE]"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
import source

TEST = re.compile(r"^(?:Test|ParameterizedTest|Theory)\s*\(([^)]*)\)\s*\{", re.M)
FUNCTION = re.compile(r"^(\w+)\([^;{}]*\)\s*\{", re.M)
MACRO = re.compile(r"^#define (\w+)\((?:[^\n\\]|\\.|\\\n)*", re.M)
ASSERTION = re.compile(r"\bcr_(?:assert|expect|fail)\w*\s*\(")


def body(code, start):
    """The text from start, which is just behind a '{', to its '}'."""
    depth = 1
    for place in range(start, len(code)):
        depth += {"{": 1, "}": -1}.get(code[place], 0)
        if depth == 0:
            return code[start:place]
    return code[start:]


def functions(code):
    return {m.group(1): body(code, m.end()) for m in FUNCTION.finditer(code)}


def asserting(bodies):
    """Names of the functions that assert, directly or through another of them."""
    names = {name for name, text in bodies.items() if ASSERTION.search(text)}
    while True:
        more = {name for name, text in bodies.items()
                if name not in names and any(re.search(rf"\b{n}\s*\(", text) for n in names)}
        if not more:
            return names
        names |= more


def check_file(top, path, shared, faults):
    code = source.code_only(source.read(top, path))
    bodies = dict(shared)
    bodies.update(functions(code))
    names = asserting(bodies)
    # A macro of the file that wraps a function of it, or asserts itself.
    for match in MACRO.finditer(code):
        text = match.group(0)
        if ASSERTION.search(text) or any(re.search(rf"\b{n}\b", text) for n in names):
            names.add(match.group(1))
    tests = list(TEST.finditer(code))
    if not tests:
        faults.append(f"{path}: has no Test()")
    for match in tests:
        text = body(code, match.end())
        if ASSERTION.search(text) or any(re.search(rf"\b{n}\s*\(", text) for n in names):
            continue
        if re.search(r"\.signal\s*=|\.exit_code\s*=", match.group(1)):
            continue  # the expected end of the process is the assertion
        faults.append(f"{path}:{source.line_of(code, match.start())}: "
                      f"Test({match.group(1).strip()}) asserts nothing")


def check_built(top, tests, faults):
    """A test that no CMakeLists.txt names never runs, and nobody notices."""
    base = os.path.join(top, os.environ.get("KB_BUILD", "build/dev"), "compile_commands.json")
    if not os.path.exists(base):
        print(f"note: {base} is not there; whether every test is built was not checked")
        return
    with open(base, encoding="utf-8") as file:
        built = {os.path.relpath(os.path.join(entry["directory"], entry["file"]), top) for entry in json.load(file)}
    for path in tests:
        if path not in built:
            faults.append(f"{path}: is in no CMakeLists.txt, so it never runs")


def main():
    top = source.top_folder()
    faults = []
    shared = {}
    for path in source.files(top, [".c", ".h"], {"tests"}):
        if path.startswith("tests/support/") or path.endswith(".h"):
            shared.update(functions(source.code_only(source.read(top, path))))
    tests = [p for p in source.files(top, [".c"], {"tests"}) if os.path.basename(p).startswith("test_")]
    for path in tests:
        check_file(top, path, shared, faults)
    check_built(top, tests, faults)
    source.finish(faults, f"{len(tests)} test files, every test asserts")


main()
