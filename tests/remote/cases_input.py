# SPDX-License-Identifier: MIT
"""Bad input: a clear error each, nothing kept of it, nothing leaked, and the server still there."""
import re
import socket
import time

from cases_talk import later
from desk import SLOW, Client, Customer, Desk, new_id, parse, raw, whole

LIMIT = 65536
DRIP_S = 10  # all headers of a request within


def expect(answer, status, code, what=""):
    assert answer is not None, f"{what}: no answer"
    assert answer.status == status and answer.code == code, f"{what}: {answer}"
    return answer


def bodies(desk):
    """Unknown members, wrong types, impossible values."""
    one = Customer(desk.port, "hello")
    talk = f"/v1/conversations/{one.conversation}"
    start = "/v1/conversations"
    for method, target, body, code in (
            ("POST", start, {"nmae": "x"}, "invalid"), ("POST", start, {"name": 7}, "invalid"),
            ("POST", start, {"name": None}, "invalid"), ("POST", start, {"text": ["a"]}, "invalid"),
            ("POST", start, {"attributes": {"a": {"b": 1}}}, "invalid"), ("POST", start, {"attributes": []}, "invalid"),
            ("POST", start, {"attributes": {"a": None}}, "invalid"), ("POST", start, {"text": " \n\t"}, "invalid"),
            ("POST", start, {"inbox": "no such"}, "invalid"), ("POST", start, {"inbox": "../x"}, "invalid"),
            ("POST", start, {"attributes": {f"a{i}": i for i in range(33)}}, "too_large"),
            ("POST", start, {"attributes": {"a": "x" * 501}}, "too_large"),
            ("POST", start, {"name": "x" * 121}, "too_large"), ("POST", start, {"order": "x" * 121}, "too_large"),
            ("PUT", talk + "/messages/" + new_id(), {}, "invalid"),
            ("PUT", talk + "/messages/" + new_id(), {"text": 1}, "invalid"),
            ("PUT", talk + "/messages/" + new_id(), {"text": "a", "kind": "shout"}, "invalid"),
            ("PUT", talk + "/messages/" + new_id(), {"text": "a", "kind": 3}, "invalid"),
            ("PUT", talk + "/messages/" + new_id(), {"text": "a", "kind": "note"}, "forbidden"),
            ("PUT", talk + "/messages/" + new_id(), {"text": "a", "agent": "mia"}, "invalid"),
            ("PUT", talk + "/messages/" + new_id(), {"text": "x" * 8001}, "too_large"),
            ("PUT", talk + "/messages/" + new_id() + "?seen=-1", {"text": "a"}, "invalid"),
            ("PUT", talk + "/messages/" + new_id() + "?anyway=perhaps", {"text": "a"}, "invalid"),
            ("POST", talk + "/rate", {}, "invalid"), ("POST", talk + "/rate", {"stars": 0}, "invalid"),
            ("POST", talk + "/rate", {"stars": 6}, "invalid"), ("POST", talk + "/rate", {"stars": 4.5}, "invalid"),
            ("POST", talk + "/rate", {"stars": "5"}, "invalid"), ("POST", talk + "/rate", {"stars": True}, "invalid"),
            ("POST", talk + "/rate", {"stars": 5, "text": "x" * 501}, "too_large"),
            ("POST", talk + "/leave", {"now": True}, "invalid"), ("POST", talk + "/claim", {}, "forbidden"),
            ("POST", talk + "/typing", {"text": 5}, "invalid"), ("POST", talk + "/typing", {"txt": "a"}, "invalid")):
        status = {"too_large": 413, "forbidden": 403}.get(code, 400)
        answer = one.ask(method, target, body, key=new_id() if method == "POST" else None)
        expect(answer, status, code, f"{method} {target} {str(body)[:60]}")
        if code == "too_large":
            assert answer.json.get("limit"), answer
    mia = desk.login("mia")
    far = mia.get("/v1/agents").json["now"] + 400 * 86400000
    assert mia.do(one.conversation, "claim").status == 200
    for verb, body in (("snooze", {"until": 1}), ("snooze", {"until": far}), ("snooze", {"until": "soon"}), ("snooze", {}),
                       ("tag", {"tags": "vip"}), ("tag", {"tags": [1]}), ("tag", {"tags": [""]}), ("order", {"order": " "}),
                       ("transfer", {}), ("assign", {}), ("assign", {"agent": ""}), ("resolve", {"no_reply_needed": 1})):
        answer = mia.do(one.conversation, verb, body)
        assert answer.status in (400, 403) and answer.code in ("invalid", "forbidden"), f"{verb} {body}: {answer}"
    for body in ({}, {"availability": "asleep"}, {"availability": 1}, {"availability": "online", "until": 5}):
        expect(mia.post("/v1/agents/me/availability", body), 400, "invalid", body)
    expect(mia.post("/v1/agents/me/availability", {"availability": "busy", "reason": "x" * 501}), 413, "too_large")
    assert mia.do(one.conversation, "resolve").status == 200


def exact_limits(desk):
    """At the limit it is taken, one past it not; nothing in between."""
    one = Customer(desk.port, "limits", name="x" * 120, attributes={f"a{i}": "y" * 500 for i in range(32)})
    assert one.say("好" * 8000).status == 200
    expect(one.say("好" * 8001), 413, "too_large")
    expect(one.send(one.conversation, "\U0001f600" * 8000, "i" * 64), 200, None)
    expect(one.send(one.conversation, "a", "i" * 65), 400, "invalid")
    for bytes_sent, status in ((LIMIT, 400), (LIMIT + 1, 413)):
        frame = b'{"nmae":"%s"}'
        answer = one.ask("POST", "/v1/conversations", frame % (b"x" * (bytes_sent - len(frame) + 2)), key=new_id())
        expect(answer, status, "invalid" if status == 400 else "too_large", f"{bytes_sent} bytes")
    for depth, code in ((64, "invalid"), (65, "too_large")):
        body = b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)
        expect(one.ask("POST", "/v1/conversations", body, key=new_id()), 413 if depth > 64 else 400, code, f"depth {depth}")
    for length, status in ((2048, 404), (2049, 413)):
        target = "/v1/" + "a" * (length - 4)
        assert one.get(target).status == status, (length, status)
    assert one.do(one.conversation, "leave").status == 200


def refused_but_heard(desk):
    """What is too large is said to whoever sends to the end: a proxy that is cut off tells 502 instead."""
    head = request("POST /v1/login HTTP/1.1", "Host: localhost", "Content-Type: application/json", f"Content-Length: {LIMIT * 4}")
    with socket.create_connection(("127.0.0.1", desk.port), timeout=15 * SLOW) as sock:
        sock.sendall(head)
        for _ in range(8):  # another request each time: the desk has looked at what came before it
            assert Client(desk.port).get("/healthz").status == 200
            sock.sendall(b"x" * (LIMIT // 2))
        got = b""
        while more := sock.recv(65536):
            got += more
    expect(parse("POST", "/v1/login", got), 413, "too_large")
    whole_head = head[:-2] + b"Expect: 100-continue\r\n\r\n"
    expect(parse("POST", "/v1/login", raw(desk.port, whole_head)), 413, "too_large")  # nothing of the body was sent


def broken_json(desk):
    one = Customer(desk.port, "json")
    before = len(desk.said_in(one.conversation))
    target = f"/v1/conversations/{one.conversation}/messages/"
    for body in (b"{", b"[]", b"null", b'"text"', b"{\"text\":\"a\"", b"{'text':'a'}", b'{"text":"a",}', b'{"text":"a"}{}',
                 b'{"text":"a","text":"b"}', b'{"text":"\xff\xfe"}', b'{"text":"\xc0\xaf"}', b'{"text":"\xed\xa0\xbd"}',
                 b'\xff\xfe{\x00}\x00', b'{"text":"a\x00b"}', b'{"text":"line\nbreak"}', b'{"text":NaN}', b"[" * 60000,
                 b'{"text":1e999}', b'{"text":' + b"9" * 5000 + b"}", b"\x1f\x8b\x08", b"text=a"):
        answer = one.ask("PUT", target + new_id(), body)
        assert answer.status in (400, 413) and answer.code in ("bad_json", "invalid", "too_large"), (body[:40], answer)
    assert len(desk.said_in(one.conversation)) == before
    # Half an emoji of a customer must not make an answer unreadable: it becomes a mark.
    for body in (b'{"text":"half \\ud83d moon"}', b'{"text":"\\ude00 half"}', b'{"text":"null \\u0000 byte"}'):
        answer = one.ask("PUT", target + new_id(), body)
        assert answer.status == 200, answer
    lines = one.get(f"/v1/conversations/{one.conversation}/messages").json["lines"]
    texts = [line.get("text") for line in lines]
    assert "half \ufffd moon" in texts and "\ufffd half" in texts and "null \ufffd byte" in texts, texts
    assert one.say("whole \U0001f600 moon").status == 200
    assert one.do(one.conversation, "leave").status == 200


def addresses(desk):
    """Unknown and foreign conversations look alike; tokens that are none or have ended."""
    one, other = Customer(desk.port, "mine"), Customer(desk.port, "theirs")
    tries = []
    for conversation in ("nothing", other.conversation, "a" * 64, "%2e%2e"):
        tries.append(one.get(f"/v1/conversations/{conversation}/messages"))
        tries.append(one.send(conversation, "hello"))
        tries.append(one.do(conversation, "leave"))
        tries.append(one.do(conversation, "rate", {"stars": 1}))
        tries.append(one.post(f"/v1/conversations/{conversation}/typing", {}))
    for answer in tries:
        expect(answer, 404, "not_found", answer.target)
        assert "theirs" not in answer.body.decode(), answer
    alike = [{k: v for k, v in answer.json.items() if k != "now"} for answer in (tries[0], tries[5])]
    assert alike[0] == alike[1], f"a foreign conversation can be told from none: {alike}"
    assert len(desk.said_in(other.conversation)) == 1

    nobody = Client(desk.port)
    for target in ("/v1/events?after=x", "/v1/snapshot", "/v1/agents", "/v1/policy", "/v1/sessions", "/v1/export",
                   f"/v1/conversations/{one.conversation}/messages"):
        expect(nobody.get(target), 401, "unauthenticated", target)
        expect(nobody.get(target, token="st_" + "0" * 64), 401, "token_expired", target)
        expect(nobody.get(target, token="nonsense"), 401, "unauthenticated", target)
        expect(nobody.get(target, headers={"Authorization": "Basic bWlhOm1pYQ=="}), 401, "unauthenticated", target)
    for target in ("/v1/agents", "/v1/policy", "/v1/sessions", "/v1/export"):
        expect(one.get(target), 403, "forbidden", target)
    expect(one.post("/v1/admin/stop"), 403, "forbidden")
    expect(one.put("/v1/agents/one", {"role": "supervisor"}, key=new_id()), 403, "forbidden")
    expect(one.put("/v1/policy", {"desk": "mine"}, key=new_id()), 403, "forbidden")
    expect(one.post("/v1/queue/claim"), 403, "forbidden")

    for method, target in (("DELETE", "/v1/snapshot"), ("PUT", "/v1/events"), ("GET", "/v1/login"), ("PATCH", "/healthz"),
                           ("POST", "/metrics"), ("GET", "/v1/conversations"), ("OPTIONS", "/v1/login")):
        answer = one.ask(method, target)
        expect(answer, 405, "method_not_allowed", f"{method} {target}")
        assert answer.header("allow"), answer
    for target in ("/", "/v1", "/v2/snapshot", "/v1/nothing", "/v1/conversations/x/y/z", "/favicon.ico", "/v1/snapshot/",
                   "//healthz", "/healthz/..", "/v1/conversations/%2f/messages/x/y"):
        expect(one.get(target), 404, "not_found", target)
    history = f"/v1/conversations/{one.conversation}/messages?"
    for target in ("/%", "/%zz", "/v1/%00", "/v1/%ff", history + "before=%00", history + "limit=%ff", history + "limit=1&limit=2", history + "%"):
        expect(one.get(target), 400, "invalid", target)
    expect(one.ask("POST", f"/v1/conversations/{one.conversation}/start", {}, key=new_id()), 404, "not_found")
    expect(one.ask("POST", f"/v1/conversations/{one.conversation}/leave"), 400, "invalid", "no Idempotency-Key")
    expect(one.ask("POST", "/v1/conversations", b"name=a", key=new_id(),
                   headers={"Content-Type": "application/x-www-form-urlencoded"}), 415, "unsupported_media")
    for client in (one, other):
        assert client.do(client.conversation, "leave").status == 200
    assert one.post("/v1/logout").status == 200
    expect(one.get("/v1/snapshot"), 401, "token_expired")


def logins(desk):
    nobody = Client(desk.port)
    for body, code in (({"name": "mia", "password": "wrong"}, "bad_login"), ({"name": "ghost", "password": "x"}, "bad_login"),
                       ({"name": "mia"}, "invalid"), ({"name": "mia", "password": ""}, "invalid"),
                       ({"name": "mia", "password": 1}, "invalid"), ({"name": "mia", "password": "x", "pin": 1}, "invalid"),
                       ({"name": "m" * 65, "password": "x"}, "too_large"), ({"name": "mia", "password": "x" * 1025}, "too_large")):
        answer = nobody.post("/v1/login", body)
        expect(answer, {"bad_login": 401, "invalid": 400}.get(code, 413), code, str(body)[:60])
    expect(nobody.post("/v1/login", b"{"), 400, "bad_json")
    known = nobody.post("/v1/login", {"name": "mia", "password": "wrong"})
    unknown = nobody.post("/v1/login", {"name": "ghost", "password": "wrong"})
    assert {**known.json, "now": 0} == {**unknown.json, "now": 0}, "who is an agent can be told from outside"
    agent = desk.login("mia")
    sessions = agent.get("/v1/sessions")
    assert agent.token not in sessions.body.decode(), "a token is shown once"
    current = [session for session in sessions.json["sessions"] if session["current"]]
    assert len(current) == 1
    assert agent.ask("DELETE", "/v1/sessions/" + current[0]["id"]).status == 200
    expect(agent.get("/v1/snapshot"), 401, "token_expired")
    agent = desk.login("mia")
    expect(agent.ask("DELETE", "/v1/sessions/nothing"), 404, "not_found")


# --- HTTP itself -----------------------------------------------------------------------------------------------------

def request(*lines, body=b""):
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def headers_of(n, length=1):
    return [f"X-{i}: {'v' * length}" for i in range(n)]


def smuggling(desk):
    """Shapes that two readers understand differently: refused, and the connection ends with the answer."""
    port = desk.port
    inner = b"POST /v1/admin/stop HTTP/1.1\r\nHost: a\r\n\r\n"
    host, login = "Host: localhost", "POST /v1/login HTTP/1.1"
    shapes = {
        "two Content-Lengths": request(login, host, "Content-Length: 2", f"Content-Length: {2 + len(inner)}", body=b"{}" + inner),
        "the same length twice": request(login, host, "Content-Length: 2", "Content-Length: 2", body=b"{}" + inner),
        "a list of lengths": request(login, host, "Content-Length: 2, 2", body=b"{}" + inner),
        "a signed length": request(login, host, "Content-Length: +2", body=b"{}" + inner),
        "a hexadecimal length": request(login, host, "Content-Length: 0x2", body=b"{}" + inner),
        "chunked": request(login, host, "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n" + inner),
        "chunked and a length": request(login, host, "Transfer-Encoding: chunked", "Content-Length: 2",
                                        body=b"0\r\n\r\n" + inner),
        "hidden chunked": request(login, host, "Transfer-Encoding: xchunked", "Content-Length: 2", body=b"{}" + inner),
        "a blank before the colon": request(login, host, "Content-Length : 2", body=b"{}" + inner),
        "a blank before the colon, chunked": request(login, host, "Transfer-Encoding : chunked", "Content-Length: 2", body=b"{}" + inner),
        "a folded length": request(login, host, "Content-Length: 2\r\n 3", body=b"{}" + inner),
        "a folded encoding": request(login, host, "Transfer-Encoding:\r\n chunked", "Content-Length: 2", body=b"{}" + inner),
        "a first header that is folded": request("GET /healthz HTTP/1.1\r\n X-A: a", host),
        "a blank in a name": request("GET /healthz HTTP/1.1", host, "X A: a"),
        "a name not in ASCII": request("GET /healthz HTTP/1.1", host, "X-\xe9: a"),
        "a delete": request("GET /healthz HTTP/1.1", host, "X-A: a\x7fb"),
        "two types": request(login, host, "Content-Type: text/plain", "Content-Type: application/json", "Content-Length: 2", body=b"{}" + inner),
        "two tokens": request("GET /healthz HTTP/1.1", host, "Authorization: Bearer a", "Authorization: Bearer b"),
        "two ids": request("GET /healthz HTTP/1.1", host, "Idempotency-Key: a", "Idempotency-Key: b"),
        "no Host": request("GET /healthz HTTP/1.1"),
        "two Hosts": request("GET /healthz HTTP/1.1", host, "Host: b"),
        # A stranger's page whose name has been made to mean 127.0.0.1.
        "another's name": request("GET /healthz HTTP/1.1", "Host: evil.example:7878"),
        "loopback in another's name": request("GET /healthz HTTP/1.1", "Host: 127.0.0.1.evil.example"),
        "a port that is none": request("GET /healthz HTTP/1.1", "Host: localhost:evil.example"),
        "a port behind brackets that is none": request("GET /healthz HTTP/1.1", "Host: [::1]:x"),
    }
    for name, data in shapes.items():
        got = raw(port, data)
        assert not re.search(rb"HTTP/1.1 (?!400 )", got), f"{name}: more was answered than the shape: {got[:600]!r}"
        if b"<html>" in got:  # the library refused it before us
            continue
        method, target = data.decode("latin-1").split(" ")[:2]
        assert got.count(b"HTTP/1.1 ") == 1, f"{name}: {got[:600]!r}"
        expect(parse(method, target, got), 400, "invalid", name)
    for name, data in {"nonsense": b"\x16\x03\x01\x02\x00\x01\x00", "a line feed alone": b"GET /healthz\n\n",
                       "no version": b"GET /healthz\r\n\r\n", "a NUL": request("GET /healthz HTTP/1.1", host, "X-A: a\0b"),
                       "a folded header": request("GET /healthz HTTP/1.1", host, "X-A: a", " b"),
                       "a control": request("GET /healthz HTTP/1.1", host, "X-A: a\x07b")}.items():
        got = raw(port, data + b"\r\n", wait=DRIP_S + 5, part=whole)
        status = got.split(b" ")[1:2]
        assert not status or status[0] in (b"400", b"200", b"505"), f"{name}: {got[:300]!r}"
        assert b"seq" not in got or status == [b"200"], name


def our_names(desk):
    for name in ("localhost", "LOCALHOST:7878", "127.0.0.1:1", "127.9.9.9", "[::1]", "[::1]:80"):
        got = raw(desk.port, request("GET /healthz HTTP/1.1", f"Host: {name}", "Connection: close"), part=whole)
        assert got.startswith(b"HTTP/1.1 200 "), f"{name}: {got[:200]!r}"


def big_headers(desk):
    port = desk.port
    for count, status in ((31, 200), (32, 431)):  # and the Host
        got = raw(port, request("GET /healthz HTTP/1.1", "Host: localhost", *headers_of(count)), part=whole)
        answer = parse("GET", "/healthz", got)
        assert answer.status == status, f"{count + 1} lines: {answer}"
        if status == 431:
            assert answer.code == "headers_too_large" and answer.json["limit"] == "HEADER_LINES", answer
    got = raw(port, request("GET /healthz HTTP/1.1", "Host: localhost", *headers_of(5, 1100)), part=whole)
    answer = expect(parse("GET", "/healthz", got), 431, "headers_too_large")
    assert answer.json["limit"] == "HEADER_BYTES", answer
    for count, length in ((1, 20000), (2000, 10), (20, 3000)):
        got = raw(port, request("GET /healthz HTTP/1.1", "Host: localhost", *headers_of(count, length)), part=whole)
        assert not got or got.split(b" ")[1] in (b"431", b"413", b"400"), got[:200]


def drip(port, data, seconds):
    """Sends a byte at a time and says after how long it was cut; None: it was not."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.settimeout(0.1)
        i = 0
        while time.monotonic() - begun < seconds * SLOW:
            try:
                sock.sendall(data[i % len(data):i % len(data) + 1])
                i += 1
                if sock.recv(4096) == b"":
                    return time.monotonic() - begun
            except socket.timeout:
                continue
            except (ConnectionError, BrokenPipeError):
                return time.monotonic() - begun
    return None


def drips(desk):
    """Begun before the other cases of this part, looked at after them."""
    head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"s" * 4000
    silent = later(lambda: drip(desk.port, b"G", DRIP_S + 10))
    return [later(lambda: drip(desk.port, head, DRIP_S + 10)) for _ in range(20)] + [silent]


def drips_cut(slow):
    for thread in slow:
        after = thread.wait((DRIP_S + 12) * SLOW)
        assert after is not None, "a slow request was never cut"
        assert after > DRIP_S - 2, f"cut after {after:.1f} s already"


def still_there(desk):
    answer = Client(desk.port).get("/healthz")
    assert answer.status == 200 and answer.json["status"] == "ok", answer
    one = Customer(desk.port, "still there?")
    assert one.do(one.conversation, "leave").status == 200
    text = desk.said()
    assert "correct horse" not in text and not re.search("st_[0-9a-f]{64}", text), "secrets in the server's messages"


def strangers(_):
    """Limits for those who show no token, with the limits set low."""
    desk = Desk()
    desk.start("--limit", "anonymous_per_minute=0", "--limit", "logins_per_minute=0")
    nobody = Client(desk.port)
    for answer, limit in ((nobody.get("/healthz"), "ANONYMOUS_PER_MINUTE"),
                          (nobody.post("/v1/conversations", {}), "ANONYMOUS_PER_MINUTE"),
                          (nobody.get("/v1/snapshot", token="nonsense"), "ANONYMOUS_PER_MINUTE"),
                          (nobody.post("/v1/login", {"name": "a", "password": "b"}), "LOGINS_PER_MINUTE")):
        expect(answer, 429, "too_many", answer.target)
        assert answer.json["limit"] == limit and 1 <= int(answer.header("retry-after")) <= 60, answer
    desk.stop()
    desk.remove()


def run(tap):
    desk = Desk()
    desk.add_agent("mia")
    desk.start()
    slow = drips(desk)
    for name, case in (("members, types and values", bodies), ("at the limit and one past it", exact_limits),
                       ("refused, but heard out", refused_but_heard),
                       ("broken JSON and half characters", broken_json), ("addresses, tokens, methods", addresses),
                       ("logins and sessions", logins), ("smuggling shapes", smuggling), ("names of the desk", our_names), ("large headers", big_headers)):
        tap.case("input: " + name, case, desk)
    tap.case("input: slow requests are cut", drips_cut, slow)
    tap.case("input: limits of strangers", strangers, desk)
    tap.case("input: after all of that the desk is there", still_there, desk)
    desk.stop()
    desk.remove()
