# SPDX-License-Identifier: MIT
"""Chromium by way of chromedriver: the few calls of the WebDriver protocol that the cases need, over plain HTTP."""
import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
WAIT_S = 20
SLOW = float(os.environ.get("SEATMUX_TEST_SLOW", "1"))  # a busy machine


def missing():
    """What is not installed, or None."""
    return next((name for name in ("chromium", "chromedriver") if not shutil.which(name)), None)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Driver:
    """One chromedriver process; windows are opened by open()."""

    def __init__(self):
        self.port = free_port()
        self.home = tempfile.mkdtemp(prefix="seatmux-browser-")
        self.downloads = os.path.join(self.home, "downloads")
        # No proxy of this machine, and no bus: everything stays on loopback.
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment.update(HOME=self.home, XDG_CONFIG_HOME=self.home, XDG_CACHE_HOME=self.home)
        self.process = subprocess.Popen(["chromedriver", f"--port={self.port}", "--allowed-ips=127.0.0.1"], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        wait(lambda: self.call("GET", "/status")["ready"], "chromedriver", errors=(OSError,))

    def call(self, method, path, body=None, seconds=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        connection.request(method, path, json.dumps(body or {}) if method == "POST" else None,
                           {"Content-Type": "application/json"})
        value = json.loads(connection.getresponse().read())["value"]
        connection.close()
        if isinstance(value, dict) and "error" in value:
            raise RuntimeError(f"{path}: {value['error']}: {value['message'][:300]}")
        return value

    def open(self, url, language="en", size=(900, 700), dark=False, more=None):
        arguments = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", f"--lang={language}",
                     f"--window-size={size[0]},{size[1]}", "--disable-background-networking", "--disable-component-update"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # which root may not have
        if dark:
            arguments.append("--force-dark-mode")
        options = {"args": arguments, "prefs": {
            "intl.accept_languages": language, "download.default_directory": self.downloads, "download.prompt_for_download": False, **(more or {})}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}})
        page = Page(self, session["sessionId"])
        page.go(url)
        return page

    def stop(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Page:
    def __init__(self, driver, session):
        self.driver, self.session = driver, session

    def call(self, method, path, body=None):
        return self.driver.call(method, f"/session/{self.session}{path}", body)

    def go(self, url):
        self.call("POST", "/url", {"url": url})

    def reload(self):
        self.call("POST", "/refresh")

    def run(self, script, *arguments):
        """A script in the page; `arguments` are its arguments."""
        return self.call("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        return self.call("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def type(self, selector, text):
        self.call("POST", f"/element/{self.find(selector)}/value", {"text": text})

    def click(self, selector):
        self.call("POST", f"/element/{self.find(selector)}/click")

    def keys(self, *keys):
        """Keys to whatever has the focus."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def frame(self, selector):
        """Into a frame; None: back to the page itself."""
        self.call("POST", "/frame", {"id": {ELEMENT: self.find(selector)} if selector else None})

    def text(self, selector="body"):
        return self.run("const e = document.querySelector(arguments[0]); return e ? e.innerText : ''", selector)

    def wait(self, text, selector="body"):
        wait(lambda: text in self.text(selector), lambda: f"'{text}' in {selector}, which says:\n{self.text(selector)}")

    def gone(self, text, selector="body"):
        wait(lambda: text not in self.text(selector), lambda: f"'{text}' to go from {selector}")

    def lines(self):
        """The texts of the conversation, oldest first."""
        return self.run("return [...document.querySelectorAll('#log .text')].map(e => e.innerText)")

    def faults(self):
        """What the browser complained of, but for requests that did not get through."""
        rows = self.call("POST", "/se/log", {"type": "browser"})
        return [row["message"] for row in rows if row["level"] == "SEVERE" and "Failed to load resource" not in row["message"]]

    def picture(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("GET", "/screenshot")))

    def close(self):
        self.call("DELETE", "")


def wait(condition, what, seconds=WAIT_S, errors=()):
    until, tick = time.monotonic() + seconds * SLOW, threading.Event()
    while time.monotonic() < until:
        try:
            if condition():
                return
        except errors:
            pass
        tick.wait(0.02)
    raise TimeoutError(f"waited {seconds} s for {what() if callable(what) else what}")
