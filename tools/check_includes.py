#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Hold every include of the project against the table of rooms (docs/architecture.md).

Static libraries do not stop an upward call, so this does: a file of a room may include public headers of
the rooms it is allowed (and of what those are allowed), and private headers of its own room only.
"""
import pathlib
import re
import sys

ALLOWED = {
    "base": [],
    "text": ["base"],
    "desk": ["base"],
    "log": ["desk"],
    "wire": ["desk"],
    "server": ["log", "wire", "text"],
    "journal": ["desk", "text"],
    "net": ["wire", "journal"],
    "sim": ["net"],
    "alert": ["base", "text"],
    "notifier": ["base"],
    "app": ["net", "text", "alert", "sim"],
    "ui": ["app"],
    "cli": ["base", "text", "desk", "log", "wire", "server", "journal", "net", "sim", "alert", "app", "ui"],
}
# Private headers that another room may use, each for a reason.
EXCEPTIONS = {
    ("text", "base/safe_private.h"): "values of the safe type are made in room text alone",
}


def closure(room):
    seen, todo = {room}, [room]
    while todo:
        for below in ALLOWED[todo.pop()]:
            if below not in seen:
                seen.add(below)
                todo.append(below)
    return seen


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    include = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
    bad = 0
    for path in sorted([*root.glob("src/**/*.[ch]"), *root.glob("include/seatmux/**/*.h")]):
        parts = path.relative_to(root).parts
        room = parts[1] if parts[0] == "src" else parts[2]
        if room not in ALLOWED:
            print(f"{path.relative_to(root)}:1: room '{room}' is not in the table")
            bad += 1
            continue
        permitted = closure(room)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            hit = include.match(line)
            if not hit:
                continue
            name = hit.group(1)
            target = name.lstrip("./")
            if target.startswith("seatmux/"):
                other = target.split("/")[1]
                fine = other in permitted
            else:
                other = target.split("/")[0] if "/" in target else room
                fine = other == room or (room, target) in EXCEPTIONS
            if not fine:
                print(f"{path.relative_to(root)}:{number}: room {room} may not include {name}")
                bad += 1
    if not bad:
        print("includes: every room keeps to its table")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
