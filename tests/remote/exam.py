#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux exam: somebody who knows everything passes, who knows nothing does not; the result is kept and what is changed in it is
seen; time runs out."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

from desk import PASSWORD, ROOT, Desk, Tap

HOME = tempfile.mkdtemp(prefix="seatmux-exam-")
BANK = yaml.safe_load(pathlib.Path(ROOT, "exams", "first-weeks.yaml").read_text(encoding="utf-8"))["written"]["bank"]


def start(*words):
    environment = dict(os.environ, HOME=HOME, XDG_DATA_HOME=f"{HOME}/data", XDG_CONFIG_HOME=f"{HOME}/config", LANGUAGE="en")
    return subprocess.Popen([os.environ["SEATMUX"], "exam", *map(str, words)], env=environment, text=True, encoding="utf-8",
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def answer_to(question, options, right):
    """What to type, from the file: `options` as they are shown."""
    entry = next(q for q in BANK for language in ("en", "zh-CN") if q[language]["ask"] == question)
    language = "en" if entry["en"]["ask"] == question else "zh-CN"
    if entry["kind"] == "short":
        return entry[language]["accept"][0] if right else "nothing"
    wanted = entry["answer"] if isinstance(entry["answer"], list) else [entry["answer"]]
    texts = [entry[language]["options"][n - 1] for n in wanted]
    if not right:
        texts = [text for text in options if text not in texts][:1] if entry["kind"] != "order" else texts[1:] + texts[:1]
    return "".join("abcdefghijkl"[options.index(text)] for text in texts)


def sit(*words, right=True):
    """Plays the written part by reading what is printed."""
    process, question, options, text = start(*words), None, [], ""
    while True:
        piece = process.stdout.read(1)
        text += piece
        if not piece:
            break
        if text.endswith("\n> "):
            block = text[text.rindex("\n\n"):].splitlines()
            question = block[3].strip()
            options = [re.sub(r"^\s+[a-l]\) ", "", line) for line in block[4:-1]]
            answer = answer_to(question, options, right) + "\n"
            text += answer  # as a terminal would echo it
            process.stdin.write(answer)
            process.stdin.flush()
    process.stdin.close()
    return process.wait(60), text, process.stderr.read()


def newest():
    return max(pathlib.Path(HOME, "data", "seatmux", "exams").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)


def verify(path):
    done = start("--verify", path)
    text = done.communicate(timeout=300)[0]
    return done.returncode, text


def test_all_right():
    for language in ("en", "zh-CN"):
        status, text, errors = sit("--who", "mia", "--auto", "good", "--seed", 5, "--lang", language)
        assert status == 0, text + errors
        result = json.loads(newest().read_text(encoding="utf-8"))
        assert result["passed"] and result["written"]["permille"] == 1000 and result["applied"]["permille"] == 1000, result
        assert result["seal"][:16] in text


def test_all_wrong():
    status, text, _ = sit("--who", "mia", "--auto", "silent", "--seed", 6, right=False)
    assert status == 1, text
    result = json.loads(newest().read_text(encoding="utf-8"))
    assert not result["passed"] and result["applied"]["permille"] == 0 and result["written"]["permille"] < 200, result


def test_half_is_not_enough():
    status, text, _ = sit("--who", "mia", "--auto", "silent", "--seed", 7)
    assert status == 1 and "written 100.0%, applied 0.0%" in text, text


def test_sealed():
    """Whatever is changed in a result is seen."""
    sit("--who", "mia", "--auto", "good", "--seed", 8)
    path = newest()
    assert verify(path)[0] == 0
    whole = json.loads(path.read_text(encoding="utf-8"))

    def passed(result):
        result["passed"] = not result["passed"]

    def name(result):
        result["who"] = "jon"

    def mark(result):
        result["log"][1]["permille"] = 999

    def dropped(result):
        del result["log"][2]

    def both(result):
        result["permille"] = result["log"][-1]["permille"] = 1

    for change in (passed, name, mark, dropped, both):
        result = json.loads(json.dumps(whole))
        change(result)
        other = pathlib.Path(HOME, "other.json")
        other.write_text(json.dumps(result), encoding="utf-8")
        status, text = verify(other)
        assert status == 1 and "changed" in text, (change.__name__, text)
    assert verify(pathlib.Path(HOME, "none.json"))[0] == 1


def test_attempts():
    """A line each, and each says what stood before it."""
    import hashlib
    path = pathlib.Path(HOME, "data", "seatmux", "exams", "attempts.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) >= 4 and path.stat().st_mode & 0o777 == 0o600, (len(lines), oct(path.stat().st_mode))
    for i, line in enumerate(lines):
        assert json.loads(line)["before"] == hashlib.sha256(b"".join(lines[:i])).hexdigest(), i
    page = newest().with_suffix(".html").read_text(encoding="utf-8")
    assert "<script" not in page and "Supervisor" in page


def test_time_runs_out():
    path = pathlib.Path(HOME, "short.yaml")
    path.write_text("exam: Short\nwritten:\n  time: 1s\n  bank:\n    - {id: a, answer: 1, en: {ask: A?, options: [x, y]}}\n"
                    "    - {id: b, answer: 1, en: {ask: B?, options: [x, y]}}\n", encoding="utf-8")
    process = start("--exam", path, "--who", "<b>mia</b>", "--lang", "en")
    text = process.stdout.read()  # standard input stays open: only the clock ends it
    assert process.wait(60) == 1 and "Time is over." in text, text
    process.stdin.close()
    page = newest().with_suffix(".html").read_text(encoding="utf-8")
    assert "&lt;b&gt;mia" in page and "<b>mia" not in page


def test_without_a_locale():
    """A name in Chinese on a machine that has only the C locale."""
    environment = dict(os.environ, HOME=HOME, XDG_DATA_HOME=f"{HOME}/data", LC_ALL="C", LANG="C")
    path = pathlib.Path(HOME, "short.yaml")
    done = subprocess.run([os.environ["SEATMUX"], "exam", "--exam", str(path), "--who", "小明", "--json", "--seed", "1"], env=environment,
                          input="a\na\n", capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode in (0, 1) and json.loads(done.stdout)["who"] == "小明", done.stderr


def test_hand_in():
    """The file goes to a desk as it was sealed and passed, for the one it is of; once, however often it is handed in."""
    desk = Desk().start()
    desk.add_agent("kim", "trainee")
    desk.add_agent("jon", "trainee")
    desk.add_agent("lead", "supervisor")
    secret = pathlib.Path(desk.home, "password")
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o600)

    def hand_in(path, who):
        done = start("--hand-in", path, "--server", f"http://127.0.0.1:{desk.port}", "--login", who, "--password-file", secret)
        text, errors = done.communicate(timeout=300)
        return done.returncode, text + errors

    sit("--who", "kim", "--auto", "silent", "--seed", 11)
    status, text = hand_in(newest(), "kim")
    assert status == 1 and "only a passed one is handed in" in text, text
    sit("--who", "kim", "--auto", "good", "--seed", 12)
    passed = newest()
    changed = pathlib.Path(HOME, "changed.json")
    changed.write_text(passed.read_text(encoding="utf-8").replace('"who":"kim"', '"who":"jon"'), encoding="utf-8")
    status, text = hand_in(changed, "jon")
    assert status == 1 and "changed" in text, text
    status, text = hand_in(passed, "jon")
    assert status == 1 and "the desk refused (forbidden)" in text, text
    status, text = hand_in(passed, "kim")
    assert status == 0 and "The desk has it for kim." in text, text
    status, text = hand_in(passed, "kim")
    assert status == 1 and "has this result already" in text, text
    result = json.loads(passed.read_text(encoding="utf-8"))
    events = [event for record in desk.records() for event in record["events"] if event["type"] == "exam.recorded"]
    assert len(events) == 1, events
    assert events[0] == {"type": "exam.recorded", "v": 1, "ignorable": True, "agent": "kim", "exam": "first-weeks", "permille": 1000,
                         "pass": 800, "sat": result["at"], "seal": result["seal"]}, events
    lead = desk.login("lead", online=False)
    answer = lead.post("/v1/agents/kim/confirm", {"step": "supervised", "reason": "seal compared"})
    assert answer.status == 200, answer
    kim = next(agent for agent in lead.get("/v1/agents").json["agents"] if agent["agent"] == "kim")
    assert kim["step"] == "supervised" and kim["exam"]["seal"] == result["seal"], kim
    desk.stop()


def test_refused():
    for words, says in ((("--exam", "none"), "none.yaml"), (("more",), "options only"), (("--seed", "-1"), "seed")):
        process = start(*words)
        errors = process.communicate("", timeout=300)[1]
        assert process.returncode == 2 and says in errors, (words, errors)


def main():
    tap = Tap()
    for case in (test_all_right, test_all_wrong, test_half_is_not_enough, test_sealed, test_attempts, test_time_runs_out, test_without_a_locale, test_hand_in, test_refused):
        tap.case("exam: " + case.__name__[5:].replace("_", " "), case)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
