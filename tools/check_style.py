#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Rules of CONTRIBUTING.md that a script can hold: licence lines, long files, words that mean unfinished,
sleeping tests, mutable globals, trailing blanks, keys that are named where the key map should say them."""
import pathlib
import re
import sys

LONG = 800
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
SLEEP = re.compile(r"\b(sleep|usleep|g_usleep|nanosleep)\s*\(")
GLOBAL = re.compile(r"^(static )?(?!const\b)(?:[A-Za-z_][\w ]*[ *]+)([a-z_]\w*)(\[[^\]]*\])?\s*(=[^=].*)?;\s*$")
NOT_GLOBAL = re.compile(r"^(typedef|extern|return|struct \w+;|enum|union|G_DEFINE|goto|static_assert|_Static_assert)|\bconst\b|\(")
# sm_keymap_told() knows which keys they are; the keys of popups are the same in every map
KEY_NAMED = re.compile(r"""_\("[^"]*(Ctrl-|Alt-|\bF[1-9])""")
MAY_NAME_KEYS = "popups_help.c"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    bad = []
    for path in sorted([*root.glob("src/**/*.[ch]"), *root.glob("include/**/*.h"), *root.glob("tests/**/*.[ch]")]):
        name = path.relative_to(root)
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if not lines or "SPDX-License-Identifier: MIT" not in lines[0]:
            bad.append(f"{name}:1: no SPDX line")
        if len(lines) > LONG and name.parts[0] == "src":
            bad.append(f"{name}:{len(lines)}: over {LONG} lines; look for the second subject")
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                bad.append(f"{name}:{number}: unfinished by its own words")
            if name.parts[0] == "tests" and SLEEP.search(line):
                bad.append(f"{name}:{number}: a test waits for what it expects, it does not sleep")
            if line != line.rstrip():
                bad.append(f"{name}:{number}: blanks at the end of the line")
            if name.parts[:2] in (("src", "app"), ("src", "ui")) and KEY_NAMED.search(line) and name.name != MAY_NAME_KEYS:
                bad.append(f"{name}:{number}: the key map says which key it is")
            if name.parts[0] == "src" and GLOBAL.match(line) and not NOT_GLOBAL.search(line):
                bad.append(f"{name}:{number}: a mutable global")
    for path in sorted(root.glob("tests/**/*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if SLEEP.search(line):
                bad.append(f"{path.relative_to(root)}:{number}: a test waits for what it expects, it does not sleep")
    print("\n".join(bad) if bad else "style: clean")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
