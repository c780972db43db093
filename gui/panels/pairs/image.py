"""A triangle of norms as colours: one for each part of a decade, none for what is not there."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gui.theme import Theme
from rnn.array import Array

ABSENT, EMPTY, LOWEST, HIGHEST = 0, 1, 2, 255
MOST, FEWEST, SPARE = 8, 3, 1
Levels = tuple[int, int]
USUAL: Levels = (-6, 0)


def levels(current: Levels | None, norms: Array) -> Levels:
    """The powers of ten that the colours run between: those around ``norms``, the highest `MOST` at most.

    Each end keeps its place in ``current`` while it holds the norms and wastes at most `SPARE` decades.
    """
    seen = norms[(norms > 0.0) & np.isfinite(norms)]
    if not seen.size:
        return current or USUAL
    top = math.ceil(math.log10(float(seen.max())))
    if current is not None and 0 <= current[1] - top <= SPARE:
        top = current[1]
    bottom = max(top - MOST, min(top - FEWEST, math.floor(math.log10(float(seen.min())))))
    if current is not None and 0 <= bottom - current[0] <= SPARE and current[0] >= top - MOST:
        bottom = current[0]
    return bottom, top


def shades(norms: Array, span: Levels) -> NDArray[np.uint8]:
    """(T, T) places in the table of `colours`; none above the diagonal, `EMPTY` for 0 and not finite."""
    low, high = span
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        places = np.log10(norms)
        places -= low
        places *= (HIGHEST - LOWEST) / (high - low)
        np.clip(places, 0, HIGHEST - LOWEST, out=places)
    places += LOWEST
    empty = ~((norms > 0.0) & np.isfinite(norms))
    places[empty] = EMPTY
    shown = places.astype(np.uint8)
    shown *= np.tri(len(norms), dtype=np.uint8)  # ABSENT above the diagonal
    return shown


def colours(theme: Theme) -> NDArray[np.uint8]:
    """(256, 4) the colours of all shades, with their opacity."""
    table = np.full((256, 4), 255, dtype=np.uint8)
    scale = theme.sequential()
    table[LOWEST:, :3] = scale[np.linspace(0, len(scale) - 1, HIGHEST - LOWEST + 1).round().astype(int)]
    table[ABSENT] = 0
    neutral = QColor(theme.raised)
    table[EMPTY, :3] = neutral.red(), neutral.green(), neutral.blue()
    return table
