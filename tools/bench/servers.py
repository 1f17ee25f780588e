#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Message feeds for ptybench: one process per program under test, loopback only.

    servers.py irc|xmpp|lines

prints {"port": N} on stdout, then obeys one JSON command per line on stdin:

    {"op":"wait","timeout":20}                   -> {"ok":true}   client is logged in
    {"op":"conns"}                               -> {"ok":true,"n":K}
    {"op":"text","conv":1,"text":"..."}          -> {"ok":true,"t":ns}   one message
    {"op":"say","conv":1,"n":200}                -> {"ok":true,"t":ns}   n messages, at once
    {"op":"fill","convs":100,"n":200}            -> n messages in each of convs 1..K
    {"op":"rate","convs":1,"per_s":500}          -> background stream, until {"op":"stop"}
    {"op":"flood","convs":1,"n":20000,"marker":"..","marker_conv":1}
                                                 -> {"ok":true}, and once all is handed to the socket
                                                    {"ev":"flooded","ok":true,"t0":ns,"t1":ns,"bytes":B}
    {"op":"quit"}

Times are CLOCK_MONOTONIC ns, comparable with the harness's.  A new back end (HTTP
long-polling, say) is a subclass of Feed with serve() and encode(), or any other
executable that speaks these lines.
Message texts are lower case and digits only, so that upper-case keys and markers
are distinctive on the screen.
"""
import json, random, re, socket, sys, threading, time

WORDS = ("the parcel has not come yet and i need to know when it will be here please can you look "
         "at order for me my card was charged two times the app says error on login since monday "
         "thank you that works now how do i change address refund invoice delivery late").split()


def make_texts(n, seed=1):
    """n texts of 20..140 characters; each starts with its number, so that every text differs."""
    rng = random.Random(seed)
    pool = []
    for _ in range(256):
        want, out = rng.randint(20, 130), []
        while sum(map(len, out)) + len(out) < want:
            out.append(rng.choice(WORDS))
        pool.append(" ".join(out))
    return ["%06d %s" % (i, pool[(i * 7) & 255]) for i in range(n)]


class Feed:
    def __init__(self):
        self.l = socket.socket()
        self.l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.l.bind(("127.0.0.1", 0))
        self.l.listen(256)
        self.port = self.l.getsockname()[1]
        self.ready = threading.Event()
        self.lock = threading.Lock()
        self.nconn = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            s, _ = self.l.accept()
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.safe_serve, args=(s,), daemon=True).start()

    def safe_serve(self, s):
        try:
            self.serve(s)
        except OSError:
            pass

    # --- to be supplied by a feed
    def serve(self, s):
        raise NotImplementedError

    def encode(self, conv, text):
        raise NotImplementedError

    def sock(self, conv):
        return self.client

    # ---
    def send(self, conv, data):
        with self.lock:
            self.sock(conv).sendall(data)


class Irc(Feed):
    nick = b"agent"
    client = None

    def serve(self, s):
        f, user, nick = s.makefile("rb"), False, None
        for line in f:
            line = line.rstrip(b"\r\n")
            cmd, _, rest = line.partition(b" ")
            cmd = cmd.upper()
            if cmd == b"CAP" and rest.upper().startswith(b"LS"):
                s.sendall(b":bench CAP * LS :\r\n")
            elif cmd == b"NICK":
                nick = rest.lstrip(b":")
            elif cmd == b"USER":
                user = True
            elif cmd == b"PING":
                with self.lock:
                    s.sendall(b":bench PONG bench " + rest + b"\r\n")
            if user and nick and self.client is not s:
                self.nick, self.client = nick, s
                n = nick
                s.sendall(b"".join(b":bench %s %s\r\n" % (c, t) for c, t in (
                    (b"001", n + b" :welcome"), (b"002", n + b" :host"), (b"003", n + b" :created"),
                    (b"004", n + b" bench 1 io o"),
                    (b"005", n + b" CHANTYPES=# NICKLEN=30 NETWORK=bench :are supported"),
                    (b"375", n + b" :- motd"), (b"372", n + b" :- READYFVWY"),
                    (b"376", n + b" :end of motd"))))
                self.ready.set()

    def encode(self, conv, text):
        return b":cust%d!u@cust%d.example PRIVMSG %s :%s\r\n" % (conv, conv, self.nick, text.encode())


class Xmpp(Feed):
    """As much of RFC 6120/6121 as a client needs to log in without TLS and get messages."""
    client, seq = None, 0
    HEAD = ("<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream="
            "'http://etherx.jabber.org/streams' id='s%d' from='localhost' version='1.0'><stream:features>%s"
            "</stream:features>")

    def serve(self, s):
        buf, authed, n = "", False, 0
        while True:
            d = s.recv(65536)
            if not d:
                return
            buf += d.decode("utf-8", "replace")
            while True:
                m = re.search(r"<stream:stream[^>]*>|<auth\b.*?</auth>|<iq\b[^>]*/>|<iq\b.*?</iq>|"
                              r"</stream:stream>|<presence\b[^>]*/>|<presence\b.*?</presence>|"
                              r"<message\b.*?</message>", buf, re.S)
                if not m:
                    break
                st, buf = m.group(0), buf[m.end():]
                out = ""
                if st.startswith("<stream:stream"):
                    n += 1
                    out = self.HEAD % (n, "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>" if authed else
                                       "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>"
                                       "<mechanism>PLAIN</mechanism></mechanisms>")
                elif st.startswith("<auth"):
                    authed, out = True, "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>"
                elif st.startswith("<iq"):
                    i = re.search(r"\bid=['\"]([^'\"]*)", st)
                    i, t = i.group(1) if i else "", re.search(r"\btype=['\"](\w+)", st).group(1)
                    if "urn:ietf:params:xml:ns:xmpp-bind" in st:
                        out = ("<iq type='result' id='%s'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
                               "<jid>agent@localhost/b</jid></bind></iq>" % i)
                    elif "jabber:iq:roster" in st and t == "get":
                        out = "<iq type='result' id='%s'><query xmlns='jabber:iq:roster'/></iq>" % i
                    elif "urn:xmpp:ping" in st or t == "set":
                        out = "<iq type='result' id='%s'/>" % i
                    elif t == "get":
                        out = ("<iq type='error' id='%s'><error type='cancel'><service-unavailable xmlns="
                               "'urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>" % i)
                elif st.startswith("<presence") and "type=" not in st.split(">")[0]:
                    self.client = s
                    self.ready.set()
                if out:
                    with self.lock:
                        s.sendall(out.encode())

    def encode(self, conv, text):
        self.seq += 1
        return (b"<message from='cust%d@localhost/w' to='agent@localhost/b' type='chat' id='m%d'><body>%s</body>"
                b"</message>" % (conv, self.seq, text.encode()))


class Lines(Feed):
    """Plain lines.  A client says "all" (gets "K<TAB>text") or "conv K" (gets the texts alone)."""
    def __init__(self):
        self.by = {}
        super().__init__()

    def serve(self, s):
        hello = s.makefile("rb").readline().split()
        self.by[0 if hello[0] == b"all" else int(hello[1])] = s
        self.nconn += 1
        self.ready.set()

    def sock(self, conv):
        return self.by.get(0) or self.by[conv] if conv in self.by or 0 in self.by else self.by[min(self.by)]

    def encode(self, conv, text):
        return b"%d\t%s\n" % (conv, text.encode()) if 0 in self.by else text.encode() + b"\r\n"


def main():
    feed = {"irc": Irc, "xmpp": Xmpp, "lines": Lines}[sys.argv[1]]()
    outl = threading.Lock()

    def reply(**kw):
        with outl:
            sys.stdout.write(json.dumps(kw) + "\n")
            sys.stdout.flush()

    reply(port=feed.port)
    stop = threading.Event()
    rate_thread = None
    nsaid = [0]

    def fresh(n):
        i = nsaid[0]
        nsaid[0] += n
        return make_texts(i + n)[i:] if i + n < 100000 else make_texts(n)

    def rate(convs, per_s):
        texts, i, t0 = make_texts(4096, 3), 0, time.monotonic()
        try:
            while not stop.is_set():
                due = int((time.monotonic() - t0) * per_s)
                while i < due:
                    c = i % convs + 1
                    feed.send(c, feed.encode(c, texts[i & 4095]))
                    i += 1
                time.sleep(max(0.0005, 1 / per_s))
        except OSError:
            pass

    def flood(convs, n, marker, mconv):
        blobs, run, texts = [], [], make_texts(n, 5)
        texts[-1] = marker
        for i, t in enumerate(texts):
            c = i % convs + 1 if i < n - 1 else mconv
            s = feed.sock(c)
            e = feed.encode(c, t)
            if run and (run[0] is not s or run[2] > 65536):
                blobs.append(run)
                run = []
            if not run:
                run = [s, [], 0]
            run[1].append(e)
            run[2] += len(e)
        blobs.append(run)
        blobs = [(s, b"".join(p)) for s, p, _ in blobs]
        t0 = time.monotonic_ns()
        try:
            with feed.lock:
                for s, b in blobs:
                    s.sendall(b)
        except OSError as e:
            return reply(ev="flooded", ok=False, err=str(e))
        reply(ev="flooded", ok=True, t0=t0, t1=time.monotonic_ns(), bytes=sum(len(b) for _, b in blobs))

    for line in sys.stdin:
        c = json.loads(line)
        op = c["op"]
        try:
            if op == "wait":
                reply(ok=feed.ready.wait(c.get("timeout", 20)))
            elif op == "conns":
                reply(ok=True, n=feed.nconn)
            elif op == "text":
                feed.send(c["conv"], feed.encode(c["conv"], c["text"]))
                reply(ok=True, t=time.monotonic_ns())
            elif op == "say":
                b = b"".join(feed.encode(c["conv"], t) for t in fresh(c["n"]))
                t = time.monotonic_ns()
                feed.send(c["conv"], b)
                reply(ok=True, t=t)
            elif op == "fill":
                for k in range(c.get("from", 1), c["convs"] + 1):
                    feed.send(k, b"".join(feed.encode(k, t) for t in make_texts(c["n"], k)))
                reply(ok=True, t=time.monotonic_ns())
            elif op == "rate":
                stop.clear()
                rate_thread = threading.Thread(target=rate, args=(c["convs"], c["per_s"]), daemon=True)
                rate_thread.start()
                reply(ok=True)
            elif op == "stop":
                stop.set()
                if rate_thread:
                    rate_thread.join(5)
                reply(ok=True)
            elif op == "flood":
                reply(ok=True)
                threading.Thread(target=flood, args=(c["convs"], c["n"], c["marker"], c.get("marker_conv", 1)),
                                 daemon=True).start()
            elif op == "quit":
                break
        except OSError as e:
            reply(ok=False, err=str(e))


if __name__ == "__main__":
    main()
