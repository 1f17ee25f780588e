#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The desk server from outside: real processes, real sockets. Every answer recorded on the way is held against
docs/openapi.yaml at the end, and every operation and code must have occurred."""
import os
import sys

try:
    import jsonschema  # noqa: F401
    import yaml  # noqa: F401
except ImportError as missing:
    print(f"1..0 # SKIP python3: {missing}")
    sys.exit(0)

import cases_admin
import cases_faults
import cases_files
import cases_input
import cases_notice
import cases_review
import cases_roles
import cases_report
import cases_talk
import cases_visit
import desk
import openapi

# Codes that no request from outside can bring about on a healthy machine, and where they are tested instead.
NOT_FROM_OUTSIDE = {
    "not_queued": "only the desk's own command says it, when a customer is gone (tests/desk)",
    "internal": "needs a log that can't be read while it can be written (tests/server, faults)",
    "not_durable": "needs a failing fsync (tests/server, faults)",
}


def hold_all(tap, path):
    faults, operations, codes, document = openapi.hold(path, desk.RECORDED)
    tap.line(desk.RECORDED and not faults, f"all of {len(desk.RECORDED)} recorded answers are as docs/openapi.yaml says",
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


PARTS = {"talk": cases_talk, "notice": cases_notice, "review": cases_review, "roles": cases_roles, "report": cases_report, "input": cases_input, "administration": cases_admin,
         "files": cases_files, "visit": cases_visit, "faults": cases_faults}


def main(only):
    """`only`: names of cases, such as "input: smuggling shapes"; then nothing is held against the documents at the end."""
    tap = desk.Tap(only)
    desk.RECORDING.set()
    for name, part in PARTS.items():
        if not only or any(case.startswith(name + ": ") for case in only):
            part.run(tap, short=True) if part is cases_files else part.run(tap)
    if only:
        return tap.end()
    hold_all(tap, os.path.join(str(desk.ROOT), "docs/openapi.yaml"))
    desk.hold_promises(tap, "remote", 10)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
