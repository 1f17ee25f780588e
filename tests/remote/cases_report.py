# SPDX-License-Identifier: MIT
"""Figures from the desk itself: who may ask for which, periods, rows, and that the desk goes on with its work meanwhile."""
import json
import os
import pathlib
import subprocess

from desk import PASSWORD, Client, Customer, Desk, new_id, until

CLASS = """
scenario: Class
goals: {thanked: 90%, within: 50%, mistakes: 0}
personas: [{id: p, patience: 1h, reads: 0s, typing: 100, silent: 0}]
dialogues:
  - id: d
    language: en
    names: [Ann]
    again: [hello]
    thanks: [thanks]
    angry: [bye]
    nodes:
      - {id: when, say: [When?], answers: [{any: [tomorrow], go: sorry, mistake: nobody knows}, {any: [Wednesday], go: thanks}], otherwise: when}
      - {id: sorry, say: [Are you sure?], answers: [{any: [Wednesday], go: thanks}], otherwise: angry}
"""


def shift(own, agents, *words):
    """simulate, with these agents at the desk: what it printed. The first word of each is what they say first."""
    path = pathlib.Path(own.home, "class.yaml")
    path.write_text(CLASS, encoding="utf-8")
    process = subprocess.Popen([os.environ["SEATMUX"], "simulate", "--server", f"http://127.0.0.1:{own.port}", "--scenario", str(path), "--speed", "20",
                                "--rate", "100/s", *words], env=dict(own.environment, LANGUAGE="en"), stdout=subprocess.PIPE, text=True, encoding="utf-8")

    taken = [0] * len(agents)

    def serve():
        least = taken.index(min(taken))  # whoever had fewest takes the next: each gets some, however slow it goes
        taken[least] += agents[least][0].post("/v1/queue/claim", {}).status == 200
        for client, first in agents:
            for chat in client.get("/v1/snapshot").json["conversations"]:
                said = [line for line in chat["lines"] if line["kind"] == "message"]
                asked = [line["text"] for line in said if line["text"] in ("When?", "Are you sure?")]  # whoever waits long says hello again
                if chat["state"] == "open" and asked and said[-1]["author"] == "customer" and said[-1]["text"] != "thanks":
                    client.send(chat["id"], first if asked[-1] == "When?" else "Wednesday, yes")
        return process.poll() is not None
    until(serve, 60, "everybody came and went")
    assert process.returncode == 0
    return process.communicate()[0]


def seats(_desk):
    """A class at one desk: a row for each seat, by the desk's figures with a login and by the customers' without."""
    own = Desk()
    for name, role in (("mia", "agent"), ("bob", "agent"), ("sue", "supervisor")):
        own.add_agent(name, role, "--capacity", "9")
    own.start("--limit", "requests_per_session=1000")
    secret = pathlib.Path(own.home, "password")
    secret.touch(0o600)
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    agents = [(own.login("mia"), "On Wednesday"), (own.login("bob"), "It is there tomorrow")]
    told = json.loads(shift(own, agents, "--customers", "4", "--at-once", "2", "--json", "--login", "sue", "--password-file", str(secret)))
    rows = {row["seat"]: row for row in told["seats"]}
    assert told["customers"]["came"] == told["customers"]["thanked"] == 4 and sorted(rows) == ["bob", "mia"], told
    assert rows["mia"]["mistakes"] == 0 and rows["bob"]["mistakes"] == rows["bob"]["customers"]["thanked"] >= 1, rows
    groups = {group["id"]: group for group in own.login("sue", online=False).get("/v1/report?by=agent").json["groups"]}
    for name, row in rows.items():
        goals = {goal["goal"]: goal for goal in row["goals"]}
        assert row["measured"] == "desk" and row["figures"]["first_response"] == groups[name]["figures"]["first_response"], row
        assert row["passed"] == all(goal["met"] for goal in row["goals"]) and goals["mistakes"]["met"] == (name == "mia"), row
        assert goals["within"]["value"] == row["figures"]["within_agent"]["permille"], row
    lines = shift(own, agents[:1], "--customers", "1").splitlines()
    assert lines[0].startswith("1 customers: 1 thanked") and lines[2].split()[:3] == ["seat", "thanked", "angry"], lines
    assert lines[3].split()[:4] == ["mia", "1", "0", "-"], lines
    own.stop()
    own.remove()


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


def recent(desk):
    """What is over and archived is in the last minutes all the same (the client of a supervisor has it no more)."""
    boss, quinn = desk.login("boss"), desk.login("quinn")
    teams = boss.get("/v1/report?by=team&recent=30").json["recent"]["teams"]
    assert set(teams) == {"support", "sales"} and sum(teams["sales"]["arrivals"]) == 1, teams
    assert len(teams["support"]["arrivals"]) == 30 and teams["support"]["within_agent"]["n"] == 1, teams
    empty = boss.get("/v1/report?by=team&recent=5&from=now").json
    assert not empty["groups"] and sum(empty["recent"]["teams"]["support"]["arrivals"]) == 1, empty
    assert set(quinn.get("/v1/report?by=team&recent=30").json["recent"]["teams"]) == {"support"}
    assert "recent" not in boss.get("/v1/report?by=agent&recent=30").json
    assert "recent" not in boss.get("/v1/report?by=team").json


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
                         ("explain=turns&by=agent", "of"), ("enquiry_days=0", "enquiry_days"),
                         ("by=team&recent=121", "recent")):
        answer = boss.get(f"/v1/report?{query}")
        assert answer.code == "invalid" and answer.json["field"] == field, (query, answer)


def run(tap):
    desk = Desk()
    desk.start()
    for name, case in (("two teams talk", prepare), ("all of it for who has every team", whole), ("the last minutes", recent),
                       ("who sees which figures", limited), ("what is wrong is named", wrong), ("a class at one desk", seats)):
        tap.case("report: " + name, case, desk)
    desk.stop()
    desk.remove()
