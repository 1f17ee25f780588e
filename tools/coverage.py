#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the tests ran: a table of lines and branches by room, and each branch of the files where a mistake costs most.

tools/coverage.py BUILD     BUILD: made with -Db_coverage=true, its tests have been run (./dev coverage does all of it)

In the files of tools/mutate.py every branch has to be taken both ways. One that can't be says why on its line, as
`/* never: why */`, or the line above is such a comment; a failed assertion needs no reason. Exit status 1: a branch without
a reason, or a reason without such a branch."""
import json
import pathlib
import re
import subprocess
import sys

from mutate import TARGETS

ROOT = pathlib.Path(__file__).resolve().parent.parent
NEVER = re.compile(r"/\* never: (.+?) \*/")
ASSERTION = re.compile(r"^\s*g_assert")


def measured(build):
    """{file: [(line number, times, [times of each branch])]}"""
    out = subprocess.run(["gcovr", "--json", "--root", str(ROOT), "--object-directory", build, "--filter", str(ROOT / "src"),
                          "--gcov-ignore-parse-errors", build], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {entry["file"]: [(line["line_number"], line["count"], [branch["count"] for branch in line["branches"]])
                            for line in entry["lines"] if not line.get("gcovr/noncode")] for entry in json.loads(out)["files"]}


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def by_room(files):
    rooms = {}
    for name, lines in files.items():
        sums = rooms.setdefault(name.split("/")[1], [0, 0, 0, 0])
        for _, times, branches in lines:
            for i, more in enumerate((times > 0, 1, sum(n > 0 for n in branches), len(branches))):
                sums[i] += more
    rooms["all"] = [sum(column) for column in zip(*rooms.values())]
    print("| room | lines | of them run | branches | of them taken |\n|---|--:|--:|--:|--:|")
    for room, (run, lines, taken, branches) in sorted(rooms.items(), key=lambda row: (row[0] == "all", row[0])):
        print(f"| `{room}` | {lines:,} | {percent(run, lines)} | {branches:,} | {percent(taken, branches)} |")


def each_branch(files):
    """The table of single files; what is wrong, as lines of text."""
    wrong = []
    print("\n| file | branches | taken | never, by a reason |\n|---|--:|--:|--:|")
    for name in TARGETS:
        source = (ROOT / name).read_text(encoding="utf-8").splitlines()
        taken = branches = left_out = 0
        marked = {number + NEVER.sub("", line).isspace() for number, line in enumerate(source, 1) if NEVER.search(line)}
        for number, _, counts in files.get(name, []):
            missing = sum(n == 0 for n in counts)
            if ASSERTION.match(source[number - 1]):
                continue
            branches += len(counts)
            taken += len(counts) - missing
            if missing and number in marked:
                left_out += missing
                marked.discard(number)
            elif missing:
                wrong.append(f"{name}:{number}: {missing} of {len(counts)} branches not taken: {source[number - 1].strip()}")
        print(f"| `{name}` | {branches} | {taken} | {left_out} |")
        wrong += [f"{name}:{number}: is taken: {source[number - 1].strip()}" for number in sorted(marked)]
        if not branches:
            wrong.append(f"{name}: nothing is known of it")
    return wrong


def main():
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    files = measured(sys.argv[1])
    by_room(files)
    wrong = each_branch(files)
    print("\n".join(["", *wrong]) if wrong else "\nevery branch of these files is taken or says why not")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
