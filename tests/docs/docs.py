#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Translations, manual pages, help, completions and docs/configuration.md against what the programs have.

docs.py SEATMUX SEATMUXD. With SEATMUX_GOLDEN=update the generated lists of man/seatmux.1 are written anew."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import po  # noqa: E402

ROOT = pathlib.Path(os.environ.get("SEATMUX_SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
SEATMUX, SEATMUXD = sys.argv[1], sys.argv[2]
HOME = tempfile.mkdtemp(prefix="seatmux-docs-")
COMMANDS = {
    SEATMUX: [[], ["practice"], ["exam"], ["scenario"], ["simulate"], ["supervise"], ["tail"], ["broadcast"], ["incident"], ["review"], ["report"], ["check"], ["doctor"], ["keys"], ["options"]],
    SEATMUXD: [["--data", HOME], ["init"], ["agent"], ["policy"], ["check"], ["identity"], ["erase-contact"], ["export"], ["import"], ["backup"], ["restore"]],
}
# Options that are for the makers of the manual, not for its readers.
UNDOCUMENTED = {"--man", "--help"}


class Tap:
    def __init__(self):
        self.n = self.failed = 0

    def check(self, name, faults):
        """One point; `faults` is what is wrong, as text or list."""
        text = faults if isinstance(faults, str) else "\n".join(str(fault) for fault in faults)
        self.n += 1
        self.failed += bool(text)
        print(f"{'not ' if text else ''}ok {self.n} {name}")
        for line in text.splitlines():
            print(f"# {line}")

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} {name} # SKIP {why}")

    def end(self):
        print(f"1..{self.n}")
        return 1 if self.failed else 0


def run(*argv, language="en", status=0, **more):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("LC_", "XDG_")) and name not in ("LANG", "LANGUAGE", "SEATMUX_DATA")}
    environment.update(HOME=HOME, XDG_CONFIG_HOME=f"{HOME}/config", LANGUAGE=language, LC_ALL="C.UTF-8")
    done = subprocess.run([str(word) for word in argv], env=environment, text=True, encoding="utf-8", timeout=300,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{argv}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout if status is not None else done


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def write(name, text):
    path = pathlib.Path(HOME) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


# --- Translations ------------------------------------------------------------------------------------


def translated(tap):
    for language in po.languages(ROOT):
        tap.check(f"po/{language}.po is well formed", po.well_formed(ROOT, language))
        tap.check(f"po/{language}.po has every string, nothing fuzzy, nothing left over", po.gaps(ROOT, language))
        tap.check(f"po/{language}.po keeps the formats and the blanks at both ends", po.formats(ROOT, language))
    tap.check("po/POTFILES names every file with words for people", po.files(ROOT))
    tap.check("po/desk-words.h has the words of the desk", po.desk_words(ROOT))
    chinese, english = (run(SEATMUX, "options", language=language) for language in ("zh_CN", "en"))
    tap.check("the program in the build tree speaks Chinese", "" if "配色" in chinese else chinese)
    tap.check("and English", "" if "Colours" in english and "配色" not in english else english)


# --- Manual pages and help ----------------------------------------------------------------------------


def generated(tap):
    name = "man/seatmux.1"
    for part in ("keys", "options"):
        page = read(name)
        wanted = run(SEATMUX, part, "--man")
        found = re.search(rf'(?s)(\.\\" BEGIN {part}:[^\n]*\n)(.*?)(\.\\" END {part}\n)', page)
        if os.environ.get("SEATMUX_GOLDEN") == "update":
            page = page[:found.start(2)] + wanted + page[found.end(2):]
            (ROOT / name).write_text(page, encoding="utf-8")
            found = re.search(rf'(?s)(\.\\" BEGIN {part}:[^\n]*\n)(.*?)(\.\\" END {part}\n)', page)
        have = found.group(2)
        differing = sorted(set(have.splitlines()) ^ set(wanted.splitlines())) or ["the order"]
        tap.check(f"man/seatmux.1 has the {part} of the program",
                  "" if have == wanted else ["SEATMUX_GOLDEN=update writes it anew; differing:"] + differing[:20])


def linted(tap):
    pages = sorted((ROOT / "man").glob("*.1"))
    built = pathlib.Path(os.environ.get("G_TEST_BUILDDIR", "/nonexistent"), "man")
    pages += sorted(built.glob("*.[57]"))
    if not shutil.which("mandoc"):
        tap.skip("the manual pages are clean", "no mandoc")
        return
    done = subprocess.run(["mandoc", "-Tlint", "-W", "warning", *map(str, pages)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    tap.check("the manual pages are clean", done.stdout if done.returncode or done.stdout else "")


def options_of(program, command):
    """The long options that --help of a subcommand names."""
    return set(re.findall(r"(?m)^  (?:-\w, )?(--[a-z-]+)", run(program, *command, "--help")))


def documented(tap):
    for program, commands in COMMANDS.items():
        name = pathlib.Path(program).name
        page = re.sub(r"\\-", "-", read(f"man/{name}.1"))
        named = {"--" + option for option in re.findall(r"Fl -([a-z-]+)", page)}
        named |= {"--" + option for option in re.findall(r"Fl \w , -([a-z-]+)", page)}
        named |= {"--" + option for option in re.findall(r"Fl \w \| -([a-z-]+)", page)}
        real = set().union(*(options_of(program, command) for command in commands if command))
        real |= client_options() if program == SEATMUX else set()
        tap.check(f"man/{name}.1 names every option", [option for option in sorted(real - UNDOCUMENTED) if option not in named])
        tap.check(f"man/{name}.1 names no option that is not there", sorted(named - real - {"--help", "--version"}))
        for shell in ("seatmux.bash", "_seatmux", "seatmux.fish"):
            text = read(f"completions/{shell}")
            lacking = [option for option in sorted(real - UNDOCUMENTED)
                       if not re.search(rf"(--|-l ){option[2:]}\b", text)]
            tap.check(f"completions/{shell} knows the options of {name}", lacking)


def client_options():
    """seatmux without a subcommand prints its own help; its options are asked for behind a harmless one."""
    return set(re.findall(r"(?m)^  (--[a-z-]+)", run(SEATMUX, "--lang", "en", "--help")))


def helped(tap):
    for program in COMMANDS:
        name = pathlib.Path(program).name
        text = run(program, "--help")
        lines = text.splitlines()
        tap.check(f"{name} --help fits a screen", "" if len(lines) < 24 and max(map(len, lines)) <= 80 else text)
        tap.check(f"{name} --version says it", "" if re.fullmatch(rf"{name} [0-9.]+\n", run(program, "--version")) else "no")
        tap.check(f"{name} refuses what it does not know", "" if run(program, "nonsense", status=None).returncode == 2 else "no")


# --- Completions --------------------------------------------------------------------------------------


def language_first(tap):
    """--lang may stand before the command as well as behind it."""
    behind = run(SEATMUX, "practice", "--list", "--lang", "zh-CN")
    tap.check("the list of scenarios is in Chinese", "" if "平常的早晨" in behind else behind)
    for words in (("--lang", "zh-CN"), ("--lang=zh-CN",)):
        before = run(SEATMUX, *words, "practice", "--list")
        tap.check(f"{' '.join(words)} before the command", "" if before == behind else before)


def complete(*words):
    script = (f"source '{ROOT}/completions/seatmux.bash'; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); "
              f"{'_seatmuxd' if words[0] == SEATMUXD else '_seatmux'}; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    return run("bash", "-c", script, "bash", *words).split()


def completed(tap):
    write("config/seatmux/config.yaml", "theme: light\nprofiles:\n  shop:\n    server: http://127.0.0.1:1\n  other:\n    server: x\n")
    expected = [
        ("scenarios", complete(SEATMUX, "practice", "--scenario", ""), [line.split()[0] for line in run(SEATMUX, "practice", "--list").splitlines()]),
        ("profiles", complete(SEATMUX, "--profile", ""), ["shop", "other"]),
        ("subcommands", complete(SEATMUX, "p"), ["practice"]),
        ("options of a subcommand", complete(SEATMUX, "simulate", "--at"), ["--at-once"]),
        ("verbs of seatmuxd agent", complete(SEATMUXD, "agent", "re"), ["remove"]),
        ("roles", complete(SEATMUXD, "agent", "add", "mia", "--role", "s"), ["supervisor"]),
    ]
    for what, have, wanted in expected:
        tap.check(f"bash completes {what}", "" if have == wanted else f"{have}, not {wanted}")
    os.unlink(f"{HOME}/config/seatmux/config.yaml")


# --- docs/configuration.md and examples ----------------------------------------------------------------


def blocks(name, language):
    return re.findall(rf"(?ms)^```{language}\n(.*?)^```", read(name))


def settings(tap):
    text = read("docs/configuration.md")
    rows = dict(re.findall(r"(?m)^\| `([a-z_.]+)` \| [^|]* \|(?: `([^`]*)`)? \|$", text.split("### Profiles")[0]))
    real = {line[:18].strip(): line[50:64].strip() for line in run(SEATMUX, "options").splitlines()}
    faults = [f"{name}: not in the table" for name in real if name not in rows]
    faults += [f"{name}: there is no such setting" for name in rows if name not in real]
    faults += [f"{name}: {rows[name]!r}, not {value!r}" for name, value in real.items()
               if name in rows and rows[name] != ("" if value == "empty" else value)]
    tap.check("docs/configuration.md has the settings and their values", faults)
    roles = re.findall(r'(?m)^    X\([A-Z_]+, "([a-z-]+)"', read("src/ui/theme.h"))
    tap.check("docs/configuration.md has every role of a theme", [role for role in roles if f"`{role}`" not in text])
    asked = set()
    for path in sorted((ROOT / "src").glob("**/*.c")):
        asked |= set(re.findall(r'getenv\("([A-Z_]+)"\)', path.read_text(encoding="utf-8")))
    unnamed = [name for name in sorted(asked - {"HOME", "LC_CTYPE", "SEATMUX_BUG"}) if f"`{name}`" not in text]
    tap.check("docs/configuration.md has every variable of the environment", unnamed)


def examples(tap):
    kinds = {"theme:": "themes/mine.yaml", "pack:": "packs/one.yaml", "profiles:": "config.yaml", "agent:": "keys.yaml", "words:": "words/house.yaml"}
    used = set()
    for block in blocks("docs/configuration.md", "yaml"):
        name = next((kinds[key] for key in ("pack:", "profiles:", "theme:", "words:", "agent:") if re.search(rf"(?m)^{key}", block)), None)
        used.add(name)
        done = run(SEATMUX, "check", write(f"examples/{name}", block), status=None) if name else None
        said = [line for line in done.stdout.splitlines() if "warning:" not in line] if done else ["which file is it?"]
        tap.check(f"the example of {name} is right", said if said else "" if done.returncode == 0 else "status 1")
    tap.check("there is an example of each file", sorted(set(kinds.values()) - used))
    for block in blocks("docs/exam.md", "yaml"):
        done = run(SEATMUX, "check", write("examples/exam.yaml", block), status=None)
        tap.check("the example of docs/exam.md is right", done.stdout if done.returncode or done.stdout else "")
    for block in blocks("docs/curriculum.md", "yaml"):
        done = run(SEATMUX, "check", write("examples/curriculum.yaml", block), status=None)
        tap.check("the example of docs/curriculum.md is right", done.stdout if done.returncode or done.stdout else "")
    for i, block in enumerate(blocks("docs/scenarios.md", "yaml"), 1):  # scenarios, and the manners of the debrief
        done = run(SEATMUX, "check", write(f"examples/scenario{i}.yaml", block), status=None)
        tap.check("the example of docs/scenarios.md is right", done.stdout if done.returncode or done.stdout else "")
    page = read("man/seatmuxd.1")
    policy = re.search(r"(?s)\.Sh DESK\.YAML\n\.Bd[^\n]*\n(.*?)\.Ed", page).group(1)
    done = run(SEATMUXD, "policy", "check", write("examples/desk.yaml", policy), status=None)
    tap.check("the desk.yaml of man/seatmuxd.1 is right", done.stderr if done.returncode or done.stderr else "")


def operated(tap):
    """docs/operating.md against the server's figures, and the units against the program and systemd."""
    text = read("docs/operating.md")
    figures = set(re.findall(r'metric\(out, "([a-z_]+)"', read("src/server/service_metrics.c")))
    tap.check("docs/operating.md has every figure of /metrics", sorted(name for name in figures if f"`seatmux_{name}" not in text))
    made = []
    for path in sorted((ROOT / "systemd").glob("*.service.in")) + sorted((ROOT / "systemd").glob("*.timer")):
        unit = path.read_text(encoding="utf-8").replace("@bindir@", str(pathlib.Path(SEATMUXD).resolve().parent))
        made.append(write(f"units/{path.name.removesuffix('.in')}", unit))
    if not shutil.which("systemd-analyze"):
        tap.skip("systemd takes the units", "no systemd-analyze")
        return
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *map(str, made)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    ours = [line for line in done.stdout.splitlines() if "seatmux" in line]
    tap.check("systemd takes the units", ours)


def checked(tap):
    """seatmux check names every fault with its place."""
    files = {
        "keys.yaml": ("agent:\n  C-n: no-such-command\n", r"keys\.yaml:2:\d+: error: .*no-such-command"),
        "config.yaml": ("themes: light\n", r"config\.yaml:1:\d+: error: .*themes"),
        "bad-theme.yaml": ("theme: x\nroles:\n  text: {fg: mauve}\n", r"bad-theme\.yaml:3:\d+: error: .*mauve"),
        "bad-scenario.yaml": ("scenario: x\npersonas: []\n", r"bad-scenario\.yaml:\d+:\d+: error: "),
        "pack/bad.yaml": ("pack: x\nreplies:\n  - {code: a, title: b, text: \"{{oops\"}\n", r"bad\.yaml:3:\d+: error: "),
        "broken.yaml": ("theme: [1\nx: 2\n", r"broken\.yaml:\d+:\d+: error: "),
        "other.yaml": ("colour: blue\n", r"other\.yaml:1:1: error: "),
    }
    for name, (text, wanted) in files.items():
        done = run(SEATMUX, "check", write(f"bad/{name}", text), status=None)
        good = done.returncode == 1 and re.search(wanted, done.stdout)
        tap.check(f"seatmux check finds the fault of {name}", "" if good else f"{done.returncode}: {done.stdout}{done.stderr}")
    done = run(SEATMUX, "check", status=None)
    tap.check("seatmux check finds nothing wrong with what is shipped",
              done.stdout if done.returncode or "error:" in done.stdout else "")


def checked_by_scripts(tap):
    """What hooks and editors build on: every fault at once, JSON lines, kinds, exit statuses."""
    many = write("kinds/mine.yaml", "theme: x\nroles:\n  text: {fg: mauve}\n  zz: {fg: red}\n  dim: {bold: maybe}\n")
    done = run(SEATMUX, "check", "--json", many, status=None)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    tap.check("every fault is told at once, as JSON", "" if done.returncode == 1 and [f["line"] for f in found] == [3, 4, 5] and all(
        set(f) == {"file", "line", "column", "severity", "kind", "message"} and f["kind"] == "theme" and f["severity"] == "error"
        for f in found) else done.stdout)
    kinds = {"pack: p\nreplies: [{code: a}]\n": "pack", "agent: {C-n: nope}\n": "keys", "bell: 3\ntheme: light\n": "config",
             "desk: x\nteams: []\ninboxes: []\n": "desk", "scenario: s\n": "scenario", "exam: e\n": "exam",
             "curriculum: c\nexam: e\n": "curriculum"}
    for text, kind in kinds.items():
        done = subprocess.run([SEATMUX, "check", "--json", "-"], input=text, capture_output=True, text=True, timeout=300, check=False)
        found = [json.loads(line) for line in done.stdout.splitlines()]
        good = done.returncode == 1 and found and all(f["kind"] == kind and f["file"] == "-" for f in found)
        tap.check(f"what a {kind} is shows in its content", "" if good else f"{done.returncode} {done.stdout}{done.stderr}")
    write("tree/a/one.yaml", "pack: p\nreplies: [{code: a}]\n")
    write("tree/b/c/two.yml", "theme: x\nroles: {nope: {}}\n")
    write("tree/ci.yaml", "jobs: 1\n")
    done = run(SEATMUX, "check", pathlib.Path(HOME) / "tree", status=None)
    tap.check("a folder is read with all that is below it", "" if done.returncode == 1 and "one.yaml" in done.stdout and
              "two.yml" in done.stdout and "ci.yaml:1:1: warning" in done.stdout else done.stdout)
    for words, status in ((("--as", "keys", many), 1), (("--as", "moon", many), 2), (("/no/such/file",), 2), (("--wrong",), 2),
                          ((pathlib.Path(HOME) / "tree/ci.yaml",), 1), (("--as", "theme", write("good.yaml", "theme: x\n")), 0)):
        done = run(SEATMUX, "check", *words, status=None)
        tap.check(f"seatmux check {' '.join(str(w).replace(HOME, '') for w in words)} ends with {status}",
                  "" if done.returncode == status else f"{done.returncode} {done.stdout}{done.stderr}")
    gbk = pathlib.Path(HOME) / "gbk.yaml"
    gbk.write_bytes("pack: p\nlanguage: zh-CN\nreplies:\n  - {code: a, title: 欢迎, text: 好}\n".encode("gbk"))
    done = run(SEATMUX, "check", gbk, status=None)
    tap.check("a file in GBK is told as one", "" if done.returncode == 1 and "gbk.yaml:4:" in done.stdout and "GBK" in done.stdout else done.stdout)


def hooked(tap):
    """The git hook of docs/configuration.md, run in a repository."""
    place = pathlib.Path(HOME) / "packs"
    hook = next(block for block in blocks("docs/configuration.md", "sh") if "xargs" in block)

    def git(*words):
        return subprocess.run(["git", "-C", place, "-c", "user.name=t", "-c", "user.email=t@example.org", *words], capture_output=True,
                              text=True, timeout=300, check=False, env=dict(os.environ, PATH=f"{pathlib.Path(SEATMUX).resolve().parent}:{os.environ['PATH']}"))
    place.mkdir()
    git("init", "-q")
    path = place / ".git/hooks/pre-commit"
    path.parent.mkdir(exist_ok=True)
    path.write_text(hook)
    path.chmod(0o755)
    results = []
    for text in ("pack: p\nreplies: [{code: a}]\n", "pack: p\nreplies: [{code: a, title: b, text: c}]\n"):
        (place / "one two.yaml").write_text(text)
        git("add", ".")
        results.append(git("commit", "-q", "-m", "x"))
    tap.check("the git hook of docs/configuration.md lets only good packs in",
              "" if results[0].returncode and "one two.yaml:2:" in results[0].stdout + results[0].stderr and not results[1].returncode
              else "".join(r.stdout + r.stderr for r in results))


def packaged(tap):
    """./dev setup names every package of packages.list on the other systems too."""
    sections = re.findall(r"(?m)^\[(\w+)\]", read("packages.list"))
    for system, begins in (("fedora", "sudo dnf install gcc glibc-devel meson"), ("arch", "sudo pacman -S --needed gcc glibc meson"),
                           ("macos", "brew install meson")):
        done = subprocess.run([str(ROOT / "dev"), "setup", "--for", system, *sections], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, cwd=ROOT)
        tap.check(f"./dev setup --for {system}", "" if done.returncode == 0 and done.stdout.startswith(begins) and done.stdout.count("\n") == 1
                  else done.stdout)


def main():
    tap = Tap()
    for part in (translated, generated, linted, documented, helped, language_first, completed, settings, examples, operated, checked, checked_by_scripts, hooked, packaged):
        try:
            part(tap)
        except (AssertionError, AttributeError, OSError, subprocess.SubprocessError) as error:
            tap.check(f"{part.__name__} runs to its end", f"{type(error).__name__}: {error}")
    shutil.rmtree(HOME, ignore_errors=True)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
