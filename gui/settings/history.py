"""The changes by hand: each can be taken back, and made again until another is made."""

from __future__ import annotations

from collections import deque

from rnn.config import RunConfig

DEPTH = 100


class History:
    """What the form said before each change, and what it said before each that was taken back."""

    def __init__(self) -> None:
        self._before: deque[RunConfig] = deque(maxlen=DEPTH)
        self._undone: deque[RunConfig] = deque(maxlen=DEPTH)

    def remember(self, now: RunConfig) -> None:
        """A change by hand is about to be made."""
        self._before.append(now)
        self._undone.clear()

    def undo(self, now: RunConfig) -> RunConfig | None:
        """What it was before the last change that made another of it; None where there was none."""
        return _back(self._before, self._undone, now)

    def redo(self, now: RunConfig) -> RunConfig | None:
        """What it was before the last ``undo``; None where there is none, or another change came since."""
        return _back(self._undone, self._before, now)

    def can_undo(self, now: RunConfig) -> bool:
        """Whether there is a change to be taken back."""
        return any(config != now for config in self._before)

    def forget_last(self) -> RunConfig | None:
        """What it was before the last change, as if that had never been made."""
        return self._before.pop() if self._before else None


def _back(those: deque[RunConfig], others: deque[RunConfig], now: RunConfig) -> RunConfig | None:
    """The last of ``those`` that is another than ``now``, which is put among the ``others``."""
    while those:
        if (config := those.pop()) != now:
            others.append(now)
            return config
    return None
