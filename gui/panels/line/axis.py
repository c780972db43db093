"""The left axis of the loss along a line: in decades where losses span many, and as wide as its numbers."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QFontMetrics

from gui.panels.plots.plot import Plot
from gui.theme import SMALL, font
from rnn.array import Array
from rnn.observing.probes.walk import LOGARITHMIC

LINEAR = 5.0  # an axis of decades is kept until the losses span less than this
WIDTH, ROOM = 58, 26  # pixels of the axis, and what its label and ticks need beside the numbers


class LossAxis:
    """Turns losses into heights at the left axis of a plot.

    Attributes:
        log: whether it is in decades.
    """

    def __init__(self, plot: Plot, x_label: str) -> None:
        self._plot = plot
        self._x_label = x_label
        self._y_label = "loss"
        self.log = False

    def name(self, what: str) -> None:
        """Losses are this from now on."""
        self._y_label = what
        self._label()

    def suit(self, losses: Array) -> bool:
        """Choose between decades and a linear axis for these; whether that is another than before."""
        if len(losses) == 0:
            return False
        low, high = max(float(losses.min()), 1e-300), float(losses.max())
        log = high / (LINEAR if self.log else LOGARITHMIC) > low
        if log == self.log:
            return False
        self.log = log
        self._plot.set_log_y(log)
        self._label()
        return True

    def heights(self, losses: Array) -> Array:
        """Losses in the units of the axis; NaN, a gap, where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            there = np.isfinite(losses) & ((losses > 0.0) | (not self.log))
            kept = np.where(there, losses, np.nan)
            return np.asarray(np.log10(kept) if self.log else kept)

    def widen(self) -> None:
        """Take as much room as the longest number needs."""
        axis, (_, span) = self._plot.left, self._plot.shown()
        height = self._plot.box.height()
        metrics = QFontMetrics(font(SMALL))
        texts = [
            text
            for spacing, values in axis.tickValues(*span, height)[:1]
            for text in axis.tickStrings(values, 1.0, spacing)
        ]
        needed = max((metrics.horizontalAdvance(text) for text in texts), default=0) + ROOM
        axis.setWidth(max(WIDTH, needed))

    def _label(self) -> None:
        self._plot.label_axes(self._x_label, f"{self._y_label}, log" if self.log else self._y_label)
