#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Files through the real server, all of it; every answer is held against docs/openapi.yaml."""
import os
import sys

try:
    import jsonschema  # noqa: F401
    import yaml  # noqa: F401
except ImportError as missing:
    print(f"1..0 # SKIP python3: {missing}")
    sys.exit(0)

import cases_files
import desk
import openapi


def main():
    tap = desk.Tap()
    desk.RECORDING.set()
    cases_files.run(tap)
    faults = openapi.hold(os.path.join(str(desk.ROOT), "docs/openapi.yaml"), desk.RECORDED)[0]
    tap.line(desk.RECORDED and not faults, f"all of {len(desk.RECORDED)} recorded answers are as docs/openapi.yaml says",
             "\n".join(sorted(set(faults))[:40]))
    desk.hold_promises(tap, "files", 5)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
