"""The loss along a line: its profile against the gradient, and where SGD's step ends on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton

from gui.panels import line_words as words
from gui.panels.axes import NumberAxis
from gui.panels.base import Panel
from gui.panels.export import Table
from gui.panels.line_items import Ends, Mark
from gui.panels.plot import Plot, steady
from gui.theme import Theme
from rnn.array import Array
from rnn.probes.line import LOGARITHMIC, Line
from rnn.readout import Readout, SquaredError
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

DISTANCE = "distance s against the gradient"
DEEPEST = 4.0  # decades that the curve may fall below every marked place and still be shown
BEYOND = 5.0
NEAR = 2.0  # a near view goes so many times the step


class LinePanel(Panel):
    """The loss of the displayed sequence over a line through weight space, with SGD's step as an arrow.

    Attributes:
        near: whether the view ends shortly behind the step that is taken.
        log_y: whether losses are in decades, as they are where they span more than a few.
        curve, tangent: the profile, and what its slope at s = 0 promises.
        now, sgd, clipped: what is marked on it.
    """

    title = "Loss along a line"
    caption = words.CAPTION
    explanation = words.EXPLANATION
    probes = frozenset({"line"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot(DISTANCE, "loss"))
        self.plot.setAxisItems({"bottom": NumberAxis("bottom")})
        self.plot.label_axes(DISTANCE, "loss")
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        self.near = False
        self.log_y = False
        self._readout: type[Readout] = SquaredError
        self._forget()
        self._make_items()
        self._near_button = QToolButton()
        self._near_button.setText("near")
        self._near_button.setCheckable(True)
        self._near_button.setAccessibleName("Near view of the step")
        self._near_button.setToolTip("Show no more than twice the step that is taken")
        self._near_button.toggled.connect(self._on_near_toggled)
        self.add_control(self._near_button)
        box = self.plot.getPlotItem().getViewBox()
        box.sigRangeChanged.connect(self._on_view_changed)
        box.sigResized.connect(self._on_view_changed)
        self.apply_theme(theme)

    def _make_items(self) -> None:
        self.zero = pg.InfiniteLine(angle=90, movable=False)
        self.level = pg.InfiniteLine(angle=0, movable=False)
        self.tangent = pg.PlotCurveItem(connect="finite", antialias=True)
        self.curve = pg.PlotCurveItem(connect="finite", antialias=True)
        for depth, item in enumerate((self.zero, self.level, self.tangent, self.curve)):
            item.setZValue(depth)
            self.plot.addItem(item, ignoreBounds=True)
        self.ends = Ends(self.plot)
        self.now, self.sgd, self.clipped = Mark(self.plot), Mark(self.plot), Mark(self.plot)

    def _forget(self) -> None:
        self._line: Line | None = None
        self._y_range: tuple[float, float] | None = None
        self._near_reach = 0.0

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._forget()
        self._readout = info.readout
        self.plot.label_axes(DISTANCE, f"loss: {info.readout.axis}")
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        line = snapshot.probe(Line) if snapshot is not None else None
        if line is not None and line is not self._line:
            self._line = line
            self.dirty = True

    def draw(self) -> None:
        line = self._line
        drawn = line if line is not None and line.reach else None
        for item in (self.zero, self.level):
            item.setVisible(drawn is not None)
        if drawn is None:
            self.curve.setData([], [])
            self.tangent.setData([], [])
            self.ends.draw([])
            for mark in (self.now, self.sgd, self.clipped):
                mark.clear()
        else:
            self._draw_line(drawn)
        self.set_caption(words.caption(line))
        self.set_figure(words.figure(line), self._verdict(line))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.curve.setPen(theme.pen(theme.accent, 2.0))
        self.tangent.setPen(theme.pen(theme.muted, 1.0, Qt.PenStyle.DashLine))
        for item in (self.zero, self.level):
            item.setPen(pg.mkPen(theme.faint(theme.muted, 0.35)))
        self.ends.apply_theme(theme)
        self._dress_marks()

    def readout(self, x: float, y: float) -> str:
        line = self._line
        if line is None or not line.reach or not line.distances[0] <= x <= line.distances[-1]:
            return ""
        return words.at(line, int(np.abs(line.distances - x).argmin()))

    def table(self) -> Table:
        line = self._line
        if line is None:
            return {}
        steps = {"now": (0.0, line.loss), "sgd": (line.sgd.length, line.sgd.loss)}
        if line.clipped is not None:
            steps["clipped"] = (line.clipped.length, line.clipped.loss)
        column = self._readout.column
        return {
            "distance": line.distances.tolist(),
            column: line.losses.tolist(),
            f"{column}_by_slope": (line.loss + line.slope * line.distances).tolist(),
            "place": list(steps),
            "place_distance": [distance for distance, _ in steps.values()],
            f"place_{column}": [loss for _, loss in steps.values()],
        }

    def summary(self) -> str:
        return words.summary(self._line)

    def extend_menu(self, menu: QMenu) -> None:
        action = menu.addAction("Near view of the step", self._near_button.toggle)
        action.setCheckable(True)
        action.setChecked(self.near)

    # What is on show

    def _draw_line(self, line: Line) -> None:
        left, right = self._x_range(line)
        self.plot.set_ranges(x=(left, right))
        seen = (line.distances >= left) & (line.distances <= right) & np.isfinite(line.losses)
        self._choose_axis(line.losses[seen])
        heights = self._heights(line.losses)
        marked = self._heights(
            np.array([step.loss for step in (line.sgd, line.clipped or line.sgd)] + [line.loss])
        )
        shown = heights[seen]
        if self.log_y:
            shown = np.maximum(shown, np.nanmin(marked) - DEEPEST)
        if len(shown):
            self._y_range = steady(self._y_range, float(shown.min()), float(shown.max()))
        self.plot.set_ranges(y=self._y_range)
        self.curve.setData(line.distances, self._clipped(heights))
        places = np.linspace(*self.plot.shown()[0], 300)
        self.tangent.setData(places, self._clipped(self._heights(line.loss + line.slope * places)))
        self._draw_marks(line, marked)

    def _draw_marks(self, line: Line, marked: Array) -> None:
        start = (0.0, float(marked[2]))
        self.zero.setPos(0.0)
        self.level.setPos(start[1])
        self._dress_marks()
        self.now.draw(start, start)
        self.sgd.draw(start, (line.sgd.length, float(marked[0])))
        if line.clipped is None:
            self.clipped.clear()
        else:
            self.clipped.draw(start, (line.clipped.length, float(marked[1])))
        taken = self.ends.draw(_ends(line))
        tracks = [self.plot.to_pixels(*self.curve.getData())]
        tracks += [self.plot.to_pixels(*mark.shaft.getData()) for mark in (self.sgd, self.clipped)]
        said = words.labels(line)
        for name, mark in (("clipped", self.clipped), ("sgd", self.sgd), ("now", self.now)):
            mark.write(said.get(name, ""), tracks, taken)

    def _dress_marks(self) -> None:
        """The step that is taken has the louder colour."""
        line, theme = self._line, self.theme
        is_clipped = line is not None and line.clipped is not None
        self.now.apply_theme(theme, theme.text)
        self.sgd.apply_theme(theme, theme.bad if is_clipped else theme.target)
        self.clipped.apply_theme(theme, theme.good)

    def _verdict(self, line: Line | None) -> str:
        if line is None or not line.reach:
            return self.theme.muted
        return self.theme.good if line.step.loss <= line.loss else self.theme.bad

    def _x_range(self, line: Line) -> tuple[float, float]:
        if not self.near:
            return -0.5 * line.reach, line.reach
        wanted = NEAR * line.step.length
        if not 0.7 * wanted <= self._near_reach <= 1.6 * wanted:
            self._near_reach = float(f"{wanted:.0e}")  # a round number
        reach = min(self._near_reach or line.reach, line.reach)
        return -0.5 * reach, reach

    def _choose_axis(self, losses: Array) -> None:
        """Decades where losses span many; a linear axis comes back well below that span."""
        if len(losses) == 0:
            return
        span = float(losses.max()) / max(float(losses.min()), 1e-300)
        log = span > (0.5 * LOGARITHMIC if self.log_y else LOGARITHMIC)
        if log != self.log_y:
            self.log_y = log
            self._y_range = None
            self.plot.set_log_y(log)

    def _heights(self, losses: Array) -> Array:
        """Losses in the units of the left axis; NaN, a gap, where there is none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            there = np.isfinite(losses) & ((losses > 0.0) | (not self.log_y))
            kept = np.where(there, losses, np.nan)
            return np.asarray(np.log10(kept) if self.log_y else kept)

    def _clipped(self, heights: Array) -> Array:
        """What is far out of view, a little out of it, so that every coordinate can be painted."""
        _, (bottom, top) = self.plot.shown()
        room = BEYOND * (top - bottom)
        return np.clip(heights, bottom - room, top + room)

    # Events

    def _on_near_toggled(self, on: bool) -> None:
        self.near = on
        self._y_range = None
        self.show_all()

    def _on_view_changed(self, *_: object) -> None:
        self.dirty = True


def _ends(line: Line) -> list[float]:
    """The first distances on either side of 0 where the loss is not finite, the left one first."""
    lost = line.distances[~np.isfinite(line.losses)]
    behind, ahead = lost[lost < 0.0], lost[lost > 0.0]
    return [float(side) for side in (*behind[-1:], *ahead[:1]) if math.isfinite(side)]
