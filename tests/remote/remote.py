#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The desk server from outside: real processes, real sockets. Every answer recorded on the way is held against
docs/openapi.yaml at the end, and every operation and code must have occurred."""
import os
import re
import sys

try:
    import jsonschema  # noqa: F401
    import yaml  # noqa: F401
except ImportError as missing:
    print(f"1..0 # SKIP python3: {missing}")
    sys.exit(0)

import cases_admin
import cases_faults
import cases_input
import cases_report
import cases_talk
import desk
import openapi

# Codes that no request from outside can bring about on a healthy machine, and where they are tested instead.
NOT_FROM_OUTSIDE = {
    "not_queued": "only the desk's own command says it, when a customer is gone (tests/desk)",
    "internal": "needs a log that can't be read while it can be written (tests/server, faults)",
    "not_durable": "needs a failing fsync (tests/server, faults)",
    "disk_full": "needs a full disk (tests/server, faults)",
}


def hold_all(tap, path):
    faults, operations, codes, document = openapi.hold(path, desk.RECORDED)
    tap.line(not faults, f"all of {len(desk.RECORDED)} recorded answers are as docs/openapi.yaml says",
             "\n".join(sorted(set(faults))[:40]))
    missing = sorted(set(document.all_ids()) - operations)
    tap.line(not missing, "every operation was answered with 2xx", f"never: {missing}")
    missing = sorted(set(document.codes()) - codes - set(NOT_FROM_OUTSIDE))
    tap.line(not missing, "every code occurred that can be brought about from outside", f"never: {missing}")
    stale = sorted(codes & set(NOT_FROM_OUTSIDE) | set(NOT_FROM_OUTSIDE) - set(document.codes()))
    tap.line(not stale, "the list of codes that can't be is true", f"{stale}")
    header = os.path.join(str(desk.ROOT), "include/seatmux/desk/command.h")
    listed = openapi.codes_of(header)
    tap.line(listed == set(document.codes()), "docs/openapi.yaml lists the codes of the desk",
             f"{sorted(listed ^ set(document.codes()))}")


def hold_promises(tap):
    """docs/security.md names a test for each line of its table: those of this program must be there."""
    text = (desk.ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = set()
    for line in text.splitlines():
        if line.startswith("|") and "remote: " in line:
            named |= set(re.findall(r"\*([^*]+)\*", line.rsplit("remote: ", 1)[1]))
    missing = sorted(named - tap.names)
    tap.line(len(named) > 10 and not missing, "the tests that docs/security.md names exist", f"missing: {missing}")


def main():
    tap = desk.Tap()
    for part in (cases_talk, cases_report, cases_input, cases_admin, cases_faults):
        part.run(tap)
    hold_all(tap, os.path.join(str(desk.ROOT), "docs/openapi.yaml"))
    hold_promises(tap)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
