# SPDX-License-Identifier: MIT
"""Long cases in the time they are given. SEATMUX_TEST_FULL=1: at every place there is; with SEATMUX_TEST_MINUTES=N beside it the
cases of a program take N minutes together, each its share of what is left, and go to places drawn by chance: what one run leaves
out, another one finds. SEATMUX_SEED=N draws the same again."""
import os
import random
import time

FULL = bool(os.environ.get("SEATMUX_TEST_FULL"))


class Budget:
    def __init__(self, cases):
        minutes = os.environ.get("SEATMUX_TEST_MINUTES")
        self.end = time.monotonic() + 60 * float(minutes) if FULL and minutes else None
        self.cases, self.until = cases, None
        self.chance = random.Random(int(os.environ.get("SEATMUX_SEED", time.time())))

    def case(self):
        """One more case begins."""
        if self.end is not None:
            self.until = time.monotonic() + max(0.0, self.end - time.monotonic()) / max(1, self.cases)
        self.cases -= 1

    def order(self, places):
        """The places of a case, in the order in which to go to them."""
        places = list(places)
        if self.end is not None:
            self.chance.shuffle(places)
        return places

    def over(self):
        """The case at hand goes to no further place."""
        return self.until is not None and time.monotonic() >= self.until
