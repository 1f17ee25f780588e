#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux tail against a real desk: every event once and in order, whatever is killed; what ends it; what it refuses."""
import fcntl
import http.client
import json
import os
import pathlib
import pty
import random
import signal
import struct
import subprocess
import sys
import termios
import threading

from desk import PASSWORD, SLOW, Client, Customer, Desk, Tap, new_id, until

NOT_TOLD = {"policy.set", "agent.set", "agent.removed", "exam.recorded", "agent.confirmed", "conversation.tagged", "conversation.archived", "order.recorded",
            "content.erased"}


class Tail:
    """One `seatmux tail` of the supervisor, its lines in a file."""

    def __init__(self, desk, *more, name="boss", out=None):
        self.path = out or os.path.join(desk.home, new_id())
        self.mark = self.path + ".mark"
        secret = os.path.join(desk.home, "password")
        pathlib.Path(secret).write_text(PASSWORD + "\n", encoding="utf-8")
        os.chmod(secret, 0o600)
        with open(self.path, "ab") as file:
            self.process = subprocess.Popen(
                [os.environ["SEATMUX"], "tail", "--server", f"http://127.0.0.1:{desk.port}", "--login", name, "--password-file",
                 secret, *more], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE, text=True, env=desk.environment)

    @property
    def text(self):
        return pathlib.Path(self.path).read_text(encoding="utf-8")

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def stands(self, mark=None):
        """It has read the desk: what happens from now on comes."""
        mark = mark or self.mark
        until(lambda: os.path.exists(mark) and os.path.getsize(mark), 20, "the place is kept")
        return self

    def ends(self, status, seconds=30):
        _, errors = self.process.communicate(timeout=seconds * SLOW)
        assert self.process.returncode == status, (self.process.returncode, errors, self.text[-400:])
        return errors

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=120 * SLOW)
        assert self.process.returncode in (128 + number, -number), (self.process.returncode, errors)
        return errors

    def waits_for(self, text, seconds=20):
        until(lambda: text in self.text, seconds, lambda: f"{text!r} in {self.text[-600:]!r}")


def following(desk, *more, **named):
    """One that stands and waits for what happens."""
    path = os.path.join(desk.home, new_id())
    return Tail(desk, "--cursor-file", path + ".mark", *more, out=path, **named).stands()


def told(desk):
    """What the log says a supervisor is told, in order: (seq, type, conversation)."""
    found = []
    for record in desk.records():
        types = [event["type"] for event in record["events"]]
        events = [(record["seq"], event["type"], event.get("conversation", "")) for event in record["events"]
                  if event["type"] not in NOT_TOLD and (event["type"] != "conversation.queued" or types == ["conversation.queued"])]
        found += sorted(events, key=lambda event: event[2])
    return found


def as_told(lines):
    return [(line["seq"], line["type"], line.get("conversation", "")) for line in lines]


class Chatter(threading.Thread):
    """Customers and an agent who talk, as many rounds as they are let; the server may go away meanwhile."""

    def __init__(self, desk):
        super().__init__(daemon=True)
        self.desk, self.go, self.begun = desk, threading.Semaphore(0), threading.Semaphore(0)
        self.over, self.error = False, None
        self.dice = random.Random(5)

    def round(self, i):
        mia = self.desk.login("mia")
        customer = Customer(self.desk.port, f"question {i} 在吗")
        self.begun.release()
        mia.do(customer.conversation, "claim")
        mia.send(customer.conversation, f"answer {i}", query="?anyway=1")
        if self.dice.random() < 0.5:
            mia.do(customer.conversation, "transfer", {"team": "support"})
        else:
            mia.do(customer.conversation, "resolve", {"reason": "done"})

    def run(self):
        i = 0
        while self.go.acquire() and not self.over:
            try:
                self.round(i)
                i += 1
            except (OSError, http.client.HTTPException):
                self.go.release()
            except AssertionError as error:
                if " 503 " not in str(error):
                    self.error = error
                    self.begun.release(100)
                    return
                self.go.release()


def killed(desk):
    """Tail is killed again and again, the server too; the log has each event once, and so has the output."""
    dice = random.Random(11)
    out, mark = os.path.join(desk.home, "stream"), os.path.join(desk.home, "mark")
    talk = Chatter(desk)
    arguments = ("--json", "--cursor-file", mark)
    tail = Tail(desk, *arguments, out=out)
    tail.stands(mark)
    first = int(pathlib.Path(mark).read_text(encoding="utf-8").split('"cursor":"')[1].split(".")[1], 16)
    talk.start()
    repeated, hard = 0, 0
    for turn in range(12):
        talk.go.release(8)
        for _ in range(dice.randrange(1, 9)):
            assert talk.begun.acquire(timeout=90)
        assert not talk.error, talk.error
        if turn == 6:
            desk.kill()
            desk.start()
        number = dice.choice((signal.SIGTERM, signal.SIGINT, signal.SIGKILL))
        hard += number == signal.SIGKILL
        tail.stop(number)
        drop_half_a_line(out)
        tail = Tail(desk, *arguments, out=out)
    talk.over = True
    talk.go.release()
    talk.join(60)
    assert not talk.is_alive()
    last = told(desk)[-1]
    until(lambda: last in as_told(tail.lines), 30, lambda: f"{last} in {tail.text[-300:]}")
    tail.stop()
    lines = tail.lines
    for before, after in zip(lines, lines[1:]):
        if (before["seq"], before["i"]) == (after["seq"], after["i"]):
            repeated += 1
    assert repeated <= hard, (repeated, hard)
    once = [line for i, line in enumerate(lines) if i == 0 or (line["seq"], line["i"]) != (lines[i - 1]["seq"], lines[i - 1]["i"])]
    # A clock may have said something since: neither side of the comparison goes beyond what the tail was waited for.
    wanted = [event for event in told(desk) if first < event[0] <= last[0]]
    once = [line for line in once if line["seq"] <= last[0]]
    assert len(wanted) > 200, len(wanted)
    assert as_told(once) == wanted, difference(as_told(once), wanted)
    assert [line["i"] for line in once] == numbered(wanted)
    assert oct(os.stat(mark).st_mode & 0o777) == "0o600"


def drop_half_a_line(path):
    with open(path, "rb+") as file:
        text = file.read()
        file.truncate(text.rfind(b"\n") + 1)


def difference(got, wanted):
    for i, (a, b) in enumerate(zip(got, wanted)):
        if a != b:
            return i, got[max(0, i - 2):i + 3], wanted[max(0, i - 2):i + 3]
    return len(got), len(wanted)


def numbered(events):
    numbers = []
    for i, event in enumerate(events):
        numbers.append(numbers[-1] + 1 if i and events[i - 1][0] == event[0] else 0)
    return numbers


def looks(desk):
    """--since and --once, --snapshot, filters, and what a line says."""
    mia = desk.login("mia")
    customer = Customer(desk.port, "wo ist mein Paket", name="Lena", order="4711", language="de")
    tail = Tail(desk, "--json", "--once", "--since", "1h")
    tail.ends(0)
    seen = as_told(tail.lines)
    # What fell due since is not meant.
    wanted = [event for event in told(desk) if event[1] != "agent.availability" and event[0] <= seen[-1][0]]
    assert seen == wanted, difference(seen, wanted)
    line = [line for line in tail.lines if line.get("text") == "wo ist mein Paket"][0]
    assert line["v"] == 1 and line["author"] == "customer" and line["time"].endswith("Z"), line
    chat = line["chat"]
    assert (chat["customer"], chat["order"], chat["language"], chat["state"]) == ("Lena", "4711", "de", "queued"), chat
    assert chat["wait_ms"] >= 0 and chat["left_ms"] <= 20000 and "agent" not in chat, chat
    shot = Tail(desk, "--json", "--snapshot", "--filter", "lang:de")
    shot.ends(0)
    assert [(row["type"], row["conversation"], row["text"]) for row in shot.lines] == [
        ("snapshot", customer.conversation, "wo ist mein Paket")]
    only = following(desk, "--json", "--filter", "event:assigned customer:Lena")
    calm = following(desk, "--filter", "customer:Lena")
    mia.do(customer.conversation, "claim")
    mia.send(customer.conversation, "es kommt morgen", query="?anyway=1")
    calm.waits_for("mia: es kommt morgen")
    only.waits_for("conversation.assigned")
    only.stop()
    calm.stop()
    assert [(line["type"], line["agent"], line["chat"]["agent"]) for line in only.lines] == [
        ("conversation.assigned", "mia", "mia")]
    assert "\033" not in calm.text and "Lena" in calm.text


def on_terminal(desk, columns, *more):
    """What a terminal of so many columns gets, in lines."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen([os.environ["SEATMUX"], "tail", "--server", f"http://127.0.0.1:{desk.port}", "--login", "boss",
                                "--password-file", os.path.join(desk.home, "password"), "--color", "never", *more],
                               stdin=subprocess.DEVNULL, stdout=side, stderr=subprocess.PIPE, env=desk.environment)
    os.close(side)
    text = b""
    try:
        while more_text := os.read(main, 4096):
            text += more_text
    except OSError:  # the other end is closed
        pass
    os.close(main)
    assert process.wait(60 * SLOW) == 0, process.stderr.read()
    process.stderr.close()
    return text.decode().split("\r\n")


def narrow(desk):
    """The words are what one looks for: a narrow terminal leaves out other things, and nothing is in the wrong language."""
    mia = desk.login("mia")
    customer = Customer(desk.port, "kurz", name="Narrow Boat")
    mia.do(customer.conversation, "claim")
    for columns in (80, 60):
        lines = on_terminal(desk, columns, "--lang", "en", "--once", "--since", "1h", "--filter", "customer:Narrow")
        assert all(len(line) <= columns for line in lines), lines
        assert any("customer: kurz" in line for line in lines), lines
        assert any(line.endswith("claimed") for line in lines), lines
    lines = on_terminal(desk, 80, "--lang", "zh-CN", "--once", "--since", "1h", "--filter", "customer:Narrow")
    assert any("客户: kurz" in line for line in lines) and not any("claim" in line for line in lines), lines
    assert any("kurz" in line for line in on_terminal(desk, 60, "--snapshot", "--filter", "customer:Narrow"))
    mia.do(customer.conversation, "resolve", {"reason": "done"})


def ends(desk):
    """--until, --timeout, and a reader who leaves."""
    awaited = following(desk, "--json", "--until", "started")
    grown = following(desk, "--json", "--until", "wait>1s customer:Patience")
    vain = Tail(desk, "--until", "event:rated", "--timeout", "1")
    vain.ends(3)
    customer = Customer(desk.port, "hello", name="Patience")
    awaited.ends(0)
    assert awaited.lines[-1]["type"] == "conversation.started"
    grown.ends(0)
    assert grown.lines[-1]["conversation"] == customer.conversation and grown.lines[-1]["chat"]["wait_ms"] > 1000
    read, write = os.pipe()
    secret = os.path.join(desk.home, "password")
    process = subprocess.Popen([os.environ["SEATMUX"], "tail", "--json", "--server", f"http://127.0.0.1:{desk.port}", "--login", "boss",
                                "--password-file", secret, "--since", "1h"], stdout=write, stderr=subprocess.PIPE, env=desk.environment)
    os.close(write)
    os.read(read, 10)
    os.close(read)
    customer.say("are you there")
    _, errors = process.communicate(timeout=120 * SLOW)
    assert (process.returncode, errors) == (0, b""), (process.returncode, errors)


def runs(desk):
    """A command for each event, with the line on its input; one that fails is told and stops nothing."""
    out = os.path.join(desk.home, "ran")
    tail = following(desk, "--json", "--filter", "event:message", "--exec", f"cat >> {out}; exit 3")
    customer = Customer(desk.port, "one 一")
    customer.say("two")
    tail.waits_for('"two"')
    until(lambda: '"two"' in pathlib.Path(out).read_text(encoding="utf-8"), 20, "the command has run")
    errors = tail.stop()
    assert pathlib.Path(out).read_text(encoding="utf-8") == tail.text
    assert errors.count("ended with 3") == len(tail.lines) == 2, errors


def seen(desk):
    """An agent sees what an agent may see: the own conversations, not those of others."""
    desk.add_agent("jon", "agent", "--team", "support")
    mia = desk.login("mia")
    tail = following(desk, "--json", name="jon")
    customer = Customer(desk.port, "for mia alone")
    mia.do(customer.conversation, "claim")
    mia.send(customer.conversation, "between us", query="?anyway=1")
    own = Customer(desk.port, "for jon")
    desk.login("jon").do(own.conversation, "claim")
    tail.waits_for(own.conversation)
    tail.stop()
    assert "between us" not in tail.text and customer.conversation not in tail.text, tail.text


def strays(desk):
    """Another desk's cursor: said, and the stream goes on from there."""
    other = Desk()
    other.add_agent("boss", "supervisor")
    other.start()
    mark = os.path.join(desk.home, "stray")
    Tail(desk, "--json", "--once", "--cursor-file", mark).ends(0)
    Customer(other.port, "elsewhere")
    tail = Tail(other, "--json", "--cursor-file", mark)
    tail.waits_for('"gap"')
    Customer(other.port, "afterwards")
    tail.waits_for("afterwards")
    assert "read anew" in tail.stop()
    assert [line["type"] for line in tail.lines if "elsewhere" in str(line)] == []
    other.stop()
    other.remove()


def refuses(desk):
    for wrong, words in ((["--filter", "wait>soon"], "column 1"), (["--since", "someday"], "--since"), (["--color", "blue"], "--color"),
                         (["--snapshot", "--once"], "--snapshot"), (["--nonsense"], "nonsense"), (["--until", "state:("], "--until"),
                         (["--until", "braech"], "there is no event 'braech'")):
        errors = Tail(desk, *wrong).ends(2)
        assert words in errors, (wrong, errors)
    assert "password" in Tail(desk, "--once", name="nobody").ends(1).lower()
    mark = os.path.join(desk.home, "held")
    tail = Tail(desk, "--cursor-file", mark).stands(mark)
    assert "another seatmux tail" in Tail(desk, "--cursor-file", mark).ends(1)
    tail.stop()
    letter = os.path.join(desk.home, "letter")
    pathlib.Path(letter).write_text("Dear all,\n", encoding="utf-8")
    assert "letter:1:" in Tail(desk, "--cursor-file", letter).ends(1)
    assert pathlib.Path(letter).read_text(encoding="utf-8") == "Dear all,\n"


def main():
    tap = Tap()
    desk = Desk()
    desk.add_agent("mia")
    desk.add_agent("boss", "supervisor")
    desk.start()
    admin = Client(desk.admin)
    policy = admin.get("/v1/policy").json["policy"]
    policy["teams"][0]["capacity"] = 50
    assert admin.put("/v1/policy", policy, key=new_id()).status == 200
    for name, case in (("killed at any point, each event once", killed), ("since, once, snapshot, filter", looks),
                       ("a narrow terminal", narrow), ("what ends it", ends), ("a command for each", runs), ("an agent's own view", seen),
                       ("another desk's cursor", strays), ("what is wrong is said", refuses)):
        tap.case("tail: " + name, case, desk, seconds=150)
    desk.stop()
    desk.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
