# SPDX-License-Identifier: MIT
"""What the cases of the customer's page share: a page that has begun, an agent who answers, a page of a shop, commands at a terminal."""
import http.server

from desk import until

ENTER, TAB, ESCAPE, DOWN = "\ue007", "\ue004", "\ue00c", "\ue015"


def chat(desk, more=""):
    return f"http://127.0.0.1:{desk.port}/chat?inbox=web{more}"


def begin(desk, driver, text, name="Ann", words=("Your message", "You are in the queue"), **more):
    """`words`: what the page says before and after, in the language it is opened in."""
    page = driver.open(chat(desk), **more)
    page.wait(words[0])
    page.type("#name", name)
    page.type("#text", text + ENTER)
    page.wait(words[1])
    return page


def answered(mia, text):
    conversation = until(lambda: mia.get("/v1/snapshot").json["queue"], 20, "a waiting customer")[0]["conversation"]
    assert mia.do(conversation, "claim").status == 200
    assert mia.send(conversation, text).status < 300
    return conversation


def leave(page):
    assert page.faults() == [], page.faults()
    page.close()


def command(terminal, text):
    """A command by its words, from an empty composer."""
    terminal.keys("/")
    terminal.wait("commands")
    terminal.type(text)
    terminal.wait(text[:20])
    terminal.keys("Enter")
    until(lambda: "Enter runs it" not in terminal.screen(), 20, terminal.screen)


def write(terminal, text, seen=None):
    """Types, and Enter once it is on the screen: text behind an Enter at once would be a paste. With `seen`, again until that
    is there: Enter is ignored for a moment after a chat or a composer came."""
    terminal.type(text)
    terminal.wait(text)

    if seen is None:
        terminal.keys("Enter")
    else:
        terminal.insist(lambda: seen in terminal.screen())


class Shop(http.server.BaseHTTPRequestHandler):
    """A page of somebody else with the one line in it."""
    desk, more = None, ""

    def do_GET(self):  # pylint: disable=invalid-name
        home = f"http://127.0.0.1:{self.desk.port}"
        line = f"<script src='{home}/embed.js' data-inbox=web data-order=A-17 {self.more} async></script>"
        if self.path == "/slow":  # says who this is when it is told to
            line = (f"<iframe src='{home}/chat?inbox=web&signed=1' width=600 height=500></iframe><script>"
                    f"const introduce = who => frames[0].postMessage({{seatmuxUser: who}}, '{home}')</script>")
        body = f"<!doctype html><html lang='en'><title>Shop</title><h1>Shoes</h1>{line}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
