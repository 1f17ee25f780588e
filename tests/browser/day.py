#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A day in the life, through the real programs alone: a desk, three terminals (two agents and a lead), customers in Chromium on the chat
page, in a shop and behind a link. What is left over at the end is nothing: every message once, every figure as it was."""
import csv
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "remote"))
from cases_files import png  # noqa: E402
from customer import ENTER, Shop, chat, command, leave, write  # noqa: E402
from desk import SLOW, Desk, Tap, skip_all, until  # noqa: E402
from driver import Driver, missing  # noqa: E402
from terminal import Terminal  # noqa: E402


def tool(desk, *words):
    """A line tool, as the lead."""
    return subprocess.run([os.environ["SEATMUX"], *words, "--server", f"http://127.0.0.1:{desk.port}", "--login", "boss", "--password-file",
                           str(pathlib.Path(desk.home, "password-boss"))], env=dict(desk.environment, LANGUAGE="en"), stdout=subprocess.PIPE,
                          encoding="utf-8", check=True, timeout=60 * SLOW).stdout


def night(desk, driver):
    """Nobody is there: Wang Fang leaves a message and goes."""
    page = driver.open(chat(desk), language="zh-CN")
    page.wait("暂时没有客服在线")
    page.type("#name", "王芳")
    page.type("#text", "发票什么时候开？" + ENTER)
    page.wait("留言已收到")
    page.go("about:blank")
    return page


def morning(desk, wang):
    """The shift logs in, hears of what was left and works it to zero; the answer is there when she comes back."""
    mia, jon, boss = (Terminal(desk, name, columns=120, language=language) for name, language in (("mia", "en"), ("jon", "en"), ("boss", "zh-CN")))
    mia.wait("Messages left while nobody was there: 1.")
    boss.keys("C-x", "s")
    boss.wait("王芳")
    mia.keys("C-x", "0")
    mia.wait("发票什么时候开")
    mia.keys("Enter")
    mia.wait("to 王芳>")
    mia.type("已开，请查收")
    mia.wait("Enter send")
    mia.insist(lambda: "已开，请查收" in str(desk.records()))
    mia.keys("C-x", "0")
    mia.wait("Nothing left over")
    mia.keys("C-g")
    end(mia, "answered")
    wang.go(chat(desk))
    wang.wait("已开，请查收")
    wang.go("about:blank")
    return mia, jon, boss


def end(terminal, reason):
    terminal.keys("C-x", "c")
    terminal.wait("why?")
    terminal.type(reason)
    terminal.wait(reason)
    terminal.keys("Enter")
    terminal.wait("is resolved")


def noon(desk, driver, shop, mia, jon, boss):
    """Lena looks at a price, is asked by a rule and writes; her picture, advice, a chat that is handed on, a whisper; a desk that is
    restarted, and one that dies."""
    page = driver.open(shop + "/price", size=(900, 800))
    page.wait("Questions about a price?")
    page.click("div[role=status] button")
    page.frame("iframe")
    page.wait("Write to us")
    page.type("#text", "Why is it dearer here?" + ENTER)
    page.wait("You are in the queue")
    boss.wait("Why is it dearer here?")
    mia.wait("next in queue: Lena")
    mia.keys("C-x", "a")
    mia.wait("draft to Lena>")  # beside the one that is over
    mia.keys("C-n")
    mia.wait("│ to Lena>")
    page.wait("You are talking to us.")
    picture = pathlib.Path(desk.home, "price.png")
    picture.write_bytes(png(5))
    page.type("#file", str(picture))
    mia.wait("[picture] price.png")
    command(mia, "consult jon")
    jon.wait("You are invited into the chat with Lena.")
    jon.keys("C-x", "n")
    jon.wait("note on Lena>")
    write(jon, "it was cheaper in May", "note │ it was cheaper")
    mia.wait("it was cheaper in May")
    command(mia, "hand-on jon knows prices")
    jon.wait("mia asks you to take this chat")
    command(jon, "accept")
    jon.wait("given to you by mia")
    desk.stop()  # for an upgrade: what was counted of visits is written
    desk.start()
    jon.wait("net ok")
    boss.keys("Enter")
    boss.wait("实时：Lena")
    boss.keys("w")
    boss.wait("悄悄话>")
    write(boss, "offer the old price")
    jon.wait("offer the old price")
    jon.type("You get the price of May.")
    jon.wait("Enter send")
    jon.insist(lambda: "You get the price of May." in page.text())
    desk.kill()
    page.wait("No connection")
    page.type("#text", "Thank you, I take two" + ENTER)
    page.wait("not sent yet")
    desk.start()
    page.gone("not sent yet")
    jon.wait("Thank you, I take two")
    until(lambda: page.lines() == ["Why is it dearer here?", "price.png (1 KB)", "You get the price of May.", "Thank you, I take two"], 20, page.lines)
    for secret in ("cheaper in May", "old price", "knows prices"):
        assert secret not in page.text(), secret
    return page


def afternoon(desk, page, wang, jon, boss):
    """It ends; she complains, and sees what is said to that. The other one rates by a link."""
    jon.wait("net ok")
    end(jon, "sold")
    page.wait("How was it?")
    page.click("#stars label:nth-child(2) input")
    page.type("#comment", "asked twice")
    page.click("#complain")
    page.click("#rate")
    page.wait("Thank you for the rating.")
    jon.wait("asked twice")
    boss.keys("Escape")
    until(lambda: "实时：" not in boss.screen(), 20, boss.screen)
    boss.keys("e")
    boss.wait("complaint")
    boss.type("complaint")
    boss.wait("带投诉的")
    boss.keys("Enter")
    boss.wait("asked twice")
    command(jon, "rating-answer You are right, and we learn from it.")
    page.wait("You are right, and we learn from it.")
    page.wait("on your rating")
    conversation = next(e["conversation"] for r in desk.records() for e in r["events"] if e["type"] == "conversation.started")
    link = tool(desk, "review", "--link", conversation).split(" ")[0]
    wang.go(f"http://127.0.0.1:{desk.port}{link}")
    wang.wait("服务评价")
    wang.click("#stars label:nth-child(5) input")
    wang.click("#rate")
    wang.wait("感谢您的评价。 ★★★★★ 非常满意")


def evening(desk):
    """The figures are those of the day; what was said is in the log once and in order; a backup of it would do."""
    said = [(author, text) for _, author, text in desk.said_in()]
    assert said == [("customer", "发票什么时候开？"), ("agent", "已开，请查收"), ("customer", "Why is it dearer here?"), ("customer", "price.png"),
                    ("agent", "You get the price of May."), ("customer", "Thank you, I take two")], said
    figures = json.loads(tool(desk, "report", "--by", "desk", "--json"))["total"]["figures"]
    wanted = {"offline_messages": 1, "offline_answer": 1, "offline_open": 0, "complaints": 1, "csat": 2, "abandoned": 0}
    assert {name: figures[name]["n"] for name in wanted} == wanted, figures
    pages = {row["page"]: row for row in csv.DictReader(io.StringIO(tool(desk, "report", "--rows", "pages", "--csv")))}
    assert pages["/price"] == {"page": "/price", "views": "1", "conversations": "1"}, pages
    rules = list(csv.DictReader(io.StringIO(tool(desk, "report", "--rows", "rules", "--csv"))))
    assert rules == [{"id": "price", "shown": "1", "accepted": "1", "refused": "0"}], rules
    place = os.path.join(desk.home, "backup")
    desk.run("backup", "--data", desk.data, "--to", place)
    desk.run("restore", "--from", place, "--check")


def day(driver):
    desk = Desk()
    Shop.desk, Shop.more = desk, "data-name=Lena"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = f"http://localhost:{server.server_port}"
    try:
        for name, role in (("mia", "agent"), ("jon", "agent"), ("boss", "supervisor")):
            desk.add_agent(name, role)
        path = pathlib.Path(desk.data, "desk.yaml")
        path.write_text(path.read_text(encoding="utf-8") + f"page: {{origins: [\"{shop}\"]}}\ntransfers: {{accept_within: 1m}}\nvisitors:\n  watch: true\n"
                        "  invitations:\n    - {id: price, page: /price*, after: 0s, text: Questions about a price?}\n", encoding="utf-8")
        desk.run("check", str(path))
        desk.run("policy", "set", "--data", desk.data)
        desk.start()
        wang = night(desk, driver)
        mia, jon, boss = morning(desk, wang)
        lena = noon(desk, driver, shop, mia, jon, boss)
        afternoon(desk, lena, wang, jon, boss)
        for terminal in (mia, jon, boss):
            terminal.close()
        evening(desk)
        leave(lena)
        leave(wang)
        desk.stop()
    finally:
        server.shutdown()
        desk.remove()


def main():
    lacking = missing()
    if lacking:
        skip_all(f"{lacking} is not installed")
    tap, driver = Tap(), Driver()
    try:
        tap.case("a day in the life: browsers, a server, three terminals", day, driver, seconds=240)
    finally:
        driver.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
