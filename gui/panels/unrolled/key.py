"""What the colours and the widths of the unrolled network stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.panels.keys.colour_key import ColourKey
from gui.panels.keys.legend import Entry, Legend, Stroke
from gui.panels.unrolled.picture import THICKEST, THINNEST, Widths
from gui.theme import Theme
from gui.widgets.boxes import in_row

WORDY = 400  # pixels: a narrower key has numbers alone


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


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in the colour of the numbers that it stands for."""

    letter: str
    colour: str

    def paint(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QColor(self.colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self.letter)


class UnrolledKey(QWidget):
    """The colours of the units, the widths and colours of the ways, and those of the numbers above."""

    def __init__(self) -> None:
        super().__init__()
        self.colours, self.legend = ColourKey(), Legend()
        in_row(self.colours, (self.legend, 1), of=self, spacing=14)
        self._theme: Theme | None = None
        self._widths: Widths | None = None
        self._states: Sequence[str] = ()

    def apply_theme(self, theme: Theme) -> None:
        """Take on the colours of the words; those of the marks come with what is shown."""
        self._theme = theme
        self.legend.apply_theme(theme)

    def explain(self, name: str, named: Sequence[tuple[float, str]], colours: NDArray[np.uint8]) -> None:
        """The units' colours: what they show, from and to which number."""
        assert self._theme is not None
        self.colours.apply_theme(self._theme, colours)
        self.colours.show_range(name, [text for _, text in named])

    def explain_ways(self, widths: Widths | None, states: Sequence[str]) -> None:
        """The ways: from how large a gradient to how large a one their width grows, by which ``states``."""
        self._widths, self._states = widths, states
        self._show_entries()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._theme is not None:
            self._show_entries()

    def _show_entries(self) -> None:
        theme, widths = self._theme, self._widths
        assert theme is not None
        told = "gradient"
        if widths is not None:
            told = f"gradient, {widths.text}" if self.width() >= WORDY else " … ".join(widths.ends)
        entries = [Entry(told, Wedge(theme.other))]
        if len(self._states) > 1:
            entries += [
                Entry(f"by {state}", Stroke(theme.pen(colour, 3.0)))
                for state, colour in zip(self._states, theme.of_states, strict=True)
            ]
        entries.append(Entry("answer", Letter("ŷ", theme.accent)))
        entries.append(Entry("target", Letter("y", theme.target)))
        self.legend.show_entries(entries)
