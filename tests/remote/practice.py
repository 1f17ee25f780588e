#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux practice without a terminal: every shipped scenario can be passed and can be failed, in both languages; a seed's result is
always the same; mistakes, goals and the list are told as they are documented."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from desk import Tap

HOME = tempfile.mkdtemp(prefix="seatmux-practice-")
SEEDS = (1, 20)
LONG = 150  # customers of a shift that is played once only

SMALL = """
scenario: Small
duration: 60s
arrivals: {rate: 30/min, first: [0s]}
goals: {thanked: 90%, within: 50%, mistakes: 0}
personas: [{id: p, patience: 20s, asks_again: 2, silent: 0}]
dialogues:
"""
DIALOGUE = """
  - id: %(id)s
    language: %(language)s
    names: [Ann]
    again: [hello]
    thanks: [thanks]
    angry: [bye]
    nodes:
      - id: when
        say: [When will it be here?]
        model: [%(model)s]
        answers:
          - {any: [tomorrow], mistake: Sent on Monday is here on Wednesday, go: sorry}
          - {any: [Wednesday], go: thanks}
        otherwise: when
      - id: sorry
        say: [Are you sure?]
        answers: [{any: [Wednesday], go: thanks}]
        otherwise: angry
"""


def practice(*words, status=None):
    environment = dict(os.environ, HOME=HOME, XDG_CONFIG_HOME=f"{HOME}/config", LANGUAGE="en")
    done = subprocess.run([os.environ["SEATMUX"], "practice", *map(str, words)], env=environment, text=True, timeout=120,
                          encoding="utf-8", stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{words}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def auto(kind, *words, status):
    return json.loads(practice("--auto", kind, "--json", *words, status=status).stdout)


def write(name, text):
    path = pathlib.Path(HOME, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def small(model="Wednesday"):
    return SMALL + "".join(DIALOGUE % {"id": language, "language": language, "model": model} for language in ("en", "zh-CN"))


def test_every_scenario():
    """A perfect agent passes, a silent one does not, whatever the seed and the language."""
    names = practice("--list", status=0).stdout.split()
    assert len(names) >= 12
    for name in names:
        for language in ("zh-CN", "en"):
            for seed in SEEDS:
                words = ("--scenario", name, "--lang", language, "--seed", seed)
                good = auto("good", *words, status=0)
                assert good["customers"]["came"] >= 8 and good["customers"]["failed"] == 0, (words, good["customers"])
                assert good["mistakes"] == [], (words, good["mistakes"])
                assert not auto("silent", *words, status=1)["passed"]
                if good["customers"]["came"] > LONG:
                    break
            assert not auto("slow", *words, status=1)["passed"]


def test_same_seed():
    """The same document, byte by byte; another seed, other customers."""
    one, two = (practice("--auto", "good", "--json", "--seed", 7, status=0).stdout for _ in range(2))
    assert one == two
    assert one != practice("--auto", "good", "--json", "--seed", 8, status=0).stdout


def test_own_scenario():
    """One's own is in the list and is played by name; a broken one is named as unusable."""
    write("config/seatmux/scenarios/mine.yaml", small())
    write("config/seatmux/scenarios/broken.yaml", "scenario: x\n")
    names = practice("--list", status=0).stdout.split()
    assert "mine" in names and "first-shift" in names and names == sorted(names), names
    rows = {row["name"]: row for row in map(json.loads, practice("--list", "--json", status=0).stdout.splitlines())}
    assert sorted(rows) == names
    assert rows["mine"]["own"] and rows["mine"]["title"] == "Small" and rows["mine"]["languages"] == ["en", "zh-CN"]
    assert rows["mine"]["usable"] and not rows["broken"]["usable"] and not rows["first-shift"]["own"]
    assert auto("good", "--scenario", "mine", "--seed", 1, status=0)["title"] == "Small"
    done = practice("--auto", "good", "--scenario", "broken", status=2)
    assert "broken.yaml" in done.stderr and done.stdout == ""


def test_goals():
    """Each goal is asked, measured and judged; the words say what the document says."""
    path = write("small.yaml", small())
    good = auto("good", "--scenario", path, "--seed", 3, status=0)
    goals = {goal["goal"]: goal for goal in good["goals"]}
    assert list(goals) == ["thanked", "within", "mistakes"]
    assert goals["thanked"] == {"goal": "thanked", "unit": "permille", "bound": "least", "asked": 900, "value": 1000, "met": True}
    assert goals["mistakes"]["asked"] == 0 and goals["mistakes"]["value"] == 0
    strict = write("strict.yaml", small().replace("mistakes: 0", "first_response: 1s"))
    failed = auto("good", "--scenario", strict, "--seed", 3, status=1)
    assert [goal["goal"] for goal in failed["goals"] if not goal["met"]] == ["first_response"]
    text = practice("--auto", "good", "--scenario", strict, "--seed", 3, status=1).stdout
    assert "Not passed yet:" in text and "- mean first response time (at most 1.0s)" in text, text
    assert text.endswith("--seed 3\n"), text


def test_a_day():
    """A thousand customers: everybody is served."""
    path = write("day.yaml", small().replace("duration: 60s", "duration: none").replace("30/min", "2/min"))
    good = auto("good", "--scenario", path, "--customers", 1000, "--seed", 1, status=0)
    assert good["customers"] == {"came": 1000, "thanked": 1000, "angry": 0, "there": 0, "failed": 0}
    assert good["total"]["figures"]["turns"]["n"] >= 1000


def test_record_and_draft():
    """What was said becomes a scenario that can be played, without who it was."""
    said = "I am Ann, ann.miller@mail.example, +49 170 1234567, see https://shop.example/u?id=9, order {order}, account 62170012"
    path = write("told.yaml", small().replace("[When will it be here?]", f'["{said}"]').replace("names: [Ann]", "names: [Ann]\n    orders: [A-4711]"))
    log = f"{HOME}/told.ndjson"
    practice("--auto", "good", "--scenario", path, "--customers", 3, "--seed", 2, "--lang", "en", "--record", log, status=0)
    assert os.stat(log).st_mode & 0o777 == 0o600

    def scenario(*words, status=0):
        done = subprocess.run([os.environ["SEATMUX"], "scenario", "from-log", *words], text=True, encoding="utf-8", capture_output=True,
                              timeout=60, check=False)
        assert done.returncode == status, done.stderr
        return done.stdout if status == 0 else done.stderr

    listed = scenario("--log", log).splitlines()
    assert len(listed) == 3 and "Ann" not in "".join(listed), listed
    conversation = listed[0].split()[0]
    draft = scenario("--log", log, "--conversation", conversation, "--id", "told")
    for part in ("Ann", "miller", "170", "shop.example", "4711", "62170012"):
        assert part not in draft.split("dialogues:")[1], (part, draft)
    assert "{order}" in draft and "name@example.org" in draft and "A-####" in draft, draft
    own = write("draft.yaml", draft)
    assert auto("good", "--scenario", own, "--seed", 1, "--lang", "en", status=0)["passed"]
    assert "no conversation" in scenario("--log", log, "--conversation", "none", status=1)
    assert "from-log" in scenario(status=2)


def test_refused():
    for words, says in ((("--auto", "clever"), "good, slow or silent"), (("--json",), "--json goes with"),
                        (("--auto", "good", "--scenario", "none"), "no usable scenario"), (("--seed", "-3"), "--seed"),
                        (("--auto", "good", "--speed", "0"), "--speed"), (("--customers", "-1"), "--customers"),
                        (("more",), "options only")):
        done = practice(*words, status=2)
        assert says in done.stderr and done.stdout == "", (words, done.stderr)


def main():
    tap = Tap()
    for name, case in sorted(globals().items()):
        if name.startswith("test_"):
            tap.case("practice: " + name[5:].replace("_", " "), case, seconds=200)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
