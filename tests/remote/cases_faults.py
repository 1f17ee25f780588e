# SPDX-License-Identifier: MIT
"""What becomes of polls and messages when the server stops or dies."""
import http.client
import os
import resource
import signal
import subprocess
import threading

from cases_talk import later, poll, settled
from desk import PASSWORD, Client, Customer, Desk, new_id, until

BROKEN = (OSError, http.client.HTTPException)
WRITERS = 8
KILLS = 3


def parked(desk, n):
    metrics = Client(desk.port)
    until(lambda: f"seatmux_parked_polls {n}\n".encode() in metrics.get("/metrics").body, 10, f"{n} parked polls")
    metrics.close()


def graceful(desk):
    """A stop answers every park with the cursor it had, and nothing else."""
    agents = [desk.login(name) for name in ("mia", "bob")]
    customers = [Customer(desk.port, "waiting") for _ in range(5)]
    waits = []
    for client in agents + customers:
        cursor = settled(client)
        waits.append((cursor, later(lambda c=client, at=cursor: poll(Client(desk.port, c.token), at, 50))))
    parked(desk, len(waits))
    desk.stop()
    for cursor, wait in waits:
        answer = wait.wait()
        assert answer.status == 200 and answer.json["cursor"] == cursor and "events" not in answer.json, answer
    desk.start()
    for (cursor, _), client in zip(waits, agents + customers):
        answer = poll(Client(desk.port, client.token), cursor, 0)
        assert answer.status == 200, f"sessions and cursors outlive the server: {answer}"


def stopping(desk):
    """What comes while the desk stops is told so. The window is short; it is met by trying."""
    def once():
        client = Client(desk.port)
        assert client.get("/healthz").status == 200  # connected
        waits = [later(lambda: Client(desk.port).post("/v1/login", {"name": "mia", "password": "wrong"})) for _ in range(12)]
        until(lambda: client.get("/metrics").status == 200, 5, "an answer")
        desk.signal(signal.SIGTERM)
        told = []
        for wait in waits:
            try:
                told.append(wait.wait())
            except BROKEN:
                continue
        status = desk.wait()
        assert status == 0, f"stopped with {status}: {desk.said()}"
        desk.start()
        return [answer for answer in told if answer.status == 503]
    told = until(once, 40, "an answer 503 stopping")
    for answer in told:
        assert answer.code == "stopping" and int(answer.header("retry-after")) >= 1, answer


def sessions(desk):
    """A token that was given out outlives kill -9, and one that was taken back stays so."""
    for _ in range(3):
        agent, customer, gone = desk.login("mia"), Customer(desk.port, "a token"), Customer(desk.port, "no token")
        assert gone.post("/v1/logout").status == 200
        desk.kill()
        desk.start()
        for client in (agent, customer):
            answer = Client(desk.port, client.token).get("/v1/snapshot")
            assert answer.status == 200, f"a session that was answered with is lost: {answer}"
        assert Client(desk.port, gone.token).get("/v1/snapshot").code == "token_expired", "a session that ended is back"


def full(desk):
    """No file may grow: a log-in, a new password and who comes back are told that the disk is full, as a message is."""
    customer = Customer(desk.port, "before")
    process = desk.process.pid
    limits = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        told = Client(desk.port).post("/v1/login", {"name": "mia", "password": PASSWORD})
        assert (told.status, told.code) == (503, "disk_full") and int(told.header("retry-after")) >= 1, told
        asked = [os.environ["SEATMUXD"], "agent", "password", "bob", "--data", desk.data]
        done = subprocess.run(asked, input=PASSWORD + "\n", capture_output=True, text=True, env=desk.environment, check=False)
        assert done.returncode == 1 and "disk is full" in done.stderr, done
        assert customer.say("is there room?").code == "disk_full"
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)
    until(lambda: customer.say("is there room?").status == 200, 10, "it goes on by itself")
    desk.login("mia")


class Writer(threading.Thread):
    """A customer who writes one line after the other, each again with its id until it is accepted."""

    def __init__(self, desk, number):
        super().__init__(daemon=True)
        self.desk, self.number = desk, number
        self.customer = Customer(desk.port, f"writer {number}")
        self.accepted, self.sent, self.done, self.wrong = [], [], threading.Event(), None

    def run(self):
        while not self.done.is_set():
            command, text = new_id(), f"{self.number}: line {len(self.sent)}"
            self.sent.append((command, text))
            if not self.until_accepted(command, text):
                return

    def until_accepted(self, command, text):
        pause = threading.Event()
        for _ in range(3000):
            try:
                answer = Client(self.desk.port, self.customer.token, timeout=10).send(self.customer.conversation, text, command)
            except BROKEN:
                pause.wait(0.02)
                continue
            if answer.status == 200:
                self.accepted.append((command, answer.json["n"]))
                return True
            if answer.status != 503:
                self.wrong = answer
                return False
            pause.wait(0.02)
        self.wrong = "never accepted"
        return False


def killed(desk):
    """kill -9 under load, again and again: every accepted message is in the log, none twice, in order."""
    writers = [Writer(desk, i) for i in range(WRITERS)]
    for writer in writers:
        writer.start()
    total = lambda: sum(len(writer.accepted) for writer in writers)  # noqa: E731
    for _ in range(KILLS):
        goal = total() + 60
        until(lambda goal=goal: total() >= goal, 30, "60 more messages")
        desk.kill()
        desk.start()
    goal = total() + 60
    until(lambda: total() >= goal, 30, "60 messages after the last restart")
    for writer in writers:
        writer.done.set()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive() and writer.wrong is None, writer.wrong
    desk.kill()
    records = desk.records()
    assert [entry["seq"] for entry in records] == list(range(1, len(records) + 1))
    for writer in writers:
        said = [(command, text) for command, author, text in desk.said_in(writer.customer.conversation)][1:]
        assert said == writer.sent, f"writer {writer.number}: {len(said)} in the log, {len(writer.sent)} sent"
        numbers = [n for _, n in writer.accepted]
        assert numbers == list(range(2, len(numbers) + 2)), numbers
    desk.start()
    for writer in writers:
        answer = Client(desk.port, writer.customer.token).send(writer.customer.conversation, writer.sent[0][1],
                                                                writer.sent[0][0])
        assert answer.status == 200 and answer.json["n"] == writer.accepted[0][1], "the first answer again"


def run(tap):
    desk = Desk()
    desk.add_agent("mia")
    desk.add_agent("bob")
    desk.start()
    for name, case in (("a stop answers parks with their cursor", graceful), ("while stopping", stopping),
                       ("sessions outlive kill -9", sessions), ("the disk is full", full),
                       ("kill -9 under load", killed)):
        tap.case("faults: " + name, case, desk, seconds=120)
    desk.stop()
    desk.remove()
