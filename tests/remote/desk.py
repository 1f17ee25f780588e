# SPDX-License-Identifier: MIT
"""A desk server of one's own: its directory, its process, and plain ways to talk to it. Every answer that comes
in through here is kept, to be held against docs/openapi.yaml at the end."""
import atexit
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import uuid

ROOT = pathlib.Path(os.environ.get("SEATMUX_SOURCE_ROOT", pathlib.Path(__file__).resolve().parents[2]))
PASSWORD = "correct horse battery"
SLOW = float(os.environ.get("SEATMUX_TEST_SLOW", "1"))  # valgrind and the like
RECORDED = []  # answers; only where they are held against the document in the end, for a soak has gigabytes of them
RECORDING = threading.Event()
LOCK = threading.Lock()


def until(condition, seconds, what):
    """Asks again until it is so; what it returns. Never longer than `seconds`."""
    end = time.monotonic() + seconds * SLOW
    tick = threading.Event()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        tick.wait(0.005)


def new_id():
    return uuid.uuid4().hex


class Answer:
    def __init__(self, method, target, sent, status, headers, body):
        self.method, self.target, self.sent = method, target, sent
        self.status, self.headers, self.body = status, headers, body
        self.json = None
        if self.header("content-type", "").split(";")[0] in ("application/json", "application/problem+json"):
            self.json = json.loads(body)

    def header(self, name, otherwise=None):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return otherwise

    @property
    def code(self):
        return self.json.get("code") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"{self.method} {self.target} -> {self.status} {self.body[:300]!r}"


def record(answer):
    if RECORDING.is_set():
        with LOCK:
            RECORDED.append(answer)
    return answer


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Client:
    """One connection, kept while the server keeps it. `where` is a port or the path of a Unix socket."""

    def __init__(self, where, token=None, timeout=40):
        self.where, self.token, self.timeout = where, token, timeout * SLOW
        self.connection = None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def open(self):
        if isinstance(self.where, int):
            return http.client.HTTPConnection("127.0.0.1", self.where, timeout=self.timeout)
        return UnixConnection(self.where, self.timeout)

    def ask(self, method, target, body=None, key=None, headers=None, token=None):
        """`body`: an object (sent as JSON) or bytes. A connection that breaks raises; one that rested for so long that the server hung up
        just then is made anew, as every client of HTTP does."""
        rested = self.connection is not None
        if self.connection is None:
            self.connection = self.open()
        all_headers = {}
        data = body
        if body is not None and not isinstance(body, bytes):
            data = json.dumps(body, ensure_ascii=False).encode()
        if data is not None:
            all_headers["Content-Type"] = "application/json"
        token = self.token if token is None else token
        if token:
            all_headers["Authorization"] = "Bearer " + token
        if key:
            all_headers["Idempotency-Key"] = key
        all_headers.update(headers or {})
        try:
            try:
                self.connection.request(method, target, data, all_headers)
            except BrokenPipeError:
                pass  # refused before all of it was sent: the answer is there
            got = self.connection.getresponse()
            text = got.read()
        except http.client.RemoteDisconnected:
            self.close()
            if not rested:
                raise
            return self.ask(method, target, body, key, headers, token)
        except BaseException:
            self.close()
            raise
        if got.will_close:
            self.close()
        return record(Answer(method, target, data, got.status, got.getheaders(), text))

    def get(self, target, **more):
        return self.ask("GET", target, **more)

    def post(self, target, body=None, key=None, **more):
        return self.ask("POST", target, body, key=key or new_id(), **more)

    def put(self, target, body=None, **more):
        return self.ask("PUT", target, body, **more)

    def send(self, conversation, text, command=None, query="", **members):
        return self.put(f"/v1/conversations/{conversation}/messages/{command or new_id()}{query}",
                        {"text": text, **members})

    def do(self, conversation, verb, body=None, key=None):
        return self.post(f"/v1/conversations/{conversation}/{verb}", body, key=key)

    def cursor(self):
        return self.get("/v1/snapshot").json["cursor"]


class Customer(Client):
    """Starts a conversation."""

    def __init__(self, where, text="在吗？", **members):
        super().__init__(where)
        self.started = self.post("/v1/conversations", {"text": text, **members} if text else members)
        assert self.started.status == 201, self.started
        body = self.started.json
        self.token, self.conversation, self.contact = body["token"], body["conversation"], body["contact"]

    def say(self, text, command=None):
        return self.send(self.conversation, text, command)


def raw(where, data, wait=15, part=None):
    """Sends bytes as they are and reads until the other end closes or says no more. b"" is no answer."""
    if isinstance(where, int):
        sock = socket.create_connection(("127.0.0.1", where), timeout=wait * SLOW)
    else:
        sock = socket.socket(socket.AF_UNIX)
        sock.settimeout(wait * SLOW)
        sock.connect(where)
    got = b""
    with sock:
        try:
            sock.sendall(data)
            while True:
                more = sock.recv(65536)
                if not more:
                    break
                got += more
                if part and part(got):
                    break
        except (ConnectionError, BrokenPipeError):
            pass
    return got


def whole(got):
    head, _, body = got.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(length) and len(body) >= int(length.group(1))


def parse(method, target, got):
    """An Answer from what raw() read, recorded; None when there was none."""
    if not got:
        return None
    head, _, body = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:]]
    length = [int(value) for name, value in headers if name.lower() == "content-length"]
    return record(Answer(method, target, None, int(lines[0].split()[1]), headers, body[:length[0]] if length else body))


class Desk:
    """A directory with a desk and, while it runs, its server."""

    def __init__(self, yaml=None):
        self.home = tempfile.mkdtemp(prefix="seatmux-remote-")
        atexit.register(self.remove)
        self.data = os.path.join(self.home, "desk")
        self.process, self.port, self.log = None, None, os.path.join(self.home, "server.log")
        self.environment = dict(os.environ, HOME=self.home, LC_ALL="C.UTF-8")
        for name in ("CONFIG", "DATA", "STATE", "CACHE", "RUNTIME"):
            place = os.path.join(self.home, "xdg", name.lower())
            os.makedirs(place, 0o700)
            self.environment["XDG_RUNTIME_DIR" if name == "RUNTIME" else f"XDG_{name}_HOME"] = place
        self.environment.pop("http_proxy", None)
        self.run("init", self.data)
        if yaml:
            pathlib.Path(self.data, "desk.yaml").write_text(yaml, encoding="utf-8")
            self.run("policy", "set", "--data", self.data)

    def remove(self):
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def run(self, *arguments, typed=None, status=0):
        done = subprocess.run([os.environ["SEATMUXD"], *arguments], input=typed, capture_output=True, text=True,
                              env=self.environment, timeout=60 * SLOW, check=False)
        assert done.returncode == status, f"seatmuxd {arguments}: {done.returncode}\n{done.stdout[-500:]}{done.stderr[-3000:]}"
        return done.stdout if status == 0 else done.stderr

    def add_agent(self, name, role="agent", *more):
        self.run("agent", "add", name, "--data", self.data, "--role", role, *more, typed=PASSWORD + "\n")

    def start(self, *more, listen=None):
        end = time.monotonic() + 60 * SLOW
        while not self.started(more, listen):
            # While it was down, somebody's connection may have been given the port as its own end.
            assert self.said().rstrip().endswith("Address already in use") and time.monotonic() < end, f"no server: {self.said()}"
        return self

    def started(self, more, listen):
        wanted = listen or [f"127.0.0.1:{self.port or 0}"]
        arguments = [os.environ["SEATMUXD"], "--data", self.data, "--limit", "jitter_ms=0", *more]
        for where in wanted:
            arguments += ["--listen", where]
        log = open(self.log, "ab")
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                        env=self.environment)
        log.close()
        for _ in wanted:
            line = self.process.stdout.readline().decode()
            if "listening on " not in line:
                self.process.wait(30 * SLOW)
                return False
            port = re.search(r":(\d+)$", line.strip())
            if port:
                self.port = int(port.group(1))
        return True

    def said(self):
        return pathlib.Path(self.log).read_text(encoding="utf-8", errors="replace")[-4000:]

    @property
    def admin(self):
        return os.path.join(self.data, "admin.sock")

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=20):
        status = self.process.wait(seconds * SLOW)
        self.process.stdout.close()
        self.process = None
        return status

    def stop(self):
        self.signal(signal.SIGTERM)
        status = self.wait()
        assert status == 0, f"stopped with {status}: {self.said()}"

    def kill(self):
        if self.process:
            self.process.kill()
            self.wait()

    def login(self, name, online=True, where=None):
        client = Client(where or self.port)
        answer = client.post("/v1/login", {"name": name, "password": PASSWORD, "program": "tests/remote"})
        assert answer.status == 200, answer
        client.token = answer.json["token"]
        if online:
            answer = client.post("/v1/agents/me/availability", {"availability": "online"})
            assert answer.status in (200, 409), answer
        return client

    def records(self):
        """The whole log, by seatmuxd export, beside the running server or without one."""
        return [json.loads(line) for line in self.run("export", "--data", self.data).splitlines()]

    def said_in(self, conversation=None):
        """(command id, author, text) of every message in the log, in order."""
        found = []
        for entry in self.records():
            for event in entry["events"]:
                if event["type"] == "message.posted" and conversation in (None, event["conversation"]):
                    found.append((entry["command"], event["author"], entry["contents"][event["content"]]))
        return found


class Tap:
    """Cases in order, each bounded in time."""

    def __init__(self, only=()):
        self.count, self.failed, self.names, self.only = 0, 0, set(), only

    def line(self, ok, name, why=""):
        self.count += 1
        self.failed += not ok
        self.names.add(name.split(": ", 1)[-1])
        for text in why.splitlines():
            print("# " + text)
        print(f"{'ok' if ok else 'not ok'} {self.count} {name}", flush=True)

    def case(self, name, function, *arguments, seconds=60):
        if self.only and name not in self.only:
            return
        def late(*_):
            raise TimeoutError(f"longer than {seconds} s")
        signal.signal(signal.SIGALRM, late)
        signal.setitimer(signal.ITIMER_REAL, seconds * SLOW)
        try:
            function(*arguments)
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.line(True, name)
        except Exception as error:  # pylint: disable=broad-except
            import traceback
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.line(False, name, "".join(traceback.format_exception(error)[-6:]))

    def skip(self, name, why):
        if self.only and name not in self.only:
            return
        self.count += 1
        print(f"ok {self.count} {name} # SKIP {why}", flush=True)

    def end(self):
        print(f"1..{self.count}")
        return 1 if self.failed else 0


def hold_promises(tap, program, least):
    """docs/security.md names a test for each line of its table: those of this program must be there."""
    text = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    named = set()
    for line in text.splitlines():
        for part in re.split(r"[;|] ", line) if line.startswith("|") else []:
            if part.startswith(program + ": "):
                named |= set(re.findall(r"\*([^*]+)\*", part))
    missing = sorted(named - tap.names)
    tap.line(len(named) > least and not missing, "the tests that docs/security.md names exist", f"missing: {missing}")


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    raise SystemExit(0)
