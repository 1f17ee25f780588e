#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Count single test results in meson's logs and print `N passed, M failed[, K skipped]` as the last line.

A TAP program counts by its points; a program that crashed, timed out or exited badly counts one failure
more; any other program counts as one test. What failed is named at the end, with the last lines its program
said, for that is what is left of a long log. Exit status 1 if anything failed or nothing was run.
"""
import json
import re
import sys

TOLD = 30  # lines of a failed program
POINT = re.compile(r"^(not )?ok\b[^#\n]*(#\s*skip\b\s*(.*))?", re.IGNORECASE)


def tell(test, points):
    """Which points of a program failed, and how it ended: its last lines."""
    said = ((test.get("stdout") or "") + (test.get("stderr") or "")).splitlines()
    print(f"failed: {test['name']} ({test['result']})")
    for point in points:
        print(f"  {point}")
    for line in said[-TOLD:]:
        print(f"  | {line}")


def main():
    passed, failed, skipped, reasons = 0, 0, 0, []
    for path in sys.argv[1:]:
        try:
            lines = open(path, encoding="utf-8").read().splitlines()
        except OSError as error:
            print(f"count_tests: {error}")
            failed += 1
            continue
        for line in lines:
            test = json.loads(line)
            points, bad = 0, []
            for out in (test.get("stdout") or "").splitlines():
                hit = POINT.match(out)
                if not hit:
                    continue
                points += 1
                if hit.group(1):
                    failed += 1
                    bad.append(out)
                elif hit.group(2):
                    skipped += 1
                    reasons.append(f"{test['name']}: {out.split('#', 1)[0].split(None, 2)[-1].strip()}: {hit.group(3)}")
                else:
                    passed += 1
            if test["result"] in ("OK", "EXPECTEDFAIL"):
                passed += 0 if points else 1
            elif test["result"] == "SKIP":
                if not points:
                    skipped += 1
                    reasons.append(f"{test['name']}: skipped as a whole")
            else:
                failed += 0 if bad else 1
                tell(test, bad)
    for reason in reasons:
        print("skipped:", reason)
    tail = f", {skipped} skipped" if skipped else ""
    print(f"{passed} passed, {failed} failed{tail}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
