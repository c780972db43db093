"""The gradient of every update, with the threshold of clipping and what it cut off."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from gui.panels.frame.binned import extremes, spans
from gui.panels.frame.export import Table
from gui.panels.keys.legend import Entry, Stroke
from gui.panels.norms import words
from gui.panels.norms.record import NormsRecord
from gui.panels.plots.decades import decades
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.panels.views.view import CurvesView, Line, moment_words, updates_range
from gui.theme import Theme

FAR = 3.0  # decades from the gradients; a threshold further up would flatten them
DOTTED = 150


class UpdatesView(CurvesView):
    """A view over the updates of the run."""

    x_label = "update"

    def __init__(self, plot: Plot, theme: Theme, record: NormsRecord) -> None:
        super().__init__(plot, theme)
        self.record = record

    def x_range(self) -> tuple[float, float]:
        return updates_range(self.record.info, max(len(self.record.norms), self._newest))

    @property
    def _newest(self) -> int:
        """The update of the newest moment."""
        return 0 if self.record.now is None else self.record.now.update

    def figure(self) -> str:
        return words.figure(self.record)

    def brief(self) -> str:
        return self.figure().partition(" of ")[0]


class GradientView(UpdatesView):
    """The norm of every update's gradient, the threshold, and what clipping cut off.

    Attributes:
        cut: an upright stroke for every update that was clipped, from the threshold to the norm.
        cut_dots: their upper ends, while there are few.
    """

    name = "gradient of every update"
    button = "gradient"
    y_label = "‖g‖, gradient norm"
    deepest = math.inf

    def __init__(self, plot: Plot, theme: Theme, record: NormsRecord) -> None:
        super().__init__(plot, theme, record)
        self.cut = pg.PlotCurveItem(connect="pairs")
        self.cut_dots = pg.ScatterPlotItem(size=4, pen=None)
        for item in (self.cut, self.cut_dots):
            item.setZValue(1)  # over the gradients that they are a part of
        self.add(self.cut, self.cut_dots)

    @property
    def caption(self) -> str:
        text = "Norm of the whole gradient, before clipping"
        if self.record.clips_elements:
            text += "; clipping by value is not drawn"
        return f"{text}." if self.record.clipped_count == 0 else f"{text}; red: cut off above the threshold."

    def lines(self) -> Sequence[Line]:
        theme, (left, right) = self.theme, self.plot.shown()[0]
        places, norms = self.record.norms.within(left - 1.0, right - 1.0, self.plot.columns)
        each = Line("every update", places + 1.0, decades(norms), pg.mkPen(theme.faint(theme.accent, 0.8)))
        x, limits = self.record.threshold(right)
        pen = theme.pen(theme.target, 1.0, Qt.PenStyle.DashLine)
        highest = float(np.nanmax(each.y)) if np.isfinite(each.y).any() else None
        heights = decades(limits)
        if highest is not None:
            heights = np.where(heights > highest + FAR, np.nan, heights)
        return [each, Line("threshold", x, heights, pen, dotted=False)]

    def draw(self) -> None:
        self.plot.set_ranges(x=self.x_range())
        super().draw()
        (left, right), (bottom, top) = self.plot.shown()
        places, norms = self.record.clipped.within(left - 1.0, right - 1.0, self.plot.columns)
        there = np.isfinite(norms)
        x = places[there] + 1.0
        high = np.clip(decades(norms[there]), bottom - 1.0, top + 1.0)
        low = np.clip(decades(self.record.limits_at(x)), bottom - 1.0, top + 1.0)
        self.cut.setData(np.repeat(x, 2), np.stack((low, high), axis=1).ravel())
        few = len(x) <= DOTTED
        self.cut_dots.setData(x[: len(x) * few], high[: len(x) * few])

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.cut.setPen(theme.pen(theme.bad))
        self.cut_dots.setBrush(theme.bad)

    def entries(self) -> list[Entry]:
        entries = super().entries()
        if not np.isfinite(self.record.threshold(0.0)[1]).any():
            return entries[:1]
        return [*entries, Entry("clipped", Stroke(self.theme.pen(self.theme.bad, 2.0)))]

    def readout(self, x: float, y: float) -> str:
        update, info = nearest(x), self.record.info
        if info is None or not 1 <= update <= len(self.record.norms):
            return ""
        return f"{moment_words(info, update)}: {words.at_update(self.record, update)}"

    def table(self) -> Table:
        if self.record.norms.width > 1:
            return spans("update", self.record.norms) | extremes("grad_norm", self.record.norms)
        norms = self.record.norms.values
        limits = self.record.limits_at(np.arange(1.0, len(norms) + 1.0))
        return {
            "update": list(range(1, len(norms) + 1)),
            "grad_norm": norms.tolist(),
            "clip_norm": ["" if limit == np.inf else limit for limit in limits.tolist()],
            "clipped": (~np.isnan(self.record.clipped.values)).astype(int).tolist(),
        }
