#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The examples of docs/proxy.md, cut out of it and run: nginx and Caddy with TLS in front of a desk on a Unix socket, a chat with long
polls through them, what strangers may not, and the doctor. Each is skipped where it is not installed."""
import http.client
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time

from cases_files import fetch, png, send
from desk import ROOT, SLOW, Client, Customer, Desk, Tap, new_id, skip_all, until
from network import Authority, doctor


def example(language):
    return re.search(rf"```{language}\n(.*?)```", pathlib.Path(ROOT, "docs/proxy.md").read_text(encoding="utf-8"), re.S).group(1)


def changed(text, *pairs):
    """Each must be there: an example that was rewritten is tried as it is now."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


class Proxy:
    """A proxy at work before a desk; `context` trusts it."""

    def __init__(self, desk, name):
        self.desk, self.home = desk, os.path.join(desk.home, name)
        os.mkdir(self.home)
        self.authority = Authority(self.home, "authority")
        self.authority.issue("proxy", "DNS:localhost")
        self.crt, self.key = os.path.join(self.home, "proxy.crt"), os.path.join(self.home, "proxy.key")
        self.context = ssl.create_default_context(cafile=self.authority.name + ".crt")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"https://localhost:{self.port}"
        self.log = open(os.path.join(self.home, "log"), "wb")
        self.process = subprocess.Popen(getattr(self, name)(), env=dict(desk.environment, HOME=self.home, XDG_DATA_HOME=self.home, XDG_CONFIG_HOME=self.home),
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        until(self.open, 30, lambda: pathlib.Path(self.log.name).read_text(encoding="utf-8", errors="replace")[-3000:])

    def open(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        except OSError:
            return False

    def nginx(self):
        text = changed(example("nginx"), ("/run/desk/http.sock", self.desk.socket), ("listen 443", f"listen 127.0.0.1:{self.port}"),
                       ("/etc/ssl/desk.pem", self.crt), ("/etc/ssl/private/desk.key", self.key), ("desk.example.org", "localhost"))
        user = "user root;" if os.geteuid() == 0 else ""
        temporary = "".join(f"{kind}_temp_path {self.home}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        path = os.path.join(self.home, "nginx.conf")
        pathlib.Path(path).write_text(f"{user} daemon off; pid {self.home}/pid; error_log stderr; events {{}} http {{ access_log off; {temporary} {text} }}",
                                      encoding="utf-8")
        return [shutil.which("nginx") or "/usr/sbin/nginx", "-p", self.home, "-c", path, "-e", "stderr"]

    def caddy(self):
        text = changed(example("caddyfile"), ("/run/desk/http.sock", self.desk.socket),
                       ("desk.example.org {", f"https://localhost:{self.port} {{\n\tbind 127.0.0.1\n\ttls {self.crt} {self.key}"))
        path = os.path.join(self.home, "Caddyfile")
        pathlib.Path(path).write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text, encoding="utf-8")
        return ["caddy", "run", "--config", path, "--adapter", "caddyfile"]

    def client(self, token=None):
        return Through(self, token)

    def close(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()


class Through(Client):
    """A client by way of the proxy."""

    def __init__(self, proxy, token=None):
        super().__init__(proxy.port, token)
        self.proxy = proxy

    def open(self):
        return http.client.HTTPSConnection("localhost", self.proxy.port, timeout=self.timeout, context=self.proxy.context)


def talked(proxy, desk):
    """Started, held, answered, with a file both ways, all by way of the proxy."""
    mia, customer = proxy.client(desk.login("mia", where=desk.socket).token), proxy.client()
    started = customer.post("/v1/conversations", {"inbox": "web", "text": "在吗？"}, key=new_id())
    assert started.status == 201, started
    customer.token, conversation = started.json["token"], started.json["conversation"]
    assert mia.do(conversation, "claim").status == 200
    cursor = customer.get("/v1/snapshot").json["cursor"]
    began = time.monotonic()
    idle = customer.get(f"/v1/events?after={cursor}&wait=2")
    assert idle.status == 200 and not idle.json.get("events") and time.monotonic() - began >= 1.5, idle
    polled = []
    thread = threading.Thread(target=lambda: polled.append(customer.get(f"/v1/events?after={idle.json['cursor']}&wait=50")))
    thread.start()
    until(lambda: "seatmux_parked_polls 1" in Client(desk.socket).get("/metrics").body.decode(), 20, "a poll that is held")
    began = time.monotonic()
    assert mia.send(conversation, "在的").status == 200
    thread.join(30 * SLOW)
    texts = [event.get("text") for event in polled[0].json["events"]]
    assert "在的" in texts and time.monotonic() - began < 10 * SLOW, "answered when it comes, not when the hold is over"
    picture = png(3) + os.urandom(2 << 20)
    file = send(customer, conversation, picture, "big.png")
    assert fetch(mia, conversation, file).body == picture


def guarded(proxy):
    """The page as it is; what is too large, and what is nobody's business."""
    client = proxy.client()
    page = client.get("/chat", headers={"Accept-Encoding": "gzip"})
    assert page.status == 200 and page.header("content-encoding") is None, page.headers
    assert page.header("content-security-policy") and page.header("cache-control") == "no-store", page.headers
    assert page.body == pathlib.Path(ROOT, "web/chat.html").read_bytes()
    for name in ("/chat/chat.js", "/chat/chat.css", "/embed.js"):
        assert client.get(name).status == 200, name
    large = proxy.client().post("/v1/login", {"name": "mia", "password": "x" * 100000})
    assert large.status == 413, large
    for origin, status in ((proxy.url, 200), ("https://evil.example", 403)):  # the page knows its own address behind a proxy
        told = client.post("/v1/visits", {"visit": new_id(), "page": "/chat"}, headers={"Origin": origin})
        assert told.status == status, (origin, told)
    for path in ("/metrics", "/healthz"):
        assert client.get(path).status == 403, path


def tried(name):
    desk = Desk()
    desk.socket = os.path.join(desk.home, "http.sock")
    proxy = None
    try:
        desk.add_agent("mia")
        desk.start("--behind-proxy", listen=[f"unix:{desk.socket}"])
        proxy = Proxy(desk, name)
        talked(proxy, desk)
        guarded(proxy)
        said = doctor(desk, proxy.url, "--hold", "1", "--cafile", proxy.authority.name + ".crt")
        assert {said[check][0] for check in ("connection", "desk", "proxy", "answer", "login", "poll")} == {"ok"}, said
        desk.stop()
    finally:
        if proxy:
            proxy.close()
        desk.remove()


def main():
    if not shutil.which("openssl"):
        skip_all("openssl is not installed")
    tap = Tap(sys.argv[1:])
    for name in ("nginx", "caddy"):
        case = f"proxy: {name}, as docs/proxy.md has it"
        if shutil.which(name) or os.path.exists("/usr/sbin/" + name):
            tap.case(case, tried, name, seconds=120)
        else:
            tap.skip(case, f"{name} is not installed (./dev setup proxy)")
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
