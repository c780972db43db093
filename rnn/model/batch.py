"""What one update trains on: sequences side by side, their targets, and which time steps count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array

Classes: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]
Target: TypeAlias = NDArray[Any]  # float64 numbers or int64 class numbers


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """B sequences of the same length, time-major.

    Attributes:
        x: (T, B, D) inputs.
        y: (T, B, O) numbers, or (T, B) class numbers from 0 on.
        scored: (T, B) the time steps that count in the loss; None where all of them do.
    """

    x: Array
    y: Target
    scored: Mask | None = None

    @property
    def scores(self) -> int:
        """How many time steps count, over all sequences."""
        T, B, _ = self.x.shape
        return T * B if self.scored is None else int(np.count_nonzero(self.scored))

    @property
    def mask(self) -> Mask:
        """(T, B) the time steps that count in the loss, also where all of them do."""
        return np.ones(self.x.shape[:2], dtype=bool) if self.scored is None else self.scored

    def only(self, number: int) -> Batch:
        """One of its sequences, counted from 0, as a batch of its own."""
        part = slice(number, number + 1)
        scored = None if self.scored is None else self.scored[:, part]
        return Batch(self.x[:, part], self.y[:, part], scored)
