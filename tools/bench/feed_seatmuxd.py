#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The feed of ptybench for seatmux: a real seatmuxd, obeying the JSON lines of servers.py.

    feed_seatmuxd.py [clocks|due]

Conversation k is a real customer "custk" who writes through the customer API; the agent "mia" has claimed it. The client
talks to the desk through a small TCP proxy: for `flood` the proxy stops, the messages are logged, and at t0 it goes on, so
that the client catches up on what is logged. Targets: none, so that no clock runs; `clocks`: half an hour, so that clocks run and nothing
falls due; `due`: as shipped, so that each passes its warnings and its target while one looks.
The agent's password is desk.PASSWORD; messages may change places within some milliseconds (several connections)."""
import json
import os
import queue
import shutil
import socket
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.dont_write_bytecode = True
from desk import PASSWORD, Desk, Http, command_id, in_parallel  # noqa: E402
from servers import make_texts  # noqa: E402

LINES = 12


TARGETS = {"": "{first_response: none, response: none, queue: none, resolution: none}",
           "clocks": "{first_response: 30m, response: 30m, queue: 30m, resolution: 2h}",
           "due": "{first_response: 5s, response: 30s, queue: 20s, resolution: 30m}"}


def policy(mode):
    targets = TARGETS[mode]
    return ("desk: bench\noffline_release: none\nteams:\n  - {id: t0, name: Support, capacity: 1000, targets: %s}\n"
            "inboxes:\n  - {id: i0, name: Web, team: t0}\n" % targets)


class Proxy:
    """Relays bytes both ways; stops and goes on at once for all connections."""
    def __init__(self, port):
        self.port_behind, self.go = port, threading.Event()
        self.go.set()
        self.polled = threading.Event()
        self.l = socket.socket()
        self.l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.l.bind(("127.0.0.1", 0))
        self.l.listen(64)
        self.port = self.l.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.l.accept()
            far = socket.create_connection(("127.0.0.1", self.port_behind))
            for s in near, far:
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.relay, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.relay, args=(far, near, False), daemon=True).start()

    def relay(self, a, b, up):
        try:
            while True:
                data = a.recv(262144)
                if not data:
                    break
                if up and b" /v1/events?" in data:
                    self.polled.set()
                self.go.wait()
                b.sendall(data)
        except OSError:
            pass
        for s in a, b:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Line:
    """One kept-alive connection that puts messages, with as little of Python as will do."""
    def __init__(self, port):
        self.port, self.s = port, None

    def once(self, request):
        """The answer, or nothing if the desk had hung up: it does when a line rests for long."""
        if self.s is None:
            self.s = socket.create_connection(("127.0.0.1", self.port))
            self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        got = b""
        try:
            self.s.sendall(request)
            while True:
                more = self.s.recv(65536)
                got += more
                head, end, rest = got.partition(b"\r\n\r\n")
                if end and len(rest) >= int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]):
                    return got
                if not more:
                    break
        except OSError:
            pass
        self.s.close()
        self.s = None
        return b""

    def put(self, conversation, token, text):
        body = json.dumps({"text": text}).encode()
        request = (b"PUT /v1/conversations/%s/messages/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                   b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                   % (conversation, command_id().encode(), token, len(body), body))
        got = self.once(request) or self.once(request)  # the same id again: it is one message
        if not got.startswith(b"HTTP/1.1 200"):
            raise OSError(got[:300])


class Feed:
    def __init__(self, mode):
        self.dir = tempfile.mkdtemp(prefix="ptb-desk-")
        self.desk = Desk(os.path.join(self.dir, "d"), text=policy(mode)).start()
        self.desk.add_agent("mia", role="agent")
        self.mia = self.desk.login("mia")
        self.proxy = Proxy(self.desk.port)
        self.convs = []                                   # (conversation, token) of custk at k - 1
        self.lines = [Line(self.desk.port) for _ in range(LINES)]
        self.jobs = queue.Queue()
        for line in self.lines:
            threading.Thread(target=self.work, args=(line,), daemon=True).start()

    def work(self, line):
        while True:
            k, text = self.jobs.get()
            conversation, token = self.convs[k - 1]
            try:
                line.put(conversation.encode(), token.encode(), text)
            except OSError as e:
                print("feed_seatmuxd: %s" % e, file=sys.stderr)
            self.jobs.task_done()

    def ensure(self, k):
        n = len(self.convs)
        if k > n:
            made = in_parallel(range(n + 1, k + 1), lambda own, i: self.begin(own.setdefault("line", Http(self.desk.port)), i), 1)
            self.convs += made

    def begin(self, line, i):
        made = self.desk.begin("i0", "cust%d" % i, line=line)
        line.command("/v1/conversations/%s/claim" % made[0], {}, token=self.mia)
        return made

    def send(self, jobs):
        self.ensure(max(k for k, _ in jobs))
        for job in jobs:
            self.jobs.put(job)
        self.jobs.join()

    def close(self):
        self.desk.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


def main():
    feed = Feed(*sys.argv[1:2] or [""])
    out = threading.Lock()

    def reply(**kw):
        with out:
            sys.stdout.write(json.dumps(kw) + "\n")
            sys.stdout.flush()

    stop, streams, said = threading.Event(), [], [0]

    def fresh(n):
        i = said[0]
        said[0] += n
        return make_texts(i + n)[i:] if i + n < 100000 else make_texts(n)

    def rate(convs, per_s):
        texts, i, t0 = make_texts(4096, 3), 0, time.monotonic()
        feed.ensure(convs)
        while not stop.is_set():
            due = int((time.monotonic() - t0) * per_s)
            while i < due and feed.jobs.qsize() < 200:
                feed.jobs.put((i % convs + 1, texts[i & 4095]))
                i += 1
            time.sleep(max(0.0005, 1 / per_s))
        feed.jobs.join()

    def flood(convs, n, marker, marker_conv):
        texts = make_texts(n, 5)[:-1]
        feed.proxy.go.clear()
        feed.send([(i % convs + 1, t) for i, t in enumerate(texts)])
        feed.send([(marker_conv, marker)])
        t0 = time.monotonic_ns()
        feed.proxy.go.set()
        reply(ev="flooded", ok=True, t0=t0, t1=time.monotonic_ns(), bytes=sum(map(len, texts)))

    reply(port=feed.proxy.port)
    try:
        for line in sys.stdin:
            c = json.loads(line)
            op = c["op"]
            if op == "wait":
                reply(ok=feed.proxy.polled.wait(c.get("timeout", 20)))
            elif op == "conns":
                reply(ok=True, n=1)
            elif op == "text":
                feed.send([(c["conv"], c["text"])])
                reply(ok=True, t=time.monotonic_ns())
            elif op == "say":
                feed.ensure(c["conv"])
                t = time.monotonic_ns()
                feed.send([(c["conv"], text) for text in fresh(c["n"])])
                reply(ok=True, t=t)
            elif op == "fill":
                for k in range(c.get("from", 1), c["convs"] + 1):
                    feed.send([(k, t) for t in make_texts(c["n"], k)])
                reply(ok=True, t=time.monotonic_ns())
            elif op == "rate":
                stop.clear()
                streams.append(threading.Thread(target=rate, args=(c["convs"], c["per_s"]), daemon=True))
                streams[-1].start()
                reply(ok=True)
            elif op == "stop":
                stop.set()
                while streams:
                    streams.pop().join(10)
                reply(ok=True)
            elif op == "flood":
                reply(ok=True)
                threading.Thread(target=flood, args=(c["convs"], c["n"], c["marker"], c.get("marker_conv", 1)), daemon=True).start()
            elif op == "quit":
                break
    finally:
        feed.close()


if __name__ == "__main__":
    main()
