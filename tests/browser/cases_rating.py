# SPDX-License-Identifier: MIT
"""Ratings that come later, by a link and at the next visit; and the page opened by its own address, as a visit."""
import json
import os
import pathlib

from customer import DOWN, ENTER, TAB, answered, begin, chat, command, leave
from desk import Client, until
from terminal import Terminal


def ended(desk, driver, mia, name="Lena"):
    """A page whose conversation was answered and has ended, and its id."""
    page = begin(desk, driver, "Where is it?", name=name)
    conversation = answered(mia, "On its way")
    page.wait("On its way")
    assert mia.do(conversation, "resolve", {"reason": "done"}).status == 200
    page.wait("How was it?")
    return page, conversation


def rated_by_link(desk, driver):
    """Who opens the link rates without a log-in and without a mouse, and complains; what is answered is behind the link and in the chat."""
    terminal, mia = Terminal(desk, "mia"), desk.login("mia")
    page, conversation = ended(desk, driver, mia)
    terminal.wait("On its way")
    link = f"http://127.0.0.1:{desk.port}" + mia.get(f"/v1/conversations/{conversation}/rating").json["page"]
    later = driver.open(link, size=(600, 640))
    later.wait("Your chat with us")
    later.wait("How was it?")
    assert not later.run("return document.getElementById('composer').offsetParent"), "nothing can be written there"
    named = later.run("""return [...document.querySelectorAll('#rating input, #rating textarea, #rating button')]
                         .every(e => e.textContent.trim() || e.labels[0].textContent.trim())""")
    assert named and later.run("return document.querySelector('#rating legend').textContent") == "How was it?"
    narrow = later.run("""document.body.style.width = '320px'; const wide = document.body.scrollWidth;
                          document.body.style.width = ''; return wide""")
    assert narrow <= 320, narrow
    later.run("document.getElementById('scroll').focus()")
    later.keys(TAB, " ", DOWN, TAB, *"nobody <b>called</b>", TAB, " ", TAB, ENTER)
    later.wait("Thank you for the rating. ★★ bad · a complaint")
    later.gone("How was it?")
    assert later.run("return document.activeElement.id") == "scroll", "the focus is not lost with the form"
    rated = [e for r in desk.records() for e in r["events"] if e["type"] == "conversation.rated"]
    assert [(e["stars"], e["complaint"]) for e in rated] == [(2, True)], rated
    page.wait("Thank you for the rating. ★★ bad")
    page.gone("How was it?")
    terminal.wait("nobody <b>called</b>")
    command(terminal, "rating-answer We are <i>sorry</i>.")
    page.wait("We are <i>sorry</i>.")
    page.wait("on your rating")
    later.reload()
    later.wait("We are <i>sorry</i>.")
    assert later.lines() == ["We are <i>sorry</i>."] and not later.run("return document.getElementById('rating').offsetParent")
    later.go(link + "&lang=zh-CN")
    later.wait("感谢您的评价。 ★★ 不满意 · 投诉")
    later.wait("回复您的评价")
    later.go(link[:-1] + ("0" if link[-1] != "0" else "1"))
    later.wait("This link is not valid.")
    later.go(f"http://127.0.0.1:{desk.port}/chat?rate=..%2F..%2Fpage")
    later.wait("This link is not valid.")
    terminal.close()
    leave(later)
    leave(page)


def aged(desk, ms):
    """The desk as if all of it had happened so long ago."""
    lines = [json.loads(line) for line in desk.run("export", "--data", desk.data).splitlines()]
    desk.stop()
    home = pathlib.Path(desk.data)
    kept = {name: (home / name).read_bytes() for name in os.listdir(home) if name.startswith("secrets.db")}

    def back(value):
        if isinstance(value, dict):
            return {key: back(one) for key, one in value.items()}
        if isinstance(value, list):
            return [back(one) for one in value]
        return value - ms if isinstance(value, int) and value > ms * 10 else value

    desk.data = str(home) + "-aged"
    desk.run("import", "--data", desk.data, typed="".join(json.dumps(back(line), ensure_ascii=False) + "\n" for line in lines))
    for name, data in kept.items():
        (pathlib.Path(desk.data) / name).write_bytes(data)
    desk.start()


def rated_at_the_next_visit(desk, driver):
    """Who comes back after the end finds the form for what was, and later what was answered; writing begins anew."""
    page, conversation = ended(desk, driver, desk.login("mia"))
    page.go("about:blank")
    aged(desk, 3600000)
    mia = desk.login("mia")
    page.go(chat(desk))
    page.wait("Your chat with us")
    page.wait("How was it?")
    page.click("#stars label:nth-child(1) input")
    page.click("#complain")
    page.click("#rate")
    page.wait("Thank you for the rating. ★ very bad · a complaint")
    assert mia.do(conversation, "answer_rating", {"text": "I am sorry."}).status == 200
    page.reload()
    page.wait("I am sorry.")
    assert not page.run("return document.getElementById('rating').offsetParent")
    page.type("#text", "It is me again" + ENTER)
    page.wait("You are in the queue")
    assert page.lines() == ["It is me again"], page.lines()
    leave(page)


def direct(desk, driver):
    """The page opened by its address is a visit, too: seen by the staff, counted, and not invited; who does not want it is not told of."""
    path = pathlib.Path(desk.data, "desk.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "page: {origins: [\"https://shop.example\"]}\nvisitors:\n  watch: true\n  invitations:\n"
                    "    - {id: any, after: 0s, text: May I help?}\n", encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    terminal, mia = Terminal(desk, "mia", columns=100), desk.login("mia")
    hidden = driver.open(chat(desk), more={"enable_do_not_track": True})
    hidden.wait("Write to us")
    assert hidden.run("return navigator.doNotTrack") == "1"
    page = driver.open(chat(desk))
    page.wait("Write to us")
    terminal.keys("C-x", "V")
    terminal.wait("/chat")
    terminal.wait("1 here")
    visit = until(lambda: mia.get("/v1/visitors").json["visitors"], 20, "a visitor")[0]
    assert mia.post(f"/v1/visitors/{visit['id']}/invite", {"text": "Hello?"}).code == "wrong_state"
    page.type("#text", "hello" + ENTER)
    page.wait("You are in the queue")
    began = [e.get("cause") for r in desk.records() for e in r["events"] if e["type"] == "conversation.started"]
    assert began == ["customer"], began
    page.reload()
    page.wait("You are in the queue")
    page.go("about:blank")
    terminal.close()
    desk.stop()
    desk.start()
    traffic = Client(desk.admin).get("/v1/report?by=desk").json["traffic"]
    assert (traffic["visits"], traffic["conversations"]) == (1, 1) and traffic["pages"] == [{"page": "/chat", "views": 2, "conversations": 1}], traffic
    assert traffic["rules"] == [], traffic
    leave(hidden)
    page.close()
