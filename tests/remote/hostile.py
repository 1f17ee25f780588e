#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything a customer can write, through every way out of the programs: nothing that a terminal obeys or does not show comes
out of any of them, and what is meant for programs is still the very text. Ordinary text of many scripts comes out as it was."""
import csv
import http.server
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import unicodedata

import yaml

from desk import PASSWORD, ROOT, SLOW, Customer, Desk, Tap

HOSTILE = {
    "a terminal's commands": "\x1b[31mred\x1b]0;owned\x07 \x1b]52;c;b3duZWQ=\x1b\\ \x1bP+q\x1b\\ \x1b[6n\x1b[2J\x1b[?1049h",
    "the same in C1": "\u009b31m \u009d0;owned\u009c \u0090+q\u009c \u0085 \u008e",
    "bells and backspaces": "a\x07\x07\x07\x08\x08b\x0b\x0c\x7f\x00",
    "directions": "invoice\u202efdp.exe\u202c \u2066a\u2069 \u061c\u200e\u200f",
    "unseen": "zero\u200bwidth \u00adsoft\ufeff \u2060\u180e \u3164\u115f\uffa0 \u2065",
    "tags and selectors": "flag\U000e0041\U000e0042\U000e007f a\ufe0fb\ufe0e \U000e0100",
    "stray joiners": "a\u200db\u200cc \u200d\u200d",
    "a heap of marks": "Z" + "\u0335\u0322\u0301" * 30 + "a" + "\u20dd" * 12,
    "not characters": "\ufffe \uffff \ufdd0 \U0001ffff",
    "private and unassigned": "\ue000 \U000f0000 \u0378",
    "lines": "one\ntwo\r\nthree\rfour\u2028five\u2029six\x85",
    "markup": "<script>alert(1)</script><b>&amp;<a href=\"javascript:x\">'\"</a>]]>",
    "for a shell": "$(touch owned) `touch owned` ; rm -rf / | & %s%n \\x1b \\033[31m !! ~",
    "for a spreadsheet": "=cmd|' /C calc'!A1",
    "for YAML and templates": "- a: *b\n? {{agent.password}} {{?x}} !!python/object: &a [*a]\n---\n%YAML",
    "paths": "../../../../etc/passwd\x00.txt CON \\\\host\\share file:///etc/passwd",
    "wide": "\uff21\u3000" * 200 + "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 50,
    "long": "x" * 7900,
}
UNSEEN = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
JOINERS = {"\u200c", "\u200d"}
# England, Scotland, Wales.
FLAGS = ["\U0001f3f4" + "".join(chr(0xe0000 + ord(letter)) for letter in place) + "\U000e007f" for place in ("gbeng", "gbsct", "gbwls")]


def ordinary():
    """The corpus of tests/text: script -> text."""
    source = (ROOT / "tests/text/corpus.h").read_text(encoding="utf-8")
    return {script: text for script, text in re.findall(r'\{"([^"]+)",\s*"((?:[^"\\]|\\.)*)"\}', source)}


def repaired(text):
    """What the desk keeps of a JSON string: NUL becomes a mark."""
    return text.replace("\x00", "\ufffd")


def unseen(character):
    code = ord(character)
    return (unicodedata.category(character) in UNSEEN and character not in JOINERS) or character in "\u3164\u115f\u1160\uffa0\u034f" \
        or 0xe0000 <= code <= 0xe0fff or code & 0xfffe == 0xfffe


def harmless(way, data):
    """For a terminal: valid UTF-8 without anything that it obeys or does not show."""
    text = data.decode("utf-8").replace("\r\n", "\n")  # as CSV wants it
    for flag in FLAGS:
        text = text.replace(flag, flag[0])
    marks = 0
    for at, character in enumerate(text):
        code, before = ord(character), text[at - 1]
        in_word = (0x180b <= code <= 0x180f and "\u1800" <= before <= "\u18af") \
            or (0xe0100 <= code <= 0xe01ef and before >= "\u2e80")  # spelling of Mongolian, forms of Han
        assert character in "\n\t" or not unseen(character) or known_letter(character) or in_word, \
            f"{way}: U+{ord(character):04X} at {at}: {ascii(text[max(0, at - 60):at + 20])}"
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        assert marks <= 8, f"{way}: {marks} marks at {at}: {ascii(text[max(0, at - 60):at + 20])}"


def known_letter(character):
    """Assigned since Python's tables were made, or the other way round: neither side's mistake."""
    return unicodedata.category(character) == "Cn" and ord(character) & 0xfffe != 0xfffe and not 0xfdd0 <= ord(character) <= 0xfdef


class Talks:
    """A desk with one conversation for each text, in which customer and agent say it, and a name, order and tag of it."""

    def __init__(self):
        self.desk = Desk()
        self.desk.add_agent("mia", "agent", "--capacity", "90", "--shown", "Mia")
        self.desk.start("--limit", "requests_per_session=100")
        self.texts = {**HOSTILE, **ordinary()}
        self.talks = {}
        mia = self.desk.login("mia")
        for name, text in self.texts.items():
            short = text[:100]
            customer = Customer(self.desk.port, text, name=short, order=short, attributes={"note": short})
            assert mia.do(customer.conversation, "claim").status == 200, name
            assert mia.send(customer.conversation, "agent: " + text[:7000]).status == 200, name
            assert mia.do(customer.conversation, "tag", {"tags": [short[:40]]}).status in (200, 400, 413), name
            assert mia.do(customer.conversation, "resolve", {"reason": short}).status == 200, name
            self.talks[customer.conversation] = name
        self.password = os.path.join(self.desk.home, "password")
        with open(os.open(self.password, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        self.log = os.path.join(self.desk.home, "log.jsonl")
        pathlib.Path(self.log).write_bytes(self.seatmuxd("export", "--data", self.desk.data))

    def run(self, program, *arguments, status=(0,), cwd=None):
        done = subprocess.run([os.environ[program], *arguments], capture_output=True, env=self.desk.environment, timeout=90 * SLOW,
                              check=False, cwd=cwd)
        assert done.returncode in status, f"{arguments}: {done.returncode} {done.stderr[-800:]!r}"
        return done.stdout + done.stderr

    def seatmuxd(self, *arguments, **more):
        return self.run("SEATMUXD", *arguments, **more)

    def seatmux(self, *arguments, **more):
        return self.run("SEATMUX", *arguments, **more)

    def at_desk(self, command, *arguments, **more):
        return self.seatmux(command, "--server", f"http://127.0.0.1:{self.desk.port}", "--login", "mia", "--password-file",
                            self.password, *arguments, **more)


def exported(talks):
    data = pathlib.Path(talks.log).read_bytes()
    harmless("export", data)
    said = {}
    for line in data.decode().splitlines():
        record = json.loads(line)
        for event in record["events"]:
            if event["type"] == "message.posted":
                said.setdefault(event["conversation"], []).append(record["contents"][event["content"]])
    for conversation, name in talks.talks.items():
        assert said[conversation][0] == repaired(talks.texts[name]), f"{name}: {ascii(said[conversation][0][:200])}"


def tailed(talks):
    lines = talks.at_desk("tail", "--once", "--since", "1h", "--json")
    harmless("tail --json", lines)
    texts = {}
    for line in lines.decode().splitlines():
        event = json.loads(line)
        if event["type"] == "message.posted":
            texts.setdefault(event["conversation"], []).append(event["text"])
    for conversation, name in talks.talks.items():
        assert texts[conversation][0] == repaired(talks.texts[name]), name
    plain = talks.at_desk("tail", "--once", "--since", "1h")
    harmless("tail", plain)
    for script, text in ordinary().items():  # a pipe is no screen: nothing of a cluster is left out
        assert text in plain.decode(), f"tail: {script}: {ascii(text)}"
    harmless("tail --snapshot", talks.at_desk("tail", "--snapshot"))


def executed(talks):
    """A command for each event: what it is given as arguments, environment and input."""
    script, seen = os.path.join(talks.desk.home, "each.sh"), os.path.join(talks.desk.home, "seen")
    with open(os.open(script, os.O_CREAT | os.O_WRONLY, 0o700), "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\n{{ tr '\\0' '\\n' </proc/$$/cmdline; env; cat; }} >>{seen}\n")
    talks.at_desk("tail", "--once", "--since", "1h", "--exec", script)
    data = pathlib.Path(seen).read_bytes()
    assert data.count(b"message.posted") >= 2 * len(HOSTILE)
    harmless("what a command is given", data)
    assert not os.path.exists(os.path.join(os.getcwd(), "owned"))


def reported(talks):
    for form in ((), ("--csv",), ("--json",), ("--rows=conversations",), ("--rows=turns", "--json"), ("--explain=response",),
                 ("--by=inbox", "--json")):
        harmless("report " + " ".join(form), talks.seatmux("report", "--log", talks.log, *form, status=(0, 1, 2)))
    page = os.path.join(talks.desk.home, "report.html")
    talks.seatmux("report", "--log", talks.log, "--html", page)
    data = pathlib.Path(page).read_bytes()
    harmless("report --html", data)
    assert b"<script>alert" not in data
    for row in csv.reader(io.StringIO(talks.seatmux("report", "--log", talks.log, "--rows=conversations", "--csv").decode())):
        for cell in row:
            assert not cell.startswith(("=", "@")), f"a spreadsheet would compute {cell!r}"


def scenarios(talks):
    """A conversation becomes a scenario: YAML that people edit."""
    names = {name: conversation for conversation, name in talks.talks.items()}
    for name, conversation in names.items():
        text = talks.seatmux("scenario", "from-log", "--log", talks.log, "--conversation", conversation, "--id", "made", status=(0, 1))
        harmless(f"scenario from-log of {name}", text)
        if text.startswith(b"scenario:"):
            yaml.safe_load(text.decode())
    harmless("the list of conversations", talks.seatmux("scenario", "from-log", "--log", talks.log, status=(0, 1, 2)))


def file_names(talks):
    """Names of files and what stands in them, in what is said about them."""
    place = os.path.join(talks.desk.home, "files")
    os.makedirs(place)
    for i, text in enumerate(HOSTILE.values()):
        name = text.replace("/", "_").replace("\x00", "_").encode()[:120].decode("utf-8", "ignore") + f"-{i}.yaml"
        with open(os.path.join(place, name), "wb") as file:
            file.write(b"scenario: [" + text.encode()[:500] + b"\n")
        for form in ((), ("--json",)):
            harmless(f"check of a file named {ascii(name[:30])}", talks.seatmux("check", *form, name, status=(0, 1, 2), cwd=place))
        for program in (talks.seatmuxd, talks.seatmux):
            harmless("an unknown command", program(text.replace("\x00", "") or "x", status=(0, 1, 2)))


def servers_log(talks):
    harmless("the server's log", pathlib.Path(talks.desk.log).read_bytes())
    harmless("the list of agents", talks.seatmuxd("agent", "list", "--data", talks.desk.data))


class FalseDesk(http.server.BaseHTTPRequestHandler):
    """Says in every word what no desk says."""
    protocol_version = "HTTP/1.1"
    word = "x" + HOSTILE["a terminal's commands"] + HOSTILE["the same in C1"] + HOSTILE["directions"]

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        word = self.word
        row = {"id": word, "state": word, "text": word, "team": word, "conversation": word, "why": word, "name": word, "agent": word, "until": 1,
               "value": 1, "figures": {word: {"n": 1, word: 2}}, "messages": [{"at": 1, "agent": word, "text": word}]}
        body = {"token": "t", "now": 2 ** 63 - 1, "agent": word, "role": word, "broadcasts": [row], "left_out": [row], "broadcast": word, "incidents": [row],
                "incident": word, "by": word, "groups": [row], "total": row, "figure": word, "scope": word, "id": word, "value": word,
                "rows": [row], "turns": [row], "zone": word, "from": 1, "to": 2, "trend": {"ids": [word, 1], "turns": [1, 2], "within": [word]}}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def false_desk(talks):
    """What a desk that is none says in ids, states and names of figures."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FalseDesk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for arguments in (("broadcast", "--list"), ("broadcast", "--filter", "", "--preview"), ("broadcast", "--filter", "", "hello"),
                          ("incident", "--list"), ("incident", "--for", "1h", "hello"), ("report",), ("report", "--csv"),
                          ("report", "--rows=turns"), ("report", "--explain=response"), ("report", "--html", "-"), ("review",),
                          ("tail", "--once", "--since", "1h")):
            said = talks.seatmux(arguments[0], "--server", f"http://127.0.0.1:{server.server_port}", "--login", "mia", "--password-file",
                                 talks.password, *arguments[1:], status=(0, 1))
            harmless(" ".join(arguments), said)
            assert b"runtime error" not in said and b"Sanitizer" not in said, said
    finally:
        server.shutdown()
        server.server_close()


def answers(talks):
    """What curl shows in a terminal: an answer's bytes."""
    desk, name = talks.desk, "hostile"
    customer = Customer(desk.port, "first", name=HOSTILE["directions"])
    mia = desk.login("mia")
    assert mia.do(customer.conversation, "claim").status == 200
    for text in HOSTILE.values():
        before = {who: who.cursor() for who in (customer, mia)}
        assert customer.say(text).status == 200
        customer.post(f"/v1/conversations/{customer.conversation}/typing", {"text": text[:500]})
        for who in (customer, mia):
            for target in (f"/v1/events?after={before[who]}&wait=0", "/v1/snapshot", f"/v1/conversations/{customer.conversation}/messages?limit=5"):
                answer = who.get(target)
                assert answer.status == 200, answer
                harmless(f"{name}: {target}", answer.body)
            assert repaired(text) in [line.get("text") for line in answer.json["lines"]], "and it is still the very text"


def headers(talks):
    """An answer's header lines: none of a customer's making."""
    mia = talks.desk.login("mia")
    for target in ("/v1/snapshot", "/v1/agents", "/v1/policy"):
        answer = mia.get(target)
        for name, value in answer.headers:
            assert re.fullmatch(r"[!-~]+", name) and re.fullmatch(r"[ -~]*", value), (name, value)


def main():
    tap = Tap(sys.argv[1:])
    talks = Talks()
    for name, case in (("an export", exported), ("a tail", tailed), ("a command for each event", executed), ("a report", reported),
                       ("a scenario from a log", scenarios), ("names of files", file_names), ("the server's log", servers_log),
                       ("header lines", headers), ("a desk that is none", false_desk), ("answers", answers)):
        tap.case("hostile: " + name, case, talks, seconds=240)
    talks.desk.stop()
    talks.desk.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
