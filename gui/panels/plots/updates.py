"""How many updates an axis holds: in steps that do not creep."""

from __future__ import annotations

import math

AT_ONCE = 5_000
MOST_EMPTY = 20
STEPS = (1, 2, 3, 4, 5, 6, 8, 10)


def extent(updates: int, an_epoch: int, epochs: int) -> int:
    """How many updates the axis holds when ``updates`` are done.

    The whole run from the start where that leaves enough to see, else a round number of epochs, that grows
    in steps; for a run that goes on beyond what was asked for, a round number of such runs.
    """
    whole = an_epoch * epochs
    unit = whole if whole <= max(AT_ONCE, MOST_EMPTY * updates) else an_epoch
    return unit * _rounded_up(updates / unit)


def _rounded_up(ratio: float) -> int:
    """The next of 1, 2, 3, 4, 5, 6, 8, 10, 20, …"""
    if ratio <= 1.0:
        return 1
    power = 10 ** math.floor(math.log10(ratio))
    return int(next(power * step for step in STEPS if power * step >= ratio))
