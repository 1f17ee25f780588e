#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The fold that is put away beside the log (desk.fold): a desk that takes it up is the desk that reads everything, whatever
became of the file; and nothing erased stays in it."""
import os
import pathlib
import random
import re
import shutil
import sys

from desk import Customer, Desk, Tap, hold_promises, until

# Nothing falls due while two desks are compared.
PATIENT = """
desk: My shop
teams:
  - {id: support, name: Support, targets: {first_response: 5h, response: 5h, queue: 5h, resolution: 50h}}
inboxes:
  - {id: web, name: Web page, team: support}
"""
SECRET = "my-number-is-0815-4711"


def fold(desk):
    return pathlib.Path(desk.data, "desk.fold")


def started(desk, *more):
    """(records, of them read) as the server says it at its start."""
    before = len(pathlib.Path(desk.log).read_bytes()) if os.path.exists(desk.log) else 0
    desk.start(*more)
    said = pathlib.Path(desk.log).read_bytes()[before:].decode()
    found = re.search(r"(\d+) records, of them (\d+) read", said)
    assert found, said
    return int(found.group(1)), int(found.group(2)), said


def shown(desk):
    """All that a supervisor of every team is shown, but for the clock."""
    boss = desk.login("boss", online=False)
    body = boss.get("/v1/snapshot").json
    while "next" in body:
        more = boss.get(f"/v1/snapshot?page={body.pop('next')}").json
        body["conversations"] += more["conversations"]
        body.update({"next": more["next"]} if "next" in more else {})
    del body["now"]
    boss.post("/v1/logout", {})
    boss.close()
    return body


def without_fold(desk):
    """A desk in the same state that has to read its whole log."""
    other = Desk()
    shutil.rmtree(other.data)
    shutil.copytree(desk.data, other.data, ignore=shutil.ignore_patterns("*.sock", "desk.fold*", "lock"))
    return other


def compare(desk):
    """The desk is down: started from its fold and from its log it shows the same, and exports the same."""
    other = without_fold(desk)
    try:
        assert desk.run("export", "--data", desk.data) == other.run("export", "--data", other.data)
        shutil.copytree(desk.data, other.data, ignore=shutil.ignore_patterns("*.sock", "desk.fold*", "lock"), dirs_exist_ok=True)
        fold(other).unlink(missing_ok=True)
        records, read, _ = started(desk)
        all_records, all_read, _ = started(other)
        assert records == all_records == all_read, (records, all_records, all_read)
        mine, theirs = shown(desk), shown(other)
        differing = [key for key in mine if mine[key] != theirs[key]]
        assert not differing, [(mine[key], theirs[key]) for key in differing][0]
        assert len(mine["conversations"]) > 0
        other.kill()
        return read
    finally:
        other.remove()


def life(desk, steps, seed):
    """Customers and two agents, by chance."""
    rng = random.Random(seed)
    agents = [desk.login("mia"), desk.login("jon")]
    customers = []
    for step in range(steps):
        act = rng.randrange(8)
        if act < 2 or not customers:
            customers.append(Customer(desk.port, f"在吗 {step}", name=f"C{step}", order=f"A-{step}", attributes={"page": "/x"}))
            continue
        customer, agent = rng.choice(customers), rng.choice(agents)
        if act == 2:
            customer.say(f"more {step}")
        elif act == 3:
            agent.do(customer.conversation, "claim")
        elif act == 4:
            agent.send(customer.conversation, f"answer {step}", query="?anyway=1")
        elif act == 5:
            agent.do(customer.conversation, "tags", {"add": [f"t{step % 3}"]})
        elif act == 6:
            agent.do(customer.conversation, "note", {"text": f"note {step}"})
        else:
            agent.do(customer.conversation, "resolve", {"reason": "answered"})
    return customers


def killed(desk):
    """Killed at any moment, it reads on from where the fold was put away."""
    for seed in range(4):
        life(desk, 60, seed)
        until(fold(desk).exists, 20, "the fold")
        assert fold(desk).stat().st_mode & 0o777 == 0o600
        desk.kill()
        read = compare(desk)
        assert read < 100, read
        desk.kill()
        desk.start("--limit", "save_records=25")


def stopped(desk):
    """At a clean stop it is put away as it is, and nothing is read at the next start."""
    life(desk, 30, 9)
    desk.stop()
    assert compare(desk) == 0
    desk.stop()
    at = fold(desk).stat().st_mtime_ns
    started(desk)
    desk.stop()
    assert fold(desk).stat().st_mtime_ns == at, "nothing happened, nothing is written"
    desk.start("--limit", "save_records=25")


def damaged(desk):
    """What is damaged, cut or another desk's is not used: it is said, the log is read, and the file goes."""
    desk.stop()
    whole = fold(desk).read_bytes()
    other = Desk()
    other.start()
    other.stop()
    for bad in (whole[:-1], whole[:10], b"", whole[:500] + bytes([whole[500] ^ 1]) + whole[501:], fold(other).read_bytes()):
        fold(desk).write_bytes(bad)
        records, read, said = started(desk)
        assert records == read and "the whole log is read" in said, said
        assert not fold(desk).exists()
        desk.kill()
    fold(desk).write_bytes(whole)
    assert compare(desk) == 0
    other.remove()
    desk.kill()
    desk.start("--limit", "save_records=25")


def restored(desk):
    """A log of before, put back: the fold knows more than it, and is not used."""
    life(desk, 20, 11)
    desk.stop()
    kept = pathlib.Path(desk.home, "kept.db")
    shutil.copy(os.path.join(desk.data, "desk.db"), kept)
    desk.start()
    life(desk, 40, 12)
    desk.stop()
    newer = fold(desk).read_bytes()
    shutil.copy(kept, os.path.join(desk.data, "desk.db"))
    assert "it had come to record" in desk.run("export", "--data", desk.data, status=1)
    os.unlink(os.path.join(desk.data, "desk.db.last"))  # as docs/operating.md says: those records are given up
    records, read, said = started(desk)
    assert records == read and "the log is another one" in said, said
    life(desk, 80, 13)
    desk.stop()
    fold(desk).write_bytes(newer)  # as many records and more, but not these
    records, read, said = started(desk)
    assert records == read and "the log is another one" in said, said
    desk.kill()
    desk.start("--limit", "save_records=25")


def erased(desk):
    """A text that is erased is in the fold no more, and not at the next start either."""
    customer = Customer(desk.port, SECRET, name="Lena")
    life(desk, 60, 21)
    until(lambda: fold(desk).exists() and SECRET.encode() in fold(desk).read_bytes(), 20, "the text in the fold")
    boss = desk.login("boss", online=False)
    line = next(line for c in shown(desk)["conversations"] if c["id"] == customer.conversation for line in c["lines"] if line.get("text") == SECRET)
    assert boss.do(customer.conversation, "erase", {"message": line["id"]}).status == 200
    left = [path.name for path in pathlib.Path(desk.data).iterdir() if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert left == [], left
    told = {"order": "Q-77-31", "amount": "31.41 CNY"}
    assert boss.do(customer.conversation, "order", told).status == 200
    life(desk, 30, 23)
    until(lambda: fold(desk).exists() and all(word.encode() in fold(desk).read_bytes() for word in told.values()), 20, "the order in the fold")
    desk.run("erase-contact", customer.conversation, "--data", desk.data)
    left = [path.name for path in pathlib.Path(desk.data).iterdir() if path.is_file() and any(w.encode() in path.read_bytes() for w in told.values())]
    assert left == [], left
    life(desk, 40, 22)
    desk.kill()
    compare(desk)
    desk.stop()
    assert fold(desk).exists() and SECRET.encode() not in fold(desk).read_bytes()
    desk.start("--limit", "save_records=25")


def erased_before_a_crash(desk):
    """The record of an erasure is there and the fold outlived it: the next start takes it away."""
    customer = Customer(desk.port, SECRET + "-2", name="Lena")
    life(desk, 60, 31)
    desk.stop()
    old = fold(desk).read_bytes()
    assert (SECRET + "-2").encode() in old
    desk.start()
    boss = desk.login("boss", online=False)
    line = next(line for c in shown(desk)["conversations"] if c["id"] == customer.conversation for line in c["lines"] if line.get("text") == SECRET + "-2")
    assert boss.do(customer.conversation, "erase", {"message": line["id"]}).status == 200
    desk.kill()
    fold(desk).write_bytes(old)
    pathlib.Path(desk.data, "desk.fold.new").write_bytes(old)
    records, read, _ = started(desk)
    assert read < records
    assert not fold(desk).exists() and not pathlib.Path(desk.data, "desk.fold.new").exists()
    assert not any((SECRET + "-2") in (line.get("text") or "") for c in shown(desk)["conversations"] for line in c["lines"])


def full(desk):
    """Where it can't be written the desk goes on, and says so."""
    desk.kill()
    fold(desk).unlink(missing_ok=True)
    pathlib.Path(desk.data, "desk.fold.new").mkdir()
    desk.start("--limit", "save_records=10")
    life(desk, 40, 41)
    until(lambda: "the fold was not put away" in desk.said(), 20, desk.said)
    desk.stop()
    pathlib.Path(desk.data, "desk.fold.new").rmdir()


def main():
    tap = Tap()
    desk = Desk(PATIENT)
    for name, role in (("mia", "agent"), ("jon", "agent"), ("boss", "supervisor")):
        desk.add_agent(name, role)
    desk.start("--limit", "save_records=25", "--limit", "anonymous_per_minute=100000")
    for case in (killed, stopped, damaged, restored, erased, erased_before_a_crash, full):
        tap.case("saved: " + case.__doc__.split(":")[0].rstrip("."), case, desk)
    hold_promises(tap, "saved", 1)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
