# SPDX-License-Identifier: MIT
"""Administration beside a running server and without one, sockets and files, the export."""
import contextlib
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import threading
import time

import cases_files
from cases_talk import later, poll, settled
from desk import PASSWORD, ROOT, Client, Customer, Desk, new_id, until


def cli(desk):
    """seatmuxd agent, policy and export, first without a server, then through the running one's socket."""
    for running in (False, True):
        if running:
            desk.start()
        name = "running" if running else "resting"
        assert "can log in" in desk.run("agent", "add", name, "--data", desk.data, "--role", "agent", typed=PASSWORD + "\n")
        listed = desk.run("agent", "list", "--data", desk.data)
        assert name in listed and '["support"]' in listed, f"all teams when none is named: {listed}"
        inside = Client(desk.port)
        if running:
            inside.token = inside.post("/v1/login", {"name": name, "password": PASSWORD}).json["token"]
            assert inside.get("/v1/snapshot").status == 200
        desk.run("agent", "password", name, "--data", desk.data, typed="another one\n")
        assert not running or inside.get("/v1/snapshot").status == 401, "a session outlived its password"
        said = desk.run("agent", "add", "x", "--data", desk.data, "--role", "king", typed=PASSWORD + "\n", status=1)
        assert "role" in said, said
        said = desk.run("agent", "add", "x", "--data", desk.data, "--team", "nowhere", typed=PASSWORD + "\n", status=1)
        assert "team" in said, said
        said = desk.run("agent", "add", "y", "--data", desk.data, "--shown", name, typed=PASSWORD + "\n", status=1)
        assert "name" in said.lower(), said
        said = desk.run("agent", "remove", "nobody", "--data", desk.data, status=1)
        assert "no such agent" in said.lower(), said
        desk.run("agent", "add", "empty", "--data", desk.data, typed="\n", status=1)
        desk.run("agent", "add", "--data", desk.data, status=2)
        assert desk.records()[0]["seq"] == 1
    answer = Client(desk.port).post("/v1/login", {"name": "running", "password": PASSWORD})
    assert answer.status == 401, "the old password still works"
    answer = Client(desk.port).post("/v1/login", {"name": "resting", "password": "another one"})
    assert answer.status == 200, answer


def removed(desk):
    """An agent is removed: every session ends at once, a parked poll too."""
    desk.add_agent("gone")
    agent = desk.login("gone")
    cursor = settled(agent)
    parked = later(lambda: poll(Client(desk.port, agent.token), cursor, 30))
    metrics = Client(desk.port)
    until(lambda: b"seatmux_parked_polls 1" in metrics.get("/metrics").body, 10, "the poll is parked")
    desk.run("agent", "remove", "gone", "--data", desk.data)
    answer = parked.wait()
    assert answer.status == 401 and answer.code == "token_expired", answer
    assert agent.get("/v1/snapshot").code == "token_expired"
    assert Client(desk.port).post("/v1/login", {"name": "gone", "password": PASSWORD}).code == "bad_login"


def ladder(desk):
    """From a passed exam to a full agent, each refusal in words; the log says who, why, and what moved."""
    desk.add_agent("kim", "trainee")
    desk.add_agent("lead", "supervisor")
    kim, lead = desk.login("kim", online=False), desk.login("lead", online=False)
    result = {"exam": "first-weeks", "permille": 912, "pass": 800, "sat": 1795773391135, "seal": "0b88a18af280" * 5}

    def confirm(who, step, reason="did well", **more):
        return who.post("/v1/agents/kim/confirm", {"step": step, "reason": reason, **more})

    def seen(who):
        return next(agent for agent in who.get("/v1/agents").json["agents"] if agent["agent"] == "kim")

    assert confirm(lead, "supervised").code == "wrong_state"
    assert kim.post("/v1/agents/me/exam", {**result, "permille": 799}).code == "wrong_state"
    assert kim.post("/v1/agents/lead/exam", result).code == "forbidden"
    assert kim.post("/v1/agents/me/exam", {**result, "pass": 1001}).code == "invalid"
    assert kim.post("/v1/agents/me/exam", result).status == 200
    assert seen(lead)["step"] == "exam" and seen(lead)["exam"]["permille"] == 912 and seen(kim)["exam"]["seal"] == result["seal"]
    answer = confirm(kim, "supervised")
    assert answer.code == "forbidden" and answer.json["detail"] == "Nobody confirms themselves.", answer
    assert confirm(lead, "full").code == "wrong_state" and confirm(lead, "supervised", reason=" ").code == "invalid"
    assert confirm(lead, "supervised").status == 200
    answer = confirm(lead, "trial", weight=25)
    assert answer.status == 200 and seen(lead)["role"] == "agent" and seen(lead)["weight"] == 25, (answer, seen(lead))
    assert confirm(lead, "full", reason="三天都很稳").status == 200
    assert (seen(lead)["step"], seen(lead)["weight"]) == ("full", 100)
    events = [event for record in desk.records() for event in record["events"] if event.get("agent") == "kim"]
    steps = [(event["step"], event["by"], event["reason"]) for event in events if event["type"] == "agent.confirmed"]
    assert steps == [("supervised", "lead", "did well"), ("trial", "lead", "did well"), ("full", "lead", "三天都很稳")], steps
    moved = [(event["role"], event["weight"], event["reason"]) for event in events if event["type"] == "agent.set" and "by" in event]
    assert moved == [("agent", 25, "did well"), ("agent", 100, "三天都很稳")], moved
    for name in ("kim", "lead"):
        desk.run("agent", "remove", name, "--data", desk.data)


def over_the_socket(desk):
    admin = Client(desk.admin)
    assert admin.get("/v1/agents").status == 200
    assert admin.get("/v1/sessions").status == 200
    assert admin.get("/v1/snapshot").code == "forbidden"
    assert admin.put("/v1/agents/zoe", {"name": "Zoe", "teams": ["support"], "role": "trainee"}, key=new_id()).status == 200
    assert admin.put("/v1/agents/zo2", {"name": "Zoe"}, key=new_id()).code == "name_taken"
    assert admin.put("/v1/agents/zoe", {"teams": ["nowhere"]}, key=new_id()).code == "invalid"
    assert admin.put("/v1/agents/zoe", {"capacity": -1}, key=new_id()).code == "invalid"
    assert admin.put("/v1/agents/z%20z", {}, key=new_id()).code == "invalid"
    assert admin.post("/v1/agents/zoe/password", {"password": ""}).code == "invalid"
    assert admin.post("/v1/agents/ghost/password", {"password": "x"}).code == "not_found"
    key = new_id()
    first, again = (admin.ask("DELETE", "/v1/agents/zoe", key=key) for _ in range(2))
    assert first.status == again.status == 200 and first.json["seq"] == again.json["seq"], (first, again)
    policy = admin.get("/v1/policy").json["policy"]
    policy["desk"] = "另一家店"
    assert admin.put("/v1/policy", policy, key=new_id()).status == 200
    assert admin.get("/v1/policy").json["policy"] == policy
    for broken in ({}, {"desk": "x"}, {**policy, "teams": []}, {**policy, "extra": 1}, {**policy, "zone": "Mars/Base"}):
        assert admin.put("/v1/policy", broken, key=new_id()).code == "invalid", broken
    assert admin.get("/v1/policy").json["policy"] == policy


def policy_file(desk):
    """desk.yaml: checked with places, taken over by command and by SIGHUP."""
    path = pathlib.Path(desk.data, "desk.yaml")
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("capacity: 4", "capacity: many"), encoding="utf-8")
    for command in (("policy", "check", str(path)), ("policy", "set", "--data", desk.data)):
        said = desk.run(*command, status=1)
        assert "desk.yaml:" in said and "capacity" in said, said
    for command in (("check", str(path)), ("check", "--data", desk.data)):
        done = subprocess.run([os.environ["SEATMUXD"], *command], capture_output=True, text=True, env=desk.environment, timeout=60, check=False)
        said = done.stdout
        assert done.returncode == 1 and re.fullmatch(rf"{re.escape(str(path))}:\d+:\d+: error: .*capacity.*\n", said), said
    desk.run("check", str(path) + ".none", status=2)
    desk.run("check", str(path), "--data", desk.data, status=2)
    path.write_text("goal_percent: 950\n" + good.replace("capacity: 4", "capacity: many").replace("zone: UTC", "zone: Mars").replace("\ngoal_percent: 95", ""),
                    encoding="utf-8")
    for command, status in ((("check", str(path)), 1), (("policy", "check", str(path)), 1)):
        done = subprocess.run([os.environ["SEATMUXD"], *command], capture_output=True, text=True, env=desk.environment, timeout=60, check=False)
        lines = [int(line) for line in re.findall(r"^\S+?:(\d+):", done.stdout + done.stderr, re.M)]
        assert done.returncode == status and len(lines) == 3 and lines == sorted(lines), (done.stdout, done.stderr)
    pathlib.Path(desk.home, "well.yaml").write_text(good, encoding="utf-8")
    assert desk.run("check", str(pathlib.Path(desk.home, "well.yaml"))) == ""
    path.write_text(good.replace("desk: My shop", "desk: By signal"), encoding="utf-8")
    desk.signal(signal.SIGHUP)
    admin = Client(desk.admin)
    until(lambda: admin.get("/v1/policy").json["policy"]["desk"] == "By signal", 10, "SIGHUP puts desk.yaml in force")
    path.write_text(good.replace("desk: My shop", "desk: By command"), encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    assert admin.get("/v1/policy").json["policy"]["desk"] == "By command"
    named_tags(desk, path, good)


def named_tags(desk, path, good):
    """`tags` of desk.yaml: linted with their places, in force without a restart, and gone again with the next file."""
    customer, admin = Customer(desk.port, "where is my parcel?"), Client(desk.admin)
    desk.add_agent("tagger", "supervisor")
    boss = desk.login("tagger")
    assert boss.do(customer.conversation, "tag", {"tags": ["Lena"]}).status == 200
    path.write_text("tags: [parcel, parcel, two words, -off]\n" + good, encoding="utf-8")
    done = subprocess.run([os.environ["SEATMUXD"], "check", str(path)], capture_output=True, text=True, env=desk.environment, timeout=60, check=False)
    assert re.findall(r":1:(\d+): error", done.stdout) == ["16", "24", "35"], done.stdout
    path.write_text("tags: [parcel, refund]\n" + good, encoding="utf-8")
    desk.signal(signal.SIGHUP)
    until(lambda: admin.get("/v1/policy").json["policy"].get("tags") == ["parcel", "refund"], 10, "SIGHUP puts the tags in force")
    refused = boss.do(customer.conversation, "tag", {"tags": ["Lena", "Parcels"]})
    assert refused.code == "invalid" and refused.json["field"] == "tags" and "'parcel' is" in refused.json["detail"], refused
    assert boss.do(customer.conversation, "tag", {"tags": ["Lena", "parcel"]}).status == 200  # that one it has
    assert boss.do(customer.conversation, "tag", {"tags": ["parcel"]}).status == 200
    assert boss.do(customer.conversation, "tag", {"tags": ["parcel", "Lena"]}).code == "invalid"
    assert boss.do(customer.conversation, "resolve", {"reason": "done"}).status == 200
    path.write_text(good, encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    assert "tags" not in admin.get("/v1/policy").json["policy"]


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def private(desk):
    """Files and sockets are the owner's alone; a Unix socket serves as TCP does."""
    path = os.path.join(desk.home, "http.sock")
    desk.stop()
    desk.start(listen=["127.0.0.1:0", f"unix:{path}"])
    assert stat.S_ISSOCK(os.stat(path).st_mode) and mode(path) == 0o600, oct(mode(path))
    assert mode(desk.admin) == 0o600 and mode(desk.data) == 0o700, (oct(mode(desk.admin)), oct(mode(desk.data)))
    for name in os.listdir(desk.data):
        assert mode(os.path.join(desk.data, name)) & 0o077 == 0, name
    customer = Customer(path, "over a Unix socket")
    assert customer.say("and again").status == 200
    assert Client(path).get("/v1/agents").code == "unauthenticated", "only admin.sock is administration"
    assert customer.do(customer.conversation, "leave").status == 200
    desk.stop()
    assert not os.path.exists(path) and not os.path.exists(desk.admin), "sockets are taken away"
    # A socket file of a crash is replaced, a file that is no socket is left alone.
    desk.start(listen=[f"unix:{path}"])
    desk.kill()
    assert os.path.exists(path)
    desk.start(listen=["127.0.0.1:0", f"unix:{path}"])
    assert Client(path).get("/healthz").status == 200
    plain = os.path.join(desk.home, "plain")
    pathlib.Path(plain).write_text("mine", encoding="utf-8")
    other = Desk()
    said = other.run("--data", other.data, "--listen", f"unix:{plain}", status=1)
    assert "no socket" in said and pathlib.Path(plain).read_text(encoding="utf-8") == "mine", said
    said = other.run("--data", other.data, "--listen", f"unix:{path}", status=1)
    assert "already" in said, said
    other.remove()


def only_loopback(desk):
    other = Desk()
    for where in ("0.0.0.0:0", "[::]:0", "192.0.2.1:0"):
        said = other.run("--data", other.data, "--listen", where, status=1)
        assert "proxy" in said, said
    for where in ("nonsense", "127.0.0.1:99999", "127.0.0.1", "unix:", "example.org:80", ":7878"):
        assert other.run("--data", other.data, "--listen", where, status=1), where
    said = other.run("--data", os.path.join(other.home, "none"), status=1)
    assert "init" in said, said
    said = other.run("init", other.data, status=1)
    assert "already" in said, said
    other.remove()
    assert desk.process.poll() is None


def second_server(desk):
    said = desk.run("--data", desk.data, "--listen", "127.0.0.1:0", status=1)
    assert said.strip(), "a second server on one desk is refused with words"
    assert Client(desk.port).get("/healthz").status == 200


def pages(desk):
    """The customer's page and its parts; whether anybody is there."""
    stranger = Client(desk.port)
    for name in ("chat", "chat?inbox=web&lang=zh", "chat/chat.css", "chat/chat.js", "chat/desk.js", "chat/words.js", "embed.js"):
        assert stranger.get("/" + name).status == 200, name
    for name in ("chat/", "chat/none.js", "chat/chat.html", "chat/..%2fembed.js"):
        assert stranger.get("/" + name).status == 404, name
    assert stranger.post("/chat").status == 405
    answer = stranger.get("/v1/page")
    assert answer.status == 200 and answer.json["open"], answer
    assert stranger.get("/v1/page?inbox=none").status == 404


def exported(desk):
    """Pages through the socket are the command's output; nothing secret is in it."""
    admin, after, lines = Client(desk.admin), "0", []
    while True:
        answer = admin.get(f"/v1/export?after={after}")
        assert answer.status == 200, answer
        if not answer.body:
            break
        lines += answer.body.decode().splitlines()
        after = answer.header("seatmux-cursor")
    beside = desk.run("export", "--data", desk.data)
    assert beside.splitlines()[:len(lines)] == lines
    seqs = [json.loads(line)["seq"] for line in lines]
    assert seqs == list(range(1, len(seqs) + 1)), "a record for every seq"
    for secret in (PASSWORD, "another one", "st_[0-9a-f]{64}", "argon2"):
        assert not re.search(secret, beside), secret
    assert admin.get("/v1/export?after=-1").code == "invalid"


def long_export(desk):
    """More records than one page of the export holds."""
    customer = Customer(desk.port, "many")
    for i in range(40):
        assert customer.say(f"{i} " + "好" * 7900).status == 200
    text = desk.run("export", "--data", desk.data)
    assert text.count("好" * 7900) == 40 and len(text.encode()) < 4 << 20
    for i in range(160):
        assert customer.say(f"{i} " + "好" * 7900).status == 200
    text = desk.run("export", "--data", desk.data)
    assert text.count("好" * 7900) == 200, f"{text.count('好' * 7900)} of 200 are in the export"
    assert customer.do(customer.conversation, "leave").status == 200


def documented():
    """type -> (fields it must have, all fields) of the table in docs/log-format.md"""
    table = {}
    for line in (ROOT / "docs/log-format.md").read_text().splitlines():
        row = re.match(r"\| `([a-z]+\.[a-z_]+)` \| (.*?) \|", line)
        if row:
            assert row.group(1) not in table, f"{row.group(1)} is there twice"
            fields = re.findall(r"`(\w+)`(\??)", row.group(2))
            table[row.group(1)] = ({name for name, may in fields if not may}, {name for name, _ in fields})
    return table


def log_format(desk):
    """Every event of the log so far is as docs/log-format.md says."""
    table, met = documented(), set()
    for record in desk.records():
        assert set(record) <= {"seq", "at", "command", "actor", "fingerprint", "events", "contents"}, record
        for event in record["events"]:
            must, may = table[event["type"]]
            fields = set(event) - {"type", "v", "ignorable"}
            assert must <= fields <= may, f"{event} has not the fields {must} .. {may}"
            met.add(event["type"])
    assert len(met) > 3, met
    types = re.findall(r'X\(\w+, "([a-z]+\.[a-z_]+)", SM_SEEN',
                       (ROOT / "include/seatmux/desk/event.h").read_text())
    assert set(types) == set(table), set(types) ^ set(table)


def holding(desk, text):
    """The files of the desk in which these bytes are."""
    return [path.name for path in pathlib.Path(desk.data).iterdir() if path.is_file() and text.encode() in path.read_bytes()]


def erased_contact(desk):
    """All that a person said, in as many steps as it takes; what it would be is said first, and what stays."""
    customer = Customer(desk.port, "Zenobia 0")
    desk.add_agent("quinn3", "supervisor")
    quinn = desk.login("quinn3")
    for i in range(1, 70):
        assert customer.say(f"Zenobia {i}").status == 200
    assert quinn.do(customer.conversation, "contact", {"note": "calls herself Zenobia"}).status == 200
    assert quinn.do(customer.conversation, "order", {"order": "4711-Z", "amount": "77.31 EUR"}).status == 200
    contact = quinn.get(f"/v1/conversations/{customer.conversation}/contact").json["contact"]
    said = desk.run("erase-contact", contact, "--data", desk.data, "--dry-run")
    assert f"Contact {contact}: 1 conversation with 70 texts, 1 on the card, and 1 told of orders." in said, said
    assert "older version" not in said and "Nothing was erased" in said, said
    assert holding(desk, "4711-Z") and holding(desk, "77.31 EUR")
    assert desk.run("export", "--data", desk.data).count("Zenobia") == 71
    said = desk.run("erase-contact", customer.conversation, "--data", desk.data)
    assert "All of it is erased, in 2 steps." in said, said
    text = desk.run("export", "--data", desk.data)
    assert "Zenobia" not in text and "4711-Z" not in text and "77.31" not in text
    assert not any(holding(desk, what) for what in ("Zenobia", "4711-Z", "77.31 EUR"))
    orders = quinn.get(f"/v1/conversations/{customer.conversation}/contact").json["orders"]
    assert [(o["status"], o["erased"]) for o in orders] == [("paid", True)] and "order" not in orders[0], orders
    assert "nothing left to erase" in desk.run("erase-contact", contact, "--data", desk.data)
    assert "has that id" in desk.run("erase-contact", "nobody", "--data", desk.data, status=1)
    desk.run("erase-contact", "--data", desk.data, status=2)
    desk.run("erase-contact", contact, status=2)
    assert quinn.do(customer.conversation, "resolve", {"reason": "done"}).status == 200  # nothing of it falls due later


def imported(desk):
    """Export, import, export is the identity; a copy works; what is broken leaves nothing."""
    customer = Customer(desk.port, "a word to forget", name="王芳")
    desk.add_agent("quinn2", "supervisor")
    quinn = desk.login("quinn2")
    message = customer.say("another to forget").json["message"]
    assert quinn.do(customer.conversation, "erase", {"message": message}).status == 200
    text, copy = desk.run("export", "--data", desk.data), desk.data + ".copy"
    assert '"erased":' in text and "another to forget" not in text
    lines = text.splitlines(keepends=True)
    for number, broken in ((3, lines[:2] + [lines[1]] + lines[2:]), (2, lines[:1] + lines[2:]), (2, [lines[0], "{}\n"] + lines[2:]),
                           (len(lines), lines[:-1] + [lines[-1][:-20]]), (1, ["[" * 100000])):
        said = desk.run("import", "--data", copy, typed="".join(broken), status=1)
        assert f":{number}: " in said and "nothing was imported" in said, (number, said)
        assert not os.path.exists(copy), os.listdir(copy)
    again = json.loads(lines[-1])
    again.update(seq=len(lines) + 1, command=json.loads(lines[0])["command"])
    said = desk.run("import", "--data", copy, typed=text + json.dumps(again) + "\n", status=1)
    assert f"line {len(lines) + 1}: " in said and not os.path.exists(copy), said
    assert "empty" in desk.run("import", "--data", copy, typed="", status=1)
    assert f"{len(lines)} records" in desk.run("import", "--data", copy, typed=text)
    assert desk.run("export", "--data", copy) == text
    assert "already" in desk.run("import", "--data", copy, typed=text, status=1)
    assert "quinn2" in desk.run("agent", "list", "--data", copy)
    assert desk.run("export", "--data", copy) == text, "looking changes nothing"


def half_made(desk):
    """What a killed init or import left is gone on with; two imports at once are one."""
    customer, place = Customer(desk.port, "with a picture"), desk.data + ".half"
    cases_files.send(customer, customer.conversation, cases_files.png(78), "parcel.png")
    files = place + ".files"
    text = desk.run("export", "--data", desk.data, "--files", files)
    arguments = [os.environ["SEATMUXD"], "import", "--data", place, "--files", files]

    def begun():
        one = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        one.stdin.write(text)
        one.stdin.flush()
        lock = pathlib.Path(place, "desk.db.lock")
        until(lambda: lock.exists() and lock.read_text(encoding="ascii") == f"{one.pid}\n", 20, "it has the lock")
        until(lambda: list(pathlib.Path(place, "files").glob("??/*")), 20, "a file is there")
        return one
    killed = begun()
    killed.kill()
    killed.communicate()
    slow = begun()  # goes on where that one was killed
    assert "in use by process" in desk.run("import", "--data", place, typed=text, status=1)
    assert "in use by process" in desk.run("init", place, status=1)
    out, said = slow.communicate()
    assert slow.returncode == 0 and f"{len(text.splitlines())} records" in out, (out, said)
    assert desk.run("export", "--data", place) == text
    assert "already" in desk.run("init", place, status=1)
    for left in ((), ("DELETE FROM record",), ("DELETE FROM record", "DELETE FROM desk")):
        shutil.rmtree(place)
        os.mkdir(place, 0o700)
        pathlib.Path(place, "desk.db").touch()
        if left:  # an init that came further
            os.unlink(place + "/desk.db")
            desk.run("init", place)
            os.unlink(place + "/desk.db.last")
            with contextlib.closing(sqlite3.connect(place + "/desk.db")) as log, log:
                for sql in left:
                    log.execute(sql)
        assert "A new desk is in" in desk.run("init", place), left
        assert [e["type"] for r in desk.run("export", "--data", place).splitlines() for e in json.loads(r)["events"]] == ["policy.set"]


def lost_end(desk):
    """A log that lost its end is backed up as little as it is opened; the older backups stay."""
    other, shelf = Desk(), os.path.join(desk.home, "shelf of one")
    other.run("backup", "--data", other.data, "--to", shelf, "--keep", "1")
    (only,) = os.listdir(shelf)
    last = pathlib.Path(other.data, "desk.db.last")
    was = last.read_text(encoding="ascii")
    last.write_text(was.replace(f"{1:020}", f"{7:020}"), encoding="ascii")
    until(lambda: time.strftime("desk-%Y%m%dT%H%M%SZ", time.gmtime()) != only, 5, "the next second")
    said = other.run("backup", "--data", other.data, "--to", shelf, "--keep", "1", status=1)
    assert "had come to record 7 and ends with 1" in said and os.listdir(shelf) == [only], (said, os.listdir(shelf))
    last.unlink()
    assert " 1 records" in other.run("backup", "--data", other.data, "--to", shelf, "--keep", "1")
    other.remove()


def whole_copies(desk):
    """Backups while messages come in: each is the log up to its head, with files and tokens; what is not whole is refused."""
    desk.add_agent("vera", "agent")
    writer, place = Customer(desk.port, "backed up"), os.path.join(desk.home, "backups")
    picture = cases_files.send(writer, writer.conversation, cases_files.png(77), "parcel.png")
    stop, sent = threading.Event(), []
    def write():
        other = Client(desk.port, writer.token)
        while not stop.is_set():
            sent.append(other.send(writer.conversation, f"line {len(sent)} " + "好" * 500).status)
    thread = threading.Thread(target=write)
    thread.start()
    try:
        until(lambda: len(sent) > 5, 20, "messages")
        said = desk.run("backup", "--data", desk.data, "--to", place)
        until(lambda n=len(sent): len(sent) > n + 5, 20, "messages go on")
    finally:
        stop.set()
        thread.join()
    assert set(sent) == {200}, sent
    assert sorted(os.listdir(place)) == ["backup.json", "desk.db", "desk.yaml", "files", "secrets.db"], os.listdir(place)
    for path in pathlib.Path(place).rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    copy = os.path.join(desk.home, "restored")
    desk.run("restore", "--from", place, "--data", copy)
    mine, theirs = desk.run("export", "--data", desk.data).splitlines(), desk.run("export", "--data", copy).splitlines()
    assert f" {len(theirs)} records" in said and theirs == mine[:len(theirs)] and 5 < len(theirs) < len(mine), (said, len(theirs), len(mine))
    return place, copy, writer, picture


def backups(desk):
    place, copy, writer, picture = whole_copies(desk)
    other = Desk()
    other.data = copy
    other.start()
    assert cases_files.fetch(Client(other.port, writer.token), writer.conversation, picture).body == cases_files.png(77)
    vera = other.login("vera")
    assert vera.get("/v1/snapshot").status == 200
    other.stop()
    away = os.path.join(desk.home, "away")  # through a pipe, as docs/operating.md says
    os.mkdir(away)
    packed = subprocess.run(["tar", "-C", os.path.dirname(place), "-cf", "-", os.path.basename(place)], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-C", away, "-xpf", "-"], input=packed, check=True)
    assert " records, " in desk.run("restore", "--from", os.path.join(away, os.path.basename(place)), "--check")
    assert "not empty" in desk.run("restore", "--from", place, "--data", copy, status=1)
    assert "already" in desk.run("backup", "--data", desk.data, "--to", place, status=1)
    assert "would be lost" in desk.run("backup", "--data", desk.data, "--to", desk.data + "/b", status=1)
    assert "no desk" in desk.run("backup", "--data", desk.home, "--to", desk.home + "/b", status=1)
    desk.run("backup", "--data", desk.data, status=2)
    shelf = os.path.join(desk.home, "shelf")
    for name in ("desk-20200101T000000Z", "desk-20200102T000000Z", "mine"):
        shutil.copytree(place, os.path.join(shelf, name))
    os.mkdir(os.path.join(shelf, "desk-20200101T000001Z.making"))
    assert "1 older" in desk.run("backup", "--data", desk.data, "--to", shelf, "--keep", "2")
    for _ in range(2):  # what docs/operating.md says, on the first day too
        desk.run("backup", "--data", desk.data, "--to", desk.home + "/new/shelf", "--keep", "1")
        (only,) = os.listdir(desk.home + "/new/shelf")
        assert only.startswith("desk-") and os.stat(desk.home + "/new/shelf").st_mode & 0o777 == 0o700, only
        until(lambda: time.strftime("desk-%Y%m%dT%H%M%SZ", time.gmtime()) != only, 5, "the next second")
    left = sorted(os.listdir(shelf))
    assert len(left) == 3 and left[0] == "desk-20200102T000000Z" and left[2] == "mine", left
    refuse(desk, place)
    other.remove()


def refuse(desk, place):
    """A backup that is half there, changed anywhere, or of another program: words, exit status 1, nothing left."""
    new = os.path.join(desk.home, "never")
    def refused(change, word):
        copy = os.path.join(desk.home, "hurt")
        shutil.copytree(place, copy)
        change(copy)
        for more in (["--check"], ["--data", new]):
            said = desk.run("restore", "--from", copy, *more, status=1)
            assert word in said and not os.path.exists(new), said
        shutil.rmtree(copy)
    def flip(name):
        def change(copy):
            path = next(pathlib.Path(copy).glob(name))
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        return change
    def sealed(sql):
        """Changed, and its sum made right: only reading it finds that."""
        def change(copy):
            with contextlib.closing(sqlite3.connect(copy + "/desk.db")) as db, db:
                db.execute(sql)
            path = pathlib.Path(copy, "backup.json")
            note = json.loads(path.read_text(encoding="utf-8"))
            note["sha256"]["desk.db"] = hashlib.sha256(pathlib.Path(copy, "desk.db").read_bytes()).hexdigest()
            path.write_text(json.dumps(note), encoding="utf-8")
        return change
    refused(lambda copy: os.unlink(copy + "/backup.json"), "did not come to its end")
    refused(lambda copy: os.unlink(copy + "/secrets.db"), "secrets.db")
    for name in ("desk.db", "secrets.db", "desk.yaml", "files/files.db"):
        refused(flip(name), "damaged")
    refused(flip("files/??/*"), "not what was sent")
    refused(sealed("PRAGMA user_version = 99"), "newer seatmux (form 99")
    refused(sealed("DELETE FROM record WHERE seq = 3"), "record 3 is missing")
    refused(lambda copy: pathlib.Path(copy, "backup.json").write_text('{"backup": 2, "program": "9.0"}', encoding="utf-8"), "newer seatmux (9.0)")
    assert "records" in desk.run("restore", "--from", place, "--check")
    desk.run("restore", "--from", place, status=2)


def managed(desk):
    """As systemd runs it: told when it listens and when it stops; -q says nothing of either."""
    other, path = Desk(), os.path.join(desk.home, "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(20)
        other.environment["NOTIFY_SOCKET"] = path
        other.start("--quiet")
        assert manager.recv(100) == b"READY=1" and Client(other.port).get("/healthz").status == 200
        other.stop()
        assert manager.recv(100) == b"STOPPING=1"
    assert other.said() == "", "nothing is wrong, so nothing is said"
    del other.environment["NOTIFY_SOCKET"]
    info = os.stat(other.log)
    other.environment["JOURNAL_STREAM"] = f"{info.st_dev}:{info.st_ino}"
    other.start()
    other.stop()
    assert "<6>server: stopping\n" in other.said() and "Z info" not in other.said(), other.said()
    # What an older seatmux left is brought up to date at the start.
    with contextlib.closing(sqlite3.connect(other.data + "/secrets.db")) as db, db:
        db.execute("DROP TABLE key")
        db.execute("PRAGMA user_version = 1")
    other.add_agent("mia")
    other.start()
    other.login("mia")
    other.stop()
    with contextlib.closing(sqlite3.connect(other.data + "/secrets.db")) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)
    with contextlib.closing(sqlite3.connect(other.data + "/secrets.db")) as db, db:
        db.execute("PRAGMA user_version = 99")
    said = other.run("--data", other.data, "--listen", "127.0.0.1:0", status=1)
    assert "made by a newer seatmux (form 99" in said, said
    other.remove()


def no_password_in_argv(desk):
    """While agent add waits for its password, nothing of it is on a command line, and --help shows no option for one."""
    with subprocess.Popen([os.environ["SEATMUXD"], "agent", "add", "secret", "--data", desk.data], stdin=subprocess.PIPE,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=desk.environment) as process:
        process.communicate(PASSWORD.encode() + b"\n", timeout=120)
    assert process.returncode == 0
    assert "--password " not in desk.run("agent", "--help")
    desk.login("secret")


def erasure_broken_off(_desk):
    """The server dies between two steps: it is said what is erased and what to do, and nothing of a port that nobody asked for."""
    own = Desk()
    steps = [b'{"contact":"k1","texts":70,"conversations":1}', b"{}"]  # what would go, and the first step; then it is gone
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(own.admin)
        server.listen(4)

        def answer():
            while steps:
                with server.accept()[0] as one:
                    while steps and one.recv(65536):
                        body = steps.pop(0)
                        one.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                                    % (len(body), body))
                        break
            server.close()
        thread = threading.Thread(target=answer)
        thread.start()
        said = own.run("erase-contact", "k1", "--data", own.data, status=1)
        thread.join()
    assert "Not all of it is erased" in said and "the same command again" in said, said
    assert f"no server listens at {own.admin}" in said and "port 80" not in said, said
    own.remove()


def stopped_by_request(desk):
    answer = Client(desk.admin).post("/v1/admin/stop")
    assert answer.status == 200, answer
    assert desk.wait() == 0


def run(tap):
    desk = Desk()
    for name, case in (("agents by command", cli), ("an agent is removed", removed), ("through the socket", over_the_socket), ("the ladder", ladder),
                       ("desk.yaml", policy_file), ("files and sockets are the owner's alone", private),
                       ("only loopback without a proxy", only_loopback), ("a second server is refused", second_server),
                       ("the customer's page", pages), ("nothing secret in an export", exported), ("an export of many pages", long_export),
                       ("the log's format", log_format), ("an export makes a desk", imported), ("a contact is erased", erased_contact),
                       ("an erasure is broken off", erasure_broken_off), ("backups", backups), ("a log that lost its end", lost_end),
                       ("init and import are killed", half_made), ("run by systemd", managed),
                       ("no password in argv", no_password_in_argv), ("stopped by request", stopped_by_request)):
        if desk.process is None and case is not cli:
            desk.start()
        tap.case("administration: " + name, case, desk)
    desk.remove()
