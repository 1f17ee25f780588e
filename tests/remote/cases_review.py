# SPDX-License-Identifier: MIT
"""Reviews against a real server: a sample, one read whole after it was archived to others, marks by two and by the agent, and the line tool."""
import json

from cases_notice import tool
from desk import Client, Customer, Desk, new_id


def reviewed(desk):
    sue, kim, mia, bob = (desk.login(name) for name in ("sue", "kim", "mia", "bob"))
    chats, messages = [], []
    for i, stars in enumerate((5, 2, 1)):
        customer = Customer(desk.port, f"question {i}")
        message = new_id()
        assert mia.do(customer.conversation, "claim").status == 200
        assert mia.send(customer.conversation, f"answer {i}", message).status == 200
        assert customer.do(customer.conversation, "rate", {"stars": stars}).status == 200
        assert mia.do(customer.conversation, "resolve").status == 200
        chats.append(customer.conversation)
        messages.append(message)
    found = sue.get("/v1/reviews?what=sample&how=rating").json
    assert [c["conversation"] for c in found["conversations"]] == [chats[2], chats[1]] and found["of"] == 2, found
    one, two = (sue.get("/v1/reviews?what=sample&how=random&seed=5&n=2").json["conversations"] for _ in range(2))
    assert one == two and len(one) == 2, (one, two)
    assert mia.get("/v1/reviews?what=sample").json["of"] == 3 and bob.get("/v1/reviews?what=sample").json["of"] == 0
    whole = sue.get(f"/v1/reviews/{chats[0]}").json
    assert [line["text"] for line in whole["lines"] if line["kind"] == "message"] == ["question 0", "answer 0"], whole
    assert bob.get(f"/v1/reviews/{chats[0]}").status == 404
    marks = {"understood": 4, "solved": 3}
    answer = sue.do(chats[0], "review", {"marks": marks, "text": "Clear."})
    assert answer.status == 200, answer
    assert kim.do(chats[0], "review", {"marks": {"understood": 4, "solved": 5}}).status == 200
    assert mia.do(chats[0], "review", {"marks": {"understood": 5, "solved": 5}}).status == 200
    assert bob.do(chats[0], "review", {"marks": marks}).status == 403
    assert sue.do(chats[0], "review", {"marks": {"beauty": 1}}).code == "invalid"
    assert sue.do(chats[0], "review_comment", {"message": messages[0], "text": "A link?"}).status == 200
    # What is commented on is a message of that conversation: no other's, no note, nothing made up.
    refused = sue.do(chats[0], "review_comment", {"message": messages[1], "text": "Elsewhere."})
    assert refused.code == "invalid" and refused.json["field"] == "message", refused
    assert mia.do(chats[0], "review_comment", {"message": new_id(), "text": "Nowhere."}).code == "invalid"
    assert bob.do(chats[0], "review_comment", {"message": messages[0], "text": "Mine?"}).code == "forbidden"
    assert bob.do(chats[0], "review_comment", {"message": new_id(), "text": "Mine?"}).code == "forbidden"
    mine = mia.get("/v1/reviews").json
    assert sorted((r["by"], r["score"], r["own"]) for r in mine["reviews"]) == [("kim", 900, False), ("mia", 1000, True), ("sue", 700, False)], mine
    assert [c["text"] for c in mine["comments"]] == ["A link?"], mine
    assert bob.get("/v1/reviews").json["reviews"] == [], "nobody else's"
    assert bob.get("/v1/reviews?what=calibration").status == 403
    level = sue.get("/v1/reviews?what=calibration").json
    assert level["agreement"] == {"n": 2, "same": 1}, level
    assert [(r["by"], r["difference"]) for r in level["reviewers"]] == [("sue", -200), ("kim", 200)], level
    assert [(r["agent"], r["difference"]) for r in level["own"]] == [("mia", 200)], level
    groups = {g["id"]: g for g in sue.get("/v1/report?by=agent").json["groups"]}
    assert groups["mia"]["review"] == {"n": 2, "mean": 800, "own_n": 1, "own_mean": 1000}, groups["mia"]
    # The same in lines.
    lines = [json.loads(line) for line in tool(desk, "review", "--sample", "rating", "--json").splitlines()]
    assert [line["conversation"] for line in lines] == [chats[2], chats[1]], lines
    tool(desk, "review", "--give", chats[1], "solved=2", "tone=5", "Rather", "short.")
    said = tool(desk, "review", "--show", chats[1])
    assert "answer 1" in said and "solved=2 tone=5" in said and "Rather short." in said, said
    assert "turn.warned  " not in said or "/5" not in said.split("turn.warned  ")[1].split("\n")[0], said
    tool(desk, "review", "--comment", chats[1], "--message", messages[1], "Say more here.")
    assert "Say more here." in tool(desk, "review", login="mia")
    assert "stricter" in tool(desk, "review", "--calibration")
    assert "marks are like" in tool(desk, "review", "--give", chats[1], "well", status=2)
    assert "review" in tool(desk, "report", "--by", "agent").splitlines()[2]


def by_link(desk):
    """A link rates once, without a log-in; what is answered is seen by it and at the next visit."""
    sue, mia, bob = (desk.login(name) for name in ("sue", "mia", "bob"))
    customer, stranger = Customer(desk.port, "where is it?"), Client(desk.port)
    one = customer.conversation
    assert mia.do(one, "claim").status == 200 and mia.send(one, "on its way").status == 200
    assert mia.get(f"/v1/conversations/{one}/rating").status == 404, "it goes on"
    assert mia.do(one, "resolve").status == 200
    rating = mia.get(f"/v1/conversations/{one}/rating").json
    assert rating["until"] == rating["ended"] + 7 * 86400000 and rating["path"].startswith("/v1/ratings/" + one), rating
    assert customer.get(f"/v1/conversations/{one}/rating").json["path"] == rating["path"]
    assert bob.get(f"/v1/conversations/{one}/rating").status == 404, "not who never had it"
    said = tool(desk, "review", "--link", one)
    assert rating["page"] == rating["path"].replace("/v1/ratings/", "/chat?rate=") and said.startswith(rating["page"] + " "), said
    link = rating["path"]
    assert stranger.get(link).json["conversation"] == one and "stars" not in stranger.get(link).json
    for wrong in (link[:-1] + ("0" if link[-1] != "0" else "1"), link.replace(one, customer.contact), "/v1/ratings/x", "/v1/ratings/a.b.c", "/v1/ratings/.."):
        assert stranger.get(wrong).status == 404 and stranger.ask("POST", wrong, {"stars": 5}).status == 404, wrong
    assert stranger.ask("POST", link, {"stars": 6}).code == "invalid" and stranger.ask("POST", link, {}).code == "invalid"
    words = {"stars": 1, "text": "Nobody called \u202eback.", "complaint": True}
    first, again = (stranger.ask("POST", link, words) for _ in range(2))
    assert first.status == again.status == 200 and first.json["seq"] == again.json["seq"], (first, again)
    other = stranger.ask("POST", link, {"stars": 5})
    assert other.status in (409, 422), other
    assert "page" not in stranger.get(link).json and "rated already" in tool(desk, "review", "--link", one)
    found = sue.get("/v1/reviews?what=sample&how=complaint").json
    assert [(c["conversation"], c["stars"], c["complaint"], c["answered"], c["comment"]) for c in found["conversations"]] == [
        (one, 1, True, False, words["text"])], found
    assert bob.do(one, "answer_rating", {"text": "no"}).status in (403, 404)
    assert mia.do(one, "answer_rating", {"text": "I am sorry."}).status == 200
    tool(desk, "review", "--answer", one, "We", "are", "sorry.")
    for seen in (stranger.get(link).json, customer.get("/v1/ratings").json["ratings"][0]):
        assert seen["stars"] == 1 and seen["complaint"] and seen["answer"]["text"] == "We are sorry." and seen["answer"]["agent"] == "sue", seen
    lines = customer.get(f"/v1/conversations/{one}/messages").json["lines"]
    assert [line["text"] for line in lines if line["event"] == "rating.answered"] == ["I am sorry.", "We are sorry."], lines
    tool(desk, "review", "--excuse", one, "the", "carrier's", "fault")
    said = tool(desk, "review", "--sample", "complaint")
    assert "complaint  answered  excused" in said and "\u202e" not in said, said
    assert sue.get("/v1/ratings").status == 403
    figures = sue.get("/v1/report?by=desk").json["total"]["figures"]
    assert figures["complaints"]["n"] == 1 and figures["excused_ratings"]["n"] == 1, figures


def run(tap):
    desk = Desk()
    for name, role in (("mia", "agent"), ("bob", "agent"), ("sue", "supervisor"), ("kim", "supervisor")):
        desk.add_agent(name, role, "--capacity", "50")
    desk.start("--limit", "requests_per_session=100")
    tap.case("review: sampled, read, marked, compared, reported", reviewed, desk, seconds=120)
    tap.case("review: rated by link, answered, excused", by_link, desk, seconds=120)
    desk.stop()
    desk.remove()
