#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""picture.py FILE: the README's picture of the customer's page, light and in English beside dark and in Chinese, each answered from a real
terminal client. Exits with 3 where Chromium is not installed. `./dev pictures` calls it."""
import base64
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "remote"))
from customer import ENTER, begin  # noqa: E402
from desk import Desk, until  # noqa: E402
from driver import Driver, missing  # noqa: E402
from terminal import Terminal  # noqa: E402

SIZE = (500, 660)  # of each window
CHATS = (
    {"language": "en", "dark": False, "name": "Lena", "wait": ("Your message", "You are in the queue"),
     "says": ("Hello, my parcel has not moved since Monday. Can you send it to my office?", "Great, thank you!"),
     "answer": "I see it in Leipzig, and have asked the carrier to bring it to your office: https://track.example.org/48213",
     "typing": "mia is typing"},
    {"language": "zh-CN", "dark": True, "name": "小雨", "wait": ("消息", "排队"),
     "says": ("在吗？这件外套偏大吗，165 / 52kg 穿什么码", "好的，黑色有货吗 😊"),
     "answer": "亲，按您的身高体重建议 M 码，版型正常不偏大", "typing": "mia 正在输入"},
)


def talk(desk, driver, terminal, chat):
    """A conversation up to where the agent writes again. Returns its picture."""
    page = begin(desk, driver, chat["says"][0], name=chat["name"], words=chat["wait"], language=chat["language"], dark=chat["dark"], size=SIZE)
    terminal.wait("queue 1")
    terminal.keys("C-x", "a")
    terminal.wait(f"to {chat['name']}>")
    terminal.type(chat["answer"])
    terminal.insist(lambda: chat["answer"] in page.text())
    page.type("#text", chat["says"][1] + ENTER)
    terminal.wait(chat["says"][1][:8])
    terminal.type("One moment")
    page.wait(chat["typing"])
    path = pathlib.Path(desk.home, "page.png")
    page.picture(path)
    page.close()
    terminal.keys("C-c", "C-x", "c")
    terminal.wait("why?")
    terminal.keys("1")
    until(lambda: "why?" not in terminal.screen(), 20, terminal.screen)
    return path.read_bytes()


def side_by_side(driver, pictures):
    """One picture of both, made by the browser, which is here anyway."""
    images = "".join(f"<img style='display:block' src='data:image/png;base64,{base64.b64encode(data).decode()}'>" for data in pictures)
    page = driver.open("about:blank", size=(2 * SIZE[0], SIZE[1]))
    page.run("document.body.style.cssText = 'margin:0;display:flex'; document.body.innerHTML = arguments[0];"
             "return Promise.all([...document.images].map(i => i.decode()))", images)
    return page


def main(target):
    lacking = missing()
    if lacking:
        print(f"{target} stays as it is: {lacking} is not installed", file=sys.stderr)
        return 3
    driver = Driver()
    desk = Desk()
    try:
        desk.add_agent("mia")
        desk.start()
        terminal = Terminal(desk, "mia")
        side_by_side(driver, [talk(desk, driver, terminal, chat) for chat in CHATS]).picture(target)
        terminal.close()
        desk.stop()
    finally:
        driver.stop()
        desk.remove()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
