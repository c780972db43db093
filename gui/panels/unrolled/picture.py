"""What the unrolled network's picture is made of: colours of units, and widths of gradients."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gui.panels.keys.signal_look import Range
from gui.panels.unrolled.overview import Track
from gui.panels.unrolled.sayings import track_names
from gui.panels.unrolled.words import Words
from rnn.array import Array
from rnn.model.cells import Signal
from rnn.number_format import short
from rnn.observing.probes.norms import norms
from rnn.observing.probes.unrolled import Unrolled

THINNEST, THICKEST = 1.5, 11.0
FEWEST_DECADES, MOST_DECADES = 1.0, 6.0


@dataclass(frozen=True, slots=True)
class Widths:
    """How wide a way is for the gradient that passes, in decades.

    Attributes:
        low, high: the norms that the thinnest and the thickest way stand for.
        under: whether some that is drawn is smaller than ``low``; it is as thin, and dotted.
    """

    low: float = 0.1
    high: float = 1.0
    under: bool = False

    @classmethod
    def of(cls, drawn: Array) -> Widths:
        """From the least to the greatest of what is ``drawn``, one decade at least and six at most."""
        there = drawn[np.isfinite(drawn) & (drawn > 0.0)]
        if not len(there):
            return cls()
        least, high = float(there.min()), float(there.max())
        low = max(min(least, high * 10.0**-FEWEST_DECADES), high * 10.0**-MOST_DECADES)
        return cls(low, high, least < 0.999 * low)

    def pixels(self, norm: float) -> float:
        """The width of a way that a gradient of this norm passes along; 0 for none at all."""
        if not norm > 0.0:
            return 0.0
        if not math.isfinite(norm):
            return THICKEST
        if self.low <= 0.0:  # all that is drawn is next to nothing
            return THINNEST
        share = (math.log10(norm) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return THINNEST + (THICKEST - THINNEST) * min(1.0, max(0.0, share))

    def dotted(self, norm: float) -> bool:
        """Whether a way is as thin as it gets, but stands for less."""
        return norm < 0.999 * self.low

    @property
    def ends(self) -> tuple[str, str]:
        """What the thinnest and the widest stand for."""
        return f"{'≤ ' if self.under else ''}{short(self.low)}", short(self.high)

    @property
    def text(self) -> str:
        """Both ends in words."""
        return "thinnest {} … widest {}".format(*self.ends)


def values_of(moment: Unrolled, signal: Signal) -> tuple[Array, ...]:
    """(T+1, H) of each layer, NaN where a gate has no step 0."""
    arrays = (layer[signal.name] for layer in moment.signals)
    missing = [(moment.steps + 1 - len(array), array) for array in arrays]
    return tuple(np.pad(a, ((short_of, 0), (0, 0)), constant_values=np.nan) for short_of, a in missing)


@dataclass(slots=True, eq=False)
class Picture:
    """What is drawn: a moment in words, the signal that colours its units, and the norms of its gradients.

    Attributes:
        words: the moment.
        values: of each layer (T+1, H), row 0 NaN where a signal begins at step 1.
        colours, span: the map of the values, and the range that it stands for.
        passed, own, total: for each layer and each array of its state (T+1,), the norms of the parts and of
            their sum; ``own`` of the top layer is 0 where a step's loss is not sent back.
        widths: of the ways that are drawn, those at the time steps 1 … T.
    """

    words: Words
    values: tuple[Array, ...]
    colours: NDArray[np.uint8]
    span: Range
    passed: list[list[Array]] = field(init=False)
    own: list[list[Array]] = field(init=False)
    total: list[list[Array]] = field(init=False)
    widths: Widths = field(init=False)

    def __post_init__(self) -> None:
        ways = self.words.ways
        self.passed = [[norms(array) for array in way.passed] for way in ways]
        self.own = [[norms(array) for array in way.own] for way in ways]
        self.total = [[norms(array) for array in way.total] for way in ways]
        drawn = [array[1:] for layer in self.passed for array in layer]
        drawn += [layer[0][1:] for layer in self.own]
        self.widths = Widths.of(np.concatenate(drawn))

    @property
    def tracks(self) -> list[Track]:
        """What the overview shows: the whole gradient of each state, the lowest layer's first."""
        layers = zip(track_names(self.words), self.total, strict=True)
        return [Track(*pair) for names, arrays in layers for pair in zip(names, arrays, strict=True)]

    def shades(self, layer: int, step: int) -> NDArray[np.uint8]:
        """(H, 3) the colours of a column of units."""
        low, high = self.span
        values = np.nan_to_num(self.values[layer][step], nan=0.5 * (low + high), posinf=high, neginf=low)
        share = np.clip((values - low) / ((high - low) or 1.0), 0.0, 1.0)
        return self.colours[(share * (len(self.colours) - 1)).round().astype(int)]
