"""Which panels a frame draws: little enough that frames are even, enough that each comes round in time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from gui.bench.pace import Clock
from gui.panels import Panel

FRAME_SECONDS = 0.007  # of drawing, is what a frame should have room for
FRAMES = (2, 4)  # the fewest and the most that a round may take: at sixty a second thirty or fifteen rounds
MEMORY = 0.8  # of what drawing a panel takes, from one drawing to the next


class Rounds:
    """Panels that take turns, by what drawing them was seen to take.

    A round, in which each panel is drawn once, has as many frames as make each one light, but never more than
    let all panels come round fifteen times in sixty frames.

    Arguments:
        clock: gives the time in seconds.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seconds: WeakKeyDictionary[Panel, float] = WeakKeyDictionary()
        self._allowed = 0.0  # seconds of drawing; below 0 the frames before took more than their part

    def turn(self, shown: Sequence[Panel]) -> Iterator[Panel]:
        """Those that this frame draws, what waited longest first; each is drawn before the next is named."""
        dirty = sorted((panel for panel in shown if panel.dirty), key=lambda panel: panel.drawn_at)
        share = self._share(shown)
        self._allowed = min(self._allowed, 0.0) + share
        for place, panel in enumerate(dirty):
            if place and self._allowed <= 0.0:
                break
            begun = self._clock()
            yield panel
            took = self._clock() - begun
            self._allowed -= took
            self._seconds[panel] = MEMORY * self._seconds.get(panel, took) + (1.0 - MEMORY) * took
        self._allowed = max(self._allowed, -share)

    def _share(self, shown: Sequence[Panel]) -> float:
        """The seconds of drawing that a frame has, so that the panels share the frames of a round evenly."""
        whole = sum(self._seconds.get(panel, 0.0) for panel in shown)
        fewest, most = FRAMES
        return whole / min(most, max(fewest, math.ceil(whole / FRAME_SECONDS)))
