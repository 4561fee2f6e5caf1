#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""The figures of run.sh as a table with ratios, or as one JSON object. Usage: report.py FIGURES 0|1 STRACE"""
import json
import sys

PRIMITIVES = ["ed25519_sign_per_s", "ed25519_verify_per_s", "hpke_context_per_s", "hpke_seal_per_s", "hpke_open_per_s",
              "sha256_per_s", "curve_send_per_s", "curve_batch256_msgs_per_s", "lmdb_1_per_s", "permit_per_s"]


def read(path):
    figures = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, value = line.split()
            figures[name] = float(value)
    return figures


def as_json(figures):
    prefix = "rss_anon_kib."
    out = {name: figures[name] for name in
           ("end_to_end_per_s", "lmdb_256_per_s", "nats_per_s", "lone_ms", "commit_ms", "ready_100k_s")}
    out["rss_anon_kib"] = {name[len(prefix):]: int(value) for name, value in figures.items() if name.startswith(prefix)}
    out.update({name: figures[name] for name in PRIMITIVES})
    return json.dumps(out)


def goals(figures):
    floor = max(6000, figures["lmdb_256_per_s"] / 20)
    lone = 2 * 3 * figures["commit_ms"] + 2
    idle = max(value for name, value in figures.items() if name.startswith("rss_anon_kib"))
    yield "end to end", f"{figures['end_to_end_per_s']:.0f}/s", f"at least {floor:.0f}/s", \
        figures["end_to_end_per_s"] >= floor
    yield "lone message, median", f"{figures['lone_ms']:.2f} ms", f"at most {lone:.2f} ms", figures["lone_ms"] <= lone
    yield "most RssAnon of a daemon", f"{idle:.0f} KiB", "at most 30720 KiB", idle <= 30720
    yield "ready on the log of this run", f"{figures['ready_100k_s']:.3f} s", "at most 1 s", figures["ready_100k_s"] <= 1
    yield "permission decisions, one core", f"{figures['permit_per_s']:.0f}/s", "at least 100000/s", \
        figures["permit_per_s"] >= 100000
    yield "memory taken by decisions", f"{figures['permit_allocated_bytes']:.0f} bytes", "none", \
        figures["permit_allocated_bytes"] == 0
    yield "fdatasync per commit", f"{figures['strace_fdatasync']:.0f} for {figures['strace_commits']:.0f}", \
        "at least one each", figures["strace_fdatasync"] >= figures["strace_commits"] > 0


def as_table(figures, strace):
    ours = figures["end_to_end_per_s"]
    rates = sorted((name for name in figures if name.endswith("_per_s") and not name.startswith("strace")),
                   key=lambda name: -figures[name])
    print(f"{'figure':<34}{'value':>14}{'end to end is':>18}")
    for name in rates:
        print(f"{name:<34}{figures[name]:>14.0f}{ours / figures[name]:>17.3f}x")
    print()
    for name, value in figures.items():
        if name not in rates:
            print(f"{name:<50}{value:>14.3f}")
    print(f"{'lone_ms / three commits':<50}{figures['lone_ms'] / (3 * figures['commit_ms']):>14.3f}")
    print("\nstrace -c of the school\n" + strace)
    print(f"{'goal':<32}{'measured':>18}   {'wanted':<24}")
    for what, measured, wanted, held in goals(figures):
        print(f"{what:<32}{measured:>18}   {wanted:<24}{'holds' if held else 'DOES NOT HOLD'}")


def main():
    figures = read(sys.argv[1])
    if sys.argv[2] == "1":
        print(as_json(figures))
        return 0
    with open(sys.argv[3], encoding="utf-8") as text:
        as_table(figures, text.read())
    return 0


if __name__ == "__main__":
    sys.exit(main())
