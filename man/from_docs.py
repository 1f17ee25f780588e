#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A manual page from a page of docs/, so that a format is described once: from_docs.py LOWDOWN NAME SECTION DATE
DESCRIPTION SOURCE [HEADING ...]. With headings, only those sections of it. The page goes to standard output."""
import re
import subprocess
import sys


def sections(text, wanted):
    """The parts under these second-level headings, each as a first-level one; everything where none is named."""
    if not wanted:
        return text
    parts = re.split(r"^## (.*)$", text, flags=re.M)
    found = dict(zip(parts[1::2], parts[2::2]))
    missing = [name for name in wanted if name not in found]
    if missing:
        sys.exit(f"no such heading: {missing}")
    return "\n".join(f"# {name}\n{found[name]}" for name in wanted)


def main():
    lowdown, name, section, date, description, source, *wanted = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        text = sections(file.read(), wanted)
    page = subprocess.run([lowdown, "-s", "-Tman"], input=text, capture_output=True, text=True, encoding="utf-8", check=True).stdout
    body = page[page.index("\n", page.index(".TH")) + 1:]
    body = body.replace(r"\fC", r"\fB")  # a font that not every formatter has
    body = re.sub(r"(^\.S[HS]\n.*\n)\.[LP]P\n", r"\1", body, flags=re.M)  # a paragraph begins there anyway
    sys.stdout.write(f'.\\" From {source.rsplit("/", 1)[-1]} of the documentation\n.TH "{name.upper()}" "{section}" "{date}" "seatmux" "seatmux"\n'
                     f".SH NAME\n{name} \\- {description}\n{body}")


if __name__ == "__main__":
    main()
