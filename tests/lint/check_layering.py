#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Which folder may include which, and which folder alone may touch a library (design 9). Usage: check_layering.py [TREE]"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))
import source

# The arrows: a folder may include itself and what stands here. A folder that is missing here is refused.
BASE = {"common/base"}
ALLOWED = {
    "common/base": set(),
    "common/crypto": BASE,
    "common/exchange": BASE,
    "common/wire": BASE | {"common/crypto", "common/exchange", "proto"},
    "common/trust": BASE | {"common/crypto", "common/wire"},
    "common/store": BASE | {"common/crypto", "common/exchange"},
    "common/net": BASE,
    "common/daemon": BASE | {"common/crypto", "common/exchange"},
}
COMMON = set(ALLOWED)
ROLES = {"agents/school", "agents/swv", "agents/gemeente", "agents/jeugdhulp", "agents/vo"}
ALLOWED["broker"] = COMMON
ALLOWED["agents/intake"] = COMMON | {"agents/runtime"}
# The runtime knows no role, and no way in which a role gets its data.
ALLOWED["agents/runtime"] = COMMON
for role in ROLES:
    ALLOWED[role] = COMMON | {"agents/runtime", "agents/intake"}
ALLOWED["agents/cli"] = COMMON | {"agents/intake"}

# Only here: the beginning of the header's name, the CMake targets, the folder.
LIBRARIES = [
    ("openssl/", ("OpenSSL::",), "common/crypto"),
    ("protobuf-c/", ("PkgConfig::PROTOBUFC",), "common/wire"),
    ("lmdb.h", ("PkgConfig::LMDB",), "common/store"),
    ("zmq.h", ("PkgConfig::ZMQ",), "common/net"),
    ("ini.h", ("PkgConfig::INIH",), "common/daemon"),
    ("systemd/", ("PkgConfig::SYSTEMD",), "common/daemon"),
    ("jansson.h", ("PkgConfig::JANSSON",), "agents/cli"),
    ("libxml/", ("PkgConfig::LIBXML2",), "agents/intake/oso"),
    ("seccomp.h", ("PkgConfig::SECCOMP",), "agents/intake/oso"),
]
TOPS = {"common", "broker", "agents", "proto", "tests"}
PRODUCT = {"common", "broker", "agents"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def folder_of(path):
    parts = path.split("/")
    if parts[0] in ("common", "agents"):
        return "/".join(parts[:2])
    return parts[0]


def is_library(name, beginning):
    return name == beginning or (beginning.endswith("/") and name.startswith(beginning))


def check_file(top, path, faults):
    text = source.code_only(source.read(top, path), keep_strings=True)
    folder = folder_of(path)
    if folder not in ALLOWED:
        faults.append(f"{path}: folder {folder} is not in the table of check_layering.py")
        return
    for match in INCLUDE.finditer(text):
        where = f"{path}:{source.line_of(text, match.start())}"
        kind, name = match.groups()
        for beginning, _, owner in LIBRARIES:
            if is_library(name, beginning) and owner not in (folder, os.path.dirname(path)):
                faults.append(f"{where}: <{name}> belongs in {owner} only")
        if kind == "<":
            if name.split("/")[0] in TOPS:
                faults.append(f"{where}: our own header {name} is included with < >")
            continue
        if name.split("/")[0] not in TOPS or "/" not in name:
            faults.append(f"{where}: \"{name}\" is not written from the root of the tree")
            continue
        target = folder_of(name)
        if target != folder and target not in ALLOWED[folder]:
            faults.append(f"{where}: {folder} must not include {target} ({name})")


def check_links(top, path, faults):
    """A library that is linked elsewhere is one step from being used there."""
    text = re.sub(r"#[^\n]*", "", source.read(top, path))
    folder = os.path.dirname(path)
    for _, targets, owner in LIBRARIES:
        for target in targets:
            # proto compiles the generated code of the wire, which needs the library's header.
            if target in text and folder != owner and not (folder == "proto" and owner == "common/wire"):
                faults.append(f"{path}: links {target}, which belongs in {owner} only")


def main():
    top = source.top_folder()
    faults = []
    for path in source.files(top, [".c", ".h"], PRODUCT):
        check_file(top, path, faults)
    for path in source.files(top, ["CMakeLists.txt"], PRODUCT | {"proto"}):
        check_links(top, path, faults)
    source.finish(faults, "libraries in their own folder, includes only downwards")


main()
