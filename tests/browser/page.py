#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The customer's page in Chromium against a real desk, with an agent at the real terminal client: a whole conversation, the
connection lost and found, two windows, hostile text, the frame in a shop's page, and people without a mouse or with a phone."""
import hashlib
import hmac
import http.server
import pathlib
import re
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "remote"))
from cases_files import png  # noqa: E402
from cases_rating import direct, rated_at_the_next_visit, rated_by_link  # noqa: E402
from customer import ENTER, ESCAPE, TAB, Shop, answered, begin, chat, command, leave, write  # noqa: E402
from desk import ROOT, Desk, Tap, skip_all, until  # noqa: E402
from driver import Driver, missing  # noqa: E402
from terminal import Terminal  # noqa: E402

HOSTILE = "<img src=x onerror=document.title='taken'> <b>bold</b> javascript:alert(1) https://shop.example/a?b=1"
# What turns a line around, hides or grows, and what is left of it; and what is written so.
UNSEEN = "a\u202eb\u200bc\u009bd\U000e0041 x\u200dy Z" + "\u0335" * 12 + " \u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f680"
SEEN = "abc\ufffdd xy Z" + "\u0335" * 8 + " \u0645\u06cc\u200c\u062e \U0001f469\u200d\U0001f680"


def whole(desk, driver):
    """Queue, answer from a terminal, Chinese, typing, end, rating."""
    terminal = Terminal(desk, "mia")
    page = begin(desk, driver, "Where is my parcel?", name="Lena")
    terminal.wait("next in queue: Lena")
    terminal.keys("C-x", "a")
    terminal.wait("to Lena>")
    page.wait("A member of our team has joined.")
    page.wait("You are talking to us.")
    terminal.type("It is on its way, 明天到")
    page.wait("mia is typing")
    terminal.wait("Enter send")
    terminal.insist(lambda: "It is on its way, 明天到" in page.text())
    page.type("#text", "谢谢 😊" + ENTER)
    terminal.wait("谢谢 😊")
    assert page.lines() == ["Where is my parcel?", "It is on its way, 明天到", "谢谢 😊"]
    page.click("#leave")
    page.wait("How was it?")
    page.wait("This chat has ended. Write to go on.", "#state")
    page.click("#stars label:nth-child(5) input")
    page.type("#comment", "quick")
    page.click("#complain")
    page.click("#rate")
    page.wait("Thank you for the rating. ★★★★★ very good · a complaint")
    until(lambda: any(e["type"] == "conversation.rated" and e["stars"] == 5 for r in desk.records() for e in r["events"]), 20,
          "the rating in the log")
    terminal.close()
    leave(page)


def lost(desk, driver):
    """The desk goes away while somebody writes: nothing is lost, nothing doubled, and it is said."""
    mia = desk.login("mia")
    page = begin(desk, driver, "one")
    conversation = answered(mia, "answer one")
    page.wait("answer one")
    desk.signal(signal.SIGSTOP)
    page.type("#text", "two" + ENTER)
    page.wait("sending")
    desk.signal(signal.SIGCONT)
    page.gone("sending")
    desk.kill()
    page.wait("No connection")
    page.type("#text", "three" + ENTER)
    page.wait("not sent yet")
    page.go("about:blank")  # closed with a message that is not sent
    desk.start()
    page.go(chat(desk))
    page.gone("not sent yet")
    until(lambda: page.lines() == ["one", "answer one", "two", "three"], 20, page.lines)
    said = [text for _, author, text in desk.said_in(conversation) if author == "customer"]
    assert said == ["one", "two", "three"], said
    leave(page)


def customer_said(desk, conversation):
    return [text for _, author, text in desk.said_in(conversation) if author == "customer"]


def doubled(desk, driver):
    """The desk dies after it has taken a message and before it has said so."""
    mia = desk.login("mia")
    page = begin(desk, driver, "first")
    conversation = answered(mia, "yes?")
    page.wait("yes?")
    for i in range(5):
        page.type("#text", f"line {i}" + ENTER)
        desk.kill()
        page.wait("No connection")
        desk.start()
        page.gone("No connection")
    until(lambda: page.lines() == ["first", "yes?", *(f"line {i}" for i in range(5))], 30, page.lines)
    # The page shows what is still on its way, too.
    until(lambda: customer_said(desk, conversation) == ["first", *(f"line {i}" for i in range(5))], 30,
          lambda: customer_said(desk, conversation))
    leave(page)


def files(desk, driver):
    """A picture from the customer, a file back, what is refused said in words, one on a note, opened and saved in the terminal."""
    home = pathlib.Path(desk.home)
    picture, paper = png(7, side=40), b"%PDF-1.4\n% a receipt\n" + bytes(range(256)) * 20
    for name, data in (("photo.png", picture), ("receipt-17.pdf", paper), ("tool.txt", b"#!/bin/sh\necho no\n"), ("long.txt", b"x" * (21 << 20))):
        (home / name).write_bytes(data)
    viewer = home / "look at.sh"
    viewer.write_text(f"#!/bin/sh\ncp \"$1\" '{home}/seen'\n", encoding="utf-8")
    viewer.chmod(0o700)
    terminal = Terminal(desk, "mia", columns=120)
    page = begin(desk, driver, "It came broken", name="Lena")
    terminal.wait("next in queue: Lena")
    terminal.keys("C-x", "a")
    terminal.wait("to Lena>")
    page.wait("You are talking to us.")
    page.type("#file", str(home / "photo.png"))
    terminal.wait("[picture] photo.png")
    page.wait("photo.png (")
    until(lambda: page.run("const i = document.querySelector('#log img'); return i && i.naturalWidth") == 40, 20, "the picture in the page")
    command(terminal, f"save {home}/kept.png")
    terminal.wait("is saved as")
    assert (home / "kept.png").read_bytes() == picture
    command(terminal, f"save {home}/kept.png")
    terminal.wait("is there already; nothing was written")
    command(terminal, f"options viewer '{viewer}'")
    command(terminal, "open 1")
    terminal.wait("photo.png is opened")
    until(lambda: (home / "seen").exists() and (home / "seen").read_bytes() == picture, 20, "the viewer")
    terminal.keys("/")
    terminal.wait("commands")
    terminal.type(f"file {home}/recei")
    terminal.keys("Tab")
    terminal.wait("receipt-17.pdf")
    # The list of commands lay over what came meanwhile: the file may be held.
    terminal.insist(lambda: "[PDF] receipt-17.pdf" in terminal.screen())
    page.wait("receipt-17.pdf (6 KB)")
    page.click("#log li:last-child .file")
    until(lambda: (pathlib.Path(driver.downloads) / "receipt-17.pdf").exists(), 20, "the download")
    assert (pathlib.Path(driver.downloads) / "receipt-17.pdf").read_bytes() == paper
    terminal.keys("C-x", "n")
    terminal.wait("note on Lena>")
    command(terminal, f"file {home}/photo.png")
    until(lambda: "note" in terminal.screen() and terminal.screen().count("[picture] photo.png") == 2, 20, terminal.screen)
    page.type("#file", str(home / "tool.txt"))
    page.wait("not sent: Programs and scripts are not taken.")
    page.type("#file", str(home / "long.txt"))
    page.wait("not sent: A file may have 20 MB at most.")
    command(terminal, f"file {home}/tool.txt")
    terminal.wait("Programs and scripts are not taken.")
    page.run("""const data = new DataTransfer(); data.items.add(new File([Uint8Array.from(arguments[0])], 'image.png', {type: 'image/png'}));
                document.getElementById('text').dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true}))""", list(png(9)))
    terminal.wait("[picture] image.png")
    page.type("#text", "and this" + ENTER)
    terminal.wait("and this")
    command(terminal, "link https://shop.example/returns How to send it back")
    # The list of commands lay over what the customer had just said: the link may be held.
    terminal.insist(lambda: "How to send it back" in page.text())
    assert page.text("#log").count("photo.png") == 1, "the note's file is not the customer's"
    command(terminal, "screenshot")
    terminal.wait("Say with the option screenshot which command makes one")
    camera = home / "camera.sh"
    camera.write_text(f"#!/bin/sh\ncp '{home}/photo.png' \"$1\"\n", encoding="utf-8")
    camera.chmod(0o700)
    command(terminal, f"options screenshot {camera}")
    command(terminal, "screenshot")
    terminal.wait("[picture] screenshot-")  # on the note that is being written, as any file would be
    assert "screenshot-" not in page.text()
    command(terminal, "options screenshot /bin/true")
    command(terminal, "screenshot")
    terminal.wait("The command of the option screenshot made no file.")
    terminal.keys("C-x", "@")
    terminal.wait("files of the chat with Lena")
    terminal.keys("Escape")
    terminal.close()
    leave(page)


def together(desk, driver):
    """Two terminals at one chat; advice that the customer does not see, a chat handed on, and nobody answers twice by accident."""
    desk.add_agent("jon")
    mia, jon = Terminal(desk, "mia", columns=120), Terminal(desk, "jon", columns=120)
    page = begin(desk, driver, "It came broken", name="Lena")
    mia.wait("next in queue: Lena")
    mia.keys("C-x", "a")
    mia.wait("to Lena>")
    command(mia, "consult jon")
    jon.wait("You are invited into the chat with Lena.")
    jon.wait("It came broken")
    jon.wait("mia asked you for advice")
    mia.wait("also here: jon (for advice)")
    mia.wait("jon (colleague) is looking")
    write(jon, "I answer", "Not sent: you are asked for advice here.")
    jon.keys("C-u")
    jon.keys("C-x", "n")
    jon.wait("note on Lena>")
    write(jon, "the warranty covers it", "note │ the warranty")
    mia.wait("the warranty covers it")
    command(mia, "hand-on jon knows the carrier")
    jon.wait("mia asks you to take this chat")
    mia.wait("jon is asked to take this chat")
    command(jon, "decline at lunch")
    mia.wait("it stays yours")  # said for a moment; the line in the chat stays
    mia.wait("jon does not take it: at lunch")
    command(mia, "hand-on jon")
    jon.wait("mia asks you to take this chat")
    command(jon, "accept")
    jon.wait("given to you by mia")
    command(jon, "invite mia")
    mia.wait("You are invited into the chat with Lena.")
    # That somebody writes is shown for some seconds only: what is pressed then is ready, and follows at once.
    mia.type("Yes, we do")
    mia.wait("Yes, we do")
    jon.type("We replace it")
    mia.wait("jon (colleague) is writing")
    mia.keys("Enter")
    mia.wait("Not sent: jon is writing to Lena, too.")
    jon.wait("We replace it")
    mia.type("!")
    jon.wait("mia (colleague) is writing")
    jon.keys("Enter")
    jon.wait("Not sent: mia is writing to Lena, too.")

    jon.insist(lambda: "We replace it" in page.lines())
    mia.wait("│ We replace it")
    mia.insist(lambda: "Yes, we do!" in page.lines())
    assert page.lines() == ["It came broken", "We replace it", "Yes, we do!"], page.lines()
    assert "warranty" not in page.text() and "lunch" not in page.text() and "carrier" not in page.text()
    mia.close()
    jon.close()
    leave(page)


def returns(desk, driver):
    """Nobody is there: a message is left, told at login and worked to zero; the answer is there at the next visit; a second window takes over."""
    page = driver.open(chat(desk))
    page.wait("Nobody is here at the moment.")
    page.type("#name", "Lena")
    page.type("#reach", "lena@example.org")
    page.type("#text", "Call me back" + ENTER)
    page.wait("We have your message.")
    page.type("#text", "It is urgent" + ENTER)
    until(lambda: page.lines() == ["Call me back", "It is urgent"], 20, page.lines)
    page.go("about:blank")
    terminal = Terminal(desk, "mia", columns=120)
    terminal.wait("Messages left while nobody was there: 1.")
    terminal.wait("queue 0 | 1 left")
    terminal.keys("C-x", "0")
    terminal.wait("Call me back")
    terminal.keys("Enter")
    terminal.wait("to Lena>")
    terminal.keys("C-x", "p")
    terminal.wait("lena@example.org")
    terminal.keys("C-g")
    terminal.type("Here I am")
    terminal.wait("Enter send")
    terminal.insist(lambda: re.search("you +│ Here I am", terminal.screen()))  # held, where the busy machine showed no line for long
    terminal.keys("C-x", "0")
    terminal.wait("Nothing left over")
    terminal.keys("C-g")
    terminal.keys("C-x", "c")
    terminal.wait("why?")
    terminal.type("answered")
    terminal.keys("Enter")
    terminal.wait("is resolved")
    page.go(chat(desk))
    page.wait("Here I am")
    assert page.lines() == ["Call me back", "It is urgent", "Here I am"]
    terminal.wait("the customer came back")
    terminal.close()
    figures = desk.login("boss", online=False).get("/v1/report").json["total"]["figures"]
    assert figures["offline_messages"]["n"] == figures["offline_answer"]["n"] == 1 and figures["offline_open"]["n"] == 0, figures
    assert figures["queue_wait"]["n"] == figures["turns"]["n"] == figures["abandoned"]["n"] == 0, figures
    first = page.call("GET", "/window")
    second = page.call("POST", "/window/new", {"type": "tab"})["handle"]
    page.call("POST", "/window", {"handle": second})
    page.go(chat(desk))
    page.wait("Here I am")
    page.call("POST", "/window", {"handle": first})
    page.wait("This chat is open in another window.")
    page.click("#trouble button")
    page.gone("another window")
    page.call("POST", "/window", {"handle": second})
    page.wait("This chat is open in another window.")
    leave(page)


def over(desk, driver):
    """Who writes after the end is in the same conversation again; it is told once."""
    mia = desk.login("mia")
    page = begin(desk, driver, "one")
    conversation = answered(mia, "answer one")
    page.wait("answer one")
    assert mia.do(conversation, "resolve", {"reason": "done"}).status == 200
    page.wait("This chat has ended. Write to go on.")
    page.type("#text", "one more thing" + ENTER)
    page.wait("You are in the queue")
    assert answered(mia, "yes?") == conversation
    page.wait("yes?")
    assert page.lines() == ["one", "answer one", "one more thing", "yes?"], page.lines()
    said = [text for _, author, text in desk.said_in(conversation) if author == "customer"]
    assert said == ["one", "one more thing"], said
    leave(page)


def hostile(desk, driver):
    """What people write is text, whatever it looks like, and the page would not run it if it were not."""
    mia = desk.login("mia")
    page = begin(desk, driver, HOSTILE, name="<i>x</i>")
    conversation = answered(mia, HOSTILE)
    until(lambda: page.lines() == [HOSTILE, HOSTILE], 20, page.lines)
    assert page.run("return document.querySelectorAll('#log img, #log b, #log script').length") == 0
    links = page.run("return [...document.querySelectorAll('#log a')].map(a => [a.href, a.rel])")
    assert links == [["https://shop.example/a?b=1", "noopener noreferrer nofollow"]] * 2, links
    assert "taken" not in page.run("return document.title")
    assert mia.send(conversation, UNSEEN).status == 200
    until(lambda: page.lines()[-1:] == [SEEN], 20, page.lines)
    blocked = page.run("""const s = document.createElement('script'); s.textContent = 'window.taken = 1'; document.body.append(s);
                          return window.taken === undefined""")
    assert blocked
    assert any("Content Security Policy" in fault for fault in page.faults())
    leave(page)


def people(desk, driver):
    """Without a mouse; names for a screen reader; a phone of 320 pixels; Chinese; an input method that is choosing."""
    page = driver.open(chat(desk), size=(600, 640))
    page.wait("Your name (optional)")
    page.run("document.getElementById('name').focus()")
    page.keys(*"Ann", TAB, TAB, *"hello", ENTER)
    page.wait("We have your message")
    page.keys(TAB)
    assert page.run("return document.activeElement.id") == "send"
    named = page.run("""return [...document.querySelectorAll('input, textarea, button')].filter(e => e.offsetParent)
                        .every(e => e.textContent.trim() || (e.labels && e.labels.length && e.labels[0].textContent.trim()))""")
    assert named
    assert page.run("return document.getElementById('log').getAttribute('role')") == "log"
    narrow = page.run("""document.body.style.width = '320px'; const wide = document.body.scrollWidth;
                         document.body.style.width = ''; return wide""")
    assert narrow <= 320, narrow
    assert page.run("return document.documentElement.lang") == "en"
    leave(page)
    page = driver.open(chat(desk), language="zh-CN", dark=True)
    page.wait("消息")
    page.type("#text", "在吗")
    sent = page.run("""const e = new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true});
                       document.getElementById('text').dispatchEvent(e); return document.getElementById('text').value""")
    assert sent == "在吗", "Enter of an input method sends nothing"
    page.keys(ENTER)
    page.wait("留言已收到")
    assert page.run("return document.documentElement.lang") == "zh-CN"
    leave(page)


def recognised(desk, driver):
    """Whom the shop signs finds the conversation again on another device."""
    key = desk.run("identity", "--data", desk.data).strip()
    path = pathlib.Path(desk.data, "desk.yaml")
    desk.stop()
    Shop.desk = desk
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = f"http://localhost:{server.server_port}"
    path.write_text(path.read_text(encoding="utf-8") + f"page: {{origins: [\"{shop}\"]}}\n", encoding="utf-8")
    desk.start()
    expires = int(time.time()) + 600
    signature = hmac.new(key.encode(), f"customer-7\n{expires}".encode(), hashlib.sha256).hexdigest()
    Shop.more = f"data-user=customer-7 data-expires={expires} data-signature={signature}"
    try:
        pages = []
        for text in ("from the desk", "from the phone"):
            page = driver.open(shop)
            page.wait("Chat with us")
            page.click("button")
            page.wait("Close the chat")
            page.frame("iframe")
            page.wait("We have your message" if pages else "Nobody is here")
            page.type("#text", text + ENTER)
            page.wait("We have your message")
            page.wait(text, "#log")
            pages.append(page)
        until(lambda: pages[1].lines() == ["from the desk", "from the phone"], 20, pages[1].lines)
        until(lambda: pages[0].lines() == ["from the desk", "from the phone"], 20, pages[0].lines)
        page = driver.open(shop + "/slow")
        page.frame("iframe")
        page.wait("Nobody is here")
        page.type("#text", "before it was known" + ENTER)
        page.wait("sending")
        page.frame(None)
        page.run("introduce({user: 'customer-7', expires: arguments[0], signature: arguments[1]})", expires, signature)
        page.frame("iframe")
        pages.append(page)
        for page in pages:
            until(lambda: page.lines() == ["from the desk", "from the phone", "before it was known"], 20, page.lines)
            page.frame(None)
            leave(page)
    finally:
        Shop.more = ""
        server.shutdown()


def joined(desk, driver):
    """A lead says in the terminal that two browsers are one person: the second goes on in the conversation of the first."""
    mia = desk.login("mia")
    first = begin(desk, driver, "from my phone", name="Lena")
    one = answered(mia, "hello phone")
    second = begin(desk, driver, "from my desk", name="Lena")
    other = answered(mia, "hello desk")
    second.wait("hello desk")
    assert mia.do(other, "resolve", {"reason": "the same person"}).status == 200
    second.wait("This chat has ended.")
    contact = mia.get(f"/v1/conversations/{other}/contact").json["contact"]
    assert mia.do(one, "release").status == 200
    boss = Terminal(desk, "boss", columns=120)
    boss.wait("next in queue: Lena")
    boss.keys("C-x", "a")
    boss.wait("to Lena>")
    boss.keys("C-x", "p")
    boss.wait("THE SAME PERSON?")
    boss.type(f"/contact-merge {contact}")
    boss.keys("Enter")
    boss.wait("Are the two one person?")
    boss.type("y")
    boss.wait("two contacts are one now: you")
    boss.wait("merged")
    second.type("#text", "here I am" + ENTER)
    until(lambda: second.lines() == ["from my phone", "hello phone", "here I am"], 20, second.lines)
    until(lambda: first.lines() == second.lines(), 20, first.lines)
    boss.wait("here I am")
    boss.close()
    leave(first)
    leave(second)


def offered(desk, driver):
    """The desk says a first word that stops no clock, and the agent takes the answer that is offered."""
    path = pathlib.Path(desk.data, "desk.yaml")
    rules = path.read_text(encoding="utf-8") + """
answers:
  - {id: wait, when: silence, after: 300ms, text: "One moment, please."}
"""
    pathlib.Path(desk.home, "new.yaml").write_text(rules, encoding="utf-8")
    own = pathlib.Path(desk.environment["XDG_CONFIG_HOME"], "seatmux", "quickreplies")
    own.mkdir(parents=True, mode=0o700)
    (own / "shop.yaml").write_text("faq: shop\nlanguage: en\nentries:\n"
                                   "  - {id: parcel, questions: [where is my parcel], answer: 'It is on its way, {{contact.name|dear}}.'}\n"
                                   "  - {id: late, questions: [parcel is late], answer: 'Sorry for that.'}\n", encoding="utf-8")
    terminal = Terminal(desk, "mia", columns=110)
    first = begin(desk, driver, "hello?", name="Ann")
    assert answered(desk.login("mia"), "Hello Ann")
    first.wait("Hello Ann")
    tried = desk.run("answers", "try", str(pathlib.Path(desk.home, "new.yaml")), "--data", desk.data)
    assert tried.endswith("wait 1\n") or tried.endswith("wait 0\n"), tried
    desk.run("policy", "set", str(pathlib.Path(desk.home, "new.yaml")), "--data", desk.data)
    first.type("#text", "Where is my parcel, please?" + ENTER)
    first.wait("One moment, please.")
    terminal.wait("answers: where is my parcel")
    terminal.keys("C-x", ".")
    terminal.wait("It is on its way, Ann.")
    terminal.keys("C-g")
    terminal.keys("C-x", "=")
    terminal.wait("> It is on its way, Ann.")
    terminal.insist(lambda: "It is on its way, Ann." in first.text())
    events = [e for r in desk.records() for e in r["events"]]
    said = [e for e in events if e.get("kind") == "auto_reply"]
    assert [(e["author"], e["name"]) for e in said] == [("system", "wait")], said
    turn = desk.login("boss", online=False).get("/v1/report?rows=turns").json["turns"][-1]
    assert turn["outcome"] == "answered" and turn["response"] > 300, turn
    terminal.close()
    leave(first)


def previewed(desk, driver):
    """Staff see what is being written where the desk lets them, the page says so, and nothing of it is kept."""
    path = pathlib.Path(desk.data, "desk.yaml")
    path.write_text(path.read_text(encoding="utf-8") + "page: {preview: true}\n", encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    terminal = Terminal(desk, "mia", columns=120)
    page = begin(desk, driver, "hello", name="Ann")
    page.wait("we see what you write before you send it")
    terminal.wait("next in queue: Ann")
    terminal.keys("C-x", "a")
    terminal.wait("to Ann>")
    page.wait("You are talking to us.")
    page.type("#text", "my card is 4111111111111111")
    terminal.wait("Ann is typing: my card is ************1111")  # all of it, also where nothing is typed after it
    assert "4111111111111111" not in terminal.screen(), terminal.screen()
    assert "my card" not in desk.run("export", "--data", desk.data)
    terminal.close()
    leave(page)


def framed(desk, driver):
    """One line in a shop's page: a button, the chat behind it; only in pages that desk.yaml names."""
    Shop.desk = desk
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = f"http://localhost:{server.server_port}"
    page = driver.open(shop, size=(900, 700))
    page.wait("Chat with us")
    page.click("button")
    page.wait("Close the chat")
    until(lambda: any("frame-ancestors" in fault or "refused" in fault.lower() for fault in page.faults()), 20, "a refused frame")
    path = pathlib.Path(desk.data, "desk.yaml")
    path.write_text(path.read_text(encoding="utf-8") + f"page: {{origins: [\"{shop}\"]}}\n", encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    page.reload()
    page.wait("Chat with us")
    page.click("button")
    page.wait("Close the chat")
    page.frame("iframe")
    page.wait("Your message")
    page.type("#text", "From the shop" + ENTER)
    page.wait("We have your message")
    page.keys(ESCAPE)
    page.frame(None)
    page.wait("Chat with us")
    mia = desk.login("mia")
    conversation = answered(mia, "Hello shop")
    page.wait("(1 new)")
    state = next(c for c in mia.get("/v1/snapshot").json["conversations"] if c["id"] == conversation)
    assert state["order"] == "A-17" and state["attributes"] == {"page": "/"}, state
    assert page.faults() == [], page.faults()
    leave(page)
    server.shutdown()


def visited(desk, driver):
    """Somebody looks around in the shop, an agent sees it and invites; a rule, and no; in the report."""
    Shop.desk, Shop.more = desk, ""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shop = f"http://localhost:{server.server_port}"
    path = pathlib.Path(desk.data, "desk.yaml")
    path.write_text(path.read_text(encoding="utf-8") + f"page: {{origins: [\"{shop}\"]}}\nvisitors:\n  watch: true\n  invitations:\n"
                    "    - {id: price, page: /price*, after: 1s, text: <b>Questions</b> about a price?}\n"
                    "  popups:\n    - {id: returns, page: /returns*}\n", encoding="utf-8")
    desk.run("policy", "set", "--data", desk.data)
    terminal = Terminal(desk, "mia", columns=100)
    page = driver.open(shop + "/shoes")
    page.wait("Chat with us")
    page.go(shop + "/shoes/red")
    page.wait("Chat with us")
    terminal.keys("C-x", "V")
    terminal.wait("/shoes/red")
    terminal.wait("1 here")
    terminal.keys("Enter")
    terminal.wait("a visitor")
    terminal.wait("pages: 2")
    terminal.keys("Enter")
    terminal.wait("what does the invitation say?")
    terminal.type(" Red ones are new.")
    terminal.keys("Enter")
    page.wait("Hello! May I help you? Red ones are new.")  # at the page's next sign of life
    page.click("div[role=status] button")
    page.frame("iframe")
    page.wait("You are talking to us.")
    page.wait("Red ones are new.")
    page.type("#text", "Yes: which sizes?" + ENTER)
    terminal.keys("C-k")
    until(lambda: "Yes: which sizes?" in str(desk.records()), 20, "what the customer wrote")
    page.frame(None)
    owner = [e["agent"] for r in desk.records() for e in r["events"] if e["type"] == "conversation.assigned"]
    assert owner == ["mia"], owner
    other = driver.open(shop + "/price")
    other.wait("<b>Questions</b> about a price?")  # text, not markup
    other.click("div[role=status] button:nth-of-type(2)")
    other.gone("Questions")
    third = driver.open(shop + "/returns")
    third.wait("Close the chat")  # it opened by itself, and the keyboard stays where it was
    assert third.run("return [document.activeElement.tagName, frames.length]") == ["BODY", 1]
    assert page.faults() == [] and other.faults() == [], (page.faults(), other.faults())
    terminal.close()
    leave(third)
    leave(other)
    leave(page)
    server.shutdown()


def small(desk, _driver):
    """The page under 40 KB; nothing inline, nothing from elsewhere; each file with the policy of the page. What a page of the shop
    loads, before anybody wants to chat, is another download and has a bound of its own."""
    client = desk.login("boss", online=False)
    total, line = 0, 0
    for name in ("chat", "chat/chat.css", "chat/chat.js", "chat/desk.js", "chat/words.js", "embed.js"):
        answer = client.get("/" + name)
        if name == "embed.js":
            line = len(answer.body)
        else:
            total += len(answer.body)
        assert answer.status == 200 and "default-src 'none'" in answer.header("content-security-policy"), answer
        assert answer.body == pathlib.Path(ROOT, "web", {"chat": "chat.html"}.get(name, name.split("/")[-1])).read_bytes()
    assert total < 40000 and line < 9000, (total, line)
    html = client.get("/chat").body.decode()
    assert "style=" not in html and "onclick" not in html and html.count("<script") == html.count("<script type=\"module\" src=\"chat/")
    for path in ("/chat/", "/chat/none.js", "/chat/..%2f..%2fdesk.yaml", "/chat/chat.html"):
        assert client.get(path).status == 404, path
    assert client.get("/v1/page?inbox=none").status == 404


def alone(case, driver):
    """Each case has a desk of its own."""
    desk = Desk()
    try:
        desk.add_agent("mia")
        desk.add_agent("boss", "supervisor")
        desk.start()
        case(desk, driver)
        desk.stop()
    finally:
        desk.remove()


def main():
    lacking = missing()
    if lacking:
        skip_all(f"{lacking} is not installed")
    tap, driver = Tap(sys.argv[1:]), Driver()
    try:
        for case in (whole, files, together, lost, doubled, returns, over, rated_by_link, rated_at_the_next_visit, direct, hostile, people, framed, recognised, joined, offered, previewed, visited, small):
            tap.case("page: " + case.__doc__.split(".")[0].split(";")[0], alone, case, driver, seconds=120)
    finally:
        driver.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
