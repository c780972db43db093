"""What a curve was lately: the least and the greatest of its last hundred shapes."""

from __future__ import annotations

import numpy as np

from rnn.array import Array

ROWS = 100


class Band:
    """The newest `ROWS` rows of ``steps`` numbers each; NaN is a number that is not there."""

    def __init__(self, steps: int) -> None:
        self._rows = np.full((ROWS, steps), np.nan)
        self._added = 0

    def __len__(self) -> int:
        return min(self._added, ROWS)

    def add(self, row: Array) -> None:
        """Add ``row`` (steps,); beyond `ROWS` of them the oldest goes."""
        self._rows[self._added % ROWS] = row
        self._added += 1

    def limits(self) -> tuple[Array, Array]:
        """(steps,) the least and (steps,) the greatest at each step, NaN where there is none."""
        return np.fmin.reduce(self._rows, axis=0), np.fmax.reduce(self._rows, axis=0)
