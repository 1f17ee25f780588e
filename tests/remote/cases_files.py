# SPDX-License-Identifier: MIT
"""Files: both ways, on notes, what is refused, what a stranger tries, what is left on disk, and that polls go on meanwhile."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import zlib

import desk as remote
from desk import Client, Customer, Desk, new_id, parse, raw, until

PAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"]
YAML = """desk: Files
zone: UTC
files: {largest_mb: 2, kinds: [image, pdf, text], unsent: 1m}
teams: [{id: support}, {id: billing}]
inboxes: [{id: web, team: support}]
"""


def png(seed=0, side=8):
    """A picture; another one for each seed."""
    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    rows = b"".join(b"\0" + bytes((seed + x * y) % 256 for x in range(side)) for y in range(side))
    head = side.to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def upload(client, conversation, data, name="photo.png", file=None, **more):
    file = file or new_id()
    query = urllib.parse.urlencode({"id": file, "name": name}, quote_via=urllib.parse.quote)
    return client.ask("POST", f"/v1/conversations/{conversation}/files?{query}", data,
                      headers={"Content-Type": "application/octet-stream"}, **more)


def name_it(client, conversation, file, command=None, **members):
    return client.put(f"/v1/conversations/{conversation}/messages/{command or new_id()}", {"file": file, **members})


def send(client, conversation, data, name="photo.png", **members):
    """Upload and message; the file's id."""
    answer = upload(client, conversation, data, name)
    assert answer.status == 201, answer
    file = answer.json["file"]
    answer = name_it(client, conversation, file, **members)
    assert answer.status == 200, answer
    return file


def fetch(client, conversation, file):
    return client.get(f"/v1/conversations/{conversation}/files/{file}")


def blobs(desk):
    return sorted(p.name for p in pathlib.Path(desk.data, "files").glob("??/*"))


def both_ways(desk, mia):
    customer = Customer(desk.port)
    assert mia.post("/v1/queue/claim").status == 200
    picture, paper = png(1), b"%PDF-1.4\n%a receipt\n" + os.urandom(200)
    file = send(customer, customer.conversation, picture, "parcel.png")
    got = fetch(mia, customer.conversation, file)
    assert got.status == 200 and got.body == picture and got.header("content-type") == "image/png", got
    assert got.header("content-disposition") == "attachment; filename*=UTF-8''parcel.png", got.headers
    back = send(mia, customer.conversation, paper, "发票.pdf")
    got = fetch(customer, customer.conversation, back)
    assert got.status == 200 and got.body == paper and got.header("content-type") == "application/octet-stream", got
    lines = customer.get(f"/v1/conversations/{customer.conversation}/messages").json["lines"]
    files = [(line["author"], line["text"], line["file"]["type"], line["file"]["size"]) for line in lines if "file" in line]
    assert files == [("customer", "parcel.png", "image/png", len(picture)), ("agent", "发票.pdf", "application/pdf", len(paper))], files
    state = mia.get("/v1/snapshot").json["conversations"][0]
    assert state["version"] == 3, state["version"]  # the first line and two files
    assert state["turns"]["open"] == -1 or not state["turns"]["open"], "a file of the staff answers"
    return customer


def on_a_note(desk, mia, customer):
    file = send(mia, customer.conversation, png(2), "internal.png", kind="note")
    assert fetch(mia, customer.conversation, file).status == 200
    assert fetch(customer, customer.conversation, file).code == "not_found"
    assert "internal.png" not in json.dumps(customer.get("/v1/snapshot").json)


def who_may(desk, mia, customer):
    data = png(3)
    file = send(customer, customer.conversation, data)
    stranger, jon = Customer(desk.port), desk.login("jon", online=False)  # jon is of another team
    for who, conversation in ((stranger, customer.conversation), (jon, customer.conversation), (stranger, stranger.conversation),
                              (mia, stranger.conversation)):
        assert fetch(who, conversation, file).code == "not_found", (who.token, conversation)
    assert fetch(Client(desk.port), customer.conversation, file).code == "unauthenticated"
    assert upload(stranger, customer.conversation, data).code == "not_found"
    assert upload(Client(desk.port), customer.conversation, data).code == "unauthenticated"
    mine = upload(customer, customer.conversation, png(4)).json["file"]
    assert fetch(customer, customer.conversation, mine).code == "not_found", "nothing names it yet"
    assert name_it(stranger, stranger.conversation, mine).code == "not_found", "another one's upload"
    assert name_it(mia, customer.conversation, mine).code == "not_found", "another one's upload, same conversation"
    assert name_it(customer, customer.conversation, mine).status == 200
    assert name_it(customer, customer.conversation, mine).code == "wrong_state", "sent already"
    assert name_it(customer, customer.conversation, new_id()).code == "not_found"
    assert name_it(stranger, stranger.conversation, mine).code == "not_found", "another one's that was sent"
    card = upload(customer, customer.conversation, png(5), name="4111 1111 1111 1111.png")
    assert card.json["name"] == "____ ____ ____ 1111.png", card
    answer = customer.put(f"/v1/conversations/{customer.conversation}/messages/{new_id()}", {"file": mine, "text": "both"})
    assert answer.code == "invalid", answer
    for path in ("../../desk.db", "..%2f..%2fdesk.db", "%2e%2e", "0" * 64):
        assert fetch(customer, customer.conversation, path).status in (400, 404), path


def twice(desk, mia, customer):
    data, file, command = png(5), new_id(), new_id()
    first = upload(customer, customer.conversation, data, file=file)
    again = upload(customer, customer.conversation, data, file=file)
    assert (first.status, again.status) == (201, 201) and first.json["size"] == again.json["size"] == len(data)
    assert upload(customer, customer.conversation, png(6), file=file).code == "id_reused"
    accepted = [name_it(customer, customer.conversation, file, command).json for _ in range(2)]
    assert accepted[0]["seq"] == accepted[1]["seq"]
    assert upload(customer, customer.conversation, data, file=file).status == 201, "after it was sent: the same answer"
    assert name_it(customer, customer.conversation, file).code == "wrong_state"
    before = len(blobs(desk))
    send(customer, customer.conversation, data, "the same again.png")
    assert len(blobs(desk)) == before, "the same bytes lie there once"


def refused(desk, customer):
    elf = b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x02\x00\x3e\x00\x01\x00\x00\x00" + b"\0" * 100
    nothing = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(10))
    exe = b"MZ" + b"\0" * 58 + b"\x40\0\0\0" + b"PE\0\0\x64\x86" + b"\0" * 200
    for data, name, kind in ((elf, "photo.png", None), (exe, "invoice.pdf", None), (b"#!/bin/sh\nrm -rf /\n", "notes.txt", None),
                             (b"@echo off\r\ndel *\r\n", "run.bat", None), (b"hello", "a.txt.exe", None),
                             (b"PK\x03\x04" + b"\0" * 60, "a.png", "archive"), (nothing, "photo.png", "other")):
        answer = upload(customer, customer.conversation, data, name)
        assert answer.code == "file_refused" and answer.json.get("kind") == kind, (name, answer)
        assert "taken" in answer.json["detail"]
    assert upload(customer, customer.conversation, b"", "empty.txt").code == "invalid"
    answer = customer.ask("POST", f"/v1/conversations/{customer.conversation}/files?id={new_id()}", png(),
                          headers={"Content-Type": "application/octet-stream"})
    assert answer.code == "invalid" and answer.json["field"] == "name"
    answer = customer.ask("POST", f"/v1/conversations/{customer.conversation}/files?name=a&id={new_id()}", png(),
                          headers={"Content-Type": "image/png"})
    assert answer.code == "unsupported_media"
    assert not list(pathlib.Path(desk.data, "files").glob("draft-*"))


def names(customer):
    for raw_name, name in (("../../etc/passwd", "_.._etc_passwd"), ("a/b\\c.png", "a_b_c.png"), ("x\u202egnp.txt", "xgnp.txt"),
                           ("a\r\nSet-Cookie: b.txt", "a Set-Cookie_ b.txt"), ("nul.txt", "_nul.txt"), ("-rf", "rf"), ("...", "file"),
                           ("长" * 150 + ".txt", None)):
        answer = upload(customer, customer.conversation, b"words", raw_name)
        assert answer.status == 201 and (name is None or answer.json["name"] == name), (raw_name, answer)
        assert len(answer.json["name"].encode()) <= 120
        file = answer.json["file"]
        assert name_it(customer, customer.conversation, file).status == 200
        assert fetch(customer, customer.conversation, file).status == 200


def no_script_runs(customer):
    page = b"<!doctype html><script>parent.hacked = 1</script>"
    file = send(customer, customer.conversation, page, "page.html")
    got = fetch(customer, customer.conversation, file)
    assert got.header("content-type") == "application/octet-stream" and got.header("x-content-type-options") == "nosniff"
    assert "sandbox" in got.header("content-security-policy") and got.header("content-disposition").startswith("attachment")
    svg = send(customer, customer.conversation, b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "a.png")
    assert fetch(customer, customer.conversation, svg).header("content-type") == "application/octet-stream"


def head(customer, length, extra="", name="a.txt"):
    return (f"POST /v1/conversations/{customer.conversation}/files?id={new_id()}&name={name} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {customer.token}\r\nContent-Type: application/octet-stream\r\n{extra}"
            + (f"Content-Length: {length}\r\n\r\n" if length is not None else "\r\n")).encode()


def hostile(desk, customer):
    def asked(data, method="POST"):
        return parse(method, f"/v1/conversations/{customer.conversation}/files", raw(desk.port, data))
    assert asked(head(customer, 2 * 1024 * 1024 + 1, "Expect: 100-continue\r\n")).json["limit"] == "FILE_BYTES"
    assert asked(head(customer, 21 * 1024 * 1024)).json["limit"] == "FILE_BYTES"
    assert asked(head(customer, None)).code == "invalid"
    assert asked(head(customer, None, "Transfer-Encoding: chunked\r\n")).code == "invalid"
    drafts = lambda: len(list(pathlib.Path(desk.data, "files").glob("draft-*")))
    # Less than was said, then gone: nothing is kept. The library may miss the end; then it is the deadline that ends it.
    sock = socket.create_connection(("127.0.0.1", desk.port))
    sock.sendall(head(customer, 500_000) + os.urandom(200_000))
    until(lambda: drafts() == 1, 10, "the draft is there")
    sock.close()
    until(lambda: drafts() == 0, 30, "the draft is gone")
    # More at once than one session may have.
    socks = [socket.create_connection(("127.0.0.1", desk.port)) for _ in range(4)]
    for sock in socks:
        sock.sendall(head(customer, 200_000) + b"x" * 70_000)
    until(lambda: drafts() == 4, 10, "four drafts")
    answer = upload(customer, customer.conversation, png(9))
    assert answer.status == 429 and answer.json["limit"] == "UPLOADS_PER_SESSION", answer
    for sock in socks:
        sock.close()
    until(lambda: drafts() == 0, 30, "no draft")
    assert upload(customer, customer.conversation, png(9)).status == 201


def begin_slow(desk):
    """A body that stands still; looked at again at the end."""
    customer = Customer(desk.port)
    sock = socket.create_connection(("127.0.0.1", desk.port), timeout=40 * remote.SLOW)
    began = time.monotonic()
    sock.sendall(head(customer, 100_000) + b"words ")
    ended = []

    def watch():
        try:
            assert sock.recv(100) == b"", "the desk ends it without a word"
        except ConnectionError:
            pass
        ended.append(time.monotonic() - began)
    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread, ended


def slow(thread, ended):
    thread.join(40 * remote.SLOW)
    assert ended and 15 < ended[0] < 35 * remote.SLOW, ended


def too_many_unsent(desk):
    customer = Customer(desk.port)
    for i in range(20):
        assert upload(customer, customer.conversation, b"unsent %d" % i, "a.txt").status == 201
    answer = upload(customer, customer.conversation, b"one more", "a.txt")
    assert answer.status == 429 and answer.json["limit"] == "FILES_UNSENT"


def survives(desk, mia, customer):
    """kill -9 between upload and message: the file is there, and can be named."""
    data = b"paper " * 1000
    file = upload(customer, customer.conversation, data, "paper.txt").json["file"]
    desk.kill()
    desk.start()
    customer.close()
    mia.close()
    assert name_it(customer, customer.conversation, file).status == 200
    assert fetch(customer, customer.conversation, file).body == data


def damaged(desk, customer):
    file = send(customer, customer.conversation, b"true words " * 50, "a.txt")
    place = pathlib.Path(desk.data, "files").glob("??/" + hashlib.sha256(b"true words " * 50).hexdigest())
    next(place).write_bytes(b"false words" * 50)
    assert fetch(customer, customer.conversation, file).code == "internal"
    with tempfile.TemporaryDirectory() as home:
        said = desk.run("export", "--data", desk.data, "--files", os.path.join(home, "files"), status=1)
        assert "is not what was sent any more" in said, said
    line = customer.get(f"/v1/conversations/{customer.conversation}/messages").json["lines"][-1]
    assert desk.login("boss", online=False).do(customer.conversation, "erase", {"message": line["id"]}).status == 200


def erased(desk, mia, customer):
    boss = desk.login("boss", online=False)
    data = b"secret words " * 20
    twice_there = [send(customer, customer.conversation, data, f"{i}.txt") for i in range(2)]
    before = blobs(desk)
    lines = customer.get(f"/v1/conversations/{customer.conversation}/messages?limit=100").json["lines"]
    for i, file in enumerate(twice_there):
        line = next(line for line in lines if line.get("file", {}).get("id") == file)
        assert boss.do(customer.conversation, "erase", {"message": line["id"]}).status == 200
        assert fetch(customer, customer.conversation, file).code == "not_found"
        until(lambda i=i: len(blobs(desk)) == len(before) - i, 10, "the bytes go with the last message that names them")

    def named():
        database = b"".join(p.read_bytes() for p in pathlib.Path(desk.data, "files").glob("files.db*"))
        return any(file.encode() in database for file in twice_there)
    until(lambda: not named(), 10, "its name goes from the database, and from what was written ahead of it")


def erased_in_a_crash(desk):
    """The erasure is answered, and the power goes before the bytes do: the next start sees to it."""
    mia, customer, data = desk.login("mia"), Customer(desk.port), b"words of a crash " * 30
    assert mia.do(customer.conversation, "claim").status == 200
    kept = send(customer, customer.conversation, b"these stay " * 30, "kept.txt")
    file = send(customer, customer.conversation, data, "gone.txt")
    hash_of = hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory() as home:
        desk.stop()
        shutil.copytree(os.path.join(desk.data, "files"), os.path.join(home, "files"))
        desk.start()
        boss = desk.login("boss", online=False)
        lines = Client(desk.port, customer.token).get(f"/v1/conversations/{customer.conversation}/messages?limit=100").json["lines"]
        line = next(line for line in lines if line.get("file", {}).get("id") == file)
        assert boss.do(customer.conversation, "erase", {"message": line["id"]}).status == 200
        until(lambda: hash_of not in blobs(desk), 10, "the bytes go")
        desk.kill()
        shutil.rmtree(os.path.join(desk.data, "files"))
        shutil.copytree(os.path.join(home, "files"), os.path.join(desk.data, "files"))
    assert hash_of in blobs(desk)
    desk.start()
    until(lambda: hash_of not in blobs(desk), 10, "the bytes go at the next start")
    database = b"".join(p.read_bytes() for p in pathlib.Path(desk.data, "files").glob("files.db*"))
    until(lambda: file.encode() not in b"".join(p.read_bytes() for p in pathlib.Path(desk.data, "files").glob("files.db*")), 10, "and its name")
    assert kept.encode() in database and fetch(Client(desk.port, customer.token), customer.conversation, kept).status == 200


def another_log(desk):
    """Files beside a log that never heard of them (the wrong one was put there) stay where they are."""
    mia, customer, data = desk.login("mia"), Customer(desk.port), b"words of mine " * 30
    assert mia.do(customer.conversation, "claim").status == 200
    file = send(customer, customer.conversation, data, "mine.txt")
    desk.stop()
    logs = [p for p in pathlib.Path(desk.data).iterdir() if p.name.startswith(("desk.db", "desk.fold")) and p.suffix != ".lock"]
    with tempfile.TemporaryDirectory() as home:
        for path in logs:
            shutil.move(path, home)
        desk.run("init", os.path.join(home, "other"))
        shutil.copy(os.path.join(home, "other", "desk.db"), desk.data)
        desk.start()
        desk.stop()
        for path in logs:
            shutil.move(os.path.join(home, path.name), path)
    assert hashlib.sha256(data).hexdigest() in blobs(desk)
    desk.start()
    assert fetch(Client(desk.port, customer.token), customer.conversation, file).status == 200


def exported(desk, customer):
    """The log with its files, into another desk."""
    with tempfile.TemporaryDirectory() as home:
        out, copy = os.path.join(home, "files"), os.path.join(home, "copy")
        text = desk.run("export", "--data", desk.data, "--files", out)
        entries = [json.loads(line) for line in text.splitlines()]
        named = [(e["file"], entry["contents"][e["content"]]) for entry in entries for e in entry["events"] if "file" in e]
        there = {file["id"] for file, name in named if isinstance(name, str)}
        assert there and set(os.listdir(out)) == there, set(os.listdir(out)) ^ there
        done = subprocess.run([os.environ["SEATMUXD"], "import", "--data", copy, "--files", out], input=text, text=True,
                              capture_output=True, env=desk.environment, check=False)
        assert done.returncode == 0, done.stderr
        other = Desk.__new__(Desk)
        other.__dict__.update(desk.__dict__, data=copy, process=None, port=None)
        other.run("agent", "password", "boss", "--data", copy, typed=remote.PASSWORD + "\n")
        try:
            other.start()
            boss = other.login("boss", online=False)
            for file, _ in named:
                if file["id"] in there:
                    entry = next(e["conversation"] for x in entries for e in x["events"] if e.get("file") == file)
                    got = fetch(boss, entry, file["id"])
                    assert got.status == 200 and len(got.body) == file["size"], (file, got)
        finally:
            other.kill()
        # A file that is missing, or another one than the log says, stops the import.
        os.unlink(os.path.join(out, sorted(there)[0]))
        done = subprocess.run([os.environ["SEATMUXD"], "import", "--data", copy + "2", "--files", out], input=text, text=True,
                              capture_output=True, env=desk.environment, check=False)
        assert done.returncode == 1 and "nothing was imported" in done.stderr, done.stderr
        assert not os.path.exists(copy + "2")


def full_disk():
    """No file may be larger than 600 KB: what does not fit is refused in words, and the desk goes on."""
    desk = Desk(YAML)
    desk.add_agent("mia", "agent", "--team", "support")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, hard))
    try:
        desk.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    customer = Customer(desk.port)
    answer = upload(customer, customer.conversation, b"words " * 150_000, "long.txt")
    assert answer.code == "disk_full", answer
    assert not list(pathlib.Path(desk.data, "files").glob("draft-*")) and blobs(desk) == []
    send(customer, customer.conversation, png(1))
    desk.stop()


def links(mia, customer):
    def push(text):
        return mia.send(customer.conversation, text, kind="link")
    assert push("https://shop.example/returns How to send it back").status == 200
    for text in ("http://shop.example/", "javascript:alert(1)", "https://shop.example@evil.example/", "https:///x", "no address",
                 "https://xn--shop.example/\u202e", "data:text/html,x", "https://сbank.example/"):
        assert push(text).code == "invalid", text
    assert customer.send(customer.conversation, "https://shop.example/", kind="link").code == "invalid", "customers send text"
    line = customer.get(f"/v1/conversations/{customer.conversation}/messages").json["lines"][-1]
    assert line["message_kind"] == "link" and line["text"].startswith("https://shop.example/returns ")


def polls_go_on(desk, mia):
    """While 100 MB go in and out, a message reaches a parked poll as if nothing were."""
    customers = [Customer(desk.port) for _ in range(5)]
    watched = Customer(desk.port)

    def delivery():
        cursor = watched.cursor()
        parked = concurrent.futures.ThreadPoolExecutor(1).submit(Client(desk.port, watched.token).get,
                                                                 f"/v1/events?after={cursor}&wait=20")
        began = time.monotonic()
        assert watched.say("here").status == 200
        parked.result(20)
        return (time.monotonic() - began) * 1000

    def carry(customer):
        for i in range(10):
            data = b"%d %s" % (i, customer.conversation.encode()) + os.urandom(2 * 1024 * 1024 - 100)
            data = png(i) + data[:2 * 1024 * 1024 - 300]
            file = send(customer, customer.conversation, data)
            assert len(fetch(customer, customer.conversation, file).body) == len(data)

    alone = sorted(delivery() for _ in range(15))
    threads = [threading.Thread(target=carry, args=(customer,)) for customer in customers]
    for thread in threads:
        thread.start()
    busy = []
    while any(thread.is_alive() for thread in threads):
        busy.append(delivery())
    busy.sort()
    assert len(busy) > 5
    print(f"# a message to a parked poll: alone {alone[len(alone) // 2]:.1f} ms, while files go through median "
          f"{busy[len(busy) // 2]:.1f} ms, worst {busy[-1]:.1f} ms ({len(busy)} times)")
    assert busy[-1] < 5000 * remote.SLOW, busy[-3:]


def no_files():
    desk = Desk("desk: None\nfiles: none\nteams: [{id: support}]\ninboxes: [{id: web, team: support}]\n")
    desk.start()
    customer = Customer(desk.port)
    answer = upload(customer, customer.conversation, png())
    assert answer.code == "forbidden" and "no files" in answer.json["detail"]
    assert "files" not in customer.get("/v1/page").json
    desk.stop()


UNSENT = b"never sent " * 30


def begin_swept(desk):
    customer = Customer(desk.port)
    upload(customer, customer.conversation, UNSENT, "a.txt")
    return customer, send(customer, customer.conversation, b"sent " * 30, "b.txt")


def swept(desk, customer, kept):
    """What no message names goes; what one names stays. The desk's minute passes by the clock."""
    name = hashlib.sha256(UNSENT).hexdigest()
    until(lambda: name not in blobs(desk), 100, "the sweep")
    assert fetch(customer, customer.conversation, kept).status == 200


def run(tap, short=False):
    """`short`: what tests/remote/remote.py needs of every operation; the whole is tests/remote/files.py."""
    desk = Desk(YAML)
    desk.add_agent("mia", "agent", "--team", "support")
    desk.add_agent("jon", "agent", "--team", "billing")
    desk.add_agent("boss", "supervisor")
    desk.start()
    mia = desk.login("mia")
    state = {}

    def first():
        state["customer"] = both_ways(desk, mia)
    tap.case("files: both ways", first)
    if "customer" not in state:
        return
    customer = state["customer"]
    beside = None if short else (begin_slow(desk), begin_swept(desk))
    tap.case("files: on a note", on_a_note, desk, mia, customer)
    tap.case("files: who may fetch and send what", who_may, desk, mia, customer)
    tap.case("files: twice the same", twice, desk, mia, customer)
    tap.case("files: what is refused, in words", refused, desk, customer)
    if short:
        desk.stop()
        return
    tap.case("files: names are harmless", names, customer)
    tap.case("files: no script runs", no_script_runs, customer)
    tap.case("files: too large, too long, cut off, too many", hostile, desk, customer, seconds=120)
    tap.case("files: too many that are never sent", too_many_unsent, desk)
    tap.case("files: a damaged file is not given out", damaged, desk, customer)
    tap.case("files: erased with the last message that names it", erased, desk, mia, customer)
    tap.case("files: links are https and plain", links, mia, customer)
    tap.case("files: a poll is not held up by 100 MB", polls_go_on, desk, mia, seconds=180)
    tap.case("files: an upload that stands still is cut", slow, *beside[0])
    tap.case("files: what is never sent is thrown away", swept, desk, *beside[1], seconds=150)
    tap.case("files: kill -9 between upload and message", survives, desk, mia, customer)
    tap.case("files: kill -9 between an erasure and its bytes", erased_in_a_crash, desk)
    tap.case("files: beside the wrong log", another_log, desk)
    tap.case("files: exported and imported", exported, desk, customer)
    desk.stop()
    tap.case("files: a full disk", full_disk)
    tap.case("files: a desk that takes none", no_files)
