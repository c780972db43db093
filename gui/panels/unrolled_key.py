"""What the colours and the widths of the unrolled network stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.panels.colour_key import ColourKey
from gui.panels.legend import Entry, Legend, Stroke
from gui.panels.unrolled_picture import DECADES, THICKEST, THINNEST
from gui.theme import Theme
from rnn.figures import SUPERSCRIPTS, short


@dataclass(frozen=True, slots=True)
class Wedge:
    """The mark of a width that grows from the thinnest to the thickest."""

    colour: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        y = place.center().y()
        corners = [(place.left(), -THINNEST), (place.left(), THINNEST), (place.right(), THICKEST)]
        corners.append((place.right(), -THICKEST))
        painter.setPen(QColor(self.colour))
        painter.setBrush(QColor(self.colour))
        painter.drawPolygon(QPolygonF([QPointF(x, y + 0.5 * half) for x, half in corners]))


class UnrolledKey(QWidget):
    """The colours of the units, and the widths and colours of the ways."""

    def __init__(self) -> None:
        super().__init__()
        self.colours, self.legend = ColourKey(), Legend()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.colours)
        row.addWidget(self.legend, 1)

        self._theme: Theme | None = None

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colours of the words; those of the marks come with what is shown."""
        self._theme = theme
        self.legend.apply_theme(theme)

    def explain(self, name: str, named: Sequence[tuple[float, str]], colours: NDArray[np.uint8]) -> None:
        """The units' colours: what they show, from and to which number."""
        assert self._theme is not None
        self.colours.apply_theme(self._theme, colours)
        self.colours.show_range(name, [text for _, text in named])

    def explain_widths(self, largest: float | None, has_cell: bool) -> None:
        """The ways: from how large a gradient to how large a one their width grows."""
        theme = self._theme
        assert theme is not None
        power = "10" + str(-int(DECADES)).translate(SUPERSCRIPTS)
        widths = "gradient" if largest is None else f"{power} … 1 of {short(largest)}"
        entries = [Entry(widths, Wedge(theme.accent))]
        if has_cell:
            entries.append(Entry("by h", Stroke(theme.pen(theme.accent, 3.0))))
            entries.append(Entry("by c", Stroke(theme.pen(theme.target, 3.0))))
        entries.append(Entry("comes in", Stroke(theme.pen(theme.other, 3.0))))
        self.legend.show_entries(entries)
