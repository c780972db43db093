"""Small words inside a plot, each put where it covers nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QGraphicsSimpleTextItem, QStyleOptionGraphicsItem, QWidget

from gui.panels.plots.plot import Plot
from gui.theme import SMALL, Theme, font
from rnn.array import Array

Polyline = tuple[Array, Array]
GAP = 3.0
WANDER = 1.5


class Label(QGraphicsSimpleTextItem):
    """A word at a pixel of the plot, on a veil of the plot's own colour that dims what is behind it."""

    def __init__(self, plot: Plot, text: str) -> None:
        super().__init__(text, plot.box)
        self.setFont(font(SMALL))
        self.setZValue(20)
        self.setVisible(False)
        self._veil = QBrush()

    def apply_theme(self, theme: Theme, colour: str) -> None:
        self.setBrush(QBrush(theme.faint(colour, 1.0)))
        self._veil = QBrush(theme.faint(theme.surface, 0.75))

    def write(self, text: str) -> None:
        """Say this."""
        if text != self.text():
            self.setText(text)

    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        around = self.boundingRect()
        return around.width(), around.height()

    def show_in(self, place: QRectF | None) -> None:
        """Stand there, or nowhere."""
        self.setVisible(place is not None)
        if place is not None and place.topLeft() != self.pos():
            self.setPos(place.topLeft())

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.fillRect(self.boundingRect(), self._veil)
        super().paint(painter, option, widget)  # type: ignore[arg-type]


class Sentence:
    """One line in the middle of the plot, where there is nothing else."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.label = Label(plot, "")

    def show_text(self, text: str) -> None:
        """Say this, beside axes without numbers; nothing where it is empty."""
        for axis in (self._plot.left, self._plot.bottom):
            if axis.style["showValues"] == bool(text):
                axis.setStyle(showValues=not text)
        if not text:
            self.label.show_in(None)
            return
        self.label.write(text)
        box = self._plot.box
        width, height = self.label.size()
        self.label.show_in(QRectF(0.5 * (box.width() - width), 0.4 * box.height(), width, height))

    def apply_theme(self, theme: Theme) -> None:
        self.label.apply_theme(theme, theme.muted)


def crossed(place: QRectF, lines: Iterable[Polyline]) -> bool:
    """Whether a stroke of one of these polylines, in pixels, touches ``place`` or comes near its ends."""
    return any(strokes > 0 for strokes in _strokes(place, lines))


def _strokes(place: QRectF, lines: Iterable[Polyline]) -> Iterator[int]:
    """How many strokes of each polyline touch ``place``."""
    for x, y in lines:
        if len(x) == 0:
            continue
        # A stroke is taken for the box around it: near enough, as strokes are short or steep.
        from_x, to_x = (x[:-1], x[1:]) if len(x) > 1 else (x, x)
        from_y, to_y = (y[:-1], y[1:]) if len(y) > 1 else (y, y)
        right, left = np.maximum(from_x, to_x), np.minimum(from_x, to_x)
        bottom, top = np.maximum(from_y, to_y), np.minimum(from_y, to_y)
        across = (right > place.left() - GAP) & (left < place.right() + GAP)
        down = (bottom > place.top()) & (top < place.bottom())
        yield int(np.count_nonzero(across & down))


def choose(
    candidates: Sequence[QRectF],
    room: QRectF,
    taken: Sequence[QRectF],
    lines: Sequence[Polyline],
    before: int | None,
) -> int | None:
    """Which candidate is in ``room`` and clear of what is taken and of the lines; None where none is.

    The one taken ``before`` is asked first, so that a label does not wander.
    """
    first = [before] if before is not None and before < len(candidates) else []
    for index in [*first, *range(len(candidates))]:
        place = candidates[index]
        if not room.contains(place) or any(place.intersects(other) for other in taken):
            continue
        if not crossed(place, lines):
            return index
    return None


def least_covering(
    candidates: Sequence[QRectF],
    room: QRectF,
    taken: Sequence[QRectF],
    lines: Sequence[Polyline],
    before: int | None,
) -> int | None:
    """Which candidate in ``room`` and clear of what is taken lies on the fewest strokes of the lines.

    The one taken ``before`` is as good as one with a few less, so that a label does not wander.
    """
    strokes = {
        index: sum(_strokes(place, lines))
        for index, place in enumerate(candidates)
        if room.contains(place) and not any(place.intersects(other) for other in taken)
    }
    if not strokes:
        return None
    best = min(strokes, key=lambda index: strokes[index])
    if before is not None and before in strokes and strokes[before] <= WANDER * strokes[best]:
        return before
    return best
