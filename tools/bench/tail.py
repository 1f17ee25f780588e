#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux tail beside a bare poller on the same desk in the same run: how long after it was written a message is read, at a fixed
rate of messages, and what the tail costs. Prints a row for docs/performance.md.

    tools/bench/tail.py [--rate 500] [--messages 10000]
"""
import argparse
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from desk import PASSWORD, ROOT, Desk, Http, command_id  # noqa: E402

WRITERS = 16
MARK = "bench-"


WRITTEN = {}  # number of a message -> when; the desk would mask a time in its text as a card number


def late(text, into, now):
    if MARK in text:
        into.append(now - WRITTEN[int(text.rsplit(MARK, 1)[1].split()[0])])


def poll(port, token, cursor, into, done):
    """The bound: the same polls with nothing behind them."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not done.is_set():
        line.request("GET", f"/v1/events?after={cursor}&wait=5", headers={"Authorization": "Bearer " + token})
        body = json.loads(line.getresponse().read())
        now = time.monotonic_ns()
        cursor = body["cursor"]
        for event in body.get("events", []):
            late(event.get("text") or "", into, now)


def read_tail(stream, into):
    for line in stream:
        now = time.monotonic_ns()
        event = json.loads(line)
        late(event.get("text") or "", into, now)


def mark(number):
    WRITTEN[number] = time.monotonic_ns()
    return number


def write(http_line, conversation, token, number, gap, begun, first):
    for i in range(number):
        wait = begun + (first + i * WRITERS) * gap - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        http_line.command(f"/v1/conversations/{conversation}/messages/{command_id()}",
                          {"text": f"{MARK}{mark(first + i * WRITERS)} end"}, token, "PUT")


def cost(pid):
    """CPU seconds and resident MB."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    ticks = os.sysconf("SC_CLK_TCK")
    return (int(fields[11]) + int(fields[12])) / ticks, int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def figures(lates):
    ordered = sorted(lates)
    return statistics.median(ordered) / 1e6, ordered[int(len(ordered) * 0.99) - 1] / 1e6


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--messages", type=int, default=10000)
    o = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="seatmux-bench-") as directory:
        desk = Desk(directory)
        desk.start()
        for name in ("boss", "eye"):
            desk.add_agent(name)
        token = desk.login("eye", online=False)
        line = Http(desk.port)
        cursor = line.ask("GET", "/v1/snapshot", token=token)["cursor"]
        secret = pathlib.Path(directory, "password")
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        os.chmod(secret, 0o600)
        environment = dict(os.environ, HOME=directory, XDG_CONFIG_HOME=directory, XDG_STATE_HOME=directory)
        tail = subprocess.Popen([str(ROOT / "build" / "seatmux"), "tail", "--json", "--server", f"http://127.0.0.1:{desk.port}", "--login",
                                 "boss", "--password-file", str(secret)], env=environment, stdout=subprocess.PIPE, text=True)
        by_tail, by_poll, done = [], [], threading.Event()
        readers = [threading.Thread(target=read_tail, args=(tail.stdout, by_tail), daemon=True),
                   threading.Thread(target=poll, args=(desk.port, token, cursor, by_poll, done), daemon=True)]
        for reader in readers:
            reader.start()
        time.sleep(2)  # both are parked
        customers = [desk.begin("i0", f"Customer {i}", "hello") for i in range(WRITERS)]
        before = cost(tail.pid)[0]
        begun, each = time.monotonic() + 0.5, o.messages // WRITERS
        writers = [threading.Thread(target=write, args=(Http(desk.port), c[0], c[1], each, 1 / o.rate, begun, i))
                   for i, c in enumerate(customers)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        took = time.monotonic() - begun
        end = time.monotonic() + 20
        while time.monotonic() < end and min(len(by_tail), len(by_poll)) < each * WRITERS:
            time.sleep(0.05)
        cpu, memory = cost(tail.pid)
        done.set()
        tail.terminate()
        tail.wait()
        desk.stop()
    sent = each * WRITERS
    (p50, p99), (t50, t99) = figures(by_poll), figures(by_tail)
    print(f"{sent} messages at {sent / took:.0f}/s: poller read {len(by_poll)}, p50 {p50:.1f} ms, p99 {p99:.1f} ms; tail read {len(by_tail)}, "
          f"p50 {t50:.1f} ms, p99 {t99:.1f} ms; ratio {t50 / p50:.2f} and {t99 / p99:.2f}; "
          f"{(cpu - before) * 1e6 / sent:.0f} us of CPU a message, {memory:.0f} MB resident")
    return 0 if len(by_tail) == len(by_poll) == sent else 1


if __name__ == "__main__":
    sys.exit(main())
