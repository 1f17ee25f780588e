# SPDX-License-Identifier: MIT
"""The role matrix: every operation of docs/openapi.yaml, by everybody who could ask it, against the table in docs/roles.md. A cell is `yes` or the
code of the refusal. SEATMUX_GOLDEN=update writes the table."""
import os
import time

import yaml

from cases_files import png, send, upload
from cases_talk import order_signed
from desk import PASSWORD, ROOT, Client, Customer, Desk, new_id

PAGE = ROOT / "docs/roles.md"
BEGIN, END = "<!-- routes: made and held by tests/remote/cases_roles.py -->", "<!-- end of routes -->"

# Who asks. Everything is about a conversation of the team `support` that mia has.
WHO = ("nobody", "customer", "stranger", "owner", "colleague", "foreigner", "trainee", "supervisor", "elsewhere", "admin")
WORDS = {
    "nobody": "without a token", "customer": "the conversation's own", "stranger": "another customer", "owner": "the agent who has it",
    "colleague": "an agent of the team", "foreigner": "an agent of another team", "trainee": "a trainee of the team",
    "supervisor": "of the team", "elsewhere": "a supervisor of another team", "admin": "the desk's own socket"}


class Matrix:
    def __init__(self, desk, key):
        self.desk, self.key = desk, key
        self.clients = {"nobody": Client(desk.port), "admin": Client(desk.admin)}
        for who, name in (("owner", "mia"), ("colleague", "bob"), ("foreigner", "fay"), ("trainee", "tim"), ("supervisor", "sue"),
                          ("elsewhere", "max")):
            self.clients[who] = desk.login(name)
        self.owner, self.admin = self.clients["owner"], self.clients["admin"]

    def conversation(self, state="open"):
        """A new one, and a stranger beside it: (its customer, id, an id of a message by the owner)."""
        customer = Customer(self.desk.port, "hello")
        message = new_id()
        if state != "queued":
            assert self.owner.do(customer.conversation, "claim").status == 200
        if state in ("open", "resolved", "snoozed"):
            assert self.owner.send(customer.conversation, "hi", message).status == 200
        if state == "snoozed":
            assert self.owner.do(customer.conversation, "snooze", {"until": int(time.time() * 1000) + 3600000}).status == 200
        if state == "resolved":
            assert self.owner.do(customer.conversation, "resolve").status == 200
        return customer, customer.conversation, message

    def who(self, name, customer):
        if name == "customer":
            return Client(self.desk.port, customer.token)
        if name == "stranger":
            return Client(self.desk.port, Customer(self.desk.port, "I am somebody else").token)
        client = self.clients[name]
        if name in ("owner", "supervisor"):  # logged out by a case of this table
            if client.get("/v1/agents").status == 401:
                client = self.clients[name] = self.desk.login({"owner": "mia", "supervisor": "sue"}[name])
                self.owner = self.clients["owner"]
        return client


def verb(name, body=None, state="open"):
    def ask(m, client, customer, conversation, message):
        return client.do(conversation, name, body)
    ask.state = state
    return ask


def plain(method, target, body=None, state=None):
    def ask(m, client, customer, conversation, message):
        where = target.format(c=conversation, m=message, new=new_id())
        filled = {name: message if value == "{m}" else value for name, value in body.items()} if body else body
        return client.ask(method, where, filled, key=new_id() if method != "GET" else None)
    ask.state = state
    return ask


def write(**members):
    def ask(m, client, customer, conversation, message):
        return client.send(conversation, "words", **members)
    ask.state = "open"
    return ask


def poll(m, client, customer, conversation, message):
    answer = client.get("/v1/snapshot")
    return client.get(f"/v1/events?after={answer.json['cursor']}&wait=0") if answer.status == 200 else client.get("/v1/events?after=x&wait=0")


def logout(m, client, customer, conversation, message):
    return Client(client.where, client.token).post("/v1/logout") if client.token else client.post("/v1/logout")


def stop_broadcast(m, client, customer, conversation, message):
    sue = m.who("supervisor", customer)
    made = sue.post("/v1/broadcasts", {"text": "x", "conversations": [conversation, Customer(m.desk.port, "b").conversation], "pace": 1})
    assert made.status == 200, made
    answer = client.post(f"/v1/broadcasts/{made.json['broadcast']}/stop")
    sue.post(f"/v1/broadcasts/{made.json['broadcast']}/stop")
    return answer


def clear_incident(m, client, customer, conversation, message):
    sue = m.who("supervisor", customer)
    now = sue.get("/v1/incidents").json["now"]
    made = sue.post("/v1/incidents", {"text": "x", "team": "support", "until": now + 60000})
    assert made.status == 200, made
    answer = client.post(f"/v1/incidents/{made.json['incident']}/clear")
    sue.post(f"/v1/incidents/{made.json['incident']}/clear")
    return answer


def set_incident(m, client, customer, conversation, message):
    now = m.admin.get("/v1/incidents").json["now"]
    answer = client.post("/v1/incidents", {"text": "x", "team": "support", "until": now + 60000})
    if answer.status == 200:
        m.admin.post(f"/v1/incidents/{answer.json['incident']}/clear")
    return answer


def broadcast(m, client, customer, conversation, message):
    return client.post("/v1/broadcasts", {"text": "x", "conversations": [conversation], "pace": 600})


def set_agent(m, client, customer, conversation, message):
    return client.ask("PUT", "/v1/agents/spare", {"role": "agent", "teams": ["support"]}, key=new_id())


def remove_agent(m, client, customer, conversation, message):
    m.admin.ask("PUT", "/v1/agents/gone", {"role": "agent", "teams": ["support"]}, key=new_id())
    return client.ask("DELETE", "/v1/agents/gone", key=new_id())


def set_policy(m, client, customer, conversation, message):
    policy = m.admin.get("/v1/policy").json["policy"]
    return client.ask("PUT", "/v1/policy", policy, key=new_id())


def snooze(m, client, customer, conversation, message):
    return client.do(conversation, "snooze", {"until": int(time.time() * 1000) + 3600000})


def excuse(m, client, customer, conversation, message):
    assert customer.do(conversation, "rate", {"stars": 1}).status == 200
    return client.do(conversation, "excuse", {"reason": "a test"})


def answer_rating(m, client, customer, conversation, message):
    assert customer.do(conversation, "rate", {"stars": 1, "complaint": True}).status == 200
    return client.do(conversation, "answer_rating", {"text": "We are sorry."})


def bot(m, client, customer, conversation, message):
    silent = Customer(m.desk.port, None)  # a bot takes nothing that is asked already
    return client.do(silent.conversation, "bot_take")


snooze.state, excuse.state, answer_rating.state = "open", "resolved", "resolved"


def hand_in(m, client, customer, conversation, message):
    return client.post("/v1/agents/tim/exam", {"exam": "x" + new_id()[:8], "permille": 900, "pass": 800, "sat": 1, "seal": new_id()[:16]})


SITE = "https://shop.example"


def visit(m, client=None, token=None, **members):
    """A page of the shop tells of a visit; (token, answer)."""
    token = token or new_id()
    body = {"visit": token, "page": "/price", "inbox": "web", "fresh": True, **members}
    return token, (client or m.clients["nobody"]).ask("POST", "/v1/visits", body, headers={"Origin": SITE})


def invite(m, client, customer, conversation, message):
    token, answer = visit(m)
    assert answer.status == 200 and answer.json["next"] > 0, answer
    return client.post(f"/v1/visitors/{m.admin.get('/v1/visitors').json['visitors'][0]['id']}/invite", {"text": "May I help?"})


def look_at_visitor(m, client, customer, conversation, message):
    visit(m)
    return client.get(f"/v1/visitors/{m.admin.get('/v1/visitors').json['visitors'][0]['id']}")


def tell_visit(m, client, customer, conversation, message):
    return visit(m, client)[1]


def claim_next(m, client, customer, conversation, message):
    answer = client.post("/v1/queue/claim", {})
    if answer.status == 200 and "conversation" in answer.json:
        client.do(answer.json["conversation"], "resolve")
    return answer


def bring_file(m, client, customer, conversation, message):
    return upload(client, conversation, png(9))


def read_file(m, client, customer, conversation, message):
    file = send(m.owner, conversation, png(8))
    return client.get(f"/v1/conversations/{conversation}/files/{file}")


def hand_over(m, client, customer, conversation, message):
    silent = Customer(m.desk.port, None)
    assert m.admin.do(silent.conversation, "bot_take").status == 200
    answer = client.do(silent.conversation, "bot_hand_over", {"team": "support"})
    silent.do(silent.conversation, "leave")
    return answer


def gone(m):
    """Another contact of the team, whose conversation has ended."""
    other = Customer(m.desk.port, "it is me again")
    assert m.admin.do(other.conversation, "resolve").status == 200
    return other


def joined(m, customer, conversation):
    """Another contact, said to be the same person."""
    other = gone(m)
    answer = m.who("supervisor", customer).do(conversation, "merge", {"contact": other.contact})
    assert answer.status == 200, answer
    return other


def earlier(m, client, customer, conversation, message):
    other = joined(m, customer, conversation)
    return client.get(f"/v1/conversations/{conversation}/earlier/{other.conversation}")


def merge(m, client, customer, conversation, message):
    return client.do(conversation, "merge", {"contact": gone(m).contact})


def split(m, client, customer, conversation, message):
    return client.do(conversation, "split", {"contact": joined(m, customer, conversation).contact})


def tell_order(m, client, customer, conversation, message):
    return client.post("/v1/orders", order_signed(m.key, "customer-1", "A-" + new_id()[:8], "paid"))


def offered(name):
    """bob was asked to take it."""
    def ask(m, client, customer, conversation, message):
        assert m.owner.do(conversation, "transfer", {"agent": "bob", "offer": True}).status == 200
        return client.do(conversation, name)
    ask.state = "open"
    return ask


def dismiss(m, client, customer, conversation, message):
    assert m.owner.do(conversation, "invite", {"agent": "bob"}).status == 200
    return client.do(conversation, "dismiss", {"agent": "bob"})


def revoke(m, client, customer, conversation, message):
    """Another session of mia's."""
    here = m.desk.login("mia", online=False)
    session = next(s["id"] for s in here.get("/v1/sessions").json["sessions"] if s.get("current"))
    answer = client.ask("DELETE", f"/v1/sessions/{session}")
    if answer.status >= 300:
        here.post("/v1/logout")
    return answer


for asked in (bring_file, read_file, earlier, merge, split, dismiss):
    asked.state = "open"


# Rows: what is done, and how it is asked. Those that stop the desk or need no role are listed below.
ROWS = [
    ("start a conversation", "startConversation", plain("POST", "/v1/conversations", {"text": "hello"})),
    ("write a message", "sendMessage", write()),
    ("write a note", "sendMessage", write(kind="note")),
    ("whisper", "sendMessage", write(kind="whisper")),
    ("read the history", "readMessages", plain("GET", "/v1/conversations/{c}/messages", state="open")),
    ("say that one types", "tellTyping", verb("typing", {})),
    ("claim", "claimConversation", verb("claim", state="queued")),
    ("claim the next", "claimNext", claim_next),
    ("assign to another", "assignConversation", verb("assign", {"agent": "bob"}, "queued")),
    ("transfer to a team", "transferConversation", verb("transfer", {"team": "sales"})),
    ("give back to the queue", "releaseConversation", verb("release")),
    ("take over", "takeOverConversation", verb("take_over")),
    ("resolve", "resolveConversation", verb("resolve")),
    ("reopen", "reopenConversation", verb("reopen", state="resolved")),
    ("snooze", "snoozeConversation", snooze),
    ("wake", "wakeConversation", verb("wake", state="snoozed")),
    ("tag", "tagConversation", verb("tag", {"tags": ["vip"]})),
    ("rate", "rateConversation", verb("rate", {"stars": 5}, "resolved")),
    ("leave", "leaveConversation", verb("leave")),
    ("excuse a rating", "excuseRating", excuse),
    ("answer a rating", "answerRating", answer_rating),
    ("read the rating", "readRating", plain("GET", "/v1/conversations/{c}/rating", state="resolved")),
    ("list own ratings", "listRatings", plain("GET", "/v1/ratings")),
    ("record an order", "recordOrder", verb("order", {"order": "4711"})),
    ("erase", "eraseContent", verb("erase", {})),
    ("let a bot have it", "botTake", bot),
    ("hand over for a bot", "botHandOver", hand_over),
    ("bring a file", "uploadFile", bring_file),
    ("read a file", "readFile", read_file),
    ("accept what the colleague is asked to take", "acceptTransfer", offered("accept")),
    ("decline what the colleague is asked to take", "declineTransfer", offered("decline")),
    ("send an invited colleague out", "dismissColleague", dismiss),
    ("read the routing", "explainRouting", plain("GET", "/v1/conversations/{c}/routing", state="queued")),
    ("invite a colleague", "inviteColleague", verb("invite", {"agent": "bob"})),
    ("say that one looks", "tellViewing", verb("viewing", {})),
    ("read the contact's card", "readContact", plain("GET", "/v1/conversations/{c}/contact", state="open")),
    ("change the contact's card", "changeContact", verb("contact", {"name": "Lena"})),
    ("read an earlier conversation", "readEarlier", earlier),
    ("merge contacts", "mergeContacts", merge),
    ("split contacts", "splitContacts", split),
    ("tell of an order, signed by the shop", "tellOrder", tell_order),
    ("review", "review", verb("review", {"marks": {"solved": 4}}, "resolved")),
    ("comment on a message", "commentOnMessage", plain("POST", "/v1/conversations/{c}/review_comment", {"message": "{m}", "text": "x"}, "resolved")),
    ("read one that has ended", "readReviewed", plain("GET", "/v1/reviews/{c}", state="resolved")),
    ("list reviews", "listReviews", plain("GET", "/v1/reviews")),
    ("how reviewers agree", "listReviews", plain("GET", "/v1/reviews?what=calibration")),
    ("broadcast", "broadcast", broadcast),
    ("preview a broadcast", "previewBroadcast", plain("POST", "/v1/broadcasts/preview", {"filter": ""})),
    ("stop a broadcast", "stopBroadcast", stop_broadcast),
    ("list broadcasts", "listBroadcasts", plain("GET", "/v1/broadcasts")),
    ("set an incident notice", "setIncident", set_incident),
    ("clear an incident notice", "clearIncident", clear_incident),
    ("list incident notices", "listIncidents", plain("GET", "/v1/incidents")),
    ("tell of a visit", "tellVisit", tell_visit),
    ("list who is on the site", "listVisitors", plain("GET", "/v1/visitors")),
    ("look at a visitor", "readVisitor", look_at_visitor),
    ("invite a visitor", "inviteVisitor", invite),
    ("poll", "pollEvents", poll),
    ("take a snapshot", "readSnapshot", plain("GET", "/v1/snapshot")),
    ("list what was erased", "listErased", plain("GET", "/v1/erased")),
    ("list the staff", "listAgents", plain("GET", "/v1/agents")),
    ("set an own availability", "setAvailability", plain("POST", "/v1/agents/me/availability", {"availability": "online"})),
    ("set another's availability", "setAvailability", plain("POST", "/v1/agents/bob/availability", {"availability": "online"})),
    ("set an agent's places and share", "setLoad", plain("POST", "/v1/agents/bob/load", {"capacity": 90, "weight": 100})),
    ("hand in another's exam", "handInExam", hand_in),
    ("confirm a step of another", "confirmStep", plain("POST", "/v1/agents/bob/confirm", {"step": "trial", "reason": "good"})),
    ("add or change an agent", "setAgent", set_agent),
    ("remove an agent", "removeAgent", remove_agent),
    ("give a password", "setPassword", plain("POST", "/v1/agents/spare/password", {"password": PASSWORD})),
    ("read the policy", "readPolicy", plain("GET", "/v1/policy")),
    ("set the policy", "setPolicy", set_policy),
    ("own figures", "readReport", plain("GET", "/v1/report?by=agent")),
    ("figures of the desk", "readReport", plain("GET", "/v1/report?by=desk")),
    ("export the log", "exportLog", plain("GET", "/v1/export?after=999999")),
    ("what an erasure would take", "readErasure", plain("GET", "/v1/erasure/{c}")),
    ("erase a contact", "eraseContact", plain("POST", "/v1/erasure/{c}", {})),
    ("list own sessions", "listSessions", plain("GET", "/v1/sessions")),
    ("end a session of the owner", "revokeSession", revoke),
    ("log out", "logOut", logout),
    ("read what the page says", "readPage", plain("GET", "/v1/page")),
    ("health", "readHealth", plain("GET", "/healthz")),
    ("metrics", "readMetrics", plain("GET", "/metrics")),
]

# Without a row: what needs no role or makes one, and what ends the desk.
NO_ROLE = {"identify", "logIn", "stopDesk", "readChat", "readChatFile", "readEmbed", "readRatingByLink", "rateByLink"}


def cell(answer):
    return "yes" if answer.status < 300 else answer.code or str(answer.status)


def measured(matrix):
    table = []
    for name, _, ask in ROWS:
        row = []
        for who in WHO:
            customer, conversation, message = matrix.conversation(ask.state) if getattr(ask, "state", None) else matrix.conversation("queued")
            client = matrix.who(who, customer)
            row.append(cell(ask(matrix, client, customer, conversation, message)))
            customer.do(conversation, "leave")
            matrix.owner = matrix.who("owner", customer)
            if matrix.owner.do(conversation, "resolve").status != 200:
                matrix.admin.do(conversation, "resolve")
            customer.close()
        table.append([name, *row])
    return table


def written(table):
    lines = ["| | " + " | ".join(WHO) + " |", "|---" * (len(WHO) + 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join(lines)


def run(tap):
    desk = Desk("desk: Roles\nteams:\n  - {id: support, capacity: 900}\n  - {id: sales, capacity: 900}\n"
                "inboxes:\n  - {id: web, team: support}\n  - {id: shop, team: sales}\n"
                f"page: {{origins: [\"{SITE}\"]}}\nvisitors: {{watch: true}}\n")
    for name, role, team in (("mia", "agent", "support"), ("bob", "agent", "support"), ("fay", "agent", "sales"), ("tim", "trainee", "support"),
                             ("sue", "supervisor", "support"), ("max", "supervisor", "sales"), ("spare", "agent", "support")):
        desk.add_agent(name, role, "--team", team, "--capacity", "900")
    key = desk.run("identity", "--data", desk.data).strip()
    desk.start("--limit", "requests_per_session=1000")

    def matrix():
        table = written(measured(Matrix(desk, key)))
        text = PAGE.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        if os.environ.get("SEATMUX_GOLDEN") == "update":
            PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
            return
        wanted = rest.split(END, 1)[0].strip().splitlines()
        got = table.splitlines()
        wrong = [f"{row}\n  docs/roles.md: {other}" for row, other in zip(got, wanted) if row != other]
        assert len(got) == len(wanted) and not wrong, "\n".join(wrong[:20]) or "another number of rows"

    def whole():
        """Every operation of the document is a row, or is said here to be none."""
        with open(ROOT / "docs/openapi.yaml", encoding="utf-8") as file:
            doc = yaml.safe_load(file)
        known = {operation["operationId"] for item in doc["paths"].values() for verb_, operation in item.items() if verb_ in
                 ("get", "post", "put", "delete")}
        rows = {operation for _, operation, _ in ROWS}
        assert not rows - known, rows - known
        assert not known - rows - NO_ROLE, known - rows - NO_ROLE
    tap.case("roles: every operation by everybody, as docs/roles.md says", matrix, seconds=300)
    tap.case("roles: every operation has its row", whole)
    desk.stop()
    desk.remove()
