"""One of several pictures that a panel can show in its plot, and the lines that most of them are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsObject

from gui.panels.frame.export import Table
from gui.panels.keys.legend import Entry, Stroke
from gui.panels.plots.axes import LogAxis, NumberAxis, StepAxis
from gui.panels.plots.curves import DottedCurve
from gui.panels.plots.labels import Sentence
from gui.panels.plots.plot import Plot
from gui.panels.plots.updates import extent
from gui.theme import Theme
from rnn.array import Array
from rnn.observing.snapshot import RunInfo

DEEPEST = 14.0  # decades under the highest value; what is deeper is nothing
MARGIN = 0.02


class View:
    """A picture in a plot that it shares with others: only one of them is on show.

    Attributes:
        name, button: what the menu calls it, and the button.
        cursor_angle: how the line lies that marks a time step: 90 across a level time axis, 0 across an
            upright one; None where there is no time axis.
        says_first: what is to be known before any symbol; empty for what the panel says first.
        caption: what is drawn.
    """

    name: ClassVar[str]
    button: ClassVar[str]
    cursor_angle: ClassVar[int | None] = None

    def __init__(self, plot: Plot, theme: Theme) -> None:
        self.plot = plot
        self.theme = theme
        self._items: list[QGraphicsObject] = []

    @property
    def says_first(self) -> str:
        return ""

    @property
    def caption(self) -> str:
        raise NotImplementedError

    def add(self, *items: QGraphicsObject) -> None:
        """Put ``items`` into the plot, unseen until the view is entered."""
        for item in items:
            item.setVisible(False)
            self.plot.add(item)
            self._items.append(item)

    def enter(self) -> None:
        """Come on show: take over the axes."""
        for item in self._items:
            item.setVisible(True)

    def leave(self) -> None:
        """Go."""
        for item in self._items:
            item.setVisible(False)

    def draw(self) -> None:
        """Bring the items up to what was measured."""
        raise NotImplementedError

    def apply_theme(self, theme: Theme) -> None:
        self.theme = theme

    def entries(self) -> list[Entry]:
        """What stands in the legend."""
        return []

    def figure(self) -> str:
        """The one figure at the right of the title."""
        return ""

    def brief(self) -> str:
        """The figure where there is little room."""
        return self.figure()

    def readout(self, x: float, y: float) -> str:
        """What is under the cursor; empty for nothing."""
        return ""

    def table(self) -> Table:
        """The numbers that are drawn."""
        return {}

    def step_at(self, x: float, y: float) -> int | None:
        """The time step under the cursor, from 1; None where there is none."""
        return None


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its words in the legend, its places in axis units, and how it is drawn."""

    text: str
    x: Array
    y: Array
    pen: QPen
    dotted: bool = True


class CurvesView(View):
    """A view of lines over time steps or over updates.

    Attributes:
        log_y: whether lines are given as log10 of what they show.
        deepest: how many decades under the highest value are shown at most.
    """

    log_y: ClassVar[bool] = True
    deepest: ClassVar[float] = DEEPEST
    x_label: ClassVar[str] = "time step t"
    y_label: ClassVar[str]

    def __init__(self, plot: Plot, theme: Theme) -> None:
        super().__init__(plot, theme)
        self._curves: list[DottedCurve] = []
        self._entered = False
        self._sentence = Sentence(plot)

    def lines(self) -> Sequence[Line]:
        """What is drawn now; those that are always there first."""
        raise NotImplementedError

    def x_range(self) -> tuple[float, float]:
        """The part of the lower axis to show."""
        raise NotImplementedError

    def levels(self) -> Sequence[float]:
        """Heights that are always in view, such as that of a line at 1."""
        return ()

    def enter(self) -> None:
        self._entered = True
        super().enter()
        left = LogAxis("left") if self.log_y else NumberAxis("left")
        self.plot.set_axes(StepAxis("bottom"), left)
        self.plot.label_axes(self.x_label, self.y_label)

    def leave(self) -> None:
        self._entered = False
        self._sentence.show_text("")
        super().leave()

    def draw(self) -> None:
        lines = self.lines()
        self._sentence.show_text("" if lines and len(lines[0].y) else "nothing is measured yet")
        self.plot.set_ranges(x=self.x_range())
        self._show_heights(lines)
        while len(self._curves) < len(lines):
            self._make_curve()
        for curve, line in zip_longest(self._curves, lines):
            if line is None:
                curve.draw(np.empty(0), np.empty(0))
                continue
            if curve.curve.opts["pen"] != line.pen:
                curve.set_pen(line.pen)
            curve.draw(line.x, line.y, line.dotted)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._sentence.apply_theme(theme)

    def entries(self) -> list[Entry]:
        return [Entry(line.text, Stroke(line.pen)) for line in self.lines() if line.text]

    def _make_curve(self) -> None:
        curve = DottedCurve(self.plot)
        self._curves.append(curve)
        self.add(curve.curve, curve.dots)
        for item in (curve.curve, curve.dots):
            item.setVisible(self._entered)

    @property
    def curves(self) -> list[pg.PlotCurveItem]:
        """The items, in the order of the lines."""
        return [curve.curve for curve in self._curves]

    def _show_heights(self, lines: Sequence[Line]) -> None:
        values = np.concatenate([np.empty(0), *(line.y for line in lines), np.asarray(self.levels())])
        finite = values[np.isfinite(values)]
        if len(finite) and self.log_y:
            self.plot.hold(*decade_at_least(finite, self.deepest))
        elif len(finite):
            self.plot.hold(float(finite.min()), float(finite.max()))


def decade_at_least(logs: Array, deepest: float) -> tuple[float, float]:
    """The least and the greatest of finite ``logs``, ``deepest`` apart at most and a decade at least."""
    high = float(logs.max())
    low = max(float(logs.min()), high - deepest)
    if high - low < 1.0:
        low, high = 0.5 * (low + high - 1.0), 0.5 * (low + high + 1.0)
    return low, high


def steps_range(steps: int) -> tuple[float, float]:
    """The time axis of a sequence of so many steps."""
    margin = 0.03 * (steps - 1) or 0.5
    return 1.0 - min(0.5, margin), steps + margin


def updates_range(info: RunInfo | None, updates: int) -> tuple[float, float]:
    """The axis of a run that has made so many ``updates``: that of the loss panel."""
    whole = 1 if info is None else extent(updates, info.updates_an_epoch, info.config.training.epochs)
    return -0.5 * MARGIN * whole, (1.0 + MARGIN) * whole


def moment_words(info: RunInfo, update: int) -> str:
    """ "update 1,200, epoch 12": the epoch that the update belongs to, or that is to begin."""
    epoch = max(0, update - 1) // info.updates_an_epoch + 1
    return f"update {update:,}, epoch {epoch:,}" if update else "before the first update"
