# SPDX-License-Identifier: MIT
"""A terminal client of a desk in tmux: keys go in, the screen is read."""
import os
import pathlib
import subprocess
import tempfile

from desk import PASSWORD, until


class Terminal:
    def __init__(self, desk, name, columns=100, rows=30, language="en"):
        self.socket = os.path.join(tempfile.mkdtemp(prefix="seatmux-tmux-", dir=desk.home), "tmux")
        secret = pathlib.Path(desk.home, f"password-{name}")
        secret.write_text(PASSWORD + "\n", encoding="utf-8")
        os.chmod(secret, 0o600)
        self.environment = dict(desk.environment, LANG="C.UTF-8")
        self.environment.pop("TMUX", None)
        self.tmux("new-session", "-d", "-x", str(columns), "-y", str(rows), os.environ["SEATMUX"], "--server",
                  f"http://127.0.0.1:{desk.port}", "--login", name, "--password-file", str(secret), "--lang", language)
        self.wait("net ok" if language == "en" else "网络正常")

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-f", "/dev/null", "-S", self.socket, *arguments], env=self.environment, check=True, timeout=90,
                              stdout=subprocess.PIPE, encoding="utf-8").stdout

    def screen(self):
        return self.tmux("capture-pane", "-p")

    def wait(self, text, seconds=20):
        until(lambda: text in self.screen(), seconds, lambda: f"'{text}' on the screen, which is:\n{self.screen()}")

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def insist(self, condition, seconds=20):
        """Enter, and again a second later until it is so: a row of them without a pause would be a paste."""
        def entered():
            self.keys("Enter")
            try:
                return until(condition, 1, "") or True
            except AssertionError:
                return False
        until(entered, seconds, self.screen)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def close(self):
        subprocess.run(["tmux", "-S", self.socket, "kill-server"], env=self.environment, check=False, stderr=subprocess.DEVNULL)
