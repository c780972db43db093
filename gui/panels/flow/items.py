"""What the gradient panel draws: a norm over time with its band, its bound, and where training stops it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from gui.panels.plots.curves import DOTTED, SMOOTH, DottedCurve
from gui.panels.plots.decades import placed
from gui.panels.plots.labels import Label, Polyline, choose, least_covering
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.array import Array

CLOSE = 5.0  # pixels from one line to the next; closer ones would be a wall
EDGE, FAR_EDGE = 4.0, 6.0
STOPS = "gradient stops here"


class Norms:
    """One norm over the time steps: its curve, what truncation cuts off of it, and its band.

    Attributes:
        curve, cut: as far as training lets the gradient back, and beyond; the same where nothing stops it.
        lower, upper: the limits of the band.
    """

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.lower, self.upper = pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite")
        self._band = pg.FillBetweenItem(self.lower, self.upper)
        self.cut = pg.PlotCurveItem(connect="finite")
        self._line = DottedCurve(plot)
        self.curve, self.dots = self._line.curve, self._line.dots
        for item in (self._band, self.cut, self.curve, self.dots):
            plot.add(item)

    def draw(self, logs: Array, low: Array, high: Array, first_trained: int) -> list[Polyline]:
        """Draw log10 of norms (T,) between ``low`` and ``high``; before ``first_trained`` they are cut off.

        Returns:
            what was drawn, in axis units.
        """
        steps = np.arange(1, len(logs) + 1)
        curve = placed(self._plot, np.where(steps >= first_trained, logs, np.nan))
        cut = placed(self._plot, logs[: first_trained if first_trained > 1 else 0])
        self._line.draw(*curve, dotted=len(logs) <= DOTTED)
        self.cut.setData(*cut, antialias=len(cut[0]) <= SMOOTH)
        lower, upper = placed(self._plot, low), placed(self._plot, high)
        self.lower.setData(*lower)
        self.upper.setData(*upper)
        return [curve, cut, lower, upper]

    def clear(self) -> None:
        """Draw nothing."""
        self.draw(np.zeros(0), np.zeros(0), np.zeros(0), 1)

    def apply_theme(self, theme: Theme, colour: str) -> None:
        """Take on ``colour``."""
        self._line.set_pen(theme.pen(colour, 2.0))
        self.cut.setPen(cut_pen(theme, colour))
        self._band.setBrush(theme.faint(colour, 0.18))


class Stops:
    """Upright lines where training lets no gradient pass, between the steps k and k+1, 2k and 2k+1, …

    Attributes:
        first: the one that the gradient of the last scored step comes to first.
        others: the others, fainter.
        label: the words beside the first.
    """

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._place: int | None = None
        self.first, self.others = pg.PlotCurveItem(connect="pairs"), pg.PlotCurveItem(connect="pairs")
        for item in (self.first, self.others):
            item.setZValue(-10)
            plot.add(item)
        self.label = Label(plot, STOPS)

    def draw(self, truncation: int | None, steps: int, first_trained: int) -> None:
        """Draw them for a sequence of ``steps``; where they would be a wall, the first one alone."""
        (left, right), (bottom, top) = self._plot.shown()
        k = truncation or steps
        places = np.arange(k, steps, k, dtype=np.float64) + 0.5
        is_first = places == first_trained - 0.5
        apart = k / (right - left) * self._plot.columns >= CLOSE
        for item, these in ((self.first, places[is_first]), (self.others, places[~is_first & apart])):
            item.setData(np.repeat(these, 2), np.tile([bottom, top], len(these)))

    def write(self, first_trained: int, lines: Sequence[Polyline]) -> list[QRectF]:
        """Put the words where they cover none of ``lines``, in pixels, and return the place they take."""
        box = self._plot.box
        width, height = self.label.size()
        x, _ = self._plot.to_pixels(np.array([first_trained - 0.5]), np.zeros(1))
        sides = (float(x[0]) - width - EDGE, float(x[0]) + EDGE)
        tops = (EDGE, box.height() - height - EDGE, 0.5 * (box.height() - height))
        candidates = [QRectF(left, top, width, height) for top in tops for left in sides]
        room = QRectF(0, 0, box.width(), box.height())
        wanted = candidates if first_trained > 1 else []
        self._place = choose(wanted, room, [], lines, self._place)
        place = None if self._place is None else candidates[self._place]
        self.label.show_in(place)
        return [] if place is None else [place]

    def apply_theme(self, theme: Theme) -> None:
        self.first.setPen(pg.mkPen(theme.faint(theme.muted, 0.9)))
        self.others.setPen(pg.mkPen(theme.faint(theme.muted, 0.35)))
        self.label.apply_theme(theme, theme.muted)


class Note(Label):
    """A few lines where a plot is free; the first of them alone where there is no room for all."""

    def __init__(self, plot: Plot, text: str) -> None:
        super().__init__(plot, text)
        self._plot = plot
        self._place: int | None = None

    def place(self, lines: Sequence[Polyline], taken: Sequence[QRectF]) -> None:
        """Stand where it covers none of ``lines`` and of what is ``taken``, both in pixels."""
        box = self._plot.box
        room = QRectF(0, 0, box.width(), box.height())
        places = self._places()
        chosen = choose(places, room, taken, lines, self._place)
        if chosen is None:
            self.write(self.text().partition("\n")[0])
            places = self._places()
            chosen = choose(places, room, taken, lines, self._place)
        if chosen is None:
            # What belongs to the verdict is better on the curve than nowhere.
            chosen = least_covering(places, room, taken, lines, self._place)
        self._place = chosen
        self.show_in(None if chosen is None else places[chosen])

    def _places(self) -> list[QRectF]:
        """Where it may stand: in the corners, or else between them."""
        box = self._plot.box
        width, height = self.size()
        right, bottom = box.width() - width - FAR_EDGE, box.height() - height - FAR_EDGE
        corners = [(right, bottom), (FAR_EDGE, FAR_EDGE), (FAR_EDGE, bottom), (right, FAR_EDGE)]
        between = [(part * right, top) for part in (0.5, 0.75, 0.25) for top in (bottom, FAR_EDGE)]
        inside = [(part * right, 0.5 * bottom) for part in (1.0, 0.5, 0.75, 0.25)]
        return [QRectF(left, top, width, height) for left, top in corners + between + inside]


def cut_pen(theme: Theme, colour: str) -> QPen:
    """The pen of what truncation cuts off."""
    return pg.mkPen(theme.faint(colour, 0.7), width=1.5, style=Qt.PenStyle.DotLine)
