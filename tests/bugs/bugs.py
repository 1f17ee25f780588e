#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Planted bugs: the table of docs/testing.md says for each the test that must find it. Without a bug the test passes, with it
the test fails; nothing else counts as found. In a build without them: that nothing of them is in the programs.

bugs.py BUILD with|without [NUMBER ...]"""
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
LONGEST = 60  # s, of one test case
ROW = re.compile(r"^\| (\d+) \| `([\w/.-]+)` \| (.+) \| `([^`]+)` \|$", re.M)
PLANTED = re.compile(r"SM_BUG\((\d+)\)")


def table():
    """number -> (file in src, mistake, test)"""
    text = (ROOT / "docs/testing.md").read_text(encoding="utf-8")
    return {int(number): (file, mistake, test) for number, file, mistake, test in ROW.findall(text)}


def planted():
    """number -> files in src, one for each place"""
    found = {}
    for path in sorted((ROOT / "src").rglob("*.c")):
        for number in PLANTED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(int(number), []).append(str(path.relative_to(ROOT / "src")))
    return found


def command(build, test):
    program, case = test.split(" ", 1)
    if "/" not in program:
        return [sys.executable, str(ROOT / "tests/remote" / f"{program}.py"), case]
    return [str(build / "tests" / program), "-p", case]


def run(build, test, number):
    """(passed, how it ended)"""
    env = dict(os.environ, SEATMUX_SOURCE_ROOT=str(ROOT), G_TEST_BUILDDIR=str(build), G_TEST_SRCDIR=str(ROOT / "tests"),
               SEATMUXD=str(build / "src/cli/seatmuxd"), LINE_CLIENT=str(build / "tests/remote/line-client"),
               SEATMUX_SHIM_LIBRARY=str(build / "tests/remote/faultshim.so"), LC_ALL="C.UTF-8", SEATMUX_BUG=str(number))
    with subprocess.Popen(command(build, test), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            said = process.communicate(timeout=LONGEST)[0]
        except subprocess.TimeoutExpired:
            return False, f"not over after {LONGEST} s"
        finally:
            try:  # a test that failed may have left its desk behind
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    ran = re.search(rb"^(not )?ok 1 ", said, re.M) or process.returncode < 0
    if not ran:
        raise RuntimeError(f"{test}: no such test, or it was skipped: {said[-300:]!r}")
    return process.returncode == 0, f"status {process.returncode}"


def find(build, only):
    rows = {number: row for number, row in table().items() if not only or number in only}
    lines = []
    places = planted()
    if not only:
        wrong = sorted(set(places) ^ set(rows)) + [n for n in rows if places.get(n) and places[n] != [rows[n][0]]]
        lines.append((len(machinery(build, "seatmux")) == len(machinery(build, "seatmuxd")) == 2, "what other builds must not hold is seen here", ""))
        lines.append((not wrong and len(rows) >= 30, f"{len(rows)} bugs are planted, each in one place, as the table says", wrong))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        sound = {test: pool.submit(run, build, test, 0) for test in sorted({row[2] for row in rows.values()})}
        ill = {number: pool.submit(run, build, row[2], number) for number, row in rows.items()}
        for test, result in sound.items():
            if not result.result()[0]:
                lines.append((False, f"passes without a bug: {test}", result.result()[1]))
        for number, result in ill.items():
            lines.append((not result.result()[0], f"{number} is found: {rows[number][1]}", f"{rows[number][2]} passes with it"))
    return lines


def machinery(build, name):
    """What of the planted bugs is in a program: the variable's name, the function that asks for it."""
    content = (build / "src/cli" / name).read_bytes()
    return [word.decode() for word in (b"SEATMUX_BUG", b"sm_bug") if word in content]


def absent(build):
    lines = []
    for name in ("seatmux", "seatmuxd"):
        there = machinery(build, name)
        lines.append((not there, f"{name} holds no planted bugs", f"in it: {there}"))
    return lines


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    lines = find(build, {int(n) for n in sys.argv[3:]}) if sys.argv[2] == "with" else absent(build)
    for i, (good, name, why) in enumerate(lines, 1):
        if not good:
            print(f"# {why}")
        print(f"{'ok' if good else 'not ok'} {i} {name}")
    print(f"1..{len(lines)}")
    return 0 if all(good for good, _, _ in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
