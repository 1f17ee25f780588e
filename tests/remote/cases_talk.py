# SPDX-License-Identifier: MIT
"""Conversations: the page docs/customer-api.md run with curl, both sides of a talk, ids, claims, polls."""
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import threading
import time

import yaml

from desk import ROOT, Answer, Client, Customer, Desk, new_id, record, until

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
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=300, check=False,
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
    shown = typing.wait().json["ephemeral"][0]
    assert shown["author"] == "customer" and "text" not in shown, shown  # what is written is shown where desk.yaml says so

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


def left(desk):
    """A message for later: only while nobody is there; no clock, a row of its own, told when its customer is back."""
    alone = Desk()
    alone.add_agent("mia")
    alone.start()
    visitor = Client(alone.port)
    assert visitor.get("/v1/page").json["online"] is False
    customer = Customer(alone.port, "call me", offline=True, reach="ann@example.org")
    shown = customer.get("/v1/snapshot").json["conversations"][0]
    assert shown["offline"] is True and "reach" not in shown, shown
    mia = alone.login("mia")
    row = mia.get("/v1/snapshot").json["queue"][0]
    assert row["offline"] is True and "deadline" not in row and row["first_line"] == "call me", row
    assert mia.post("/v1/queue/claim", {}).code == "queue_empty"
    assert mia.do(customer.conversation, "claim").status == 200
    state = mia.get("/v1/snapshot").json["conversations"][0]
    assert state["reach"] == "ann@example.org" and state["offline"] is True and state["turns"]["offline"] is True, state
    assert mia.do(customer.conversation, "seen").status in (403, 404)
    cursor = mia.cursor()
    assert mia.send(customer.conversation, "here I am").status < 300
    assert customer.get("/v1/snapshot").json["conversations"][0]["lines"][-1]["text"] == "here I am"
    next_event(mia, cursor, "answer.seen")
    live = Customer(alone.port, "now", offline=True)  # somebody is there: like everybody else
    assert "deadline" in mia.get("/v1/snapshot").json["queue"][0]
    assert live.send(live.conversation, "x", offline="yes").code == "invalid"
    figures = Client(alone.admin).get("/v1/report").json["total"]["figures"]
    assert figures["offline_messages"]["n"] == figures["offline_answer"]["n"] == figures["queue_wait"]["n"] + 1 == 1, figures
    alone.stop()
    alone.remove()


def order_signed(key, user, order, status, amount="", seconds=3600):
    expires = int(time.time()) + seconds
    text = "\n".join(["order", user, order, status, amount, str(expires)])
    body = {"user": user, "order": order, "status": status, "expires": expires,
            "signature": hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}
    return {**body, "amount": amount} if amount else body


def cards(desk):
    """What is known of a customer: written by the staff, told by the shop, read in earlier conversations, and joined."""
    own = Desk()
    for name, role in (("mia", "agent"), ("sue", "supervisor")):
        own.add_agent(name, role)
    key = own.run("identity", "--data", own.data).strip()
    own.start("--limit", "requests_per_session=100")
    mia, sue, shop = own.login("mia"), own.login("sue"), Client(own.port)
    # The shop: twice the same is one, and nobody else can tell.
    paid = order_signed(key, "customer-7", "A-1", "paid", "129.00 CNY")
    first, again = shop.post("/v1/orders", paid, key="A-1-paid"), shop.post("/v1/orders", paid, key="A-1-paid")
    assert first.status == again.status == 200 and first.json["seq"] == again.json["seq"], (first, again)
    assert shop.post("/v1/orders", {**paid, "order": "A-2"}).status == 403
    assert shop.post("/v1/orders", order_signed("x" * 64, "customer-7", "A-1", "paid")).status == 403
    assert shop.post("/v1/orders", order_signed(key, "customer-7", "A-1", "paid", seconds=-1)).status == 403
    assert shop.post("/v1/orders", signed(key, "customer-7")).status == 400  # an identity is no order
    assert shop.post("/v1/orders", order_signed(key, "customer-7", "A-1", "lost")).code == "invalid"
    assert shop.ask("POST", "/v1/orders", paid).code == "invalid"  # no Idempotency-Key
    token = shop.post("/v1/identify", signed(key, "customer-7")).json["token"]
    known = Client(own.port, token)
    x = known.post("/v1/conversations", {"inbox": "web", "name": "Ann", "text": "where is it?"}).json["conversation"]
    assert mia.get(f"/v1/conversations/{x}/contact").status == 404  # not yet to be read
    assert mia.do(x, "claim").status == 200
    card = mia.get(f"/v1/conversations/{x}/contact").json
    assert [(o["order"], o["status"], o["amount"]) for o in card["orders"]] == [("A-1", "paid", "129.00 CNY")], card
    assert mia.do(x, "contact", {"note": "call her", "tags": ["vip"], "attributes": {"city": "杭州"}}).status == 200
    assert mia.do(x, "contact", {"shoe": 3}).code == "invalid"
    assert mia.do(x, "order", {"order": "A-2", "status": "placed"}).status == 200
    card = mia.get(f"/v1/conversations/{x}/contact").json
    assert card["notes"][0]["text"] == "call her" and card["tags"] == ["vip"] and card["attributes"]["city"] == "杭州", card
    assert known.get(f"/v1/conversations/{x}/contact").status == 403
    assert known.do(x, "contact", {"name": "root"}).status == 403
    assert mia.send(x, "a whisper", kind="whisper").status < 300 and mia.send(x, "here").status < 300
    assert mia.do(x, "resolve").status == 200
    # The same person without a login, on another device.
    other = Customer(own.port, "hello, Ann again", name="Ann")
    assert mia.do(other.conversation, "claim").status == 200
    assert mia.get(f"/v1/conversations/{other.conversation}/earlier/{x}").status == 404  # two persons so far
    alike = mia.get(f"/v1/conversations/{other.conversation}/contact").json["alike"]
    assert [(a["contact"], a["why"]) for a in alike] == [(card["contact"], "name")], alike
    assert mia.do(other.conversation, "merge", {"contact": card["contact"]}).status == 403
    assert sue.do(other.conversation, "merge", {"contact": "nobody"}).status == 404
    cursor = known.cursor()
    told = later(lambda: telling(Client(own.port, token), cursor, "conversations"))
    assert sue.do(other.conversation, "merge", {"contact": card["contact"], "reason": "same voice"}).status == 200
    assert [c["id"] for c in told.wait().json["conversations"]] == [other.conversation]
    assert sue.do(other.conversation, "merge", {"contact": card["contact"]}).code == "wrong_state"
    lines = mia.get(f"/v1/conversations/{other.conversation}/earlier/{x}").json["lines"]
    assert [line["text"] for line in lines if line["kind"] == "message"] == ["where is it?", "here"], lines
    assert not any(line["kind"] == "whisper" for line in lines)
    assert known.send(other.conversation, "from my other device").status < 300
    joined = mia.get(f"/v1/conversations/{other.conversation}/contact").json
    assert len(joined["conversations"]) == 2 and len(joined["orders"]) == 2 and joined["notes"], joined
    cursor = known.cursor()
    told = later(lambda: telling(Client(own.port, token), cursor, "forget"))
    assert sue.do(other.conversation, "split", {"contact": card["contact"]}).status == 200
    assert told.wait().json["forget"] == [other.conversation]
    assert known.send(other.conversation, "and now?").status == 404
    assert sue.do(other.conversation, "split", {"contact": card["contact"]}).code == "wrong_state"
    # Somebody who never wrote, of whom the shop tells: what it told can go.
    told = order_signed(key, "customer-8", "Q-99-71", "paid", "31.41 CNY")
    assert shop.post("/v1/orders", told, key="told-1").status == 200
    buyer = next(event["contact"] for record in own.records() for event in record["events"] if record["command"] == "told-1")
    said = own.run("erase-contact", buyer, "--data", own.data, "--dry-run")
    assert "0 conversations with 0 texts, 0 on the card, and 1 told of orders." in said, said
    assert "in 1 step." in own.run("erase-contact", buyer, "--data", own.data)
    files = [path for path in pathlib.Path(own.data).iterdir() if path.is_file()]
    assert not [path for path in files if b"Q-99-71" in path.read_bytes() or b"31.41" in path.read_bytes()]
    assert shop.post("/v1/orders", told, key="told-1").status == 200  # the shop did not get the answer, and says it again
    assert "Q-99-71" not in own.run("export", "--data", own.data)
    own.stop()
    own.remove()


def telling(client, cursor, member):
    """The first answer that has this; clocks may have something to say before."""
    while True:
        answer = poll(client, cursor, 20)
        if answer.status != 200 or answer.json.get(member):
            return answer
        cursor = answer.json["cursor"]


def holds(desk):
    mia = desk.login("mia")

    def undisturbed():
        """Conversations of the other cases have clocks, which may have something to say just now."""
        cursor, begun = settled(mia), time.monotonic()
        answer = poll(mia, cursor, 1)
        return nothing(answer) and (cursor, answer, time.monotonic() - begun)

    cursor, answer, held = until(undisturbed, 60, "a second in which nothing comes")
    assert answer.status == 200 and held >= 0.99, (held, answer)
    assert answer.json["cursor"] == answer.header("seatmux-cursor"), answer
    begun = time.monotonic()
    assert poll(mia, cursor, 0).status == 200  # without `wait` it would be 25 s
    assert time.monotonic() - begun < 10, "wait=0 does not hold"


def nothing(answer):
    """No event, no row, nobody who writes."""
    return set(answer.json) <= {"cursor", "now", "fold"}


def settled(client):
    """A cursor after which nothing comes by itself for a while."""
    cursor = client.cursor()
    while True:
        answer = poll(client, cursor, 1)
        if nothing(answer):
            return answer.json["cursor"]
        cursor = answer.json["cursor"]


class Listening(Client):
    """Keeps every byte that it was answered, headers too."""

    def __init__(self, where, token, heard):
        super().__init__(where, token)
        self.heard = heard

    def ask(self, method, target, body=None, **more):  # pylint: disable=arguments-differ
        answer = super().ask(method, target, body, **more)
        self.heard.append((f"{method} {target}", answer.body + repr(answer.headers).encode()))
        return answer


def whispered(desk):
    """The customer never gets a whisper: every operation of the API that answers a customer, before and after it, live and
    afterwards, is looked through for its words, for who whispered, and for its id."""
    own = Desk("desk: Whispers\npage: {preview: true}\nteams:\n  - {id: support, capacity: 50}\n  - {id: sales, capacity: 50}\n"
               "inboxes:\n  - {id: web, team: support}\n")
    for name, role, teams in (("mia", "agent", "support"), ("quinn", "supervisor", "support"), ("zelda", "agent", "sales")):
        own.add_agent(name, role, "--team", teams, "--capacity", "50")
    key = own.run("identity", "--data", own.data).strip()
    own.start("--limit", "requests_per_session=1000", "--limit", "anonymous_per_minute=1000")
    mia, quinn, zelda = own.login("mia"), own.login("quinn"), own.login("zelda")
    heard, secret, ids = [], "grant the 30% 折扣 ✻ zebra", []
    token = Client(own.port).post("/v1/identify", signed(key, "customer-9")).json["token"]
    customer = Listening(own.port, token, heard)
    chat = customer.post("/v1/conversations", {"inbox": "web", "name": "Ann", "text": "where is it?"}).json["conversation"]
    assert mia.do(chat, "claim").status == 200

    def whisper(client, **members):
        ids.append(new_id())
        answer = client.send(chat, secret, ids[-1], kind="whisper", **members)
        assert answer.status == 200, answer

    def every_way(state):
        """All that docs/openapi.yaml has, with this customer's token; what is not for customers refuses."""
        with open(ROOT / "docs/openapi.yaml", encoding="utf-8") as file:
            paths = yaml.safe_load(file)["paths"]
        filled = {"conversation": chat, "message": ids[-1] if ids else "m1", "file": file_id, "earlier": chat, "agent": "mia", "session": "s1",
                  "name": "chat.js", "broadcast": "b1", "incident": "i1"}
        seen = set()
        for path, item in paths.items():
            target = re.sub(r"{(\w+)}", lambda m: filled.get(m[1], "x"), path)
            if "get" not in item:
                continue
            seen.add(path)
            if path == "/v1/events":
                target += f"?after={cursor}&wait=0"
            answer = customer.get(target)
            assert answer.status < 500, (state, answer)
        assert {"/v1/snapshot", "/v1/events", "/v1/conversations/{conversation}/messages", "/v1/page", "/chat",
                "/v1/conversations/{conversation}/files/{file}", "/v1/conversations/{conversation}/contact", "/v1/export"} <= seen, seen
        for verb, body in (("rate", {"stars": 5, "text": "fine"}), ("typing", {"text": "so"}), ("erase", {"message": filled["message"]}),
                           ("contact", {"name": "x"}), ("viewing", {}), ("merge", {"contact": "c1"})):
            customer.do(chat, verb, body)
        if state != "ended":
            assert customer.send(chat, f"still here, {state}").status == 200
        customer.send(chat, "the same id as a whisper", filled["message"])

    file_id = new_id()
    cursor = customer.cursor()
    # Live: a poll is parked while it comes, and while what comes with it comes - the note, the guest, the answer.
    parked = later(lambda: Listening(own.port, token, heard).get(f"/v1/events?after={cursor}&wait=20"))
    whisper(quinn)
    assert mia.send(chat, "a moment please").status == 200
    assert parked.wait().status == 200
    every_way("open")
    assert mia.do(chat, "invite", {"agent": "zelda", "consult": True}).status == 200
    whisper(zelda)
    whisper(mia)
    # A file on it, if that is taken at all; a whisper under the id of an answer.
    upload = mia.ask("POST", f"/v1/conversations/{chat}/files?id={file_id}&name=zebra.txt", secret.encode(),
                     headers={"Content-Type": "application/octet-stream"})
    assert upload.status == 201, upload
    mia.put(f"/v1/conversations/{chat}/messages/{new_id()}", {"file": file_id, "kind": "whisper"})
    mia.put(f"/v1/conversations/{chat}/messages/{new_id()}", {"file": file_id, "kind": "note"})
    every_way("with a guest")
    assert mia.do(chat, "transfer", {"team": "support"}).status == 200
    assert quinn.do(chat, "claim").status == 200
    every_way("handed on")
    assert quinn.do(chat, "resolve").status == 200
    every_way("ended")
    assert customer.send(chat, "one more thing").status == 200  # it is open again
    every_way("open again")
    # Whoever comes by their signature on another device reads no more.
    customer.token = Client(own.port).post("/v1/identify", signed(key, "customer-9")).json["token"]
    every_way("another device")
    forms = {secret.encode(), json.dumps(secret)[1:-1].encode(), b"zebra", "折扣".encode(), b"\\u6298", b"quinn", b"zelda"}
    forms |= {id_.encode() for id_ in ids}
    leaks = [(where, form) for where, body in heard for form in forms if form in body and form not in where.encode()]
    assert not leaks, leaks[:5]
    for control in (b"a moment please", b"still here, handed on"):
        assert any(control in body for _, body in heard), "nothing was heard at all"
    text = quinn.get(f"/v1/conversations/{chat}/messages?limit=100").body.decode()
    assert text.count("zebra") >= 3, "the staff have it"
    own.stop()
    own.remove()


def superseded(desk):
    mia = desk.login("mia")
    metrics = Client(desk.port)

    def replaced():
        """What the older one was told; again, if a clock of the other cases answered it before."""
        cursor = settled(mia)
        old = later(lambda: poll(Client(desk.port, mia.token), cursor, 30))
        until(lambda: not old.is_alive() or b"seatmux_parked_polls 1" in metrics.get("/metrics").body, 10, "the poll is parked")
        new = later(lambda: poll(Client(desk.port, mia.token), cursor, 1))
        answer = old.wait()
        assert new.wait().status == 200
        return answer.status != 200 and answer

    answer = until(replaced, 60, "a poll that a newer one replaces")
    assert answer.status == 409 and answer.code == "superseded", answer


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


def people(desk):
    """A colleague for advice, one to answer, one who is asked to take it; who looks and who writes."""
    mia, jon, zelda = desk.login("mia"), desk.login("jon"), desk.login("zelda")
    customer = Customer(desk.port, "It is broken")
    chat = customer.conversation
    assert mia.do(chat, "claim").status == 200
    assert jon.send(chat, "hello").code in ("not_owner", "not_found")
    assert mia.do(chat, "invite", {"agent": "zelda", "consult": True}).status == 200
    assert mia.do(chat, "invite", {"agent": "zelda", "consult": True}).code == "wrong_state"
    state = next(c for c in zelda.get("/v1/snapshot").json["conversations"] if c["id"] == chat)
    assert state["participants"] == [{"agent": "zelda", "consult": True}] and "It is broken" in json.dumps(state)
    assert zelda.send(chat, "hello").code == "forbidden"
    assert zelda.send(chat, "it is under warranty", kind="whisper").status == 200
    cursor = mia.cursor()
    waiting = later(lambda: poll(mia, cursor))
    assert zelda.post(f"/v1/conversations/{chat}/viewing").status == 200
    told = waiting.wait().json["ephemeral"]
    assert [(e["type"], e["agent"]) for e in told] == [("viewing", "zelda")], told
    assert customer.post(f"/v1/conversations/{chat}/viewing").code == "forbidden"
    seen = json.dumps(customer.get("/v1/snapshot").json) + json.dumps(customer.get(f"/v1/conversations/{chat}/messages").json)
    assert "zelda" not in seen and "warranty" not in seen
    assert mia.do(chat, "invite", {"agent": "zelda"}).status == 200
    assert zelda.send(chat, "Zelda here, it is replaced").status == 200
    assert zelda.do(chat, "dismiss").status == 200
    assert zelda.get(f"/v1/conversations/{chat}/messages").code == "not_found"
    assert mia.do(chat, "transfer", {"agent": "jon", "text": "knows the carrier", "offer": True}).status == 200
    state = next(c for c in jon.get("/v1/snapshot").json["conversations"] if c["id"] == chat)
    assert state["owner"] == "mia" and state["offer"]["agent"] == "jon", state
    assert jon.do(chat, "decline", {"reason": "at lunch"}).status == 200
    assert jon.do(chat, "accept").code == "wrong_state"
    assert mia.do(chat, "transfer", {"agent": "jon", "offer": True}).status == 200
    accepted = jon.do(chat, "accept")
    assert accepted.status == 200 and accepted.json["agent"] == "jon", accepted
    assert jon.do(chat, "resolve", {"reason": "done"}).status == 200


def run(tap):
    desk = Desk()
    desk.add_agent("mia", "agent", "--shown", "Mia 米娅", "--capacity", "50")
    desk.add_agent("bob")
    desk.add_agent("tim", "agent", "--capacity", "1")
    desk.add_agent("quinn", "supervisor")
    desk.add_agent("jon")
    desk.add_agent("zelda")
    desk.start("--limit", "requests_per_session=100")
    for name, case in (("docs/customer-api.md runs as it stands", the_page), ("both sides of a conversation", both_sides),
                       ("assign, transfer, take over, release", moving), ("capacity and empty queues", limits_of_work),
                       ("a stale reply is held", changed_since), ("content is erased", erasing), ("bots", bots),
                       ("the same id is the same command", ids), ("a hundred simultaneous claims", claims),
                       ("the desk gives chats out", routed), ("whom the shop signs", identified), ("a message left for later", left), ("the card of a contact", cards),
                       ("several people in one conversation", people), ("a whisper never gets to the customer", whispered),
                       ("a poll is held", holds), ("a newer poll supersedes", superseded), ("cursors", cursors)):
        tap.case("talk: " + name, case, desk)
    desk.stop()
    desk.remove()
