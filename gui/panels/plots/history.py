"""What a training has been, a row of numbers a moment: thinned evenly, so that it never takes more room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.observing.snapshot import RunInfo

MOST, FEWEST = 512, 64
NUMBERS = 1_000_000
FINE = 100  # a run of fewer epochs is divided into so many parts


class History:
    """Rows of numbers by the update that they are of; each is kept as it was measured, or not at all.

    Rows that come closer together than the spacing replace one another, so that the newest is always there.
    Once there are more than ``most``, every second one goes, and the spacing grows with them.

    Attributes:
        most: how many rows there can be.
        spacing: how many updates lie between two that stay.
    """

    def __init__(self, width: int, spacing: int) -> None:
        """For rows of ``width`` numbers, at first every ``spacing`` updates."""
        self.most = max(FEWEST, min(MOST, NUMBERS // max(1, width))) // 2 * 2
        self.spacing = spacing
        self._updates = np.empty(self.most + 1, dtype=np.int64)
        self._rows = np.empty((self.most + 1, width))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def updates(self) -> NDArray[np.int64]:
        """(n,) the updates, growing; a view."""
        return self._updates[: self._count]

    @property
    def rows(self) -> Array:
        """(n, width) what was measured then; a view."""
        return self._rows[: self._count]

    def add(self, update: int, row: Array) -> None:
        """Add the ``row`` (width,) of ``update``, not before the last one."""
        if not self._replaces(update):
            self._count += 1
        self._updates[self._count - 1] = update
        self._rows[self._count - 1] = row
        if self._count > self.most:
            self._thin()

    def last_before(self, update: float) -> int | None:
        """The place of the newest row that is not of a later update; None where all are."""
        place = int(np.searchsorted(self.updates, update, side="right")) - 1
        return place if place >= 0 else None

    def _replaces(self, update: int) -> bool:
        """Whether a row of ``update`` takes the place of the last one, which is not there to stay."""
        if self._count == 0:
            return False
        last = int(self._updates[self._count - 1])
        if update == last:
            return True
        return self._count > 1 and last - int(self._updates[self._count - 2]) < self.spacing

    def _thin(self) -> None:
        kept = self.most // 2 + 1  # the first and the last are among them
        self._updates[:kept] = self._updates[: self._count : 2].copy()
        self._rows[:kept] = self._rows[: self._count : 2].copy()
        self._count = kept
        span = int(self._updates[kept - 1] - self._updates[0])
        self.spacing = max(self.spacing, span // (kept - 1))


def usual_spacing(info: RunInfo) -> int:
    """An epoch; in a run of few epochs a hundredth of it all."""
    whole = info.updates_an_epoch * info.config.training.epochs
    return max(1, min(info.updates_an_epoch, whole // FINE))
