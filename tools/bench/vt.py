# SPDX-License-Identifier: MIT
"""A small screen model (enough of xterm for ncurses programs and tmux), for ptybench --screens."""
import re

TOK = re.compile(r"\x1b\[([0-9;?>=!]*)([ -/]*[@-~])|\x1b[()*+].|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_][^\x1b]*\x1b\\|\x1b(.)|"
                 r"([\x00-\x1a\x1c-\x1f])|([^\x00-\x1f\x1b]+)", re.S)
PART = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[()*+]|[\]PX^_][^\x07\x1b]*\x1b?)?$")


class Screen:
    def __init__(self, rows, cols):
        self.R, self.C, self.pend = rows, cols, b""
        self.g = [[" "] * cols for _ in range(rows)]
        self.r = self.c = self.top = 0
        self.bot, self.last, self.save = rows - 1, " ", (0, 0)

    def blank(self): return [" "] * self.C

    def up(self, top, n):
        for _ in range(min(n, self.bot - top + 1)):
            del self.g[top]
            self.g.insert(self.bot, self.blank())

    def down(self, top, n):
        for _ in range(min(n, self.bot - top + 1)):
            del self.g[self.bot]
            self.g.insert(top, self.blank())

    def lf(self):
        if self.r == self.bot: self.up(self.top, 1)
        else: self.r = min(self.R - 1, self.r + 1)

    def put(self, ch):
        if self.c >= self.C: self.c = 0; self.lf()
        self.g[self.r][self.c] = ch; self.c += 1; self.last = ch

    def feed(self, b):
        b = self.pend + b
        s = b.decode("utf-8", "surrogateescape")
        m = PART.search(s)
        self.pend = b""
        if m: self.pend, s = m.group(0).encode("utf-8", "surrogateescape"), s[:m.start()]
        for m in TOK.finditer(s):
            arg, fin, esc, ctl, txt = m.groups()
            if txt:
                for ch in txt: self.put(ch)
            elif ctl:
                if ctl == "\r": self.c = 0
                elif ctl == "\n": self.lf()
                elif ctl == "\b": self.c = max(0, min(self.c, self.C) - 1)
                elif ctl == "\t": self.c = min(self.C - 1, (self.c // 8 + 1) * 8)
            elif fin: self.csi(arg, fin)
            elif esc == "M":
                if self.r == self.top: self.down(self.top, 1)
                else: self.r = max(0, self.r - 1)
            elif esc == "D": self.lf()
            elif esc == "7": self.save = (self.r, self.c)
            elif esc == "8": self.r, self.c = self.save

    def csi(self, arg, f):
        if arg[:1] in ("?", ">", "=", "!"):
            if arg == "?1049": self.g = [self.blank() for _ in range(self.R)]
            return
        a = [int(x) if x else 0 for x in arg.split(";")] if arg else [0]
        n, c = a[0] or 1, min(self.c, self.C - 1)
        row = self.g[self.r]
        if f in "Hf": self.r, self.c = min(n, self.R) - 1, min(a[1] or 1 if len(a) > 1 else 1, self.C) - 1
        elif f == "A": self.r = max(0, self.r - n)
        elif f == "B": self.r = min(self.R - 1, self.r + n)
        elif f == "C": self.c = min(self.C - 1, self.c + n)
        elif f == "D": self.c = max(0, c - n)
        elif f == "G": self.c = min(n, self.C) - 1
        elif f == "d": self.r = min(n, self.R) - 1
        elif f == "K":
            x = {0: (c, self.C), 1: (0, c + 1), 2: (0, self.C)}[a[0]]
            row[x[0]:x[1]] = [" "] * (x[1] - x[0])
        elif f == "J":
            if a[0] == 0: row[c:] = [" "] * (self.C - c)
            if a[0] == 1: row[:c + 1] = [" "] * (c + 1)
            for i in {0: range(self.r + 1, self.R), 1: range(0, self.r)}.get(a[0], range(self.R)): self.g[i] = self.blank()
        elif f == "L" and self.top <= self.r <= self.bot: self.down(self.r, n)
        elif f == "M" and self.top <= self.r <= self.bot: self.up(self.r, n)
        elif f == "S": self.up(self.top, n)
        elif f == "T": self.down(self.top, n)
        elif f == "P": row[c:] = row[c + n:] + [" "] * min(n, self.C - c)
        elif f == "@": row[c:] = ([" "] * min(n, self.C - c) + row[c:])[:self.C - c]
        elif f == "X": row[c:c + n] = [" "] * (min(self.C, c + n) - c)
        elif f == "b":
            for _ in range(n): self.put(self.last)
        elif f == "r":
            self.top, self.bot = n - 1, min((a[1] if len(a) > 1 and a[1] else self.R), self.R) - 1
            self.r = self.c = 0

    def text(self):
        return "\n".join("".join(r).rstrip() for r in self.g) + "\n"
