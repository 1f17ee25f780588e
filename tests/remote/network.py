#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The client and the desk with a scripted network between them: cut at every byte of an answer, bytes that drip, and TLS with
certificates that are right, wrong, expired, exchanged. SEATMUX_TEST_FULL=1: polls are cut at every byte too, not only
at some, or at as many as SEATMUX_TEST_MINUTES allow (budget.py)."""
import base64
import hashlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

from budget import FULL, Budget
from desk import PASSWORD, SLOW, Customer, Desk, Tap, new_id, skip_all, until
from line import Line, claim, lines_of

STRIDE = 1 if FULL else 41  # bytes; each costs a wait of the back-off


# --- The proxy -------------------------------------------------------------------------------------------------------

class Relay(threading.Thread):
    """One exchange after the other between client and desk; `script(request, answer)` says what becomes of each answer:
    the bytes to pass on, or a list of pieces to pass on one by one, and whether the connection goes on afterwards."""

    def __init__(self, desk, script, context=None):
        super().__init__(daemon=True)
        self.desk, self.script, self.context = desk, script, context
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.heard, self.refused = b"", 0

    def run(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        try:
            if self.context:
                near = self.context.wrap_socket(near, server_side=True)
        except (ssl.SSLError, OSError):
            self.refused += 1
            near.close()
            return
        try:
            with near, socket.create_connection(("127.0.0.1", self.desk.port), timeout=60 * SLOW) as far:
                near.settimeout(60 * SLOW)
                while self.exchange(near, far):
                    pass
        except OSError:
            pass

    def exchange(self, near, far):
        request = self.read(near)
        if not request:
            return False
        self.heard += request
        far.sendall(request)
        answer = self.read(far)
        if not answer:
            return False
        pieces, goes_on = self.script(request, answer)
        for piece in [pieces] if isinstance(pieces, bytes) else pieces:
            near.sendall(piece)
        return goes_on

    @staticmethod
    def read(source):
        """One whole request or answer with a Content-Length."""
        got = b""
        while b"\r\n\r\n" not in got:
            more = source.recv(65536)
            if not more:
                return b""
            got += more
        head, _, body = got.partition(b"\r\n\r\n")
        lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        while len(body) < int(lengths[0] if lengths else 0):
            more = source.recv(65536)
            if not more:
                return b""
            body += more
        return head + b"\r\n\r\n" + body

    def close(self):
        self.listener.close()


def is_message(request):
    return request.startswith(b"PUT ") and b"/messages/" in request.split(b" ")[1]


def through(desk, script, **more):
    relay = Relay(desk, script, **more)
    relay.start()
    return relay


# --- Cut, drip -------------------------------------------------------------------------------------------------------

def every_byte(desk):
    """The answer to a message is cut after its first byte, its second, ...; the desk has done what was asked each time."""
    cuts, longest, lock = {}, [0], threading.Lock()

    def script(request, answer):
        if not is_message(request):
            return answer, True
        key = request.split(b" ")[1].split(b"?")[0]
        with lock:
            if key in cuts:
                return answer, True
            cuts[key] = len(cuts)
            longest[0] = max(longest[0], len(answer))
            return answer[:cuts[key]], cuts[key] >= len(answer)
    relay = through(desk, script)
    customers = [Customer(desk.port, "every byte") for _ in range(8)]
    line = Line(desk, f"http://127.0.0.1:{relay.port}", home=new_id()).start()
    line.live()
    talks = [claim(line) for _ in customers]
    assert line.answer(f"send {talks[0]} whole")["ok"]
    until(lambda: longest[0], 20, "one answer, to know how long they are")
    texts = {talk: [f"cut {i}" for i in range(at, longest[0] + 8, len(talks))] for at, talk in enumerate(talks)}
    for talk, lines in texts.items():
        for text in lines:
            assert line.answer(f"send {talk} {text}")["ok"]
    line.empty(280)
    texts[talks[0]].insert(0, "whole")
    for talk, lines in texts.items():
        assert lines_of(desk, talk) == lines, (talk, lines_of(desk, talk))
    assert max(cuts.values()) >= longest[0], f"{len(cuts)} cuts of answers of {longest[0]} bytes"
    for talk in talks:
        line.answer(f"resolve {talk}")
    line.quit()
    relay.close()
    del customers


def polls_cut(desk):
    """A customer writes; the poll's answer that tells it is cut, at another byte each time, and comes when it is asked for again."""
    budget, cuts, again = Budget(1), [], [False]
    budget.case()

    def script(request, answer):
        if b"/v1/events?" not in request.split(b"\r\n")[0] or b"message.posted" not in answer:
            return answer, True
        if again[0]:
            again[0] = False
            return answer, True
        again[0] = True
        if not cuts:  # the first: now it is known how long they are
            cuts.extend(budget.order(range(0, len(answer), STRIDE)))
        return answer[:cuts.pop()], False
    relay = through(desk, script)
    customer = Customer(desk.port, "polls")
    line = Line(desk, f"http://127.0.0.1:{relay.port}", home=new_id()).start()
    line.live()
    talk = claim(line)
    said = ["polls"]
    while len(said) == 1 or (cuts and not budget.over()):
        said.append(f"poll {len(said)}")
        assert customer.say(said[-1]).status == 200
        until(lambda: said[-1] in shown(line, talk), 30, said[-1])
    assert shown(line, talk) == said, "once each, in order"
    print(f"# a poll's answer cut at {len(said) - 1} places")
    assert len(said) > 5
    line.answer(f"resolve {talk}")
    line.quit()
    relay.close()


def shown(line, talk):
    return [t["message"]["text"] for t in line.told if "message" in t and t["message"]["conversation"] == talk]


def dripping(desk):
    """Every answer comes a byte at a time."""
    relay = through(desk, lambda request, answer: ([answer[i:i + 1] for i in range(len(answer))], True))
    customer = Customer(desk.port, "drip")
    line = Line(desk, f"http://127.0.0.1:{relay.port}", home=new_id()).start()
    line.live()
    talk = claim(line)
    for i in range(10):
        assert line.answer(f"send {talk} drop {i}")["ok"]
        assert customer.say(f"sip {i}").status == 200
    line.empty()
    assert lines_of(desk, talk) == [f"drop {i}" for i in range(10)]
    until(lambda: any(t.get("message", {}).get("text") == "sip 9" for t in line.told), 20, "the customer's last line")
    line.answer(f"resolve {talk}")
    line.quit()
    relay.close()


# --- TLS -------------------------------------------------------------------------------------------------------------

def openssl(*arguments, **more):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=120, **more)


class Authority:
    """Makes certificates, as anybody can."""

    def __init__(self, directory, name):
        self.directory, self.name = directory, os.path.join(directory, name)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.name + ".key",
                "-out", self.name + ".crt", "-days", "30", "-subj", "/CN=" + name)

    def issue(self, name, alternative, days="30"):
        """A TLS context of a server with this certificate, and the pin of its key."""
        base = os.path.join(self.directory, name)
        with open(base + ".ext", "w", encoding="ascii") as file:
            file.write(f"subjectAltName={alternative}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", base + ".key", "-out",
                base + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", base + ".csr", "-CA", self.name + ".crt", "-CAkey", self.name + ".key", "-CAcreateserial",
                "-out", base + ".crt", "-days", days, "-extfile", base + ".ext")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(base + ".crt", base + ".key")
        key = subprocess.run(["openssl", "pkey", "-in", base + ".key", "-pubout", "-outform", "DER"], check=True,
                             capture_output=True, timeout=120).stdout
        return context, "sha256//" + base64.b64encode(hashlib.sha256(key).digest()).decode()


def whole(request, answer):
    return answer, True


def not_trusted(desk, context, more, why):
    """Nothing of the client's may get through: no password, no token, not even the first line."""
    relay = through(desk, whole, context=context)
    line = Line(desk, f"https://127.0.0.1:{relay.port}", home=new_id(), more=more).start()

    def words():
        return [told["no_login"] for told in line.told if "no_login" in told]
    until(words, 20, "a login that failed")
    assert words()[0].startswith("certificate not trusted: "), words()[:2]
    assert why in words()[0], words()[0]
    assert relay.heard == b"", f"the client spoke to it: {relay.heard[:200]!r}"
    assert not any(told.get("link") == "live" for told in line.told)
    line.kill()
    relay.close()


def distrust(desk):
    here = Authority(desk.home, "ours")
    other = Authority(desk.home, "theirs")
    good, pin = here.issue("good", "IP:127.0.0.1,DNS:localhost")
    _, other_pin = here.issue("spare", "IP:127.0.0.1")
    trust = ["--cafile", here.name + ".crt"]
    for context, more, why in (
            (good, [], "certificate"),
            (other.issue("foreign", "IP:127.0.0.1")[0], trust, "certificate"),
            (here.issue("elsewhere", "IP:127.0.0.2,DNS:desk.example")[0], trust, "127.0.0.1"),
            (here.issue("expired", "IP:127.0.0.1", "-1")[0], trust, "expired"),
            (good, trust + ["--pin", other_pin], "pinned"),
            (good, ["--cafile", os.path.join(desk.home, "no-such-file")], "no-such-file")):
        not_trusted(desk, context, more, why)
    assert pin != other_pin


def trusted(desk):
    """The same authority and the pinned key: a chat over TLS; then the desk's certificate is exchanged for a new one."""
    here = Authority(desk.home, "house")
    first, pin = here.issue("first", "IP:127.0.0.1,DNS:localhost")
    second, _ = here.issue("second", "IP:127.0.0.1,DNS:localhost")
    relay = through(desk, whole, context=first)
    trust = ["--cafile", here.name + ".crt"]
    customer = Customer(desk.port, "over TLS")
    line = Line(desk, f"https://127.0.0.1:{relay.port}", home=new_id(), more=trust).start()
    line.live()
    talk = claim(line)
    assert line.answer(f"send {talk} under the first")["ok"]
    line.empty()
    pinned = Line(desk, f"https://localhost:{relay.port}", "bob", home=new_id(), more=trust + ["--pin", pin]).start()
    pinned.live()
    relay.context = second
    drop_all(desk)
    assert line.answer(f"send {talk} under the second")["ok"]
    line.empty()
    assert lines_of(desk, talk) == ["under the first", "under the second"]
    until(lambda: any(t.get("words") == "certificate not trusted" for t in pinned.told), 40,
          lambda: f"who pinned the old key says so: {pinned.told[-3:]}")
    relay.context = first  # and goes on when it is there again
    line.answer(f"resolve {talk}")
    until(lambda: pinned.links()[-1:] == ["live"], 60, "live again")
    line.quit()
    pinned.quit()
    relay.close()
    del customer


# --- The doctor ------------------------------------------------------------------------------------------------------

def doctor(desk, url, *more, status=0):
    """check -> (level, text, advice), the last of each."""
    secret = os.path.join(desk.home, "password")
    if not os.path.exists(secret):
        with open(os.open(secret, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(PASSWORD + "\n")
    done = subprocess.run([os.environ["SEATMUX"], "doctor", "--server", url, "--login", "mia", "--password-file", secret, "--json", "--hold", "0", *more],
                          env=dict(desk.environment, LANGUAGE="en"), capture_output=True, text=True, timeout=60 * SLOW, check=False)
    said = {line["check"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == status, f"{done.returncode}: {done.stdout}{done.stderr}"
    return {check: (line["level"], line["text"], line.get("advice", "")) for check, line in said.items()}


def swapped(old, new):
    """A script that writes over something in each answer, with as many bytes."""
    assert len(old) == len(new)
    return lambda request, answer: (answer.replace(old, new), True)


def answered(status, text, *headers):
    head = "\r\n".join([f"HTTP/1.1 {status} X", f"Content-Length: {len(text)}", *headers])
    return f"{head}\r\n\r\n{text}".encode()


def examined(desk):
    """What the doctor says of a good path, and of each thing that can be wrong with one."""
    said = doctor(desk, f"http://127.0.0.1:{desk.port}", "--hold", "1")
    assert {said[check][0] for check in ("connection", "desk", "proxy", "answer", "clock", "login", "poll", "journal")} == {"ok"}, said
    assert said["poll"][1] == "stood for 1 s and was answered" and "seatmuxd " in said["login"][1], said
    assert "-> " in subprocess.run([os.environ["SEATMUX"], "doctor"], env=desk.environment, capture_output=True, text=True,
                                   timeout=60 * SLOW, check=False).stdout
    far = int(time.time()) + 100

    def through_proxy(request, answer):
        if b"/v1/events" in request.split(b"\r\n")[0]:
            return answered(504, "late"), True
        answer = re.sub(rb'"now":\d{10}', b'"now":%d' % far, answer)
        return answer.replace(b"\r\n", b"\r\nServer: nginx\r\nContent-Encoding: identity\r\n", 1), True

    def broken(request, answer):
        return (b"", False) if b"/v1/events" in request.split(b"\r\n")[0] else (answer, True)
    for script, more, status, wanted in (
            (through_proxy, ("--hold", "1"), 1, {"proxy": ("warn", "identity", "proxy_buffering"), "clock": ("warn", "behind the desk", "set-ntp"),
                                                  "poll": ("fail", "504", "proxy_read_timeout")}),
            (broken, ("--hold", "1"), 1, {"poll": ("fail", "cut off after", "proxy_read_timeout"), "clock": ("ok", "", "")}),
            (swapped(b'"fold":1', b'"fold":2'), (), 1, {"desk": ("fail", "version 2", "install the seatmux")}),
            (lambda request, answer: (answered(200, "<h1>Log in to the hotel's network"), True), (), 1, {"desk": ("fail", "something else", "log-in page")}),
            (lambda request, answer: (answered(502, "bad gateway"), True), (), 1, {"desk": ("fail", "502", "does seatmuxd run")}),
            (lambda request, answer: (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", False), (), 1, {"answer": ("fail", "", "the proxy's log")})):
        relay = through(desk, script)
        said = doctor(desk, f"http://127.0.0.1:{relay.port}", *more, status=status)
        for check, (level, text, advice) in wanted.items():
            assert said[check][0] == level and text in said[check][1] and advice in said[check][2], (check, said)
        relay.close()
    said = doctor(desk, f"http://127.0.0.1:{desk.port}", "--login", "nobody", status=1)
    assert said["login"][0] == "fail" and said["login"][1].startswith("401 "), said
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = doctor(desk, f"http://127.0.0.1:{port}", status=1)
    assert said["connection"][0] == "fail" and "this port" in said["connection"][2] and "desk" not in said, said
    assert "unix" in doctor(desk, "nonsense", status=1)["desk"][1]


def examined_tls(desk):
    here = Authority(desk.home, "ward")
    trust = ["--cafile", here.name + ".crt"]
    for context, more, status, (check, level, text) in (
            (here.issue("healthy", "IP:127.0.0.1")[0], trust, 0, ("certificate", "ok", " days more")),
            (here.issue("soon", "IP:127.0.0.1", "5")[0], trust, 0, ("certificate", "warn", "ends in ")),
            (here.issue("over", "IP:127.0.0.1", "-1")[0], trust, 1, ("certificate", "fail", "expired")),
            (here.issue("unknown", "IP:127.0.0.1")[0], [], 1, ("certificate", "fail", "certificate"))):
        relay = through(desk, whole, context=context)
        said = doctor(desk, f"https://127.0.0.1:{relay.port}", *more, status=status)
        assert said[check][0] == level and text in said[check][1] and ("login" in said) == (status == 0), said
        assert status == 0 or relay.heard == b"", "no password to whom is not trusted"
        relay.close()
    said = doctor(desk, f"https://127.0.0.1:{desk.port}", status=1)
    assert said["tls"][0] == "fail", said


def drop_all(desk):
    """Connections end with the server, so that each is made anew."""
    desk.stop()
    desk.start("--limit", "requests_per_session=100")


def main():
    if not shutil.which("openssl"):
        skip_all("openssl is not installed")
    tap = Tap(sys.argv[1:])
    desk = Desk()
    for name in ("mia", "bob"):
        desk.add_agent(name, "agent", "--capacity", "50")
    desk.start("--limit", "requests_per_session=100")
    for name, case in (("an answer cut at every byte", every_byte), ("a poll's answer cut", polls_cut), ("answers that drip", dripping),
                       ("certificates that are not to be trusted", distrust), ("a certificate is exchanged", trusted), ("the doctor", examined),
                       ("the doctor and certificates", examined_tls)):
        tap.case("network: " + name, case, desk, seconds=3000 if STRIDE == 1 else 120)
        Line.kill_all()
    desk.stop()
    desk.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
