"""What the unrolled network's picture is made of: colours of units, and widths of gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gui.panels.signal_look import Range
from gui.panels.unrolled_words import Words
from rnn.array import Array
from rnn.probes.norms import norms

THINNEST, THICKEST, DECADES = 1.0, 10.0, 6.0


def thickness(norm: float, largest: float) -> float:
    """The width in pixels of a way that a gradient of this norm passes along; 0 for none at all."""
    if not norm > 0.0:
        return 0.0
    if not math.isfinite(norm):
        return THICKEST
    decades = math.log10(norm) - math.log10(largest)
    return THINNEST + (THICKEST - THINNEST) * max(0.0, 1.0 + decades / DECADES)


@dataclass(slots=True, eq=False)
class Picture:
    """What is drawn: a moment in words, the signal that colours its units, and the norms of its gradients.

    Attributes:
        words: the moment.
        values: of each layer (T+1, H), row 0 NaN where a signal begins at step 1.
        colours, span: the map of the values, and the range that it stands for.
        passed, own: for each layer and each array of its state (T+1,), the norms of the two parts.
        largest: the largest of them all.
    """

    words: Words
    values: tuple[Array, ...]
    colours: NDArray[np.uint8]
    span: Range
    passed: list[list[Array]] = field(init=False)
    own: list[list[Array]] = field(init=False)
    largest: float = field(init=False)

    def __post_init__(self) -> None:
        self.passed = [[norms(array) for array in way.passed] for way in self.words.ways]
        self.own = [[norms(array) for array in way.own] for way in self.words.ways]
        every = np.concatenate([array for part in (*self.passed, *self.own) for array in part])
        there = every[np.isfinite(every) & (every > 0.0)]
        self.largest = float(there.max()) if len(there) else 1.0

    def shades(self, layer: int, step: int) -> NDArray[np.uint8]:
        """(H, 3) the colours of a column of units."""
        low, high = self.span
        values = np.nan_to_num(self.values[layer][step], nan=0.5 * (low + high), posinf=high, neginf=low)
        share = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
        return self.colours[(share * (len(self.colours) - 1)).round().astype(int)]
