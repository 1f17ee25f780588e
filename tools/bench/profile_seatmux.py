# SPDX-License-Identifier: MIT
"""seatmux for ptybench: imported at the end of a profiles.py, it adds itself to that one's tables."""
import os
import sys

from profiles import ALL, DEFAULT, Profile, write

HERE = os.path.dirname(os.path.abspath(__file__))


class Seatmux(Profile):
    """seatmux on a real seatmuxd (feed_seatmuxd.py); catches up through HTTP, JSON and its journal on disk."""
    name, feed, marker, quit = "seatmux", "seatmuxd", b"mia", b"\x11"
    mode = []

    def server_argv(self):
        return [sys.executable, os.path.join(HERE, "feed_seatmuxd.py")] + self.mode

    def setup(self, s):
        from desk import PASSWORD
        write(s, "password", PASSWORD + "\n")
        os.chmod(os.path.join(s.home, "password"), 0o600)

    def env(self, s):
        return {"XDG_%s_HOME" % d: os.path.join(s.home, d.lower()) for d in ("CONFIG", "STATE", "DATA", "CACHE")} | {
            "XDG_RUNTIME_DIR": s.home}

    def argv(self, s):
        exe = os.environ.get("SEATMUX", os.path.join(HERE, "..", "..", "build", "seatmux"))
        return [os.path.abspath(exe), "--server", "http://127.0.0.1:%d" % s.port, "--login", "mia",
                "--password-file", os.path.join(s.home, "password"), "--lang", "en"]

    def open(self, k): return b"\x15\x0f"        # zoom: the other three panes of 2x2 are hidden


class Seatmux4(Seatmux):
    """seatmux as it starts: 2x2 panes, one conversation in each."""
    name, minconv, skip = "seatmux4", 4, ("startup", "idle", "memory")

    def open(self, k): return b"\x15"


class SeatmuxClocks(Seatmux4):
    """The same with targets of half an hour: four clocks run on the screen."""
    name, mode, skip = "seatmuxclk", ["clocks"], ("startup", "keys", "memory", "flood", "resize")


class SeatmuxDue(SeatmuxClocks):
    """The same with the targets as shipped: warnings, targets that pass, and the alerts of both."""
    name, mode = "seatmuxdue", ["due"]


ALL.update({c.name: c for c in (Seatmux, Seatmux4, SeatmuxClocks, SeatmuxDue)})
DEFAULT += [Seatmux.name, Seatmux4.name]
