#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The client without a screen against faults: its own death, the server's, and a bad network. Whatever happens, at
rest the log has each line exactly once, in the order in which it was given."""
import json
import os
import queue
import random
import socket
import subprocess
import sys
import threading

from cases_faults import BROKEN
from desk import PASSWORD, Client, Customer, Desk, Tap, new_id, until

LINES = 200
BURST = 5
SEED = int(os.environ.get("SEATMUX_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 31)


class Line:
    """The line client as a process: what it says is read beside and kept."""

    all = []

    def __init__(self, desk, server, name="mia", home=None, more=(), environment=None):
        Line.all.append(self)
        self.desk, self.server, self.name = desk, server, name
        self.password = os.path.join(desk.home, "password")
        with open(os.open(self.password, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
        self.more = list(more)
        self.environment = dict(desk.environment, **(environment or {}))
        if home:
            self.environment["XDG_DATA_HOME"] = os.path.join(desk.home, home)
        self.process, self.told, self.states, self.queue = None, [], {}, queue.Queue()

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["LINE_CLIENT"], "--server", self.server, "--login", self.name, "--password-file", self.password,
             *self.more],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.desk.log + ".line", "ab"), env=self.environment)
        threading.Thread(target=self.read, args=(self.process,), daemon=True).start()
        return self

    def read(self, process):
        for line in process.stdout:
            try:
                told = json.loads(line)
            except ValueError:  # cut by kill -9
                continue
            self.told.append(told)
            if "sending" in told:
                self.states[told["sending"]["id"]] = told["sending"]["state"]
            if "said" in told:
                self.queue.put(told)
        process.stdout.close()

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self, command, seconds=20):
        """Says a command and what it came to."""
        self.say(command)
        verb = {"note": "send"}.get(command.split(" ")[0], command.split(" ")[0])
        while True:
            told = self.queue.get(timeout=seconds)
            if told["said"] == verb:
                return told

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    @classmethod
    def kill_all(cls):
        for line in cls.all:
            if line.process and line.process.poll() is None:
                line.kill()
        cls.all.clear()

    def quit(self):
        self.say("quit")
        status = self.process.wait(20)
        assert status == 0, f"the client ended with {status}: {self.errors()}"

    def errors(self):
        with open(self.desk.log + ".line", encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def links(self):
        return [told["link"] for told in self.told if "link" in told]

    def live(self):
        def so():
            assert self.process.poll() is None, f"the client has ended: {self.errors()}"
            return self.links()[-1:] == ["live"]
        until(so, 30, lambda: f"the client is live: {self.links()[-5:]} {self.errors()}")

    def outbox(self):
        return self.answer("outbox")["entries"]

    def empty(self, seconds=60):
        """At rest: nothing waits any more."""
        until(lambda: not [e for e in self.outbox() if e["state"] != "sent"], seconds, "an empty outbox")


def claim(line):
    def once():
        told = line.answer("claim")
        return told["ok"] and told["conversation"]
    conversation = until(once, 20, "a claim")
    until(lambda: any(c["id"] == conversation for c in line.answer("list")["conversations"]), 20, "the conversation is seen")
    return conversation


def lines_of(desk, conversation, author="agent"):
    return [text for _, who, text in desk.said_in(conversation) if who == author]


def settle(line, text):
    """A held line (the conversation changed) is sent again by hand, as a person would."""
    for entry in line.outbox():
        if entry["state"] == "held":
            line.answer("anyway " + entry["id"])
        if entry["state"] == "failed":
            raise AssertionError(f"{text}: failed: {entry}")


# --- Without faults ---------------------------------------------------------------------------------------------------

def plain(desk):
    customer = Customer(desk.port, "hello")
    line = Line(desk, f"http://127.0.0.1:{desk.port}", "mia").start()
    line.live()
    talk = claim(line)
    assert talk == customer.conversation
    sent = line.answer(f"send {talk} 您好，请讲")
    until(lambda: line.states.get(sent["id"]) == "sent", 10, "sent")
    assert line.answer(f"note {talk} a regular")["ok"]
    assert customer.say("谢谢").status == 200
    until(lambda: any(t.get("message", {}).get("text") == "谢谢" for t in line.told), 10, "the customer's line is shown")
    line.empty()
    assert lines_of(desk, talk) == ["您好，请讲"]
    assert line.answer(f"draft {talk} half a sen")["ok"]
    assert line.answer("takeback nothing")["ok"] is False
    second = Line(desk, line.server, "mia").start()
    assert second.process.wait(20) == 1, "a second client on one journal is refused"
    line.quit()
    line = Line(desk, line.server, "mia").start()
    line.live()
    assert line.answer("list")["drafts"] == {talk: "half a sen"}, "drafts are kept"
    assert line.answer(f"resolve {talk}")["ok"]
    line.quit()


def wrong_password(desk):
    line = Line(desk, f"http://127.0.0.1:{desk.port}", "nobody").start()
    assert line.process.wait(20) == 1
    readable = os.path.join(desk.home, "readable")
    with open(readable, "w", encoding="utf-8") as file:
        file.write(PASSWORD + "\n")
    os.chmod(readable, 0o644)
    loose = subprocess.run([os.environ["LINE_CLIENT"], "--server", line.server, "--login", "mia", "--password-file",
                            readable], capture_output=True, text=True, timeout=90, check=False, env=line.environment)
    assert loose.returncode == 1 and "chmod 600" in loose.stderr, loose


# --- Death -----------------------------------------------------------------------------------------------------------

class Chatter(threading.Thread):
    """A customer who writes all the while."""

    def __init__(self, desk, customer, rng):
        super().__init__(daemon=True)
        self.desk, self.customer, self.pause = desk, customer, rng.uniform(0.05, 0.2)
        self.done, self.sent = threading.Event(), []

    def run(self):
        while not self.done.wait(self.pause):
            command, text = new_id(), f"customer {len(self.sent)}"
            self.sent.append(text)
            until(lambda c=command, t=text: self.accepted(c, t), 30, "what a customer says is accepted")

    def accepted(self, command, text):
        try:
            return Client(self.desk.port, self.customer.token, timeout=10).send(self.customer.conversation, text, command).status == 200
        except BROKEN:
            return False


def given(line, talk, text):
    """A line counts as given when the client said it has an id; it may die before it can."""
    try:
        return line.answer(f"send {talk} {text}", 20)["id"]
    except (BrokenPipeError, queue.Empty, OSError):
        return None


def deaths(desk):
    """200 lines, the client killed at random moments, the server twice. A line that was shown as queued is in the
    log once; one that was not may be missing or there, and then it is given again under another number."""
    rng = random.Random(SEED)
    customer = Customer(desk.port, "deaths")
    chatter = Chatter(desk, customer, rng)
    line = Line(desk, f"http://127.0.0.1:{desk.port}", home="deaths").start()
    line.live()
    talk = claim(line)
    chatter.start()
    order, texts, kills = [], {}, set(rng.sample(range(10, LINES - 10), 8))
    server_kills = set(rng.sample(range(20, LINES - 20), 2))
    for i in range(LINES):
        entry = given(line, talk, f"line {i}")
        assert entry, f"line {i} was not taken: {line.errors()}"
        order.append(entry)
        texts[entry] = f"line {i}"
        if i % BURST == 0 and i not in kills:
            until(lambda: line.states.get(entry) not in (None, "saving"), 20, "the burst is saved")
        if i % 25 == 24:
            settle(line, f"line {i}")
        if i in server_kills:
            desk.kill()
            desk.start()
        if i in kills:
            # At a random moment after Enter: before, while or after it is saved, queued, sent.
            threading.Event().wait(rng.choice((0, 0, 0.001, 0.005, 0.02)))
            line.kill()
            line.start()
            until(lambda: line.queue.empty() or line.queue.get_nowait() is None, 5, "old answers are dropped")
            line.live()
    chatter.done.set()
    chatter.join(40)

    def rest():
        settle(line, "the rest")
        return not [entry for entry in line.outbox() if entry["state"] != "sent"]
    until(rest, 60, "an empty outbox")
    line.quit()
    said = desk.said_in(talk)
    logged = [command for command, author, _ in said if author == "agent"]
    assert desk.login("mia").do(talk, "resolve").status == 200
    assert len(logged) == len(set(logged)), "a line twice"
    assert not set(logged) - set(order), "a line that nobody gave"
    place = {entry: i for i, entry in enumerate(order)}
    assert [place[c] for c in logged] == sorted(place[c] for c in logged), "another order than given"
    queued = [t["sending"]["id"] for t in line.told if "sending" in t and t["sending"]["state"] in ("queued", "sending", "sent")]
    lost = [texts[entry] for entry in order if entry in set(queued) - set(logged)]
    assert not lost, f"shown as queued and lost: {lost}"
    assert len(order) - len(logged) <= BURST * 2 * len(kills), f"{len(order) - len(logged)} lines by {len(kills)} deaths"
    heard = [text for _, author, text in said if author == "customer"][1:]
    assert heard == chatter.sent, ("the customer's lines", len(heard), len(chatter.sent), [(a, b) for a, b in zip(heard, chatter.sent) if a != b][:3])


# --- A bad network ---------------------------------------------------------------------------------------------------

class Proxy(threading.Thread):
    """Between client and server: passes bytes, and does to a connection what the script says.

    cut: closes after a random number of bytes either way; drop: passes the request, swallows the answer, closes;
    hole: takes bytes and passes nothing; length: changes Content-Length of the answer; fine: ends after a few answers."""

    def __init__(self, desk, rng, kinds, hole_s=1.0):
        super().__init__(daemon=True)
        self.desk, self.rng, self.kinds, self.hole_s = desk, rng, kinds, hole_s
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.lock, self.done_kinds, self.calm = threading.Lock(), [], False

    def run(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                kind = "fine" if self.calm else self.rng.choice(self.kinds)
                limit = self.rng.randrange(1, 1500)
                self.done_kinds.append(kind)
            threading.Thread(target=self.carry, args=(near, kind, limit), daemon=True).start()

    def carry(self, near, kind, limit):
        try:
            far = socket.create_connection(("127.0.0.1", self.desk.port), timeout=10)
        except OSError:
            near.close()
            return
        ended = threading.Event()

        def close():
            ended.set()
            for end in (near, far):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def pump(source, target, answer):
            left = limit
            try:
                while not ended.is_set():
                    data = source.recv(4096)
                    if not data:
                        break
                    if kind == "hole":
                        ended.wait(self.hole_s)
                        break
                    if answer and kind == "drop":
                        break
                    if answer and kind == "length":
                        data = data.replace(b"Content-Length: ", b"Content-Length: 1", 1)
                    if kind == "fine" and answer and left < -3000 and len(data) < 2000 and not self.calm:
                        break
                    if kind == "cut" and len(data) >= left:
                        target.sendall(data[:left])
                        break
                    left -= len(data)
                    target.sendall(data)
                    if answer and kind == "length":
                        ended.wait(0.2)
                        break
            except OSError:
                pass
            close()
        other = threading.Thread(target=pump, args=(near, far, False), daemon=True)
        other.start()
        pump(far, near, True)
        other.join(10)
        near.close()
        far.close()

    def close(self):
        self.listener.close()


def bad_network(desk, kinds, count):
    rng = random.Random(SEED)
    proxy = Proxy(desk, rng, kinds)
    proxy.calm = True  # until there is a conversation to speak in
    proxy.start()
    customer = Customer(desk.port, "network")
    chatter = Chatter(desk, customer, rng)
    line = Line(desk, f"http://127.0.0.1:{proxy.port}", home=new_id()).start()
    line.live()
    talk = claim(line)
    chatter.start()
    proxy.calm = False
    texts = [f"over a bad network {i}" for i in range(count)]
    for i, text in enumerate(texts):
        assert line.answer(f"send {talk} {text}")["ok"]
        if i % 10 == 9:
            settle(line, text)
    # The faults go on until enough of them were met, then the weather clears.
    until(lambda: settle(line, "meanwhile") or len(proxy.done_kinds) >= 10, 60, lambda: f"10 connections: {proxy.done_kinds}")
    proxy.calm = True
    chatter.done.set()
    chatter.join(40)

    def rest():
        settle(line, "the rest")
        return not [entry for entry in line.outbox() if entry["state"] != "sent"]
    until(rest, 90, lambda: f"an empty outbox: {proxy.done_kinds} {line.outbox()[:3]} {line.links()[-4:]}")
    said = desk.said_in(talk)
    mine = [text for _, author, text in said if author == "agent"]
    assert mine == texts, f"{len(mine)} in the log, {len(texts)} given; {proxy.done_kinds}\n{mine}"
    theirs = [text for _, author, text in said if author == "customer"]
    assert theirs[1:] == chatter.sent

    def shown():
        seen = [told["message"]["text"] for told in line.told if "message" in told and told["message"]["conversation"] == talk]
        return seen == [text for _, _, text in said] or (len(seen) > len(said) and seen)
    seen = until(shown, 30, "the client shows what the log has, in its order")
    assert seen is True, f"shown twice: {seen}"
    line.answer(f"resolve {talk}")
    line.quit()
    proxy.close()


def main():
    tap = Tap()
    print(f"# seed {SEED}: SEATMUX_TEST_SEED={SEED} runs the same")
    desk = Desk()
    desk.add_agent("mia", "agent", "--capacity", "50")
    desk.start("--limit", "requests_per_session=100")
    for name, case in (("without faults", plain), ("what can't log in ends", wrong_password),
                       ("kill -9 of client and server", deaths)):
        tap.case("line: " + name, case, desk, seconds=150)
        Line.kill_all()
    for name, kinds in (("cut at any byte", ["cut", "cut", "fine"]), ("answers dropped", ["drop", "drop", "fine"]),
                        ("a black hole", ["hole", "fine"]), ("a wrong length", ["length", "fine"]),
                        ("all of it", ["cut", "drop", "hole", "length", "fine"])):
        tap.case("network: " + name, bad_network, desk, kinds, 40, seconds=150)
        Line.kill_all()
    desk.stop()
    desk.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
