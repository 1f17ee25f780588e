# SPDX-License-Identifier: MIT
"""Conversations: the page docs/customer-api.md run with curl, both sides of a talk, ids, claims, polls."""
import hashlib
import hmac
import json
import os
import re
import subprocess
import threading
import time

from desk import ROOT, RECORDED, Answer, Client, Customer, Desk, new_id, record, until

AGENTS = 20
CLAIMS = 100


def parallel(jobs):
    """Runs the functions at once and gives back what they return; raises what one of them raised."""
    results, gate = [None] * len(jobs), threading.Barrier(len(jobs))

    def work(i):
        gate.wait(30)
        try:
            results[i] = jobs[i]()
        except BaseException as error:  # pylint: disable=broad-except
            results[i] = error
    threads = [threading.Thread(target=work, args=(i,), daemon=True) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def later(function):
    """Runs it beside; .wait() gives what it returned."""
    class Later(threading.Thread):
        def run(self):
            try:
                self.result = function()
            except BaseException as error:  # pylint: disable=broad-except
                self.result = error

        def wait(self, seconds=30):
            self.join(seconds)
            assert not self.is_alive(), "not over yet"
            if isinstance(self.result, BaseException):
                raise self.result
            return self.result
    thread = Later(daemon=True)
    thread.start()
    return thread


def poll(client, cursor, wait=20):
    return client.get(f"/v1/events?after={cursor}&wait={wait}")


def next_event(client, cursor, kind, wait=20):
    """Polls until an event of that type comes; (event, cursor)."""
    for _ in range(50):
        answer = poll(client, cursor, wait)
        assert answer.status == 200, answer
        cursor = answer.json["cursor"]
        for event in answer.json.get("events", []):
            if event["type"] == kind:
                return event, cursor
    raise AssertionError(f"no {kind}")


# --- The page --------------------------------------------------------------------------------------------------------

def blocks():
    text = (ROOT / "docs/customer-api.md").read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```$", text, re.S | re.M)


def answer_waiting(desk, text):
    """An agent who takes what comes and answers once."""
    agent = desk.login("mia")
    cursor = agent.cursor()

    def work():
        claimed = until(lambda: claim_one(agent), 30, "a customer in the queue")
        sent = agent.send(claimed, text)
        assert sent.status == 200, sent
        return cursor
    return later(work)


def claim_one(agent):
    answer = agent.post("/v1/queue/claim")
    assert answer.status == 200 or answer.code == "queue_empty", answer
    return answer.json.get("conversation") if answer.status == 200 else None


def the_page(desk):
    found = blocks()
    assert len(found) >= 8, "docs/customer-api.md lost its blocks"
    agent = answer_waiting(desk, "亲，今天发出。")
    script = f"set -eu\nDESK=http://127.0.0.1:{desk.port}\n" + "".join(found)
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, check=False,
                          env=desk.environment)
    agent.wait()
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    out = done.stdout
    for expected in ("在吗？", "亲，今天发出。", '"author":"agent"', "我的包裹什么时候到？", '"code":"invalid"', '"more":'):
        assert expected in out, f"{expected} is not in:\n{out}"
    sent = re.findall(r'^\{"seq":(\d+),.*"message":"([^"]+)".*\}$', out, re.M)
    assert len(sent) >= 3 and sent[1] == sent[2], f"the second send is another message: {sent}"
    texts = [text for _, _, text in desk.said_in()]
    assert texts.count("我的包裹什么时候到？") == 1, texts


# --- Both sides ------------------------------------------------------------------------------------------------------

def both_sides(desk):
    agent, supervisor = desk.login("mia"), desk.login("quinn")
    agent_cursor = agent.cursor()
    customer = Customer(desk.port, "在吗？", name="李雷", language="zh-CN", order="A-1", attributes={"vip": True})
    row = poll(agent, agent_cursor)
    assert row.json["queue"][0]["conversation"] == customer.conversation, row
    claimed = agent.do(customer.conversation, "claim")
    assert claimed.status == 200 and claimed.json["agent"] == "mia", claimed
    first = poll(customer, customer.started.json["cursor"])
    assert first.json["conversations"][0]["id"] == customer.conversation, first
    cursor = first.json["cursor"]

    # A parked poll of each side is woken by the other.
    parked = later(lambda: next_event(Client(desk.port, customer.token), cursor, "message.posted"))
    sent = agent.send(customer.conversation, "您好！", query="?seen=1")
    assert sent.status == 200 and sent.json["n"] == 2, sent
    event, _ = parked.wait()
    assert event["text"] == "您好！" and event["author"] == "agent", event
    assert event.get("agent") == "Mia 米娅", f"a customer sees the shown name: {event}"
    agent_cursor = agent.cursor()
    parked = later(lambda: next_event(Client(desk.port, agent.token), agent_cursor, "message.posted"))
    assert customer.say("谢谢").status == 200
    assert parked.wait()[0]["text"] == "谢谢"

    # What staff say among themselves stays there.
    assert agent.send(customer.conversation, "a regular", kind="note").status == 200
    assert supervisor.send(customer.conversation, "offer the voucher", kind="whisper").status == 200
    for target in ("messages", "snapshot"):
        address = f"/v1/conversations/{customer.conversation}/messages" if target == "messages" else "/v1/snapshot"
        text = customer.get(address).body.decode()
        assert "regular" not in text and "voucher" not in text and "quinn" not in text, text
    text = agent.get(f"/v1/conversations/{customer.conversation}/messages?limit=100").body.decode()
    assert "regular" in text and "voucher" in text and "在吗？" in text, f"also what came before the claim: {text}"

    typing = later(lambda: poll(Client(desk.port, agent.token), agent.cursor()))
    until(lambda: customer.post(f"/v1/conversations/{customer.conversation}/typing", {"text": "abc"}).status == 200
          and not typing.is_alive(), 10, "typing reaches a parked poll")
    assert typing.wait().json["ephemeral"][0]["text"] == "abc"

    assert agent.do(customer.conversation, "tag", {"tags": ["parcel", "parcel", "vip"]}).status == 200
    assert agent.do(customer.conversation, "order", {"order": "B-2"}).status == 200
    now = agent.get("/v1/agents").json["now"]
    assert agent.do(customer.conversation, "snooze", {"until": now + 3600000}).status == 200
    assert agent.do(customer.conversation, "wake").status == 200
    assert customer.do(customer.conversation, "rate", {"stars": 4, "text": "ok"}).status == 200
    assert supervisor.do(customer.conversation, "excuse", {"reason": "our mistake"}).status == 200
    assert agent.do(customer.conversation, "resolve", {"reason": "answered", "no_reply_needed": True}).status == 200
    late = agent.send(customer.conversation, "one more")
    assert late.status == 409 and late.code == "resolved", late
    assert agent.do(customer.conversation, "reopen").status == 200
    assert agent.do(customer.conversation, "reopen").code == "wrong_state"
    assert customer.do(customer.conversation, "leave").status == 200
    assert customer.do(customer.conversation, "leave").code in ("wrong_state", "resolved")


def moving(desk):
    """Assign, transfer, take over, release: who may, and what is refused in which words."""
    mia, quinn = desk.login("mia"), desk.login("quinn")
    bob = desk.login("bob")
    one = Customer(desk.port, "moving")
    talk = one.conversation
    answer = mia.do(talk, "assign", {"agent": "bob"})
    assert answer.code == "forbidden", answer
    answer = quinn.do(talk, "assign", {"agent": "ghost"})
    assert answer.code == "not_found", answer
    assert quinn.do(talk, "assign", {"agent": "mia"}).status == 200
    answer = bob.do(talk, "resolve")
    assert answer.status in (404, 409) and answer.code in ("not_owner", "not_found"), answer
    answer = bob.send(talk, "not mine")
    assert answer.code in ("not_owner", "not_found"), answer
    answer = mia.do(talk, "assign", {"agent": "bob"})
    assert answer.code == "already_assigned", answer
    assert quinn.do(talk, "take_over").status == 200
    answer = mia.do(talk, "release")
    assert answer.code in ("not_owner", "not_found"), answer
    assert quinn.do(talk, "transfer", {"agent": "bob", "text": "please"}).status == 200
    assert bob.do(talk, "transfer", {"team": "support"}).status == 200
    assert mia.do(talk, "claim").status == 200
    assert mia.do(talk, "release", {"reason": "lunch"}).status == 200
    assert bob.post("/v1/agents/me/availability", {"availability": "offline"}).status == 200
    answer = quinn.do(talk, "assign", {"agent": "bob"})
    assert answer.code == "agent_unavailable", answer
    assert bob.post("/v1/agents/me/availability", {"availability": "online"}).status == 200
    assert quinn.do(talk, "take_over").status in (200, 409)
    assert quinn.do(talk, "resolve").status == 200
    answer = quinn.post("/v1/agents/mia/availability", {"availability": "busy"})
    assert answer.status == 200, answer
    assert mia.post("/v1/agents/quinn/availability", {"availability": "away"}).code == "forbidden"
    assert mia.post("/v1/agents/me/availability", {"availability": "online"}).status == 200


def limits_of_work(desk):
    """Capacity, an empty queue, a conversation that is not waiting, one at a time for a contact."""
    tim = desk.login("tim")  # may have one chat
    while (left := claim_one(tim)) is not None:
        assert tim.do(left, "resolve").status == 200
    waiting = [Customer(desk.port, f"capacity {i}") for i in range(2)]
    assert tim.do(waiting[0].conversation, "claim").status == 200
    answer = tim.do(waiting[1].conversation, "claim")
    assert answer.code == "at_capacity", answer
    answer = tim.do(waiting[0].conversation, "claim")
    assert answer.status == 409, answer
    answer = waiting[0].post("/v1/conversations", {"text": "again"})
    assert answer.status == 409 and answer.json["conversation"] == waiting[0].conversation, answer
    assert tim.do(waiting[0].conversation, "resolve").status == 200
    answer = tim.do(waiting[0].conversation, "claim")
    assert answer.code == "resolved", answer
    assert tim.do(waiting[1].conversation, "claim").status == 200
    assert tim.do(waiting[1].conversation, "resolve").status == 200
    answer = tim.post("/v1/queue/claim", {"team": "support"})
    assert answer.code == "queue_empty", answer


def changed_since(desk):
    """A reply written without the newest lines is held back: a colleague's always, a customer's after 2 s."""
    mia, quinn = desk.login("mia"), desk.login("quinn")
    customer = Customer(desk.port, "changed")
    assert mia.do(customer.conversation, "claim").status == 200
    fresh = customer.say("and one more")
    assert mia.send(customer.conversation, "burst", query="?seen=1").status == 200, "a burst holds nothing"
    assert quinn.send(customer.conversation, "I am here too").status == 200
    refused = mia.send(customer.conversation, "stale", query="?seen=3")
    assert refused.code == "changed_since", refused
    assert "I am here too" in refused.body.decode(), f"what was missed is named: {refused}"
    assert mia.send(customer.conversation, "stale", query="?seen=3&anyway=true").status == 200
    assert customer.say("third").status == 200
    third = customer.say("fourth").json["at"]
    assert mia.send(customer.conversation, "at once", query="?seen=5&anyway=false").status == 200
    until(lambda: mia.get("/v1/agents").json["now"] >= third + 2000, 10, "2 s of desk time")
    late = mia.send(customer.conversation, "late", query="?seen=5&anyway=false")
    assert late.code == "changed_since", f"a customer's message of 2 s ago holds a reply: {late}"
    assert fresh.status == 200
    assert mia.do(customer.conversation, "resolve").status == 200


def erasing(desk):
    mia, quinn = desk.login("mia"), desk.login("quinn")
    customer = Customer(desk.port, "my card is nobody's business", name="王芳")
    assert mia.do(customer.conversation, "claim").status == 200
    said = customer.say("an address to forget")
    assert mia.do(customer.conversation, "erase", {"message": said.json["message"]}).code == "forbidden"
    assert quinn.do(customer.conversation, "erase", {"message": said.json["message"]}).status == 200
    for client in (customer, mia, quinn):
        text = client.get(f"/v1/conversations/{customer.conversation}/messages").body.decode()
        assert "an address to forget" not in text and "nobody's business" in text, text
    assert "an address to forget" not in desk.run("export", "--data", desk.data)
    assert mia.do(customer.conversation, "resolve").status == 200


def bots(desk):
    admin = Client(desk.admin)
    empty = Customer(desk.port, None)
    assert admin.do(empty.conversation, "bot_take").status == 200
    assert admin.do(empty.conversation, "bot_take").code == "wrong_state"
    assert admin.do(empty.conversation, "bot_hand_over", {"team": "support"}).status == 200
    assert empty.do(empty.conversation, "leave").status == 200


# --- Ids -------------------------------------------------------------------------------------------------------------

def same_but_now(one, two):
    return {k: v for k, v in one.json.items() if k != "now"} == {k: v for k, v in two.json.items() if k != "now"}


def ids(desk):
    mia = desk.login("mia")
    start = {"text": "ids", "name": "小明"}
    key = new_id()
    client = Client(desk.port)
    first, again = (client.post("/v1/conversations", start, key=key) for _ in range(2))
    assert (first.status, again.status) == (201, 201), again
    for name in ("seq", "conversation", "contact", "message", "at", "cursor"):
        assert first.json[name] == again.json[name], f"{name} differs: {first} {again}"
    other = client.post("/v1/conversations", {"text": "another"}, key=key)
    assert other.status == 422 and other.code == "id_reused", other
    customer = Client(desk.port, first.json["token"])
    talk, command = first.json["conversation"], new_id()
    sends = parallel([lambda: Client(desk.port, customer.token).send(talk, "once", command) for _ in range(8)])
    assert all(send.status == 200 and same_but_now(send, sends[0]) for send in sends), sends
    assert customer.send(talk, "twice", command).code == "id_reused"
    assert mia.send(talk, "once", command).code in ("id_reused", "not_owner"), "another author under this id"
    assert [text for _, _, text in desk.said_in(talk)].count("once") == 1
    # A refusal leaves no trace: the same id, then accepted.
    command = new_id()
    assert customer.send(talk, " ", command).code == "invalid"
    assert customer.send(talk, "mended", command).status == 200
    key = new_id()
    claims = [mia.do(talk, "claim", key=key) for _ in range(2)]
    assert claims[0].status == 200 and same_but_now(*claims), claims
    assert mia.do(talk, "resolve").status == 200


def claims(desk):
    """A hundred simultaneous claims: one 200, ninety-nine 409 that name the winner."""
    names = [f"agent{i}" for i in range(AGENTS)]
    admin = Client(desk.admin)
    for name in names:
        assert admin.put(f"/v1/agents/{name}", {"name": name, "role": "agent", "teams": ["support"]}, key=new_id()).status == 200
        assert admin.post(f"/v1/agents/{name}/password", {"password": "correct horse battery"}).status == 200
    agents = [desk.login(name) for name in names]
    customer = Customer(desk.port, "who is first?")
    clients = [Client(desk.port, agents[i % AGENTS].token) for i in range(CLAIMS)]
    for client in clients:
        assert client.get("/v1/policy").status == 200  # connected
    answers = parallel([lambda c=client: c.do(customer.conversation, "claim") for client in clients])
    won = [answer for answer in answers if answer.status == 200]
    lost = [answer for answer in answers if answer.status == 409]
    assert len(won) == 1 and len(lost) == CLAIMS - 1, [answer.status for answer in answers]
    winner = won[0].json["agent"]
    for i, answer in enumerate(answers):
        if answer.status == 200:
            continue
        assert answer.code == "already_assigned" and answer.json["owner"] == winner, answer
        assert (winner if names[i % AGENTS] != winner else "You") in answer.json["detail"], answer
    for client in clients:
        client.close()
    owner = agents[names.index(winner)]
    assert owner.do(customer.conversation, "resolve").status == 200
    for agent in agents:
        assert agent.post("/v1/logout").status == 200


# --- Polls -----------------------------------------------------------------------------------------------------------

def routed(desk):
    """The desk gives out: sixty who come at once never overrun a capacity, weights decide, and it can be explained."""
    admin = Client(desk.admin)
    old = admin.get("/v1/policy").json["policy"]
    policy = json.loads(json.dumps(old))
    policy["teams"].append({**policy["teams"][0], "id": "routed", "name": "Routed", "capacity": 8,
                            "routing": {"by": "share", "accept_within": -1, "returning": True}})
    policy["inboxes"].append({"id": "routed", "name": "Routed", "team": "routed", "training": False})
    assert admin.put("/v1/policy", policy, key=new_id()).status == 200
    people = {"ria": 100, "rob": 50}
    for name, weight in people.items():
        desk.add_agent(name, "agent", "--team", "routed")
        answer = admin.put(f"/v1/agents/{name}", {"name": name, "role": "agent", "teams": ["routed"], "weight": weight}, key=new_id())
        assert answer.status == 200, answer
    agents = {name: desk.login(name) for name in people}
    customers = parallel([lambda: Customer(desk.port, "hello", inbox="routed") for _ in range(60)])
    owned = {c.conversation: None for c in customers}

    def given():
        for name, agent in agents.items():
            for c in agent.get("/v1/snapshot").json["conversations"]:
                if c.get("owner") == name and c["state"] == "open":
                    owned[c["id"]] = name
        return sum(name is not None for name in owned.values()) == 16
    until(given, 20, "sixteen of sixty have somebody")
    held, order = {name: set() for name in people}, []
    for record in desk.records():
        for event in record["events"]:
            if event["type"] == "conversation.assigned" and event["conversation"] in owned:
                assert event["cause"] == "routing" and record["actor"] == "desk", record
                held[event["agent"]].add(event["conversation"])
                order.append(event["agent"])
                assert len(held[event["agent"]]) <= 8, "over the capacity"
    assert order[:9].count("ria") == 6 and order[:9].count("rob") == 3, order
    free = next(c for c in customers if owned[c.conversation] is None)
    answer = agents["ria"].get(f"/v1/conversations/{free.conversation}/routing")
    assert answer.status == 200 and answer.json["mode"] == "share" and answer.json["next"] is None, answer
    assert [row["why"] for row in answer.json["agents"]] == ["no free place", "no free place"], answer
    assert free.get(f"/v1/conversations/{free.conversation}/routing").status == 403
    assert agents["rob"].post("/v1/agents/ria/load", {"capacity": 9, "weight": 1}).status == 403
    answer = admin.post("/v1/agents/rob/load", {"capacity": 8, "weight": 60, "reason": "rush"}, key=new_id())
    assert answer.status == 200, answer
    done = next(c for c, name in owned.items() if name == "rob")
    assert agents["rob"].do(done, "resolve", {"reason": "done"}).status == 200
    until(lambda: sum(c["state"] == "open" for c in agents["rob"].get("/v1/snapshot").json["conversations"]) == 8, 20, "the next one")
    for agent in agents.values():
        agent.post("/v1/agents/me/availability", {"availability": "away"})
        for c in agent.get("/v1/snapshot").json["conversations"]:
            agent.do(c["id"], "resolve", {"reason": "done"})
    for c in customers:
        c.do(c.conversation, "leave")


def signed(key, user, seconds=3600):
    expires = int(time.time()) + seconds
    return {"user": user, "expires": expires,
            "signature": hmac.new(key.encode(), f"{user}\n{expires}".encode(), hashlib.sha256).hexdigest()}


def identified(desk):
    """A customer whom the shop signs is the same contact every time; nobody else is."""
    stranger = Client(desk.port)
    assert stranger.post("/v1/identify", {"user": "u1", "expires": 1, "signature": "00"}).status == 404
    key = desk.run("identity", "--data", desk.data).strip()
    assert key == desk.run("identity", "--data", desk.data).strip() and len(key) == 64
    assert os.stat(os.path.join(desk.data, "identity.key")).st_mode & 0o777 == 0o600
    desk.stop()
    desk.start("--limit", "requests_per_session=100")
    stranger = Client(desk.port)
    first = stranger.post("/v1/identify", signed(key, "u1"))
    assert first.status == 200 and first.json["conversation"] is None, first
    customer = Client(desk.port, first.json["token"])
    started = customer.post("/v1/conversations", {"inbox": "web", "name": "Ann", "text": "hello"})
    assert started.status == 201 and started.json["contact"] == first.json["contact"], started
    again = stranger.post("/v1/identify", signed(key, "u1"))
    assert again.json["conversation"] == started.json["conversation"] and again.json["contact"] == first.json["contact"], again
    other = Client(desk.port, again.json["token"])
    assert other.send(started.json["conversation"], "from my phone").status < 300
    assert stranger.post("/v1/identify", signed(key, "u2")).json["contact"] != first.json["contact"]
    bad = [signed("x" * 64, "u1"), {**signed(key, "u1"), "user": "u2"}, {**signed(key, "u1"), "expires": int(time.time()) + 99},
           signed(key, "u1", -1), signed(key, "u1", 8 * 86400), {**signed(key, "u1"), "signature": ""}]
    for body in bad:
        answer = stranger.post("/v1/identify", body)
        assert answer.status == 403, (body, answer)
    assert stranger.post("/v1/identify", signed(key, "")).status == 400
    assert key not in desk.run("export", "--data", desk.data)
    customer.do(started.json["conversation"], "leave")


def holds(desk):
    mia = desk.login("mia")
    cursor = settled(mia)
    begun = time.monotonic()
    answer = poll(mia, cursor, 1)
    held = time.monotonic() - begun
    assert answer.status == 200 and not answer.json.get("events") and held >= 0.99, (held, answer)
    assert answer.json["cursor"] == answer.header("seatmux-cursor"), answer
    begun = time.monotonic()
    assert poll(mia, cursor, 0).status == 200
    assert time.monotonic() - begun < 0.9, "wait=0 does not hold"


def settled(client):
    """A cursor after which nothing comes by itself for a while."""
    cursor = client.cursor()
    while True:
        answer = poll(client, cursor, 1)
        if set(answer.json) <= {"cursor", "now", "fold"}:
            return answer.json["cursor"]
        cursor = answer.json["cursor"]


def superseded(desk):
    mia = desk.login("mia")
    cursor = settled(mia)
    old = later(lambda: poll(Client(desk.port, mia.token), cursor, 30))
    metrics = Client(desk.port)
    until(lambda: b"seatmux_parked_polls 1" in metrics.get("/metrics").body, 10, "the poll is parked")
    new = later(lambda: poll(Client(desk.port, mia.token), cursor, 1))
    answer = old.wait()
    assert answer.status == 409 and answer.code == "superseded", answer
    assert new.wait().status == 200


def cursors(desk):
    mia = desk.login("mia")
    cursor = mia.cursor()
    name, seq, check = cursor.rsplit(".", 2)
    bad = [f"{name}.{seq}.{int(check, 16) ^ 1:08x}", f"other.{seq}.{check}", f"{name}.{int(seq, 16) + 1000:x}.{check}",
           f"{name}.1.00000000"]
    for wrong in bad:
        answer = poll(mia, wrong, 0)
        assert answer.status == 410 and answer.code == "cursor_expired", (wrong, answer)
    assert mia.get("/v1/events?wait=0").code == "invalid"
    assert mia.get(f"/v1/events?after={cursor}&wait=56").code == "invalid"
    assert mia.get(f"/v1/events?after={cursor}&wait=55x").code == "invalid"


def run(tap):
    desk = Desk()
    desk.add_agent("mia", "agent", "--shown", "Mia 米娅", "--capacity", "50")
    desk.add_agent("bob")
    desk.add_agent("tim", "agent", "--capacity", "1")
    desk.add_agent("quinn", "supervisor")
    desk.start("--limit", "requests_per_session=100")
    for name, case in (("docs/customer-api.md runs as it stands", the_page), ("both sides of a conversation", both_sides),
                       ("assign, transfer, take over, release", moving), ("capacity and empty queues", limits_of_work),
                       ("a stale reply is held", changed_since), ("content is erased", erasing), ("bots", bots),
                       ("the same id is the same command", ids), ("a hundred simultaneous claims", claims),
                       ("the desk gives chats out", routed), ("whom the shop signs", identified), ("a poll is held", holds), ("a newer poll supersedes", superseded), ("cursors", cursors)):
        tap.case("talk: " + name, case, desk)
    desk.stop()
    desk.remove()
