"""Curves over time steps that break where a sequence ends and stay finite on the screen."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg

from gui.panels.plots.pyramid import trimmed
from rnn.array import Array

LONG = 1500
BEYOND = 5.0


def make_curve() -> pg.PlotCurveItem:
    """A curve without points yet."""
    return pg.PlotCurveItem(connect="finite")


def draw_curve(
    curve: pg.PlotCurveItem,
    values: Array,
    shown: tuple[float, float],
    first: int = 1,
    piece: int | None = None,
) -> None:
    """Draw ``values`` (n,) at the time steps ``first``, ``first`` + 1, …, broken after every ``piece``.

    What is not finite or further than BEYOND times the range ``shown`` outside of it leaves a gap, so that
    every coordinate can be painted. Up to LONG points are smoothed.
    """
    n = len(values)
    room = BEYOND * (shown[1] - shown[0])
    y = np.where((values >= shown[0] - room) & (values <= shown[1] + room), values, np.nan)
    x = np.arange(first, first + n, dtype=float)
    if piece is not None:
        breaks = np.arange(piece, n, piece)
        x, y = np.insert(x, breaks, np.nan), np.insert(y, breaks, np.nan)
    curve.setData(*trimmed(x, y), antialias=n <= LONG)
