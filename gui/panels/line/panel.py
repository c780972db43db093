"""The loss along a line: its profile against the gradient, and where SGD's step ends on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Toggle
from gui.panels.line import words
from gui.panels.line.axis import LossAxis
from gui.panels.line.items import Ends, Mark
from gui.panels.plots.axes import NumberAxis
from gui.panels.plots.labels import Sentence
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.array import Array
from rnn.model.readout import Readout, SquaredError
from rnn.observing.probes.line import Line, Step
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

DISTANCE = "distance s against the gradient"
DEEPEST = 4.0  # decades that the curve may fall below every marked place and still be shown
FARTHEST = 1e30  # a line that reaches beyond cannot be painted


class LinePanel(Panel):
    """The loss of the displayed sequence over a line through weight space, with SGD's step as an arrow.

    Attributes:
        near: whether the view ends shortly behind the step that is taken.
        axis: the left one, in decades where losses span more than a few.
        curve, tangent: the profile, and what its slope at s = 0 promises.
        now, sgd, clipped: what is marked on it.
        sentence: what stands in the place of a line that cannot be drawn.
    """

    name = "line"
    title = "Loss along a line"
    judges = True
    says_first = words.SAYS_FIRST
    caption = words.CAPTION
    explanation = words.EXPLANATION
    probes = frozenset({"line"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot(DISTANCE, "loss", bottom=NumberAxis("bottom")))
        self.near = False
        self.axis = LossAxis(self.plot, DISTANCE)
        self._readout: type[Readout] = SquaredError
        self._forget()
        self._make_items()
        self._near_button = Toggle(
            "near", "Near view of the update", "Show no more than twice the gradient step that is taken"
        )
        self._near_button.toggled.connect(self._on_near_toggled)
        self.add_control(self._near_button)
        self.apply_theme(theme)

    def _make_items(self) -> None:
        self.zero = pg.InfiniteLine(angle=90, movable=False)
        self.level = pg.InfiniteLine(angle=0, movable=False)
        self.tangent = pg.PlotCurveItem(connect="finite", antialias=True)
        self.curve = pg.PlotCurveItem(connect="finite", antialias=True)
        for depth, item in enumerate((self.zero, self.level, self.tangent, self.curve)):
            item.setZValue(depth)
            self.plot.add(item)
        self.ends = Ends(self.plot)
        self.now, self.sgd, self.clipped = Mark(self.plot), Mark(self.plot), Mark(self.plot)
        self.sentence = Sentence(self.plot)

    def _forget(self) -> None:
        self._line: Line | None = None
        self.plot.let_go()

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._forget()
        self._readout = info.readout
        self.axis.name(info.readout.axis)
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        line = snapshot.probe(Line) if snapshot is not None else None
        if line is not None and line is not self._line:
            self._line = line
            self.dirty = True

    def draw(self) -> None:
        line = self._line
        drawn = line if line is not None and 0.0 < line.reach < FARTHEST else None
        for item in (self.zero, self.level):
            item.setVisible(drawn is not None)
        if drawn is None:
            self.curve.setData([], [])
            self.tangent.setData([], [])
            self.ends.draw([])
            for mark in (self.now, self.sgd, self.clipped):
                mark.clear()
            self.sentence.show_text(words.blank(line))
        else:
            self.sentence.show_text("")
            self._draw_line(drawn)
        self.set_caption(words.caption(line, drawn is not None and self.axis.log))
        self.set_figure(words.headline(line), words.figure(line), colour=self._verdict(line))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.curve.setPen(theme.pen(theme.accent, 2.0))
        self.tangent.setPen(theme.pen(theme.muted, 1.0, Qt.PenStyle.DashLine))
        for item in (self.zero, self.level):
            item.setPen(pg.mkPen(theme.faint(theme.muted, 0.35)))
        self.ends.apply_theme(theme)
        self.sentence.apply_theme(theme)
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
            f"{column}_by_slope": _promised(line, line.distances).tolist(),
            "place": list(steps),
            "place_distance": [distance for distance, _ in steps.values()],
            f"place_{column}": [loss for _, loss in steps.values()],
        }

    def summary(self) -> str:
        return words.summary(self._line)

    def extend_menu(self, menu: QMenu) -> None:
        self._near_button.extend_menu(menu)

    # What is on show

    def _draw_line(self, line: Line) -> None:
        left, right = self._x_range(line)
        self.plot.set_ranges(x=(left, right))
        seen = (line.distances >= left) & (line.distances <= right) & np.isfinite(line.losses)
        if self.axis.suit(line.losses[seen]):
            self.plot.let_go()
        heights = self.axis.heights(line.losses)
        marked = self.axis.heights(
            np.array([step.loss for step in (line.sgd, line.clipped or line.sgd)] + [line.loss])
        )
        shown = heights[seen]
        if self.axis.log:
            shown = np.maximum(shown, np.nanmin(marked) - DEEPEST)
        if len(shown):
            self.plot.hold(float(shown.min()), float(shown.max()))
        self.curve.setData(line.distances, self.plot.near(heights))
        places = np.linspace(*self.plot.shown()[0], 300)
        self.tangent.setData(places, self.plot.near(self.axis.heights(_promised(line, places))))
        self.axis.widen()
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
        taken += [mark.around for mark in (self.now, self.sgd, self.clipped)]
        tracks = [self.plot.to_pixels(*self.curve.getData())]
        tracks += [self.plot.to_pixels(*mark.way()) for mark in (self.sgd, self.clipped)]
        said = words.labels(line)
        for name, mark in (("clipped", self.clipped), ("sgd", self.sgd), ("now", self.now)):
            mark.write(said.get(name, ""), tracks, taken)

    def _dress_marks(self) -> None:
        """Each step in the colour of its outcome, the one that is not taken dotted."""
        line, theme = self._line, self.theme
        self.now.apply_theme(theme, theme.text)
        if line is None:
            return
        self.sgd.style = Qt.PenStyle.SolidLine if line.clipped is None else Qt.PenStyle.DotLine
        for mark, step in ((self.sgd, line.sgd), (self.clipped, line.clipped or line.sgd)):
            mark.apply_theme(theme, self._outcome(line, step))

    def _outcome(self, line: Line, step: Step) -> str:
        """Good where a step ends no higher than it began; where that is not finite nothing is compared."""
        if not math.isfinite(line.loss):
            return self.theme.muted
        return self.good if step.loss <= line.loss else self.theme.bad

    def _verdict(self, line: Line | None) -> str:
        if line is None or not line.reach or words.says_little(line):
            return self.theme.muted
        return self._outcome(line, line.step)

    def _x_range(self, line: Line) -> tuple[float, float]:
        reach = line.near if self.near else line.reach
        return -0.5 * reach, reach

    # Events

    def _on_near_toggled(self, on: bool) -> None:
        self.near = on
        self.plot.let_go()
        self.show_all()


def _promised(line: Line, distances: Array) -> Array:
    """What the slope at 0 promises at these distances; NaN where that is ∞ − ∞."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.asarray(line.loss + line.slope * distances)


def _ends(line: Line) -> list[float]:
    """The first distances on either side of 0 where the loss is not finite, the left one first."""
    lost = line.distances[~np.isfinite(line.losses)]
    behind, ahead = lost[lost < 0.0], lost[lost > 0.0]
    return [float(side) for side in (*behind[-1:], *ahead[:1]) if math.isfinite(side)]
