"""Words and figures that change a few times a second, so that they can be read."""

from __future__ import annotations

import math
from typing import ClassVar


class Unhurried:
    """Says when the words of a panel may change, all of them at once.

    Attributes:
        interval: the least number of seconds from one change to the next.
    """

    interval: ClassVar[float] = 0.25

    def __init__(self) -> None:
        self._changed = -math.inf

    def take_turn(self, now: float) -> bool:
        """Whether they may change ``now``, in seconds; they count as changed then."""
        if now - self._changed < self.interval:
            return False
        self._changed = now
        return True

    def hurry(self) -> None:
        """Something else is shown: let them change the next time, however soon that is."""
        self._changed = -math.inf
