# SPDX-License-Identifier: MIT
"""Figures from the desk itself: who may ask for which, periods, rows, and that the desk goes on with its work meanwhile."""
from desk import Client, Customer, Desk, new_id


def second_team(desk):
    admin = Client(desk.admin)
    policy = admin.get("/v1/policy").json["policy"]
    sales = dict(policy["teams"][0], id="sales", name="Sales")
    policy["teams"].append(sales)
    policy["inboxes"].append({"id": "shop", "name": "Shop", "team": "sales", "training": False})
    policy["score"] = {"rating": 60, "performance": 40, "training": 0}
    assert admin.put("/v1/policy", policy, key=new_id()).status == 200


def talk(desk, agent, inbox, words):
    customer = Customer(desk.port, words, inbox=inbox)
    assert agent.do(customer.conversation, "claim").status == 200
    assert agent.send(customer.conversation, f"answer to {words}", query="?seen=1").status == 200
    return customer


def prepare(desk):
    second_team(desk)
    for name, role, team in (("mia", "agent", "support"), ("ana", "agent", "sales"), ("quinn", "supervisor", "support"),
                             ("boss", "supervisor", None)):
        desk.add_agent(name, role, *(("--team", team) if team else ()))
    desk.mia, desk.ana = desk.login("mia"), desk.login("ana")
    talk(desk, desk.mia, "web", "one")
    talk(desk, desk.ana, "shop", "two")


def whole(desk):
    boss = desk.login("boss")
    by_agent = boss.get("/v1/report?by=agent").json
    assert {group["id"] for group in by_agent["groups"]} == {"mia", "ana"}
    assert by_agent["total"]["figures"]["turns"]["n"] == 2 and by_agent["weights"]["rating"] == 60
    assert by_agent["groups"][0]["figures"]["response"]["n"] == 1
    for by in ("team", "inbox", "hour", "day", "desk"):
        answer = boss.get(f"/v1/report?by={by}")
        assert answer.status == 200 and answer.json["by"] == by, answer
    assert len(boss.get("/v1/report?rows=turns").json["turns"]) == 2
    assert boss.get("/v1/report?from=now&to=now").json["total"]["figures"]["turns"]["n"] == 0
    explained = boss.get("/v1/report?explain=response&by=desk").json
    assert [m["text"] for row in explained["rows"] for m in row["messages"]][:2] == ["one", "answer to one"]
    assert Client(desk.admin).get("/v1/report?by=team").status == 200


def limited(desk):
    """A supervisor of one team sees that team; an agent the own figures; a customer nothing."""
    quinn = desk.login("quinn")
    seen = quinn.get("/v1/report?by=agent").json
    assert [group["id"] for group in seen["groups"]] == ["mia"] and "total" not in seen and "trend" not in seen, seen
    assert [group["id"] for group in quinn.get("/v1/report?by=team").json["groups"]] == ["support"]
    assert [group["id"] for group in quinn.get("/v1/report?by=inbox").json["groups"]] == ["web"]
    for query in ("by=desk", "by=hour", "rows=turns", "explain=turns&by=desk", "explain=turns&by=agent&of=ana",
                  "explain=turns&by=team&of=sales"):
        assert quinn.get(f"/v1/report?{query}").code == "forbidden", query
    assert quinn.get("/v1/report?explain=turns&by=agent&of=mia").json["rows"][0]["messages"]
    own = desk.mia.get("/v1/report").json
    assert [group["id"] for group in own["groups"]] == ["mia"] and "total" not in own
    assert desk.mia.get("/v1/report?explain=response&by=agent&of=mia").json["rows"][0]["messages"]
    for query in ("by=team", "rows=turns", "explain=response&by=agent&of=ana"):
        assert desk.mia.get(f"/v1/report?{query}").code == "forbidden", query
    assert Customer(desk.port, "me", inbox="web").get("/v1/report").code == "forbidden"
    assert Client(desk.port).get("/v1/report").code == "unauthenticated"


def wrong(desk):
    boss = desk.login("boss")
    for query, field in (("by=moon", "by"), ("from=someday", "from"), ("rows=x", "rows"), ("explain=x", "explain"),
                         ("explain=turns&by=agent", "of"), ("enquiry_days=0", "enquiry_days")):
        answer = boss.get(f"/v1/report?{query}")
        assert answer.code == "invalid" and answer.json["field"] == field, (query, answer)


def run(tap):
    desk = Desk()
    desk.start()
    for name, case in (("two teams talk", prepare), ("all of it for who has every team", whole), ("who sees which figures", limited),
                       ("what is wrong is named", wrong)):
        tap.case("report: " + name, case, desk)
    desk.stop()
    desk.remove()
