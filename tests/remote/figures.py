#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`seatmux report` over a whole peak day: its figures against those that recompute.py finds in the raw log, and every form in
which it shows them."""
import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile

import recompute
from desk import Tap

CUSTOMERS = 1000


def report(log, *arguments, status=0, typed=None, lang="en"):
    done = subprocess.run([os.environ["SEATMUX"], "report", "--log", log, "--lang", lang, *arguments], input=typed,
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == status, f"{arguments}: {done.returncode} {done.stderr[-2000:]}"
    return done.stdout if status == 0 else done.stderr


def write(directory, name, lines):
    path = os.path.join(directory, name)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


class Day:
    def __init__(self, directory):
        self.directory, self.log = directory, os.path.join(directory, "day.ndjson")
        self.lines = []

    def play(self):
        """The day itself: the world's own checker finds nothing wrong."""
        with open(self.log, "wb") as out:
            subprocess.run([os.environ["PEAK_DAY"], str(CUSTOMERS)], stdout=out, stderr=subprocess.PIPE, timeout=900, check=True)
        with open(self.log, encoding="utf-8") as file:
            self.lines = file.readlines()
        assert len(self.lines) > 10 * CUSTOMERS, len(self.lines)

    def shorten(self):
        """What follows is about forms: the morning is enough."""
        self.lines = self.lines[:4000]
        self.log = write(self.directory, "morning.ndjson", self.lines)

    def agrees(self):
        found = recompute.differences(self.lines, json.loads(report(self.log, "--json", "--by", "agent")))
        assert not found, "\n".join(found[:20])

    def would_be_seen(self):
        """The comparison is worth something: one answer a millisecond later is a difference."""
        late = list(self.lines)
        for i, line in enumerate(late):
            record = json.loads(line)
            if record["actor"].startswith("agent:") and record["events"][0]["type"] == "message.posted":
                record["at"] += 1
                late[i] = json.dumps(record) + "\n"
                if i > len(late) // 2:  # not every message answers something
                    break
        theirs = json.loads(report(self.log, "--json", "--by", "agent"))
        assert recompute.differences(late, theirs), "nothing differs"

    def imported(self):
        """A desk made of the log exports it again and says the same."""
        copy = os.path.join(self.directory, "copy")
        seatmuxd = os.environ["SEATMUXD"]
        subprocess.run([seatmuxd, "import", "--data", copy], stdin=open(self.log, encoding="utf-8"), check=True,
                       capture_output=True, timeout=600)
        again = subprocess.run([seatmuxd, "export", "--data", copy], check=True, capture_output=True, timeout=600).stdout
        assert again.decode() == "".join(self.lines)
        assert report("-", "--json", typed=again.decode()) == report(self.log, "--json")

    def forms(self):
        groups = json.loads(report(self.log, "--json", "--by", "agent"))["groups"]
        rows = list(csv.reader(io.StringIO(report(self.log, "--csv", "--by", "agent"))))
        assert len(rows) == len(groups) + 2 and len(set(map(len, rows))) == 1, [len(row) for row in rows]
        column = rows[0].index("response_p90")
        assert rows[1][0] == groups[0]["id"] and rows[1][column] == str(groups[0]["figures"]["response"]["p90"])
        table = report(self.log)
        assert all(group["id"] in table for group in groups) and "▁" in table or "█" in table, table
        assert "满意度" in report(self.log, lang="zh_CN")
        turns = list(csv.DictReader(io.StringIO(report(self.log, "--rows", "turns", "--csv"))))
        day = recompute.Desk(self.lines)
        assert len(turns) == len(day.all_turns())
        conversations = [json.loads(line) for line in report(self.log, "--rows", "conversations", "--json").splitlines()]
        assert len(conversations) == len(day.conversations) and {c["worst"] for c in conversations} <= {"answered", "open", "dropped"}

    def by_time(self):
        """The hours add up to the day, and a period is [from, to)."""
        whole = json.loads(report(self.log, "--json", "--by", "hour"))
        hours = [group["figures"]["turns"]["n"] for group in whole["groups"]]
        assert len(hours) > 2 and sum(hours) == whole["total"]["figures"]["turns"]["n"], hours
        assert whole["trend"]["turns"] == hours
        first = whole["groups"][0]["id"]
        part = json.loads(report(self.log, "--json", "--by", "desk", "--from", first, "--to", whole["groups"][1]["id"]))
        assert part["total"]["figures"]["turns"]["n"] == hours[0]

    def explains(self):
        """Every row of a figure is there, with the messages it was made of."""
        name = json.loads(report(self.log, "--json"))["groups"][0]["id"]
        found = json.loads(report(self.log, "--explain", "first_response", "--by", "agent", "--of", name, "--json"))
        assert len(found["rows"]) == found["value"]["n"] > 5
        for row in found["rows"]:
            messages = row["messages"]
            assert any(m["author"] == "customer" and m["at"] == row["asked"] for m in messages), row
            assert messages[-1]["at"] == row["replied"] and messages[-1]["agent"] == name, row
        text = report(self.log, "--explain", "first_response", "--by", "agent", "--of", name)
        assert found["rows"][0]["messages"][-1]["text"][:4] in text

    def page(self):
        """The page needs nothing from elsewhere and takes nothing for markup."""
        hostile = [line.replace('"desk":"World"', '"desk":"<script>alert(1)</script>&\\u001b[31m"') for line in self.lines]
        assert hostile != self.lines
        path = os.path.join(self.directory, "page.html")
        report(write(self.directory, "hostile.ndjson", hostile), "--html", path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert "<script" not in text and "&lt;script&gt;" in text and "\x1b" not in text
        assert not re.search(r"(?:src|href)=|url\(|http", text) and "<svg" in text
        assert oct(os.stat(path).st_mode & 0o777) == "0o600"
        report(write(self.directory, "hostile.ndjson", hostile), "--html", path, lang="zh-CN")
        with open(path, encoding="utf-8") as file:
            heads = re.findall(r"<th[^>]*>([^<]*)</th>", file.read())
        assert "客服" in heads and "留言" in heads and not {"agent", "左移"} & set(heads), heads  # "left" is no direction

    def refuses(self):
        broken = write(self.directory, "broken.ndjson", self.lines[:7] + ["{}\n"])
        assert "broken.ndjson:8:" in report(broken, status=1)
        assert "nothing.ndjson" in report(os.path.join(self.directory, "nothing.ndjson"), status=1)
        for wrong in (["--by", "moon"], ["--csv", "--json"], ["--rows", "x"], ["--explain", "x"], ["--nonsense"], ["--rows", "turns", "--table"],
                      ["--explain", "turns", "--by", "agent"]):
            report(self.log, *wrong, status=2)
        assert "no instant" in report(self.log, "--from", "someday", status=1)


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="seatmux-figures.") as directory:
        day = Day(directory)
        for name, case in (("a peak day is played", day.play), ("a second computation agrees to the millisecond", day.agrees),
                           ("it would see one millisecond", day.would_be_seen), ("an import says the same", day.imported),
                           ("the log of a morning", day.shorten), ("table, CSV, rows", day.forms), ("hours and periods", day.by_time),
                           ("figures are explained down to the messages", day.explains), ("the page stands alone", day.page),
                           ("what is wrong is said", day.refuses)):
            tap.case("figures: " + name, case, seconds=280)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
