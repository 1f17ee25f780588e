# SPDX-License-Identifier: MIT
"""What ptybench must know of each program: about 15 lines each.

A profile says how to start the program in an empty home (argv, env, setup), which feed talks to it
(servers.py kind, or server_argv() for an own one), what text says "up and logged in" (marker), which
keys show conversation 1 (open), clear the input line (clear) and leave (quit).
"""
import os, shlex, shutil, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))


class Profile:
    name, feed, marker = "?", None, b""
    clear, quit = b"\x15", b"\x04"
    minconv, maxconv, hidden, skip, flood4 = 1, 1000, True, (), True   # hidden: a conversation can exist without being painted

    def server_argv(self):
        return [sys.executable, os.path.join(HERE, "servers.py"), self.feed]

    def argv(self, s): raise NotImplementedError
    def setup(self, s): pass                    # s.home is an empty directory, s.port the feed's port
    def env(self, s): return {}
    def open(self, k): return b""               # keys that show conversation k
    def grow(self, s, k): pass                  # have conversations 1..k (where messages alone do not do it)
    def pids(self, s): return [s.term.pid]      # all processes whose CPU and memory count
    def before_close(self, s): pass
    def after_close(self, s): pass


def write(s, path, text):
    p = os.path.join(s.home, path)
    os.makedirs(os.path.dirname(p), exist_ok=True)
    with open(p, "w") as f:
        f.write(text)


class Cat(Profile):
    """Physical bound: one read and one write between the two ends of a raw pty."""
    name, feed, marker, maxconv, hidden, skip = "cat", "lines", b"READYFVWY", 1, False, ("resize",)
    clear, quit = b"", b""

    def argv(self, s):
        return ["/bin/bash", "-c", "stty raw -echo; exec 3<>/dev/tcp/127.0.0.1/%d; echo conv 1 >&3; cat <&3 & "
                "printf READYFVWY; exec cat" % s.port]

    def pids(self, s):
        kids = open("/proc/%d/task/%d/children" % (s.term.pid, s.term.pid)).read().split()
        return [s.term.pid] + [int(x) for x in kids]

    def grow(self, s, k): self.kids = self.pids(s)[1:]

    def before_close(self, s):
        if s.term:
            for p in self.pids(s)[1:]:
                os.kill(p, 15)


class NcMin(Profile):
    """Practical bound of a key: ncurses, an input line and nothing else."""
    name, marker, maxconv, skip = "ncmin", b"READYFVWY", 1, ("flood",)

    def argv(self, s): return [lbound()]


class LBound(Profile):
    """Practical bound with messages: ncurses, one pane, every message kept, at most 60 paints/s."""
    name, feed, marker = "lbound", "lines", b"READYFVWY"

    def argv(self, s): return [lbound(), str(s.port)]
    def open(self, k): return b"/open %d\r" % k


class LBound4(LBound):
    """The same bound with four conversations in 2x2 panes."""
    name, minconv, skip = "lbound4", 4, ("startup", "idle", "memory")

    def argv(self, s): return [lbound(), str(s.port), "4"]
    def open(self, k): return b""


def lbound():
    exe = os.path.join(os.environ.get("PTB_BUILD", "/tmp"), "ptb-lbound-%d" % os.getuid())
    src = os.path.join(HERE, "lbound.c")
    if not os.path.exists(exe) or os.path.getmtime(exe) < os.path.getmtime(src):
        subprocess.check_call(shlex.split(os.environ.get("CC", "cc")) + ["-O2", "-o", exe, src, "-lncursesw", "-ltinfo"])
    return exe


class Weechat(Profile):
    name, feed, marker, quit = "weechat", "irc", b"READYFVWY", b"\x15/quit\r"

    def argv(self, s):
        return ["weechat-curses", "-d", os.path.join(s.home, "wc"), "-r",
                "/server add bench 127.0.0.1/%d -notls -nicks=agent;/connect bench" % s.port]

    def open(self, k): return b"\x15/buffer cust%d\r" % k


class Weechat4(Weechat):
    """weechat with four conversations in 2x2 panes, cust1 in focus."""
    name, minconv, skip = "weechat4", 4, ("startup", "idle", "memory")

    def open(self, k):
        return (b"\x15/buffer cust1\r/window splith 50\r/buffer cust2\r/window splitv 50\r/buffer cust3\r/window 1\r"
                b"/window splitv 50\r/buffer cust4\r/window 1\r")


class Irssi(Profile):
    name, feed, marker, quit = "irssi", "irc", b"READYFVWY", b"\x15/quit\r"

    def argv(self, s):
        return ["irssi", "--home=" + os.path.join(s.home, "irssi"), "-c", "127.0.0.1", "-p", str(s.port), "-n", "agent"]

    def open(self, k): return b"\x15/window goto cust%d\r" % k


class Profanity(Profile):
    name, feed, marker, quit = "profanity", "xmpp", b"logged in successfully", b"\x15/quit\r"
    flood4 = False                              # 30 s a flood: two are enough

    def setup(self, s):
        write(s, ".local/share/profanity/accounts", "[agent@localhost]\nenabled=true\njid=agent@localhost\nresource=b\n"
              "server=127.0.0.1\nport=%d\npassword=x\ntls.policy=disable\nauth.policy=default\npresence.last=online\n"
              "presence.login=online\n" % s.port)

    def argv(self, s): return ["profanity", "-a", "agent@localhost"]
    def open(self, k): return b"\x15/win cust%d@localhost\r" % k


class Tmux(Profile):
    """Reference of a multiplexer: an input pane (cat on a cooked tty) and 3 panes of cat fed with the messages."""
    name, feed, marker, hidden, quit = "tmux", "lines", b"READYFVWY", False, b""

    def cat(self, s, k):
        return "exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d; echo conv %d >&3; exec cat <&3'" % (s.port, k)

    def argv(self, s):
        self.n = 3
        t = ["tmux", "-S", s.home + "/t", "-f", "/dev/null", "new-session", "-x", str(s.opt.cols), "-y", str(s.opt.rows),
             "printf READYFVWY; exec cat"]
        for k in (1, 2, 3):
            t += [";", "split-window", "-d", "-v" if k == 1 else "-h", "-t", ":0.%d" % (k - 1 if k > 1 else 0), self.cat(s, k)]
        return t

    def tmux(self, s, *a):
        return subprocess.run(["tmux", "-S", s.home + "/t"] + list(a), capture_output=True, text=True).stdout

    def grow(self, s, k):
        while self.n < k:
            self.n += 1
            self.tmux(s, "new-window", "-d", self.cat(s, self.n))
        while s.server.ask(s.term, op="conns")["n"] < self.n:
            s.term.pump(.01)

    def pids(self, s):
        if getattr(s, "tmux_pids", None) is None:
            s.tmux_pids = [s.term.pid, int(self.tmux(s, "display-message", "-p", "#{pid}"))]
        return s.tmux_pids

    def before_close(self, s):
        self.tmux(s, "kill-server")                              # the server on our own socket


ALL = {c.name: c for c in (Cat, NcMin, LBound, LBound4, Tmux, Irssi, Weechat, Weechat4, Profanity)}
DEFAULT = list(ALL)
import profile_seatmux  # noqa: E402,F401  adds ours to both
