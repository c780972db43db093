"""Columns of a table for a series that is too long to have a row for every value."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gui.panels.plots.pyramid import Pyramid


def spans(what: str, series: Pyramid) -> dict[str, Sequence[object]]:
    """From which number to which each bin of the ``series`` goes, counted from 1."""
    begins = np.arange(0, len(series), series.width)
    ends = np.minimum(begins + series.width, len(series))
    return {f"{what}_from": (begins + 1).tolist(), f"{what}_to": ends.tolist()}


def extremes(name: str, series: Pyramid) -> dict[str, Sequence[object]]:
    """The least and the greatest of each bin; blank where there is none."""
    named = zip(("least", "greatest"), series.bins, strict=True)
    return {
        f"{name}_{which}": ["" if math.isnan(value) else value for value in values.tolist()]
        for which, values in named
    }
