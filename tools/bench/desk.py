# SPDX-License-Identifier: MIT
"""A real seatmuxd in a directory of its own, filled through its API: for the feed and for the server's figures.

`Desk(dir)` makes and runs one; agents come through the administration socket, customers and everything else over HTTP
on loopback. Answers that are not 2xx raise."""
import http.client
import json
import os
import pathlib
import queue
import signal
import socket
import subprocess
import sys
import threading
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SEATMUXD = os.environ.get("SEATMUXD", str(ROOT / "build" / "seatmuxd"))
PASSWORD = "bench password"
LIMITS = {"requests_per_session": 1000, "anonymous_per_minute": 1000000, "logins_per_minute": 100000}


def command_id():
    return uuid.uuid4().hex


class Refused(Exception):
    pass


class Http:
    """One kept-alive connection, by TCP port or by the path of a Unix socket."""
    def __init__(self, where, token=None):
        self.where, self.token, self.line = where, token, None

    def connect(self):
        self.line = http.client.HTTPConnection("127.0.0.1", self.where if isinstance(self.where, int) else 80, timeout=60)
        if not isinstance(self.where, int):
            self.line.sock = socket.socket(socket.AF_UNIX)
            self.line.sock.connect(self.where)
        else:
            self.line.connect()
            self.line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, method, path, body=None, token=None, key=None):
        if self.line is None or self.line.sock is None:
            self.connect()
        headers, data = {}, None
        token = token or self.token
        if token:
            headers["Authorization"] = "Bearer " + token
        if key:
            headers["Idempotency-Key"] = key
        if body is not None:
            headers["Content-Type"], data = "application/json", json.dumps(body).encode()
        self.line.request(method, path, data, headers)
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status // 100 != 2:
            raise Refused("%s %s: %d %s" % (method, path, answer.status, text[:300].decode("utf-8", "replace")))
        return json.loads(text) if text else {}

    def command(self, path, body=None, token=None, method="POST"):
        return self.ask(method, path, body, token, key=command_id())


def policy(teams):
    """Targets so wide that nothing falls due while we measure: the peers have none either."""
    text = ["desk: bench", "mask_numbers: true", "offline_release: none", "teams:"]
    for g in range(teams):
        text += ["  - id: t%d" % g, "    name: Team %d" % g, "    capacity: 1000",
                 "    targets: {first_response: 2h, response: 2h, queue: 2h, resolution: 2h}"]
    text += ["inboxes:"]
    for g in range(teams):
        text += ["  - {id: i%d, name: Inbox %d, team: t%d}" % (g, g, g)]
    return "\n".join(text) + "\n"


class Desk:
    def __init__(self, directory, teams=1, text=None):
        self.dir, self.teams, self.process = directory, teams, None
        os.makedirs(directory, exist_ok=True)
        self.admin = os.path.join(directory, "admin.sock")
        if not os.path.exists(os.path.join(directory, "desk.db")):
            pathlib.Path(directory, "desk.yaml").write_text(text or policy(teams), encoding="utf-8")
            subprocess.run([SEATMUXD, "init", directory], check=True, stdout=subprocess.DEVNULL)

    def argv(self, port=0, limits=None):
        argv = [SEATMUXD, "--data", self.dir, "--listen", "127.0.0.1:%d" % port]
        for name, value in {**LIMITS, **(limits or {})}.items():
            argv += ["--limit", "%s=%d" % (name, value)]
        return argv

    def start(self, port=0, limits=None):
        self.process = subprocess.Popen(self.argv(port, limits), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if "listening on 127.0.0.1:" in line:
                self.port = int(line.rsplit(":", 1)[1])
                return self
        raise RuntimeError("seatmuxd did not start: " + " ".join(self.argv(port, limits)))

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process.stdout.close()
            self.process = None

    # --- people
    def add_agent(self, name, role="supervisor", teams=None):
        admin = Http(self.admin)
        admin.command("/v1/agents/" + name, {"name": name, "role": role, "teams": teams or ["t0"], "capacity": 1000}, method="PUT")
        admin.ask("POST", "/v1/agents/%s/password" % name, {"password": PASSWORD})

    def login(self, name, online=True):
        line = Http(self.port)
        token = line.ask("POST", "/v1/login", {"name": name, "password": PASSWORD, "program": "bench"})["token"]
        if online:
            line.command("/v1/agents/me/availability", {"availability": "online"}, token=token)
        return token

    def begin(self, inbox, name, text=None, key=None, line=None):
        """A customer's first visit: (conversation, token)."""
        body = {"inbox": inbox, "name": name}
        if text:
            body["text"] = text
        answer = (line or Http(self.port)).ask("POST", "/v1/conversations", body, key=key or command_id())
        return answer["conversation"], answer["token"]


def in_parallel(jobs, work, threads=16):
    """work(line_state, job) for all jobs, in order of jobs within the results; each thread has a dict of its own."""
    todo, out, errors = queue.SimpleQueue(), [None] * len(jobs), []
    for item in enumerate(jobs):
        todo.put(item)

    def run():
        own = {}
        while not errors:
            try:
                i, job = todo.get_nowait()
            except queue.Empty:
                return
            try:
                out[i] = work(own, job)
            except Exception as e:  # told to the caller below
                errors.append(e)

    team = [threading.Thread(target=run) for _ in range(min(threads, max(1, len(jobs))))]
    for t in team:
        t.start()
    for t in team:
        t.join()
    if errors:
        raise errors[0]
    return out


# ------------------------------------------------------------------ desks for pollbench

def fan_desk(directory, agents, customers, groups):
    """`agents` supervisors in `groups` teams, each customer with a conversation that one of them has claimed.
    Writes tokens.txt and convs.txt as pollbench wants them."""
    desk = Desk(directory, groups).start()
    try:
        names = ["a%d" % i for i in range(agents)]
        in_parallel(list(enumerate(names)), lambda own, j: desk.add_agent(j[1], teams=["t%d" % (j[0] % groups)]), 4)
        bearers = in_parallel(names, lambda own, name: desk.login(name), 4)

        def one(own, k):
            line = own.setdefault("line", Http(desk.port))
            conversation, token = desk.begin("i%d" % (k % groups), "c%d" % k, line=line)
            owner = bearers[k % groups + groups * (k // groups % max(1, agents // groups))]
            line.command("/v1/conversations/%s/claim" % conversation, {}, token=owner)
            return conversation, token

        made = in_parallel(range(customers), one)
    finally:
        desk.stop()
    pathlib.Path(directory, "tokens.txt").write_text("\n".join(bearers + [t for _, t in made]) + "\n")
    pathlib.Path(directory, "convs.txt").write_text("\n".join(c for c, _ in made) + "\n")


def park_desk(directory, sessions, staff):
    """One conversation that `sessions` sessions may see: `staff` supervisors with 16 sessions each at most, and the rest
    sessions of its customer (the first request repeated with its id brings a new token). The last line of tokens.txt is
    the publisher's."""
    desk = Desk(directory, 1).start()
    try:
        names = ["a%d" % i for i in range(staff)]
        in_parallel(names, lambda own, name: desk.add_agent(name), 4)
        bearers = in_parallel([n for _ in range(16) for n in names][:sessions], lambda own, name: desk.login(name), 4)
        key = command_id()
        conversation, token = desk.begin("i0", "c0", key=key)
        if bearers:
            Http(desk.port).command("/v1/conversations/%s/claim" % conversation, {}, token=bearers[0])
        rest = in_parallel(range(sessions - len(bearers)), lambda own, _: desk.begin(
            "i0", "c0", key=key, line=own.setdefault("line", Http(desk.port)))[1])
        cursor = Http(desk.port, token).ask("GET", "/v1/snapshot")["cursor"]
    finally:
        desk.stop()
    pathlib.Path(directory, "cursor.txt").write_text(cursor)
    pathlib.Path(directory, "tokens.txt").write_text("\n".join(bearers + rest + [token]) + "\n")
    pathlib.Path(directory, "convs.txt").write_text(conversation + "\n")


if __name__ == "__main__":
    kind, where, *numbers = sys.argv[1:]
    {"fan": fan_desk, "park": park_desk}[kind](where, *map(int, numbers))
