# SPDX-License-Identifier: MIT
"""Visitors of the shop: what its pages tell, who may see it, invitations, counts in the log, and what strangers try."""
import csv
import io
import json
import os
import pathlib
import subprocess

from desk import SLOW, Client, Desk, new_id, until

SITE = "https://shop.example"
YAML = f"""desk: Visits
teams: [{{id: support, capacity: 20}}, {{id: sales}}]
inboxes: [{{id: web, team: support}}, {{id: shop, team: sales}}]
page: {{origins: ["{SITE}"]}}
visitors:
  watch: true
  invitations:
    - {{id: price, page: /price*, after: 0s, text: May we help you?}}
    - {{id: later, page: /slow, after: 8s, text: Still there?}}
  popups:
    - {{id: returns, page: /returns}}
"""


class Page(Client):
    """A page of the shop in somebody's browser."""

    def __init__(self, desk, token=None):
        super().__init__(desk.port)
        self.visit = token or new_id()

    def tell(self, page="/", origin=SITE, **members):
        data = json.dumps({"visit": self.visit, "page": page, **members}).encode()
        return self.ask("POST", "/v1/visits", data, headers={"Origin": origin, "Content-Type": "text/plain;charset=UTF-8"})

    def begin(self, **members):
        return self.post("/v1/conversations", {"inbox": "web", "visit": self.visit, **members})


def events(desk, kind):
    return [event for record in desk.records() for event in record["events"] if event["type"] == kind]


def live(desk):
    mia, fay = desk.login("mia"), desk.login("fay")
    page = Page(desk)
    answer = page.tell("/shoes/red", title="Red shoes", referrer="https://www.example.org/find?q=x", earlier=2, last=1, inbox="web", fresh=True)
    assert answer.status == 200 and answer.json["next"] == 15 and "invitation" not in answer.json, answer
    assert answer.header("access-control-allow-origin") == SITE and answer.header("vary") == "Origin", answer.headers
    page.tell("/shoes/blue", title="Blue shoes", fresh=True)
    page.tell("/shoes/blue")  # is still there
    shown = mia.get("/v1/visitors").json
    one = shown["visitors"][0]
    assert shown["watch"] and shown["here"] == 1 and one["page"] == "/shoes/blue" and one["views"] == 2 and one["earlier"] == 2, shown
    assert page.visit not in json.dumps(shown), "what the page knows it by is told to nobody"
    trail = mia.get(f"/v1/visitors/{one['id']}").json["trail"]
    assert [(p["page"], p["title"]) for p in trail] == [("/shoes/red", "Red shoes"), ("/shoes/blue", "Blue shoes")], trail
    assert fay.get("/v1/visitors").json["visitors"] == [] and fay.get(f"/v1/visitors/{one['id']}").status == 404
    assert mia.get(f"/v1/visitors/{page.visit}").status == 404


def invited(desk):
    mia, bob = desk.login("mia"), desk.login("bob")
    pages = [Page(desk) for _ in range(3)]
    for page in pages:
        page.tell("/shoes")
    ids = [v["id"] for v in mia.get("/v1/visitors").json["visitors"][:3]][::-1]
    for visit in ids:
        assert mia.post(f"/v1/visitors/{visit}/invite", {"text": "May I help?"}).status == 200
    again = bob.post(f"/v1/visitors/{ids[0]}/invite", {"text": "Me too"})
    assert again.code == "wrong_state" and "mia" in again.json["detail"], again
    offers = [page.tell("/shoes").json["invitation"] for page in pages]
    assert all(o["text"] == "May I help?" and o["agent"] and not o["popup"] for o in offers), offers
    # Accepted: a conversation of mia's that begins with what the invitation said.
    assert "invitation" not in pages[0].tell("/shoes", invitation=offers[0]["id"], accept=True).json
    began = pages[0].begin()
    assert began.status == 201, began
    chat = next(c for c in mia.get("/v1/snapshot").json["conversations"] if c["id"] == began.json["conversation"])
    assert chat["owner"] == "mia" and chat["state"] == "open", chat
    lines = Client(desk.port, began.json["token"]).get(f"/v1/conversations/{chat['id']}/messages").json["lines"]
    assert [line["text"] for line in lines if line.get("author") == "agent"] == ["May I help?"], lines
    assert mia.post(f"/v1/visitors/{ids[0]}/invite", {"text": "x"}).code == "wrong_state"
    # Refused: shown no more, and the staff sees it.
    pages[1].tell("/shoes", invitation=offers[1]["id"], accept=False)
    until(lambda: next(v for v in mia.get("/v1/visitors").json["visitors"] if v["id"] == ids[1]).get("answered") == "refused", 20, "refused")
    assert "invitation" not in pages[1].tell("/shoes").json
    # A stranger's page can't answer for another.
    Page(desk).tell("/shoes", invitation=offers[2]["id"], accept=False)
    assert pages[2].tell("/shoes").json["invitation"]["id"] == offers[2]["id"]
    answered = [(e["agent"], e["cause"]) for e in events(desk, "visitor.answered")]
    assert answered == [("mia", "accepted"), ("mia", "refused")], answered
    assert "May I help?" not in json.dumps([r for r in desk.records() if any(e["type"] == "visitor.invited" for e in r["events"])])


def rules(desk):
    desk.login("mia")
    page = Page(desk)
    offer = page.tell("/price/red", fresh=True).json["invitation"]
    assert offer == {"id": "price", "text": "May we help you?", "popup": False}, offer
    page.tell("/price/red", invitation="price", accept=True)
    began = page.begin(text="Yes: how much?")
    assert began.status == 201, began
    slow = Page(desk).tell("/slow", fresh=True).json
    assert slow["next"] <= 9 and "invitation" not in slow, slow
    popup = Page(desk)
    assert popup.tell("/returns", fresh=True).json["invitation"] == {"id": "returns", "popup": True}
    assert popup.begin(text="It is broken").status == 201
    no = Page(desk)
    no.tell("/price", fresh=True)
    assert "invitation" not in no.tell("/price", invitation="price", accept=False).json
    assert "invitation" not in no.tell("/returns", fresh=True).json, "who said no is left alone"
    plain = Page(desk)
    plain.tell("/")
    assert plain.begin(text="hello").status == 201
    causes = [e.get("cause") for e in events(desk, "conversation.started")]
    assert causes[-3:] == ["rule", "popup", "customer"], causes


def strangers(desk):
    """Other sites, values without end, control characters, foreign tokens, and a flood."""
    mia = desk.login("mia")
    page = Page(desk)
    for origin in ("https://evil.example", "null", ""):
        assert page.tell("/", origin=origin).code == "forbidden", origin
    assert page.ask("POST", "/v1/visits", {"visit": new_id(), "page": "/"}).code == "forbidden"
    for wrong in ({"visit": "short"}, {"visit": "x" * 65}, {"page": "https://x/"}, {"page": ""}, {"inbox": "none"}, {"title": 5},
                  {"earlier": "x"}, {"more": 1}):
        answer = page.tell(**{"page": "/", **wrong}) if "page" in wrong or "visit" not in wrong else Page(desk, wrong["visit"]).tell()
        assert answer.status == 400, (wrong, answer)
    assert Page(desk, "short").ask("POST", "/v1/visits", b"{", headers={"Origin": SITE, "Content-Type": "text/plain"}).code == "bad_json"
    assert page.ask("POST", "/v1/identify", b"{}", headers={"Content-Type": "text/plain"}).status == 415
    hostile = Page(desk)
    said = "\u001b]0;taken\u0007\u202e<b>" + "x" * 3000
    assert hostile.tell("/" + said + "?token=secret", title=said, referrer="https://\u001b[31m/" + said, earlier=-5, last=1 << 60).status == 200
    seen = mia.get("/v1/visitors").json["visitors"][0]
    assert len(seen["page"]) == 500 and len(seen["title"]) == 200 and len(seen["referrer"]) == 500 and seen["earlier"] == 0, seen
    assert mia.post("/v1/visitors/none/invite", {"text": "x"}).status == 404
    assert mia.post(f"/v1/visitors/{seen['id']}/invite", {"text": "x" * 501}).status == 413
    assert Page(desk, new_id()).begin(text="a visit that nobody knows").status == 201
    for _ in range(310):  # one visit that never rests
        page.tell(f"/p{_}", fresh=True)
    assert len(mia.get(f"/v1/visitors/{mia.get('/v1/visitors').json['visitors'][1]['id']}").json["trail"]) <= 20
    statuses = {Page(desk).tell().status for _ in range(100)}
    assert statuses == {200}, statuses  # loopback may do a hundred times what others may


def report_rows(desk, log, *words):
    return subprocess.run([os.environ["SEATMUX"], "report", "--log", str(log), "--rows", *words], capture_output=True, text=True,
                          env=desk.environment, timeout=60 * SLOW, check=True).stdout


def own_page(desk):
    """The chat page opened by its address may tell of a visit, and nobody invites there; another port of this machine may not."""
    mia = desk.login("mia")
    here = f"http://127.0.0.1:{desk.port}"
    page = Page(desk)
    answer = page.tell("/price", origin=here, inbox="web", fresh=True)
    assert answer.status == 200 and "invitation" not in answer.json, answer
    assert "invitation" not in page.tell("/returns", origin=here, fresh=True).json
    visit = mia.get("/v1/visitors").json["visitors"][0]["id"]
    refused = mia.post(f"/v1/visitors/{visit}/invite", {"text": "Hello"})
    assert refused.code == "wrong_state" and "chat page open" in refused.json["detail"], refused
    for origin in (here + "0", "http://127.0.0.1", f"http://127.0.0.1.evil.example:{desk.port}", f"http://localhost:{desk.port}", "http://"):
        assert page.tell("/chat", origin=origin).code == "forbidden", origin
    assert mia.get("/v1/page?inbox=web").json["watch"]


def counted(desk):
    desk.stop()  # what was counted is written
    desk.start()
    sums = {"visits": 0, "views": 0, "conversations": 0}
    pages, hosts, by_rule = {}, {}, {}
    for event in events(desk, "traffic.counted"):
        for name in sums:
            sums[name] += event["counts"][name]
        for total, table in ((pages, "pages"), (hosts, "referrers"), (by_rule, "rules")):
            assert len(event["counts"][table]) <= 50, "bounded, whatever is told"
            for key, row in event["counts"][table].items():
                total[key] = [a + b for a, b in zip(total.get(key, [0] * len(row)), row)]
    assert sums["conversations"] == 4 and sums["visits"] > 100, sums
    assert pages["/shoes/red"] == [1, 0] and hosts["www.example.org"] == [1, 0] and by_rule["price"] == [2, 1, 1], (pages, hosts, by_rule)
    assert by_rule["returns"] == [1, 1, 0] and "*" in pages, by_rule
    boss = Client(desk.admin)
    told = boss.get("/v1/report?by=desk&from=2h").json["traffic"]
    assert [told[name] for name in sums] == list(sums.values()), (told, sums)
    assert {row["page"]: [row["views"], row["conversations"]] for row in told["pages"]} == pages
    assert sum(row["visits"] for row in told["hours"]) == sums["visits"] and len(told["hours"]) == 24
    assert told["began"] == {"customer": 1, "rule": 1, "popup": 1, "invitation": 1}, told["began"]
    assert told["invited"] == {"sent": 3, "accepted": 1, "refused": 1, "ignored": 0}, told["invited"]
    assert "traffic" not in boss.get("/v1/report?by=desk&from=2020-01-01&to=2020-01-02").json
    text = json.dumps(list(pages) + list(hosts))
    log = pathlib.Path(desk.home, "log.ndjson")
    log.write_text(desk.run("export", "--data", desk.data), encoding="utf-8")
    for form in ((), ("--html", "-")):
        shown = subprocess.run([os.environ["SEATMUX"], "report", "--log", str(log), "--lang", "en", *form], capture_output=True, text=True,
                               env=desk.environment, timeout=60 * SLOW, check=True).stdout
        for words in ("Visits: ", "/returns", "www.example.org", "(not said)", "invited by an agent 1", "Invitations by agents: 3, accepted 1, refused 1"):
            assert words in shown, (form, words, shown)
    assert report_rows(desk, log, "pages", "--csv").splitlines()[0] == "page,views,conversations"
    table = {row["page"]: [int(row["views"]), int(row["conversations"])] for row in csv.DictReader(io.StringIO(report_rows(desk, log, "pages", "--csv")))}
    assert table == pages, table
    for name, table in (("referrers", hosts), ("rules", by_rule)):
        rows = list(csv.reader(io.StringIO(report_rows(desk, log, name, "--csv"))))[1:]
        assert {row[0]: [int(n) for n in row[1:]] for row in rows} == table, (name, rows)
    day = [json.loads(line) for line in report_rows(desk, log, "hours", "--json").splitlines()]
    assert [row["hour"] for row in day] == list(range(24)) and sum(row["visits"] for row in day) == sums["visits"], day
    assert "taken" not in text and "\\u001b" not in text and "q=x" not in text, text
    mia = desk.login("mia")
    assert mia.get("/v1/visitors").json["visitors"] == [], "nothing of a visit outlives the process"
    page = Page(desk)
    page.tell("/")
    path = desk.data + "/desk.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(YAML.split("visitors:")[0])
    desk.run("policy", "set", "--data", desk.data)
    assert page.tell("/").json["next"] == 0
    shown = mia.get("/v1/visitors").json
    assert shown["visitors"] == [] and not shown["watch"], shown


def run(tap):
    desk = Desk(YAML)
    for name, team in (("mia", "support"), ("bob", "support"), ("fay", "sales")):
        desk.add_agent(name, "agent", "--team", team)
    desk.start("--limit", "requests_per_session=100")
    tap.case("visit: a live list for those it concerns", live, desk)
    tap.case("visit: invited by an agent: accepted, refused, not answered by others", invited, desk)
    tap.case("visit: invited by rule, and a pop-up", rules, desk)
    tap.case("visit: the desk's own page", own_page, desk)
    tap.case("visit: what strangers try", strangers, desk)
    tap.case("visit: counts in the log, and nothing else", counted, desk)
    desk.stop()
    desk.remove()
