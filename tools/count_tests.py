#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count single test results in meson's logs and print `N passed, M failed[, K skipped]` as the last line.

A TAP program counts by its points; a program that crashed, timed out or exited badly counts one failure
more; any other program counts as one test. What failed is named at the end, with the last lines its program
said, for that is what is left of a long log. A program that failed and then passed alone (again.json beside
testlog.json) counts by its second run, and is named. Exit status 1 if anything failed or nothing was run.

`--failed FILE` prints the names of the programs that failed instead, one a line.
"""
import json
import pathlib
import re
import sys

TOLD = 30  # lines of a failed program
POINT = re.compile(r"^(not )?ok\b[^#\n]*(#\s*skip\b\s*(.*))?", re.IGNORECASE)
PASSED = ("OK", "EXPECTEDFAIL")


def read(path):
    lines = pathlib.Path(path).read_text(encoding="utf-8").splitlines()
    return {test["name"]: test for test in map(json.loads, lines)}


def failed_of(path):
    return [name for name, test in read(path).items() if test["result"] not in PASSED + ("SKIP",)]


def tell(test, points, how="failed"):
    """Which points of a program failed, and how it ended: its last lines."""
    said = ((test.get("stdout") or "") + (test.get("stderr") or "")).splitlines()
    print(f"{how}: {test['name']} ({test['result']})")
    for point in points:
        print(f"  {point}")
    for line in said[-TOLD:]:
        print(f"  | {line}")


class Count:
    def __init__(self):
        self.passed, self.failed, self.skipped, self.reasons = 0, 0, 0, []

    def skip(self, name, why):
        self.skipped += 1
        self.reasons.append(f"{name}: {why}")

    def program(self, test):
        points, bad = 0, []
        for out in (test.get("stdout") or "").splitlines():
            hit = POINT.match(out)
            if not hit:
                continue
            points += 1
            if hit.group(1):
                bad.append(out)
            elif hit.group(2):
                self.skip(test["name"], f"{out.split('#', 1)[0].split(None, 2)[-1].strip()}: {hit.group(3)}")
            else:
                self.passed += 1
        if test["result"] in PASSED:
            self.passed += 0 if points else 1
        elif test["result"] == "SKIP":
            if not points:
                self.skip(test["name"], "skipped as a whole")
        else:
            tell(test, bad)
            bad = bad or [test["name"]]
        self.failed += len(bad)

    def log(self, path):
        tests = read(path)
        again = pathlib.Path(path).with_name("again.json")
        for name, test in read(again).items() if again.exists() else ():
            if test["result"] in PASSED:
                tell(tests[name], [], "passed the second time, alone; the first time")
            tests[name] = test
        for test in tests.values():
            self.program(test)


def main():
    if sys.argv[1:2] == ["--failed"]:
        for name in failed_of(sys.argv[2]):
            print(name.split(" / ")[-1])
        return 0
    count = Count()
    for path in sys.argv[1:]:
        try:
            count.log(path)
        except (OSError, ValueError) as error:
            print(f"count_tests: {error}")
            count.failed += 1
    for reason in count.reasons:
        print("skipped:", reason)
    tail = f", {count.skipped} skipped" if count.skipped else ""
    print(f"{count.passed} passed, {count.failed} failed{tail}")
    return 1 if count.failed or not count.passed else 0


if __name__ == "__main__":
    sys.exit(main())
