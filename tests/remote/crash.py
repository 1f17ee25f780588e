#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kill -9 at every writing system call of a scripted session of the client and of the server, and calls that fail: open, write,
fsync, connect, malloc. Whatever happens, at rest the log has each line exactly once, in the order in which it was given.

SEATMUX_SHIM_LIBRARY is the shim (shim.c). In the gate it dies at every writing call and some of the others fail;
SEATMUX_TEST_FULL=1: at every call of every kind, and ten thousand allocations, or what of them SEATMUX_TEST_MINUTES allow
(budget.py)."""
import concurrent.futures
import os
import queue
import signal
import sys
import threading
import time
import traceback

from budget import FULL, Budget
from cases_faults import BROKEN
from desk import SLOW, Client, Customer, Desk, Tap, new_id, skip_all, until
from line import Line, lines_of

SHIM = os.environ.get("SEATMUX_SHIM_LIBRARY", "")
ENOSPC, EIO, EMFILE, ENETUNREACH, ENOMEM = 28, 5, 24, 101, 12
WORKERS = 8  # most of the time is waiting for a disk or a back-off
GONE = (BrokenPipeError, queue.Empty, OSError, AssertionError, *BROKEN)


def shimmed(plan, count=None):
    environment = {"LD_PRELOAD": f"{SHIM}:{os.environ.get('LD_PRELOAD', '')}", "SEATMUX_SHIM": plan}
    if count:
        environment["SEATMUX_SHIM_COUNT"] = count
    return environment


def counted(path):
    with open(path, encoding="ascii") as file:
        return int(file.read())


# --- The client ------------------------------------------------------------------------------------------------------

class Agent:
    ACCEPTED = 4  # Enters, each of which waits for the disk
    """One desk of one's own with one agent; sessions of the client are run in it, one after the other."""

    def __init__(self):
        self.desk = Desk()
        self.desk.add_agent("mia", "agent", "--capacity", "50")
        self.desk.start("--limit", "requests_per_session=100")
        self.hand = self.desk.login("mia")
        self.server = f"http://127.0.0.1:{self.desk.port}"

    def close(self):
        self.desk.stop()
        self.desk.remove()

    def by_hand(self, talk, verb):
        answer = self.hand.do(talk, verb)
        if answer.status == 401:  # an agent has so many sessions at most
            self.hand = self.desk.login("mia")
            answer = self.hand.do(talk, verb)
        assert answer.status == 200, answer

    def say(self, line, talk, given, text, verb="send"):
        """Enter. It counts as given once the client was heard of it; the client may be gone by then."""
        before = len(line.told)
        try:
            entry = line.answer(f"{verb} {talk} {text}", 5)["id"]
        except GONE:
            seen = [t["sending"] for t in line.told[before:] if "sending" in t and t["sending"].get("text") == text]
            entry = seen[0]["id"] if seen else None
        given.append((entry, text))
        return entry is not None

    def work(self, line, customer, given):
        """The scripted session; ends where the client does."""
        talk = customer.conversation
        line.live()
        until(lambda: any(c["id"] == talk for c in line.answer("list", 5)["conversations"]), 10, "the conversation")
        self.say(line, talk, given, "one")
        self.say(line, talk, given, "two")
        assert customer.say("and?").status == 200
        self.say(line, talk, given, "internal", "note")
        line.say(f"draft {talk} half a sen")
        self.say(line, talk, given, "three")
        until(lambda: not [e for e in line.answer("outbox", 5)["entries"] if e["state"] != "sent"], 10, "an empty outbox")
        line.quit()

    def session(self, plan, count=None):
        """Once with the shim, then without until all is at rest. Whether the first life came to its end."""
        customer = Customer(self.desk.port, "crash")
        talk, given = customer.conversation, []
        self.by_hand(talk, "claim")
        home = new_id()
        line = Line(self.desk, self.server, home=home, environment=shimmed(plan, count))
        whole = True
        try:
            line.start()
            self.work(line, customer, given)
        except GONE:
            whole = False
        line.process.kill()
        status = line.process.wait(20)
        assert plan.startswith("malloc:") or status in (0, 1, -signal.SIGKILL), f"{plan}: the client ended with {status}"
        told = [t["sending"] for t in line.told if "sending" in t]
        shown = {t["id"] for t in told if t["state"] in ("queued", "sending", "sent")}
        again = Line(self.desk, self.server, home=home).start()
        again.live()
        until(lambda: self.settled(again), 60, lambda: f"at rest: {again.outbox()}")
        again.quit()
        self.check(talk, given, shown, f"{plan}: status {status}")
        self.by_hand(talk, "resolve")
        return whole

    @staticmethod
    def settled(line):
        for entry in line.outbox():
            if entry["state"] == "held":
                line.answer("anyway " + entry["id"])
            assert entry["state"] != "failed", entry
        return not [e for e in line.outbox() if e["state"] != "sent"]

    def check(self, talk, given, shown, what):
        logged = [text for text in lines_of(self.desk, talk)]
        order = [text for _, text in given if text != "internal"]
        assert len(logged) == len(set(logged)), f"{what}: a line twice: {logged}"
        assert logged == [text for text in order if text in logged], f"{what}: {logged}, given {order}"
        lost = [text for entry, text in given if text != "internal" and entry in shown and text not in logged]
        assert not lost, f"{what}: shown as kept and lost: {lost}"


FEW = 20  # where the time of a short soak ends before so many sessions, they prove nothing about how many ought to be cut short


class Places:
    """Where sessions are run, on all hands, and how long that may go on."""

    def __init__(self, kind, budget):
        self.all, self.accepted, self.budget = [kind() for _ in range(WORKERS)], kind.ACCEPTED, budget

    def close(self):
        for place in self.all:
            place.close()

    def count(self, kind):
        """Calls of that kind in a session in which nothing fails."""
        path = os.path.join(self.all[0].desk.home, "count")
        assert self.all[0].session(f"{kind}:0:kill", path), f"the session ends well where nothing fails ({kind})"
        return counted(path)

    def everywhere(self, plans):
        """Each plan once, as far as the time goes. What went wrong is told whole. How many were tried, and how many first lives were
        cut short."""
        free = queue.Queue()
        for place in self.all:
            free.put(place)

        def one(plan):
            if self.budget.over():
                return None, None
            place = free.get()
            try:
                return place.session(plan), None
            except Exception as error:  # pylint: disable=broad-except
                where = "".join(traceback.format_tb(error.__traceback__)[-2:])
                return False, f"{plan}: {type(error).__name__}: {error}\n{where}"
            finally:
                free.put(place)
        with concurrent.futures.ThreadPoolExecutor(len(self.all)) as pool:
            results = [result for result in pool.map(one, self.budget.order(plans)) if result[0] is not None]
        wrong = [why for _, why in results if why]
        assert not wrong, f"{len(wrong)} of {len(results)}:\n" + "\n".join(wrong[:5])
        return len(results), sum(not whole for whole, _ in results)


def some(total, most):
    """Numbers of calls, from the first to the last: all of them, or so many, evenly."""
    step = max(1, -(-total // (max(most, 10000) if FULL else most)))
    return range(1, total + 1, step)


def killed(places):
    total = places.count("writes")
    plans = [f"writes:{n}:kill" for n in some(total, total)] + [f"writes:{n}:torn" for n in some(total, 16)]
    tried, cut = places.everywhere(plans)
    print(f"# {total} writing calls in a session; of {tried} sessions, killed or torn there, {cut} lives were cut short")
    assert cut > 5 or tried < FEW


def failing(places, kind, errors, most):
    total, least = places.count(kind), places.accepted if kind == "fsync" else 1
    assert total >= least, f"{total} calls of {kind} in a session"
    tried, cut = places.everywhere([f"{kind}:{n}:{error}" for error in errors for n in some(total, most)])
    print(f"# {total} calls of {kind} in a session; of {tried} sessions {cut} lives did not come to their end by themselves")


def out_of_memory(places):
    total = places.count("malloc")
    tried, cut = places.everywhere([f"malloc:{n}:{ENOMEM}" for n in some(total, 32)])
    print(f"# {total} allocations in a session; of {tried} sessions {cut} lives ended by one that failed")
    assert cut > 0 or tried < FEW


# --- The server ------------------------------------------------------------------------------------------------------

class Server:
    ACCEPTED = 9 + 4  # commands one after the other, each of which waits for the disk; and the fold that is put away at the stop
    """A desk whose server runs under the shim while customer and agent talk."""

    def __init__(self):
        self.desk, self.listened = Desk(), False
        self.desk.add_agent("mia", "agent", "--capacity", "100")

    def close(self):
        self.desk.kill()
        self.desk.remove()

    def start(self, environment):
        self.desk.environment.update(environment)
        try:
            self.desk.start("--limit", "requests_per_session=100")
        finally:
            for name in environment:
                del self.desk.environment[name]

    def script(self, state):
        """Steps of a session: what to ask, with ids chosen before. Each may be asked again as it is."""
        def begin():
            answer = Client(self.desk.port, timeout=10).post("/v1/conversations", {"text": "hello"}, key=state["id"] + "s")
            assert answer.status in (200, 201), answer
            state.update(token=answer.json["token"], talk=answer.json["conversation"])

        def log_in():
            state["mia"] = self.desk.login("mia").token

        def customer(n):
            return Client(self.desk.port, state["token"], timeout=10).send(state["talk"], f"customer {n}", state["id"] + f"c{n}")

        def agent(n):
            return Client(self.desk.port, state["mia"], timeout=10).send(state["talk"], f"agent {n}", state["id"] + f"a{n}")

        def do(verb, body=None):
            answer = Client(self.desk.port, state["mia"], timeout=10).do(state["talk"], verb, body, state["id"] + verb)
            return answer
        yield begin
        yield log_in
        yield lambda: do("claim")
        for n in range(3):
            yield lambda n=n: customer(n)
            yield lambda n=n: agent(n)
        yield lambda: do("resolve")

    def alive(self):
        return self.desk.process is not None and self.desk.process.poll() is None

    def ask(self, step, plan):
        """Until the desk says yes: a disk that fails is told as 503 and tried again; a dead server is started anew. Whether it
        lived through it."""
        lived, end = True, time.monotonic() + 30 * SLOW
        while time.monotonic() < end:
            if not self.alive():
                assert plan.split(":")[2] in ("kill", "torn") or plan.startswith("malloc:") or not self.listened, \
                    f"{plan}: the server is dead: {self.desk.said()[-500:]}"
                lived = False
                self.end()
                try:
                    self.start({})
                except AssertionError:
                    self.end()
                    raise
            try:
                answer = step()
            except (AssertionError, *BROKEN):
                threading.Event().wait(0.05)
                continue
            if answer is None or answer.status == 200:
                return lived
            assert answer.status in (503, 500), f"{plan}: {answer}"
            threading.Event().wait(0.05)
        raise AssertionError(f"{plan}: no yes: {self.desk.said()[-500:]}")

    def session(self, plan, count=None):
        state, whole = {"id": new_id()[:20]}, True
        self.listened = True
        try:
            self.start(shimmed(plan, count))
        except (AssertionError, OSError):
            self.listened = whole = False
            self.end()
        for step in self.script(state):
            whole = self.ask(step, plan) and whole
        if whole:
            status = self.desk.process.terminate() or self.desk.wait()
            whole = status == 0
        self.end()
        said = [text for _, _, text in self.desk.said_in(state["talk"])]
        wanted = ["hello"] + [f"{who} {n}" for n in range(3) for who in ("customer", "agent")]
        assert [text for text in said if text in wanted] == wanted, f"{plan}: {said}"
        return whole

    def end(self):
        if self.desk.process:
            self.desk.kill()


def main():
    if not SHIM or not os.path.exists(SHIM):
        skip_all("the shim needs a build without sanitizers")
    tap = Tap(sys.argv[1:])
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    cases = [("killed at a writing call", killed),
             ("an open fails", lambda places: failing(places, "open", [EMFILE], 8)),
             ("a write fails", lambda places: failing(places, "write", [ENOSPC, EIO], 8)),
             ("an fsync fails", lambda places: failing(places, "fsync", [EIO], 8)),
             ("a connect fails", lambda places: failing(places, "connect", [ENETUNREACH], 8)),
             ("an allocation fails", out_of_memory)]
    budget = Budget(2 * len(cases) - 1)
    for who, kind in (("client", Agent), ("server", Server)):
        places = Places(kind, budget)
        for name, case in cases:
            if (who, name) == ("server", "a connect fails"):
                continue  # it connects to nobody
            budget.case()
            tap.case(f"{who}: {name}", case, places, seconds=7200 if FULL else 200)
            Line.kill_all()
        places.close()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
