#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Functions and constructs that our C does not use, each with what to use instead. Usage: check_banned_calls.py [TREE]"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
import source

PRODUCT = {"common", "broker", "agents"}
OURS = PRODUCT | {"tests"}

# name, instead, folders that are checked, paths that may
CALLS = [
    ("strcpy", "kb_text_copy()", OURS, ()),
    ("strcat", "kb_buf_put_text()", OURS, ()),
    ("strncpy", "kb_text_copy()", OURS, ()),
    ("strncat", "kb_buf_put_text()", OURS, ()),
    ("sprintf", "snprintf() or kb_buf_putf()", OURS, ()),
    ("vsprintf", "vsnprintf()", OURS, ()),
    ("gets", "a reader with a limit", OURS, ()),
    ("strtok", "memchr() over a span", OURS, ()),
    ("atoi", "kb_text_to_u64()", OURS, ()),
    ("atol", "kb_text_to_u64()", OURS, ()),
    ("rand", "struct kb_random", OURS, ()),
    ("srand", "struct kb_random", OURS, ()),
    ("system", "fork and exec", OURS, ()),
    ("popen", "fork and exec", OURS, ()),
    ("alloca", "an arena", OURS, ()),
    ("setjmp", "an error code", OURS, ()),
    ("longjmp", "an error code", OURS, ()),
    ("assert", "KB_INVARIANT()", PRODUCT, ()),
    ("sleep", "a wait for a condition with a deadline", OURS, ()),
    ("usleep", "a wait for a condition with a deadline", OURS, ()),
    ("getenv", "a configuration key", PRODUCT, ("common/daemon/journal.c", "common/store/failpoint.c")),
    ("time", "struct kb_clock", PRODUCT, ("common/base/clock.c",)),
    ("gettimeofday", "struct kb_clock", PRODUCT, ("common/base/clock.c",)),
    ("clock_gettime", "struct kb_clock", PRODUCT, ("common/base/clock.c",)),
    ("localtime", "common/exchange/date.h", PRODUCT, ()),
    ("getrandom", "struct kb_random", PRODUCT, ("common/base/random.c",)),
]
DEFINE = re.compile(r"^[ \t]*#[ \t]*define\b(?:[^\n\\]|\\.|\\\n)*", re.M | re.S)


def check_calls(path, code, faults):
    folder = path.split("/")[0]
    for name, instead, folders, exceptions in CALLS:
        if folder not in folders or path in exceptions:
            continue
        for match in re.finditer(rf"(?<![\w.])(?<!->){name}\s*\(", code):
            line = source.line_of(code, match.start())
            faults.append(f"{path}:{line}: {name}() is not used here; use {instead}")


def check_macros(path, code, faults):
    for match in DEFINE.finditer(code):
        if re.search(r"\b(return|goto)\b", match.group(0)):
            line = source.line_of(code, match.start())
            faults.append(f"{path}:{line}: a macro must not hide a return or goto")


def main():
    top = source.top_folder()
    faults = []
    for path in source.files(top, [".c", ".h"], OURS):
        code = source.code_only(source.read(top, path))
        check_calls(path, code, faults)
        check_macros(path, code, faults)
    source.finish(faults, "no banned call, no macro that jumps")


main()
