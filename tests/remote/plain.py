#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""seatmux --plain at a real desk: a whole conversation by lines, on pipes and on a dumb terminal; what is said is plain text and
nothing that was said is taken back."""
import contextlib
import os
import pty
import re
import select
import signal
import subprocess
import time

from desk import PASSWORD, Customer, Desk, Tap

WAIT = 30
HELD_S = 0.4  # a held message is not sent within 0.3 s


class Plain:
    """The program on pipes, or on a terminal of its own."""

    def __init__(self, desk, terminal=False, language="en", editor=""):
        password = os.path.join(desk.home, "password")
        with open(password, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(PASSWORD + "\n")
        environment = dict(desk.environment, LANGUAGE=language, TERM="dumb", VISUAL=editor)
        words = [os.environ["SEATMUX"], "--plain", "--server", f"http://127.0.0.1:{desk.port}", "--login", "mia",
                 "--password-file", password]
        self.text, self.at = "", 0
        if terminal:
            self.out, other = pty.openpty()
            self.into = self.out
            self.process = subprocess.Popen(words, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True)
            os.close(other)
        else:
            self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
            self.out, self.into = self.process.stdout.fileno(), self.process.stdin.fileno()

    def read(self, seconds):
        if not select.select([self.out], [], [], seconds)[0]:
            return False
        try:
            got = os.read(self.out, 65536)
        except OSError:  # the terminal's other end is closed
            got = b""
        self.text += got.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(got)

    def wait(self, pattern):
        """The first place after the one found last that this fits."""
        end = time.monotonic() + WAIT
        while True:
            found = re.search(pattern, self.text[self.at:], re.M)
            if found:
                self.at += found.end()
                return found
            if time.monotonic() > end or not self.read(1) and self.process.poll() is not None:
                raise AssertionError(f"never said: {pattern}\n{self.text}")

    def type(self, line):
        os.write(self.into, (line + "\n").encode())

    def end(self):
        if self.process.stdin:
            self.process.stdin.close()
            while self.read(WAIT):
                pass
        return self.process.wait(WAIT)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is None:
            os.close(self.out)
        else:
            self.process.stdin.close()
            self.process.stdout.close()


def conversation(terminal):
    """Claim, read, answer with a template and by hand, a note, a forbidden word, transfer prompt, resolve."""
    desk = Desk()
    desk.add_agent("mia")
    desk.start()
    customer = Customer(desk.port, "Where is my parcel?", name="Chen Wei", order="48213", language="en")
    plain = Plain(desk, terminal)
    try:
        plain.wait(r"Connected\.")
        plain.wait(r"1 waiting in the queue; /chat-accept takes the next\.")
        plain.type("/chat-acc")
        plain.wait(r"Chat with Chen Wei, order 48213: \d+ s left to reply\.")
        plain.wait(r"^\d\d:\d\d Chen Wei: Where is my parcel\?$")
        # A command by number, and the field it leaves.
        plain.type("/reply-picker")
        plain.wait(r"A number chooses, words are looked for, \. closes\.")
        plain.type("redir")
        number = plain.wait(r"^(\d+)\. .*;redir").group(1)
        plain.type(number)
        plain.wait(r"Draft, not sent: I have asked the carrier to hold parcel 48213")
        plain.wait(r"Type what comes in for address\.")
        plain.type("1 Long Street")
        plain.wait(r"Draft, not sent: .*1 Long Street")
        plain.wait(r"An empty line sends it\.")
        plain.type("")
        plain.wait(r"you to Chen Wei: .*1 Long Street")
        assert any("1 Long Street" in text for text in said(desk)), said(desk)
        customer.say("Thank you, my card is 4111 1111 1111 1111")
        plain.wait(r"Chen Wei: Thank you, my card is \*\*\*\* \*\*\*\* \*\*\*\* 1111")
        # What a list forbids is held back; the next line takes its place.
        plain.type("you idiot")
        plain.wait(r"Not sent: \"idiot\"")
        plain.wait(r"a new line takes its place")
        plain.type("You are welcome\\")
        plain.type("and good-bye.")
        plain.wait(r"you to Chen Wei: You are welcome\nand good-bye\.")
        assert "You are welcome\nand good-bye." in said(desk), said(desk)
        plain.type("/note")
        plain.type("a patient one")
        plain.wait(r"note on Chen Wei: a patient one")
        assert all("idiot" not in text for text in said(desk))
        # What is known of the customer, once.
        plain.type("/card")
        plain.wait(r"^contact: Chen Wei$")
        plain.wait(r"^name: Chen Wei$")
        plain.wait(r"^order: 48213$")
        plain.wait(r"^CONVERSATIONS\.$")
        plain.wait(r"this one")
        # What closes a list is no message where none is open any more.
        plain.type(".")
        plain.wait(r"Nothing is open\.")
        plain.type("。")
        plain.wait(r"Nothing is open\.")
        assert not {".", "。"} & set(said(desk)), said(desk)
        # Told again, found, and where one is.
        plain.type("/read 1")
        plain.wait(r"note on Chen Wei: a patient one")
        plain.type("/search parcel")
        plain.wait(r"\d\. .*Where is my parcel\?")
        plain.type(".")
        plain.type("")
        plain.wait(r"Nobody waits in the queue\.")
        plain.type("/help")
        plain.type("resolve")
        plain.wait(r"^(\d+)\. chat-resolve")
        plain.type("1")
        plain.wait(r"Ends the chat with a reason")
        plain.type(".")
        plain.type("/supervise")
        plain.wait(r"seatmux tail")
        plain.type("/chat-resolve done")
        plain.wait(r"Chen Wei: resolved by you")
        plain.type("/quit now")
        assert plain.end() == 0, plain.text
        bad = [c for c in plain.text if c < " " and c not in "\n\a"]
        assert not bad, (bad, plain.text)
        assert not re.search("[─│┌━]|SLA", plain.text), plain.text
    finally:
        plain.kill()
        desk.kill()


def said(desk):
    return [text for record in desk.records() for text in (record.get("contents") or {}).values() if isinstance(text, str)]


def on_pipes():
    conversation(False)


def on_a_terminal():
    conversation(True)


@contextlib.contextmanager
def beside_a_lead(text, name, customer_language, **how):
    """mia by lines, leo who leads, and one customer. Gives the desk, leo, the customer and the program."""
    desk = Desk()
    desk.add_agent("mia")
    desk.add_agent("leo", "supervisor")
    desk.start()
    leo = desk.login("leo")
    customer = Customer(desk.port, text, name=name, language=customer_language)
    plain = Plain(desk, **how)
    try:
        yield desk, leo, customer, plain
    finally:
        plain.kill()
        desk.kill()


def held_and_overdue():
    """A colleague's answer holds what was typed; an empty line sends it all the same. Clocks are said in words, in Chinese too."""
    with beside_a_lead("在吗？", "王小明", "zh-CN", language="zh_CN") as (desk, leo, customer, plain):
        plain.wait("已连接")
        plain.wait("1 人在排队")
        plain.type("/chat-accept")
        plain.wait("在吗？")
        plain.wait("超时.*王小明")
        plain.type("/chat-find 在")
        plain.type(".")
        answer = leo.send(customer.conversation, "我来处理", query="?anyway=true")
        assert answer.status == 200, answer
        plain.type("您好，我是客服")
        plain.wait("空行")
        plain.type("")
        plain.wait("Enter 不算")  # too soon after it was held
        held = time.monotonic()
        while time.monotonic() < held + HELD_S:
            plain.read(0.05)
        plain.type("")
        plain.wait("您.*王小明：您好，我是客服")
        answer = leo.post(f"/v1/conversations/{customer.conversation}/typing", {})
        assert answer.status < 300, answer
        plain.wait("^王小明.*leo.*正在输入")
        assert plain.end() == 0
        assert "您好，我是客服" in said(desk), said(desk)


def taken_over():
    """A chat that somebody else has now is not the one that is written to: said, and gone from the prompt."""
    with beside_a_lead("hello", "Ann", "en", terminal=True) as (_desk, leo, customer, plain):
        plain.wait("1 waiting in the queue")
        plain.type("/chat-accept")
        plain.wait("^to Ann> ")
        assert leo.do(customer.conversation, "take_over").status == 200
        plain.wait(r"No chat is chosen\. /chat-accept")
        plain.wait("^> ")


def end_of_input():
    """Lines from a file: what they send is sent before the program ends."""
    desk = Desk()
    desk.add_agent("mia")
    desk.start()
    Customer(desk.port, "hello", name="Ann", language="en")
    plain = Plain(desk)
    try:
        plain.wait("1 waiting in the queue")
        plain.type("/chat-accept")
        plain.wait("Chat with Ann")
        plain.wait("Ann: hello")
        os.write(plain.into, b"the last words, without an end of line")
        assert plain.end() == 0, plain.text
        assert "the last words, without an end of line" in said(desk), plain.text
    finally:
        plain.kill()
        desk.kill()


EDITOR = """#!/bin/sh
echo editing
while read -r line; do
    case $line in
    fail) exit 1 ;;
    end) exit 0 ;;
    esac
    echo "$line" >>"$1"
    echo "editor: $line"
done
"""


def an_editor():
    """The terminal is the editor's while it runs: what is typed there is no message, nothing is said in between, and Ctrl-C is the editor's."""
    desk = Desk()
    desk.add_agent("mia")
    desk.start()
    customer = Customer(desk.port, "hello", name="Ann", language="en")
    script = os.path.join(desk.home, "editor")
    with open(os.open(script, os.O_CREAT | os.O_WRONLY, 0o700), "w", encoding="utf-8") as file:
        file.write(EDITOR)
    plain = Plain(desk, terminal=True, editor=script)
    try:
        plain.wait("1 waiting in the queue")
        plain.type("/chat-accept")
        plain.wait("Ann: hello")
        plain.type("/edit-external")
        plain.wait("editing$")
        at = plain.at
        assert customer.say("are you there?").status == 200
        for i in range(20):
            plain.type(f"line {i}")
            plain.wait(f"editor: line {i}$")
        assert "are you there" not in plain.text[at:], plain.text
        plain.type("end")
        plain.wait("An empty line sends it")
        plain.at = at
        plain.wait("Ann: are you there")
        assert not [text for text in said(desk) if "line" in text], said(desk)
        plain.type("/edit-external")
        plain.wait("editing$")
        plain.process.send_signal(signal.SIGINT)
        plain.type("fail")
        plain.wait("the text is as it was")
        plain.type("")
        plain.wait("you to Ann: line 0")
        assert "\n".join(f"line {i}" for i in range(20)) in said(desk), said(desk)
    finally:
        plain.kill()
        desk.kill()


def main():
    tap = Tap()
    for name, case in (("a conversation by lines", on_pipes), ("on a dumb terminal", on_a_terminal),
                       ("held, overdue, in Chinese", held_and_overdue), ("taken over", taken_over),
                       ("the end of the input", end_of_input), ("an editor", an_editor)):
        tap.case(name, case)
    return tap.end()


if __name__ == "__main__":
    raise SystemExit(main())
