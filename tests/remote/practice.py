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

from desk import ROOT, Tap

HOME = tempfile.mkdtemp(prefix="seatmux-practice-")
# All of it by the second build that `./dev test` runs; under the sanitizers that would cost minutes, so they have one seed, and of
# each scenario one language.
WHOLE = bool(os.environ.get("SEATMUX_TEST_FULL") or os.environ.get("SEATMUX_TEST_LAYOUT"))
SEEDS = (1, 20) if WHOLE else (1,)
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
    environment = dict(os.environ, HOME=HOME, XDG_CONFIG_HOME=f"{HOME}/config", XDG_STATE_HOME=f"{HOME}/state", LANGUAGE="en", TZ="UTC")
    done = subprocess.run([os.environ["SEATMUX"], "practice", *map(str, words)], env=environment, text=True, timeout=600,
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


def listed():
    return [line.split()[0] for line in practice("--list", status=0).stdout.splitlines()]


def test_every_scenario():
    """A perfect agent passes, a silent one does not, whatever the seed and the language."""
    names = listed()
    assert len(names) >= 12
    for i, name in enumerate(names):
        for language in ("zh-CN", "en") if WHOLE else (("zh-CN", "en")[i % 2],):
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
    names = listed()
    assert "mine" in names and "first-shift" in names and names == sorted(names), names
    rows = {row["name"]: row for row in map(json.loads, practice("--list", "--json", status=0).stdout.splitlines())}
    assert sorted(rows) == names
    assert rows["mine"]["own"] and rows["mine"]["title"] == "Small" and rows["mine"]["languages"] == ["en", "zh-CN"]
    assert rows["mine"]["usable"] and not rows["broken"]["usable"] and not rows["first-shift"]["own"]
    assert auto("good", "--scenario", "mine", "--seed", 1, status=0)["title"] == "Small"
    done = practice("--auto", "good", "--scenario", "broken", status=2)
    assert "broken.yaml" in done.stderr and done.stdout == ""


def golden(name, text):
    """Compared with the file; SEATMUX_GOLDEN=update writes it."""
    path = pathlib.Path(ROOT, "tests", "remote", "golden", name)
    if os.environ.get("SEATMUX_GOLDEN") == "update":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, text


def test_golden_debriefs():
    """A seed's debrief, word by word: who is quick, who is slow, who says nothing; in both languages."""
    for kind, scenario, language, status in (("good", "haggling", "zh-CN", 0), ("slow", "haggling", "en", 1), ("silent", "outage", "zh-CN", 1)):
        done = practice("--auto", kind, "--scenario", scenario, "--seed", 3, "--lang", language, "--turns", status=status)
        golden(f"debrief-{scenario}-{kind}-{language}.txt", done.stdout)


def test_debrief():
    """What is said of the answers: facts, words, tone, questions, quick replies."""
    write("config/seatmux/quickreplies/own.yaml", "pack: own\nlanguage: en\nreplies:\n  - {code: wed, title: Wednesday, text: 'It is here on Wednesday'}\n")
    spoken = write("spoken.yaml", small("IT WILL BE HERE ON WEDNESDAY I GUARANTEE IT").replace("within: 50%", "within: 0%"))
    good = auto("good", "--scenario", spoken, "--seed", 3, "--lang", "en", status=0)
    came = good["customers"]["came"]
    assert good["tone"]["shouted"] == good["tone"]["answers"] == came and good["tone"]["no_greeting"] == came, good["tone"]
    assert good["answer_ratio"] == {"questions": 2 * came, "answers": came, "hundredths": 50, "wanted": 120}, good["answer_ratio"]
    answered = [turn for turn in good["turns"] if "replied" in turn]
    assert len(answered) == came and all(turn["replied"] - turn["asked"] == turn["ms"] and turn["within"] for turn in answered), good["turns"]
    assert good["typing"] is None and good["replies"] == [] and good["unanswered"] == []
    write("config/seatmux/words/own.yaml", "words: own\nlevel: block\nrules: [{match: [guarantee], why: nobody can, instead: we expect}]\n")
    words = auto("good", "--scenario", spoken, "--seed", 3, "--lang", "en", status=0)["words"]
    assert len(words) == came and words[0]["word"].lower() == "guarantee" and words[0]["instead"] == "we expect" and words[0]["block"], words
    patient = write("patient.yaml", small().replace("patience: 20s", "patience: 10m"))
    slow = auto("slow", "--scenario", patient, "--seed", 3, "--lang", "en", status=1)
    assert [row["code"] for row in slow["replies"]] == ["wed"] and slow["replies"][0]["times"] >= 1, slow["replies"]
    silent = auto("silent", "--scenario", spoken, "--seed", 3, "--lang", "en", status=1)
    assert silent["unanswered"] and all("?" in row["asked"] for row in silent["unanswered"]), silent["unanswered"]
    for name in ("quickreplies", "words"):
        os.unlink(f"{HOME}/config/seatmux/{name}/own.yaml")


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
                              timeout=300, check=False)
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


def test_curriculum():
    """Each shift of each day can be passed and can be failed; a day that is not open says what opens it; a machine opens nothing."""
    plan = json.loads(practice("--curriculum", "--json", status=0).stdout)
    assert [day["hints"] for day in plan["days"]] == [True] * 3 + [False] * 3 and plan["mentor"] and len(plan["plan"]) >= 3, plan
    assert plan["next"] == {"day": 1, "scenario": "presale"} and plan["exam"] == "first-weeks", plan
    assert [day["open"] for day in plan["days"]] == [True] + [False] * 5
    done = practice("--day", 2, status=2)
    assert "day 2 opens when every shift of day 1 is passed; --any" in done.stderr, done.stderr
    # Every shift as the only one of a day, so that each is reached.
    days = "".join(f"  - title: x\n    shifts: [{{scenario: {shift['scenario']}, customers: {shift['customers']}, at_once: {shift['at_once']}}}]\n"
                   for day in plan["days"] for shift in day["shifts"])
    path = write("all.yaml", "curriculum: all\nmentor: x\ndays:\n" + days)
    for n in range(1, days.count("title") + 1):
        words = ("--curriculum", path, "--day", n, "--any", "--seed", 1)
        good = auto("good", *words, status=0)
        assert good["finished"] and good["customers"]["came"] == good["customers"]["thanked"], (n, good["customers"])
        auto("silent", *words, status=1)
    assert json.loads(practice("--curriculum", "--json", status=0).stdout) == plan
    chinese = practice("--curriculum", "--lang", "zh-CN", status=0).stdout
    assert "上岗头几周" in chinese and "First weeks" not in chinese, chinese
    for words, says in ((("--day", "7"), "from 1 to 6"), (("--day", "1", "--customers", "1"), "no --scenario"), (("--any",), "--any goes with"),
                        (("--curriculum", "none"), "no usable curriculum")):
        assert says in practice(*words, status=2).stderr, words


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
