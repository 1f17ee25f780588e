# SPDX-License-Identifier: MIT
"""What the desk says to many: broadcasts that outlive kill -9, incident notices, and the line tools for both."""
import json
import os
import pathlib
import subprocess

from desk import PASSWORD, SLOW, Client, Customer, Desk, new_id, until


def tool(desk, *arguments, status=0, login="sue"):
    """A line tool of seatmux at this desk; what it printed."""
    secret = pathlib.Path(desk.home, "secret")
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    secret.chmod(0o600)
    command = [os.environ["SEATMUX"], arguments[0], "--server", f"http://127.0.0.1:{desk.port}", "--login", login,
               "--password-file", str(secret), "--lang", "en", *arguments[1:]]
    done = subprocess.run(command, capture_output=True, text=True, env=desk.environment, timeout=60 * SLOW, check=False)
    assert done.returncode == status, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout if status == 0 else done.stderr


def lines_of(customer, kind):
    lines = customer.get(f"/v1/conversations/{customer.conversation}/messages").json["lines"]
    return [line for line in lines if line.get("message_kind") == kind]


def broadcast(desk):
    sue, mia = desk.login("sue"), desk.login("mia")
    customers = [Customer(desk.port, f"hello {i}") for i in range(8)]
    mine, ended = customers[0], customers[7]
    assert mia.do(mine.conversation, "claim").status == 200
    assert mia.do(ended.conversation, "claim").status == 200
    assert mia.do(ended.conversation, "resolve").status == 200
    chats = [c.conversation for c in customers]
    plan = sue.post("/v1/broadcasts/preview", {"conversations": chats}).json
    assert plan["count"] == 7 and [row["conversation"] for row in plan["left_out"]] == [ended.conversation], plan
    assert plan["left_out"][0]["why"] == "has ended", plan
    for length, status in ((500, 200), (501, 413)):  # what it promises the broadcast keeps
        assert sue.post("/v1/broadcasts/preview", {"filter": "a" * length}).status == status, length
    for who in (mia, mine):
        assert who.post("/v1/broadcasts", {"text": "x", "filter": ""}).status == 403
        assert who.post("/v1/broadcasts/preview", {"filter": ""}).status == 403
    key, body = new_id(), {"text": "We are on it.", "conversations": chats, "pace": 120}
    answer = sue.post("/v1/broadcasts", body, key=key)
    assert answer.status == 200 and answer.json["count"] == 7, answer
    until(lambda: lines_of(customers[1], "broadcast"), 20, "the second one has it")
    desk.kill()  # in the middle
    desk.start("--limit", "requests_per_session=100")
    for c in customers:
        c.close()
    again = Client(desk.port, sue.token).post("/v1/broadcasts", body, key=key)  # nobody knows whether it arrived
    assert again.status == 200 and again.json["broadcast"] == answer.json["broadcast"], again
    sue, mia = Client(desk.port, sue.token), Client(desk.port, mia.token)

    def done():
        listed = sue.get("/v1/broadcasts").json["broadcasts"]
        return [b["state"] for b in listed] == ["done"] and listed[0]
    last = until(done, 30, "all have it")
    assert last["sent"] == last["total"] == 7 and last["by"] == "sue", last
    for c in customers:
        found = lines_of(c, "broadcast")
        assert len(found) == (0 if c is ended else 1), (c.conversation, found)
        assert all(line["author"] == "system" and line["text"] == "We are on it." for line in found), found
        assert '"sue"' not in json.dumps(found), found
    times = [r["at"] for r in desk.records() for e in r["events"] if e["type"] == "message.posted" and e.get("kind") == "broadcast"]
    # Two a second, and no rush after one that a busy machine made late.
    assert all(at - times[0] >= 500 * i - 100 for i, at in enumerate(times)), times
    assert all(b - a >= 250 for a, b in zip(times, times[1:])), times
    # Nobody was answered by it.
    state = {c["id"]: c for c in mia.get("/v1/snapshot").json["conversations"]}[mine.conversation]
    assert any("replied" not in turn or turn["replied"] < 0 for turn in state["turns"]["turns"]), state["turns"]
    for c in customers:
        c.do(c.conversation, "leave")


def stopping(desk):
    sue = desk.login("sue")
    customers = [Customer(desk.port, f"hello {i}") for i in range(3)]
    answer = sue.post("/v1/broadcasts", {"text": "wrong words", "conversations": [c.conversation for c in customers], "pace": 1})
    assert answer.status == 200, answer
    until(lambda: lines_of(customers[0], "broadcast"), 20, "the first one has it")
    notice = answer.json["broadcast"]
    assert sue.post(f"/v1/broadcasts/{notice}/stop", {"reason": "wrong words"}).status == 200
    assert sue.post(f"/v1/broadcasts/{notice}/stop").code == "wrong_state"
    assert sue.post("/v1/broadcasts/nonesuch/stop").status == 404
    assert not lines_of(customers[1], "broadcast")
    for c in customers:
        c.do(c.conversation, "leave")


def incident(desk):
    sue, mia = desk.login("sue"), desk.login("mia")
    before = Customer(desk.port, "hello")
    now = sue.get("/v1/incidents").json["now"]
    body = {"text": "Payment is down.", "team": "support", "until": now + 600000}
    assert mia.post("/v1/incidents", body).status == 403
    assert before.post("/v1/incidents", body).status == 403
    assert before.get("/v1/incidents").status == 403
    assert sue.post("/v1/incidents", {**body, "until": now - 1}).code == "invalid"
    answer = sue.post("/v1/incidents", body)
    assert answer.status == 200, answer
    during = Customer(desk.port, "I cannot pay")
    assert len(lines_of(during, "incident")) == 1 and not lines_of(before, "incident")
    desk.kill()
    desk.start("--limit", "requests_per_session=100")
    sue = Client(desk.port, sue.token)
    for c in (before, during):
        c.close()
        for _ in range(2):
            assert c.say("still there?").status == 200
        assert len(lines_of(c, "incident")) == 1, "once, also after a restart"
    snapshot = sue.get("/v1/snapshot").json["shared"]
    assert [i["text"] for i in snapshot["incidents"]] == ["Payment is down."], snapshot
    assert sue.post(f"/v1/incidents/{answer.json['incident']}/clear").status == 200
    assert not lines_of(Customer(desk.port, "hello"), "incident")
    # It ends by itself.
    now = sue.get("/v1/incidents").json["now"]
    assert sue.post("/v1/incidents", {**body, "until": now + 300}).status == 200
    until(lambda: not sue.get("/v1/incidents").json["incidents"], 20, "it has ended")


def tools(desk):
    customers = [Customer(desk.port, f"hello {i}", order="T1") for i in range(2)]
    assert "chats that get it" in tool(desk, "broadcast", "--filter", "state:queued", "--preview")
    said = tool(desk, "broadcast", "--filter", "state:queued", "--pace", "600", "Back", "at", "noon.")
    assert "on its way to" in said, said
    for c in customers:
        until(lambda c=c: any(line["text"] == "Back at noon." for line in lines_of(c, "broadcast")), 30, "it is there")
    until(lambda: "Back at noon." in tool(desk, "broadcast", "--list"), 20, "it is listed")
    assert "--filter" in tool(desk, "broadcast", "hello", status=2)
    assert "may not" in tool(desk, "broadcast", "--filter", "", "hello", status=1, login="mia")
    said = tool(desk, "incident", "--team", "support", "--for", "1h", "Payment is down.")
    listed = tool(desk, "incident", "--list")
    assert "team:support" in listed and "Payment is down." in listed, listed
    tool(desk, "incident", "--clear", said.split(":")[0])
    assert tool(desk, "incident", "--list") == ""
    assert "--for" in tool(desk, "incident", "--team", "support", "hello", status=2)


def run(tap):
    desk = Desk()
    desk.add_agent("mia", "agent", "--capacity", "50")
    desk.add_agent("sue", "supervisor")
    desk.start("--limit", "requests_per_session=100")
    for name, case in (("one answer to many, through kill -9", broadcast), ("a broadcast is stopped", stopping),
                       ("a standing first answer", incident), ("seatmux broadcast and incident", tools)):
        tap.case("notice: " + name, case, desk, seconds=120)
    desk.stop()
    desk.remove()
