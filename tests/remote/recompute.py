# SPDX-License-Identifier: MIT
"""Figures from an exported log, computed a second time and otherwise: one plain pass over the lines, by the words of
docs/turn-clock.md, for desks without pauses and bots. Nothing of the program is used."""
import json


class Turn:
    def __init__(self, number, asked, team, policy):
        self.number, self.asked, self.team, self.policy = number, asked, team, policy
        self.replied, self.outcome, self.ended, self.author, self.owner = None, "open", None, None, None
        self.parts = {}  # agent -> [assigned, deadline, ended, end, reaction]
        self.questions = 1
        first = targets(policy, team)
        self.reply_target = first["first_response" if number == 1 else "response"]
        self.customer_target = self.reply_target + first["queue"] if number == 1 else self.reply_target

    def begin(self, agent, at, team):
        if agent in self.parts:
            self.parts[agent].update(assigned=at, ended=None, end="open")
            return
        target = targets(self.policy, team)["first_response" if self.number == 1 else "response"]
        self.parts[agent] = {"assigned": at, "deadline": max(self.asked, at) + target, "ended": None, "end": "open"}

    def leave(self, agent, at):
        if agent in self.parts and self.parts[agent]["end"] == "open":
            self.parts[agent].update(ended=at, end="passed_on")

    def end(self, at, outcome, author=None, owner=None):
        self.ended, self.outcome, self.author, self.owner = at, outcome, author, owner
        if outcome == "answered":
            self.replied = at
        for agent, part in self.parts.items():
            if part["end"] == "open":
                part["end"] = ("answered" if agent == author else "covered") if outcome == "answered" else "ended"
                part["ended"] = at


def targets(policy, team):
    return next(t["targets"] for t in policy["teams"] if t["id"] == team)


class Conversation:
    def __init__(self, team, at):
        self.team, self.owner, self.turns, self.stays = team, None, [], []
        self.open, self.answered_once, self.began = None, False, at
        self.resolutions, self.rating = [], None


class Desk:
    """What the log says. rows: lists of numbers by (figure, scope, id)."""

    def __init__(self, lines):
        self.policy, self.conversations, self.said, self.ratings = None, {}, [], []
        for line in lines:
            record = json.loads(line)
            for event in record["events"]:
                self.take(event, record["at"])
        self.now = record["at"]

    def take(self, e, at):
        kind, c = e["type"], self.conversations.get(e.get("conversation"))
        if kind == "policy.set":
            self.policy = e["policy"]
        elif kind == "conversation.started":
            self.conversations[e["conversation"]] = Conversation(e["team"], at)
        elif kind == "conversation.queued":
            self.queued(c, e, at)
        elif kind == "conversation.assigned":
            self.assigned(c, e, at)
        elif kind == "conversation.unassigned":
            self.lose(c, at)
        elif kind == "message.posted":
            self.message(c, e, at)
        elif kind == "conversation.resolved":
            c.resolutions.append(at - c.began)
            if c.open:
                outcome = "closed" if e.get("no_reply_needed") else "dropped" if c.answered_once else "missed"
                self.close(c, at, outcome)
            self.flush(c)
        elif kind == "conversation.abandoned":
            if c.open:
                self.close(c, at, "abandoned")
            self.leave_queue(c, at, False)
        elif kind == "conversation.reopened":
            self.flush(c)
            c.began = at
            c.rating = None
        elif kind == "conversation.rated":
            c.rating = (e["stars"], e.get("agent"))

    def flush(self, c):
        c.last = c.rating

    def queued(self, c, e, at):
        self.lose(c, at)
        c.team = e["team"]
        if c.stays and c.stays[-1]["left"] is None:
            return
        c.stays.append({"queued": at, "left": None, "assigned": False,
                        "deadline": at + targets(self.policy, e["team"])["queue"]})

    def leave_queue(self, c, at, assigned):
        if c.stays and c.stays[-1]["left"] is None:
            c.stays[-1].update(left=at, assigned=assigned, team=c.team)

    def lose(self, c, at):
        if c.owner and c.open:
            c.open.leave(c.owner, at)
        c.owner = None

    def assigned(self, c, e, at):
        if c.owner == e["agent"]:
            return
        self.lose(c, at)
        c.team = e.get("team", c.team)
        self.leave_queue(c, at, True)
        c.owner = e["agent"]
        if c.open:
            c.open.begin(c.owner, at, c.team)

    def message(self, c, e, at):
        if e["author"] == "customer":
            if not c.open:
                c.open = Turn(len(c.turns) + 1, at, c.team, self.policy)
                c.turns.append(c.open)
                if c.owner:
                    c.open.begin(c.owner, at, c.team)
            self.said.append((at, None, c.open))
        elif e["author"] == "agent" and e.get("kind", "text") in ("text", "file"):
            if c.open:
                self.close(c, at, "answered", e["agent"])
                c.answered_once = True
            self.said.append((at, e["agent"], None))

    def close(self, c, at, outcome, author=None):
        c.open.team = c.team
        c.open.end(at, outcome, author, c.owner)
        c.open = None

    # --- Figures: {figure: numbers} of the desk or of an agent ---------------------------------------------------------

    def all_turns(self):
        return [turn for c in self.conversations.values() for turn in c.turns]

    def breached(self, part):
        until = part["ended"] if part["ended"] is not None else self.now
        return until >= part["deadline"]

    def desk(self):
        turns = self.all_turns()
        answered = [t for t in turns if t.outcome == "answered"]
        judged = [t for t in turns if t.outcome != "closed" and
                  (t.outcome != "open" or any(map(self.breached, t.parts.values())))]
        within = [t for t in judged if t.outcome == "answered" and not any(map(self.breached, t.parts.values()))]
        customer = [t for t in turns if t.outcome != "closed" and
                    (t.outcome != "open" or self.now >= t.asked + t.customer_target)]
        customer_in = [t for t in customer if t.outcome == "answered" and t.replied - t.asked < t.customer_target]
        stays = [s for c in self.conversations.values() for s in c.stays if s["assigned"]]
        questions = sum(agent is None for _, agent, _ in self.said)
        ratings = [c.rating for c in self.conversations.values() if c.rating]
        return {"turns": len(turns),
                **{name: sum(t.outcome == name for t in turns)
                   for name in ("answered", "missed", "dropped", "abandoned", "closed")},
                "within_agent": (len(within), len(judged)), "within_customer": (len(customer_in), len(customer)),
                "response": durations([t.replied - t.asked for t in answered]),
                "first_response": durations([t.replied - t.asked for t in answered if t.number == 1]),
                "reaction": durations([t.replied - max(t.asked, t.parts[t.author]["assigned"])
                                       for t in answered if t.author in t.parts]),
                "queue_wait": durations([s["left"] - s["queued"] for s in stays]),
                "resolution": durations([r for c in self.conversations.values() for r in c.resolutions]),
                "question_answer": (questions, len(self.said) - questions),
                "csat": (sum(stars >= 4 for stars, _ in ratings), len(ratings))}

    def agents(self):
        return sorted({agent for t in self.all_turns() for agent in t.parts})

    def agent(self, name):
        turns = [t for t in self.all_turns() if name in t.parts]
        own = [t for t in self.all_turns() if t.author == name]
        judged, within = 0, 0
        for t in turns:
            part = t.parts[name]
            if t.outcome == "closed" or part["end"] == "covered" or (part["end"] == "open" and not self.breached(part)):
                continue
            judged += 1
            within += part["end"] == "answered" and part["ended"] < part["deadline"]
        questions = sum(agent is None and t.author == name for _, agent, t in self.said)
        return {"within_agent": (within, judged), "turns": len(turns),
                "response": durations([t.replied - t.asked for t in own]),
                "reaction": durations([t.replied - max(t.asked, t.parts[name]["assigned"]) for t in own if name in t.parts]),
                "question_answer": (questions, sum(agent == name for _, agent, _ in self.said))}


def durations(values):
    values = sorted(values)
    n = len(values)

    def rank(percent):
        return values[-(-n * percent // 100) - 1]
    return {"n": n, **({"mean": (2 * sum(values) + n) // (2 * n), "median": rank(50), "p90": rank(90), "max": values[-1]}
                       if n else {})}


def compare(name, own, theirs):
    """What differs between a figure here and the program's, in words."""
    if isinstance(own, int):
        wrong = theirs["n"] != own
    elif isinstance(own, dict):
        wrong = {key: theirs.get(key) for key in own} != own
    elif name == "question_answer":
        wrong = (theirs["questions"], theirs["answers"]) != own
    else:
        wrong = (theirs["within"], theirs["n"]) != own
    return [f"{name}: {own} here, {theirs} there"] if wrong else []


def differences(lines, report):
    """Every difference between the document of `seatmux report --json --by agent` and what these lines say."""
    desk, found = Desk(lines), []
    for name, own in desk.desk().items():
        found += compare(name, own, report["total"]["figures"][name])
    groups = {group["id"]: group["figures"] for group in report["groups"]}
    for agent in desk.agents():
        for name, own in desk.agent(agent).items():
            found += [f"{agent}, {line}" for line in compare(name, own, groups[agent][name])]
    return found
