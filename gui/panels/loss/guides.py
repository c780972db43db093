"""Lines that a loss is compared with, and marks at epochs, each with its name where there is room for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt

from gui.panels.plots.labels import Label, Polyline, choose, least_covering
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.data.tasks import Reference

EDGE = 4.0
BETWEEN = 12.0  # pixels, more than a space: two names in a row are not read as one
SHIFT = 48


class Guides:
    """Level lines for references and upright lines for epochs, in one plot.

    Attributes:
        levels, marks: each line with its label, by the name of the reference and by the number of the epoch.
    """

    def __init__(self, plot: Plot, theme: Theme) -> None:
        self._plot = plot
        self._theme = theme
        self._references: dict[str, Reference] = {}
        self._places: dict[str, int | None] = {}
        self.levels: dict[str, tuple[pg.InfiniteLine, Label]] = {}
        self.marks: dict[int, tuple[pg.InfiniteLine, Label]] = {}

    def begin(self, references: Sequence[Reference], marks: Mapping[int, float]) -> None:
        """Have a level line for each reference and an upright line at each update of ``marks``, by epoch."""
        for line, label in [*self.levels.values(), *self.marks.values()]:
            self._plot.remove(line)
            label.scene().removeItem(label)
        self._references = {reference.label: reference for reference in references}
        self._places = {}
        self.levels = {reference.label: self._made(0, reference.label) for reference in references}
        self.marks = {epoch: self._made(90, f"epoch {epoch}") for epoch in marks}
        for epoch, update in marks.items():
            self.marks[epoch][0].setPos(update)
        self.apply_theme(self._theme)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        for name, (line, label) in self.levels.items():
            colour = theme.good if self._references[name].floor else theme.muted
            line.setPen(theme.pen(colour, 1.0, Qt.PenStyle.DotLine))
            label.apply_theme(theme, colour)
        for line, label in self.marks.values():
            line.setPen(pg.mkPen(theme.faint(theme.muted, 0.4)))
            label.apply_theme(theme, theme.muted)

    def draw(
        self, heights: Mapping[str, float], curves: Sequence[Polyline], kept_free: Sequence[QRectF]
    ) -> None:
        """Put the lines at ``heights``, by name in axis units, and the labels where they cover nothing.

        Where there is no such place, a label covers the first of the ``curves``, or else as little of all of
        them as it can. These and the places ``kept_free`` are in pixels.
        """
        box = self._plot.box
        room = QRectF(0, 0, box.width(), box.height())
        taken = list(kept_free)
        marks = self._draw_marks(room, taken)
        # Floors first: they are what a loss is measured against.
        for name in sorted(self.levels, key=lambda name: not self._references[name].floor):
            line, label = self.levels[name]
            line.setPos(heights[name])
            _, y = self._plot.to_pixels(np.array([0.0]), np.array([heights[name]]))
            line.setVisible(bool(0.0 <= y[0] <= room.height()))
            places = []
            if line.isVisible():
                ends = [
                    room.right(),
                    *(mark[0][0] for mark in marks),
                    *(place.left() - BETWEEN for place in taken[len(kept_free) :]),
                ]
                places = _beside(label, float(y[0]), ends, self._references[name].floor)
            before = self._places.get(name)
            chosen = choose(places, room, taken, [*curves, *marks], before)
            if chosen is None:
                chosen = choose(places, room, taken, [*curves[1:], *marks], before)
            if chosen is None:
                chosen = least_covering(places, room, taken, [*curves, *marks], before)
            self._places[name] = chosen
            self._stand(label, places, chosen, taken)

    def _draw_marks(self, room: QRectF, taken: list[QRectF]) -> list[Polyline]:
        """Name the marks at the top, beside their lines; the lines in pixels, the last epoch first."""
        heights = np.array(self._plot.shown()[1])
        lines = {
            epoch: self._plot.to_pixels(np.full(2, line.value()), heights)
            for epoch, (line, _) in sorted(self.marks.items(), reverse=True)
        }
        for epoch, (x, _) in lines.items():
            label = self.marks[epoch][1]
            width, height = label.size()
            places = [QRectF(left, 1.0, width, height) for left in (x[0] - width - EDGE, x[0] + EDGE)]
            others = [line for other, line in lines.items() if other != epoch]
            self._stand(label, places, choose(places, room, taken, others, None), taken)
        return list(lines.values())

    def _made(self, angle: int, text: str) -> tuple[pg.InfiniteLine, Label]:
        line = pg.InfiniteLine(angle=angle, movable=False)
        line.setZValue(-5)
        self._plot.add(line)
        return line, Label(self._plot, text)

    def _stand(self, label: Label, places: Sequence[QRectF], chosen: int | None, taken: list[QRectF]) -> None:
        label.show_in(None if chosen is None else places[chosen])
        if chosen is not None:
            taken.append(places[chosen])


def _beside(label: Label, y: float, ends: Sequence[float], below_first: bool) -> list[QRectF]:
    """Places for the name of a level line, above and below it: up to each of ``ends``, then further left."""
    width, height = label.size()
    above, below = y - height, y + 1.0
    tops = (below, above) if below_first else (above, below)
    lefts = [end - width - EDGE for end in ends]
    lefts += range(int(lefts[0]) - SHIFT, 0, -SHIFT)
    return [QRectF(left, top, width, height) for left in lefts for top in tops]
