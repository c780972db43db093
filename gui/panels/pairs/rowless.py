"""The word for time steps that have no loss, in the empty rows that they leave in a triangle of pairs."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from gui.panels.plots.labels import Label
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.model.batch import Mask

WORDS = "no loss at these time steps"
GAP = 6.0
HEIGHT = 0.7  # of the rows, from their top: further down a triangle is wider


class Rowless:
    """The word, in the tallest stack of empty rows, where it fits between the axis and the diagonal."""

    def __init__(self, plot: Plot) -> None:
        self._box = plot.box
        self.label = Label(plot, WORDS)

    def apply_theme(self, theme: Theme) -> None:
        self.label.apply_theme(theme, theme.text)

    def clear(self) -> None:
        """Say nothing."""
        self.label.show_in(None)

    def draw(self, empty: Mask, first: int) -> None:
        """Say it of the ``empty`` ones of the rows ``first``, ``first`` + 1, …"""
        begin, length = longest_run(empty)
        width, height = self.label.size()
        top, bottom = (self._pixel(first - 0.5, first - 0.5 + row) for row in (begin, begin + length))
        middle = top.y() + HEIGHT * (bottom.y() - top.y())
        place = QRectF(top.x() + GAP, middle - height / 2.0, width, height)
        # The diagonal at the height of the word's upper edge.
        corner = self._box.mapToView(place.topLeft())
        diagonal = self._pixel(corner.y(), corner.y()).x()
        fits = place.bottom() < bottom.y() and place.top() > top.y() and place.right() + GAP < diagonal
        if fits:
            place.translate((diagonal - place.right()) / 2.0 - GAP / 2.0, 0.0)
        self.label.show_in(place if fits and QRectF(self._box.rect()).contains(place) else None)

    def _pixel(self, x: float, y: float) -> QPointF:
        return self._box.mapFromView(QPointF(x, y))


def longest_run(flags: Mask) -> tuple[int, int]:
    """Where the longest run of true ones begins, counted from 0, and its length; 0 for none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    begins, ends = edges[::2], edges[1::2]
    if not begins.size:
        return 0, 0
    longest = int(np.argmax(ends - begins))
    return int(begins[longest]), int((ends - begins)[longest])
