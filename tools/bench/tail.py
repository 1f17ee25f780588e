#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux tail beside a bare poller on the same desk in the same run: how long after it was written a message is read, at a fixed
rate of messages, and what the tail and the desk cost. `./dev bench tail` runs it and prints the table of docs/performance.md.

    tools/bench/tail.py [--rate 500] [--messages 10000] [--json FILE]
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


def measure(rate, messages):
    """One run: what was sent and read, and the figures of both readers."""
    WRITTEN.clear()
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
        tail = subprocess.Popen([os.environ.get("SEATMUX", str(ROOT / "build" / "seatmux")), "tail", "--json", "--server", f"http://127.0.0.1:{desk.port}", "--login",
                                 "boss", "--password-file", str(secret)], env=environment, stdout=subprocess.PIPE, text=True)
        by_tail, by_poll, done = [], [], threading.Event()
        readers = [threading.Thread(target=read_tail, args=(tail.stdout, by_tail), daemon=True),
                   threading.Thread(target=poll, args=(desk.port, token, cursor, by_poll, done), daemon=True)]
        for reader in readers:
            reader.start()
        time.sleep(2)  # both are parked
        customers = [desk.begin("i0", f"Customer {i}", "hello") for i in range(WRITERS)]
        before, desk_before, load = cost(tail.pid)[0], cost(desk.process.pid)[0], os.getloadavg()[0]
        begun, each = time.monotonic() + 0.5, messages // WRITERS
        writers = [threading.Thread(target=write, args=(Http(desk.port), c[0], c[1], each, 1 / rate, begun, i))
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
        desk_cpu = cost(desk.process.pid)[0] - desk_before
        done.set()
        tail.terminate()
        tail.wait()
        desk.stop()
    sent = each * WRITERS
    (p50, p99), (t50, t99) = figures(by_poll), figures(by_tail)
    return {"sent": sent, "per_s": sent / took, "load": load, "desk_cpu_us": desk_cpu * 1e6 / sent,
            "poller": {"read": len(by_poll), "p50_ms": p50, "p99_ms": p99},
            "tail": {"read": len(by_tail), "p50_ms": t50, "p99_ms": t99, "cpu_us": (cpu - before) * 1e6 / sent, "cpu_pct": (cpu - before) * 100 / took,
                     "resident_mb": memory}}


def table(f):
    """Markdown."""
    p, t = f["poller"], f["tail"]
    rows = [("written to read, p50, ms", f"{p['p50_ms']:.1f}", f"{t['p50_ms']:.1f}", f"{t['p50_ms'] / p['p50_ms']:.2f}"),
            ("written to read, p99, ms", f"{p['p99_ms']:.1f}", f"{t['p99_ms']:.1f}", f"{t['p99_ms'] / p['p99_ms']:.2f}"),
            (f"read, of {f['sent']}", str(p["read"]), str(t["read"]), ""),
            ("CPU a message, us (of one core, %)", "-", f"{t['cpu_us']:.0f} ({t['cpu_pct']:.1f})", ""),
            ("resident, MB", "-", f"{t['resident_mb']:.0f}", ""),
            ("CPU of the desk a message, us", f"{f['desk_cpu_us']:.0f}", "the same", "")]
    head = f"| **tail, {f['per_s']:.0f} messages/s**, load {f['load']:.1f} | bare polls | seatmux tail | ratio |\n|---|--:|--:|--:|\n"
    return head + "\n".join("| " + " | ".join(row) + " |" for row in rows)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rate", type=int, default=500)
    options.add_argument("--messages", type=int, default=10000)
    options.add_argument("--json", metavar="FILE")
    o = options.parse_args()
    found = measure(o.rate, o.messages)
    print(table(found))
    if o.json:
        pathlib.Path(o.json).write_text(json.dumps(found), encoding="utf-8")
    return 0 if found["tail"]["read"] == found["poller"]["read"] == found["sent"] else 1


if __name__ == "__main__":
    sys.exit(main())
