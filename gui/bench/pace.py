"""How many updates are due at a rate that a person can follow."""

from __future__ import annotations

import math
from collections.abc import Callable

Clock = Callable[[], float]  # the time in seconds; a window has one, so that a film of it is the same again
FASTEST, A_DECADE = 4, 10  # decades of updates a second, and speeds in each that keys step through


def speed(decades: float) -> float:
    """Updates a second, to two digits, so many decades above one."""
    return float(f"{10.0**decades:.1e}")


SPEEDS = [speed(place / A_DECADE) for place in range(FASTEST * A_DECADE + 1)]


def faster(pace: float | None) -> float | None:
    """The next of SPEEDS; None, full speed, after the last."""
    return None if pace is None else next((each for each in SPEEDS if each > pace), None)


def slower(pace: float | None) -> float | None:
    """The one of SPEEDS before this pace, as far as there is one."""
    return max((each for each in SPEEDS if pace is None or each < pace), default=pace)


class Pace:
    """Counts what is due at ``rate`` updates a second, the first at once; None is as fast as it goes.

    What a slow machine cannot keep up with is forgotten after a tenth of a second, not made up for.
    """

    def __init__(self, rate: float | None) -> None:
        self.rate = rate
        self._since = 0.0
        self._done = 0

    def start(self, now: float) -> None:
        """Count from ``now`` on, in seconds."""
        self._since, self._done = now, 0

    def due(self, now: float) -> float:
        """Whole updates that are due; inf at full speed."""
        if self.rate is None:
            return math.inf
        owed = math.floor((now - self._since) * self.rate) + 1 - self._done
        if owed > max(2.0, 0.1 * self.rate):
            self.start(now)
            return 1
        return max(0, owed)

    def done(self, updates: int) -> None:
        """So many were made."""
        self._done += updates

    def seconds_to_next(self, now: float) -> float:
        """How long to wait until one is due."""
        if self.rate is None:
            return 0.0
        return max(0.0, self._since + self._done / self.rate - now)
