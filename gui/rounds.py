"""Which panels a frame draws: few enough that frames are even, enough that each comes round in time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gui.panels import Panel

ROUND_SECONDS = 1.0 / 15.0
FRAMES = (2, 4)  # the fewest and the most that a round may take
MEMORY = 0.8  # of the length of a frame, from one to the next


class Rounds:
    """Panels that take turns: all of them within a fifteenth of a second, as long as there are thirty frames.

    Attributes:
        frames: how many frames a round takes at this moment.
    """

    def __init__(self) -> None:
        self._frame_seconds = ROUND_SECONDS / FRAMES[1]
        self._last: float | None = None

    @property
    def frames(self) -> int:
        fewest, most = FRAMES
        return min(most, max(fewest, round(ROUND_SECONDS / self._frame_seconds)))

    def turn(self, shown: Sequence[Panel], now: float) -> list[Panel]:
        """Those that the frame at ``now``, in seconds, draws: what waited longest comes first."""
        if self._last is not None:
            took = min(now - self._last, ROUND_SECONDS)
            self._frame_seconds = MEMORY * self._frame_seconds + (1.0 - MEMORY) * took
        self._last = now
        dirty = sorted((panel for panel in shown if panel.dirty), key=lambda panel: panel.drawn_at)
        return dirty[: math.ceil(len(shown) / self.frames)]
