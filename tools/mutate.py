#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Operator changes, one at a time, in the files where a mistake costs most: the tests must find 95 % of them.

tools/mutate.py BUILD [FILE ...]     BUILD: a plain build with tests (./dev mutate makes one); JOBS=n: so many at once
tools/mutate.py --programs           the test programs it needs there

A changed file is compiled as the build does, linked before the libraries into the test programs of its row and run. What no
test found is listed. Changes that nobody can tell from the original stand in tools/mutate.same, each with its reason; they are
not tried and counted apart, and an entry that fits no change any more is an error."""
import concurrent.futures
import json
import os
import pathlib
import re
import resource
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAME = ROOT / "tools/mutate.same"
LONGEST = 5  # s of the processor at least; a change may make a loop endless
STUCK = 300  # s by the wall: it waits for what never comes
WANTED = 95  # percent
TARGETS = {
    "src/net/sending.c": ["tests/net/test-client"],
    "src/net/outbox.c": ["tests/net/test-client"],
    "src/wire/cursor.c": ["tests/wire/test-wire-cursor"],
    "src/desk/turn.c": ["tests/desk/test-desk-turn", "tests/desk/test-desk-vectors", "tests/desk/test-desk-figures"],
    "src/desk/deadline.c": ["tests/desk/test-desk-turn", "tests/desk/test-desk-vectors", "tests/desk/test-desk-due"],
    "src/text/sanitise.c": ["tests/text/test-text-sanitise"],
    "src/text/template.c": ["tests/text/test-text-template"],
}
CHANGES = [(r"(?<=[\w)\]] )==(?= )", "!="), (r"(?<=[\w)\]] )!=(?= )", "=="), (r"(?<=[\w)\]] )<(?= )", "<="),
           (r"(?<=[\w)\]] )>(?= )", ">="), (r"(?<=[\w)\]] )<=(?= )", "<"), (r"(?<=[\w)\]] )>=(?= )", ">"),
           (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=[\w)\]] )\+(?= )", "-"), (r"(?<=[\w)\]] )-(?= )", "+"),
           (r"\+\+", "--"), (r"\bTRUE\b", "FALSE"), (r"\bFALSE\b", "TRUE"), (r"(?<![\w!=<>])!(?=[\w(])", "")]
NOT_CODE = re.compile(r"^\s*(#|/?\*|//)|SM_BUG|g_assert|g_array_(sized_)?new|g_string_(free|sized_new)|_free\(")
# Functions that are left out: what only gives memory back is the sanitizers' work; the other two are quick ways round, and where
# they are narrower the long way gives the same.
LEFT_OUT = re.compile(r"^\S.*(_(free|clear)|\bplain_ascii|\bsettled)\(.*\)$")


def changes_of(path):
    """(line number, new line) for each operator."""
    inside = memory = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        comment, inside = inside or NOT_CODE.search(line), (inside or "/*" in line) and "*/" not in line.split("/*")[-1]
        memory = bool(LEFT_OUT.match(line)) or (memory and line != "}")
        if comment or memory:
            continue
        code = re.sub(r"/\*.*?\*/|/\*.*$|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)+'", lambda m: "\0" * len(m.group(0)), line)
        for pattern, new in CHANGES:
            for found in re.finditer(pattern, code):
                yield number, line[:found.start()] + new + line[found.end():]


def the_same():
    """{file: {changed line: reason}} of tools/mutate.same: `FILE: LINE`, the reason indented below."""
    known, place = {}, None
    for number, line in enumerate(SAME.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("    ") and place:
            known[place[0]][place[1]] += line.strip() + " "
        elif line and not line.startswith("#"):
            place = line.split(": ", 1)
            assert place[0] in TARGETS and len(place) == 2, f"{SAME}:{number}: FILE: LINE expected"
            known.setdefault(place[0], {})[place[1]] = ""
    for name, entries in known.items():
        for line, reason in entries.items():
            assert reason, f"{SAME}: no reason for {name}: {line}"
    return known


class Build:
    def __init__(self, place):
        self.place = pathlib.Path(place).resolve()
        self.commands = {}
        for entry in json.loads((self.place / "compile_commands.json").read_text(encoding="utf-8")):
            self.commands.setdefault(os.path.normpath(self.place / entry["file"]), entry["command"])
        self.links = {}

    def compile(self, original, changed, out):
        words = shlex.split(self.commands[str(original)])
        words[words.index("-o") + 1] = str(out)
        words[words.index("-c") + 1] = str(changed)
        for flag in ("-MD", "-MQ", "-MF"):
            at = words.index(flag)
            del words[at:at + (1 if flag == "-MD" else 2)]
        return subprocess.run([w for w in words if w not in ("-O2", "-Werror")] + ["-O0", "-w", f"-I{original.parent}"],
                              cwd=self.place, capture_output=True, check=False).returncode == 0

    def link(self, program, first, out):
        if program not in self.links:
            lines = subprocess.run(["ninja", "-C", str(self.place), "-t", "commands", program], capture_output=True, text=True,
                                   check=True).stdout.strip().splitlines()
            self.links[program] = shlex.split(lines[-1])
        words = list(self.links[program])
        at = words.index("-o")
        words[at + 1] = str(out)
        words.insert(at + 2, str(first))
        return subprocess.run(words, cwd=self.place, capture_output=True, check=False).returncode == 0


def found(build, original, programs, lines, number, new, longest=STUCK):
    """Whether some test fails with this change; None: it does not compile."""
    environment = dict(os.environ, SEATMUX_SOURCE_ROOT=str(ROOT), G_TEST_SRCDIR=str(ROOT / "tests"), G_TEST_BUILDDIR=str(build.place),
                       LC_ALL="C.UTF-8", MALLOC_PERTURB_="165")
    with tempfile.TemporaryDirectory() as place:
        changed, first = pathlib.Path(place, original.name), pathlib.Path(place, "changed.o")
        changed.write_text("\n".join(lines[:number - 1] + [new] + lines[number:]) + "\n", encoding="utf-8")
        if not build.compile(original, changed, first):
            return None
        for program in programs:
            out = pathlib.Path(place, "test")
            if not build.link(program, first, out):
                return None
            try:
                done = subprocess.run(["sh", "-c", f"ulimit -t {longest}; exec {out}"], cwd=place, env=environment,
                                      capture_output=True, timeout=STUCK, check=False)
            except subprocess.TimeoutExpired:
                return True
            if done.returncode != 0:
                return True
    return False


def measure(build, name, programs, same):
    """Tries every change of one file; whether enough were found and every entry of `same` is one."""
    path = ROOT / name
    lines = path.read_text(encoding="utf-8").splitlines()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    assert found(build, path, programs, lines, 1, lines[0]) is False, f"{name}: its tests fail as it is"
    longest = int(LONGEST + 10 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before))
    changes = list(changes_of(path))
    stale = sorted(set(same) - {new.strip() for _, new in changes})
    tried = [(number, new) for number, new in changes if new.strip() not in same]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("JOBS", os.cpu_count()))) as pool:
        jobs = [(number, new, pool.submit(found, build, path, programs, lines, number, new, longest)) for number, new in tried]
        results = [(number, new, job.result()) for number, new, job in jobs]
    results = [result for result in results if result[2] is not None]
    missed = [(number, new) for number, new, good in results if not good]
    percent = 100 * (len(results) - len(missed)) / max(len(results), 1)
    print(f"{name}: {len(results)} changes, {percent:.1f} % found, {len(changes) - len(tried)} the same", flush=True)
    for number, new in missed:
        print(f"    {name}:{number}: {new.strip()}", flush=True)
    for entry in stale:
        print(f"    {SAME.name}: no such change: {entry}", flush=True)
    return percent >= WANTED and not stale


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    if sys.argv[1] == "--programs":
        print("\n".join(sorted({program for programs in TARGETS.values() for program in programs})))
        return 0
    build, known, all_good = Build(sys.argv[1]), the_same(), True
    for name, programs in TARGETS.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        all_good &= measure(build, name, programs, known.get(name, {}))
    return 0 if all_good else 1


if __name__ == "__main__":
    sys.exit(main())
