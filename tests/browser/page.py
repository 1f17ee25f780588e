#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The customer's page in Chromium against a real desk, with an agent at the real terminal client: a whole conversation, the
connection lost and found, two windows, hostile text, the frame in a shop's page, and people without a mouse or with a phone."""
import hashlib
import hmac
import http.server
import pathlib
import signal
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "remote"))
from desk import ROOT, Desk, Tap, skip_all, until  # noqa: E402
from driver import Driver, missing  # noqa: E402
from terminal import Terminal  # noqa: E402

ENTER, TAB, ESCAPE = "\ue007", "\ue004", "\ue00c"
HOSTILE = "<img src=x onerror=document.title='taken'> <b>bold</b> javascript:alert(1) https://shop.example/a?b=1"


def chat(desk, more=""):
    return f"http://127.0.0.1:{desk.port}/chat?inbox=web{more}"


def begin(desk, driver, text, name="Ann", **more):
    page = driver.open(chat(desk), **more)
    page.wait("Your message")
    page.type("#name", name)
    page.type("#text", text + ENTER)
    page.wait("You are in the queue")
    return page


def answered(mia, text):
    conversation = until(lambda: mia.get("/v1/snapshot").json["queue"], 20, "a waiting customer")[0]["conversation"]
    assert mia.do(conversation, "claim").status == 200
    assert mia.send(conversation, text).status < 300
    return conversation


def leave(page):
    assert page.faults() == [], page.faults()
    page.close()


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
    terminal.keys("Enter")
    page.wait("It is on its way, 明天到")
    page.type("#text", "谢谢 😊" + ENTER)
    terminal.wait("谢谢 😊")
    assert page.lines() == ["Where is my parcel?", "It is on its way, 明天到", "谢谢 😊"]
    page.click("#leave")
    page.wait("How was it?")
    page.click("#stars label:nth-child(5) input")
    page.type("#comment", "quick")
    page.click("#rate")
    page.wait("Thank you for the rating.")
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
    said = [text for _, author, text in desk.said_in(conversation) if author == "customer"]
    assert said == ["first", *(f"line {i}" for i in range(5))], said
    leave(page)


def returns(desk, driver):
    """Nobody is there: a message is left; the answer is there at the next visit, and a second window takes over."""
    boss = desk.login("boss", online=False)
    boss.post("/v1/agents/mia/availability", {"availability": "offline"})
    page = driver.open(chat(desk))
    page.wait("Nobody is here at the moment.")
    page.type("#text", "Call me back" + ENTER)
    page.wait("in the queue")
    page.go("about:blank")
    answered(desk.login("mia"), "Here I am")
    page.go(chat(desk))
    page.wait("Here I am")
    assert page.lines() == ["Call me back", "Here I am"]
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
    answered(mia, HOSTILE)
    until(lambda: page.lines() == [HOSTILE, HOSTILE], 20, page.lines)
    assert page.run("return document.querySelectorAll('#log img, #log b, #log script').length") == 0
    links = page.run("return [...document.querySelectorAll('#log a')].map(a => [a.href, a.rel])")
    assert links == [["https://shop.example/a?b=1", "noopener noreferrer nofollow"]] * 2, links
    assert "taken" not in page.run("return document.title")
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
    page.keys(*"Ann", TAB, *"hello", ENTER)
    page.wait("in the queue")
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
    page.wait("正在排队")
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
            page.wait("in the queue" if pages else "Nobody is here")
            page.type("#text", text + ENTER)
            page.wait("in the queue")
            page.wait(text, "#log")
            pages.append(page)
        until(lambda: pages[1].lines() == ["from the desk", "from the phone"], 20, pages[1].lines)
        until(lambda: pages[0].lines() == ["from the desk", "from the phone"], 20, pages[0].lines)
        for page in pages:
            page.frame(None)
            leave(page)
    finally:
        Shop.more = ""
        server.shutdown()


class Shop(http.server.BaseHTTPRequestHandler):
    """A page of somebody else with the one line in it."""
    desk, more = None, ""

    def do_GET(self):  # pylint: disable=invalid-name
        body = (f"<!doctype html><html lang='en'><title>Shop</title><h1>Shoes</h1>"
                f"<script src='http://127.0.0.1:{self.desk.port}/embed.js' data-inbox=web data-order=A-17 {self.more} async></script>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


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
    page.wait("in the queue")
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


def small(desk, _driver):
    """Under 40 KB all together; nothing inline, nothing from elsewhere; each file with the policy of the page."""
    client = desk.login("boss", online=False)
    total = 0
    for name in ("chat", "chat/chat.css", "chat/chat.js", "chat/desk.js", "chat/words.js", "embed.js"):
        answer = client.get("/" + name)
        total += len(answer.body)
        assert answer.status == 200 and "default-src 'none'" in answer.header("content-security-policy"), answer
        assert answer.body == pathlib.Path(ROOT, "web", {"chat": "chat.html"}.get(name, name.split("/")[-1])).read_bytes()
    assert total < 40000, total
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
    tap, driver = Tap(), Driver()
    try:
        for case in (whole, lost, doubled, returns, over, hostile, people, framed, recognised, small):
            tap.case("page: " + case.__doc__.split(".")[0].split(";")[0], alone, case, driver, seconds=120)
    finally:
        driver.stop()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
