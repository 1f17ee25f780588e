#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The time of day is set while a program runs: by hours, forward and back. What it waits for is desk time, and doesn't care.

SEATMUX_SHIM_LIBRARY is the shim (shim.c), which adds what a file says to the time of day."""
import os
import pathlib
import struct
import subprocess
import sys

from desk import PASSWORD, Client, Customer, Desk, Tap, new_id, skip_all, until

SHIM = os.environ.get("SEATMUX_SHIM_LIBRARY", "")
HOUR = 3600


class Wall:
    """A time of day of one's own."""

    def __init__(self, desk):
        self.path = pathlib.Path(desk.home, "wall-" + new_id())
        self.path.write_bytes(struct.pack("q", 0))
        self.environment = dict(desk.environment, LD_PRELOAD=f"{SHIM}:{os.environ.get('LD_PRELOAD', '')}", SEATMUX_SHIM_WALL=str(self.path))

    def set(self, seconds):
        with open(self.path, "r+b") as file:  # in its place: it is mapped
            file.write(struct.pack("q", seconds))


def tail(desk, ahead):
    """`tail --until` does not take an hour that nobody waited for a wait of an hour; nor does it miss one that is there."""
    wall, metrics = Wall(desk), Client(desk.port)
    password = pathlib.Path(desk.home, "password")
    password.write_text(PASSWORD + "\n", encoding="utf-8")
    password.chmod(0o600)
    for term, timeout, status in (("wait>30m", 4, 3), ("wait>5s", 15, 0)):
        name = "n" + new_id()
        customer = Customer(desk.port, "anybody there?", name=name)
        wall.set(0)
        program = subprocess.Popen([os.environ["SEATMUX"], "tail", "--server", f"http://127.0.0.1:{desk.port}", "--login", "boss",
                                    "--password-file", str(password), "--until", f"{term} customer:{name}", "--timeout", str(timeout)],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=wall.environment, text=True)
        until(lambda p=program: p.poll() is not None or b"seatmux_parked_polls 1" in metrics.get("/metrics").body, 20, "its poll is parked")
        wall.set(ahead)
        said = program.communicate(timeout=90)[0]
        assert program.returncode == status, f"{term}, {ahead} s: {program.returncode} {said}"
        customer.post(f"/v1/conversations/{customer.conversation}/leave")


def main():
    if not SHIM or not os.path.exists(SHIM):
        skip_all("the shim needs a build without sanitizers")
    tap = Tap(sys.argv[1:])
    desk = Desk()
    desk.add_agent("boss", "supervisor")
    desk.start()
    for ahead in (HOUR, -HOUR):
        tap.case(f"tail: {ahead:+} s", tail, desk, ahead)
    desk.stop()
    desk.remove()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
