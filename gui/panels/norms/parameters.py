"""Every parameter's gradient, weight and last step beside one another, at this moment."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from gui.panels.frame.export import Table
from gui.panels.keys.legend import Dots, Entry
from gui.panels.norms import words
from gui.panels.norms.record import NormsRecord
from gui.panels.plots.axes import LogAxis, NumberAxis
from gui.panels.plots.decades import decades
from gui.panels.plots.labels import Label
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.panels.views.view import DEEPEST, View, decade_at_least
from gui.panels.words.parameters import short_names
from gui.theme import Theme
from rnn.array import Array
from rnn.number_format import short
from rnn.observing.probes.parameter_norms import ParameterNorms

DOT = 9.0
NAMES_WIDTH = 62
FROM_EDGE = 4.0
LEAST_HEIGHT = 11.0  # pixels a row; lower ones have no room for numbers
FOR_NUMBERS = 0.14  # of the width, at the right, where the ratios stand


class ParametersView(View):
    """A row for each parameter with three dots on one logarithmic axis, and ‖update‖/‖weight‖ behind them.

    Attributes:
        dots: of the gradients, the weights and the steps.
        joins: a line in each row from the step to the weight: its length is the ratio.
        ratios: the numbers, in the order of the rows.
    """

    name = "parameters at this moment"
    button = "parameters"
    says_first = words.OF_ONE_FIRST

    def __init__(self, plot: Plot, theme: Theme, record: NormsRecord) -> None:
        super().__init__(plot, theme)
        self._record = record
        self._named: tuple[str, ...] = ()
        self._on_show = False
        self.joins = pg.PlotCurveItem(connect="pairs")
        self.dots = {
            name: pg.ScatterPlotItem(size=DOT, pen=None) for name in ("weight", "gradient", "last update")
        }
        self.add(self.joins, *self.dots.values())
        self.ratios: list[Label] = []

    @property
    def caption(self) -> str:
        return f"Right: ‖update‖/‖weight‖, {words.RULE}, no law."

    def enter(self) -> None:
        super().enter()
        self._on_show = True
        self._named = ()
        self.plot.set_axes(LogAxis("bottom"), NumberAxis("left"))
        self.plot.label_axes("norm", "")
        self.plot.left.setWidth(NAMES_WIDTH)

    def leave(self) -> None:
        super().leave()
        self._on_show = False
        for label in self.ratios:
            label.show_in(None)

    def draw(self) -> None:
        now = self._record.now
        if now is None:
            for dots in self.dots.values():
                dots.setData([], [])
            self.joins.setData([], [])
            self._place_ratios(np.empty(0), np.empty(0))
            return
        self._name_rows(now.names)
        rows = np.arange(len(now.names), 0, -1, dtype=float)
        logs = {"weight": decades(now.weight), "gradient": decades(now.gradient)}
        logs["last update"] = decades(now.step)
        self.plot.set_ranges(y=(0.4, len(rows) + 0.6))
        values = np.concatenate(list(logs.values()))
        if np.isfinite(values).any():
            low, high = decade_at_least(values[np.isfinite(values)], DEEPEST)
            self.plot.hold(low, high + FOR_NUMBERS * (high - low), axis=0)
        near = {name: self.plot.near(values, axis=0) for name, values in logs.items()}
        for name, dots in self.dots.items():
            there = np.isfinite(near[name])
            dots.setData(near[name][there], rows[there])
        both = np.isfinite(near["weight"] + near["last update"])
        ends = np.stack((near["last update"][both], near["weight"][both]), axis=1).ravel()
        self.joins.setData(ends, np.repeat(rows[both], 2))
        self._place_ratios(now.ratio if now.update else np.full(len(rows), np.nan), rows)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        for name, colour in self._colours().items():
            self.dots[name].setBrush(colour)
        self.joins.setPen(pg.mkPen(theme.faint(theme.muted, 0.5)))
        for label in self.ratios:
            label.apply_theme(theme, theme.text)

    def entries(self) -> list[Entry]:
        return [Entry(name, Dots(colour)) for name, colour in self._colours().items()]

    def figure(self) -> str:
        now = self._record.now
        if now is None or not np.isfinite(now.ratio).any() or now.update == 0:
            return ""
        low, high = float(np.nanmin(now.ratio)), float(np.nanmax(now.ratio))
        return f"update/weight {short(low, 1)} to {short(high, 1)}"

    def readout(self, x: float, y: float) -> str:
        now = self._record.now
        place = -1 if now is None else len(now.names) - nearest(y)
        return (
            "" if now is None or not 0 <= place < len(now.names) else words.at_parameter(self._record, place)
        )

    def table(self) -> Table:
        return parameters_table(self._record.now)

    def _colours(self) -> dict[str, str]:
        return {
            "weight": self.theme.muted,
            "gradient": self.theme.accent,
            "last update": self.theme.target,
        }

    def _name_rows(self, names: tuple[str, ...]) -> None:
        if names == self._named:
            return
        self._named = names
        ticks = [(float(len(names) - k), name) for k, name in enumerate(short_names(names).values())]
        self.plot.left.setTicks([ticks])

    def _place_ratios(self, ratios: Array, rows: Array) -> None:
        while len(self.ratios) < len(ratios):
            self.ratios.append(Label(self.plot, ""))
            self.ratios[-1].apply_theme(self.theme, self.theme.text)
        box = self.plot.box
        _, y = self.plot.to_pixels(np.zeros(len(rows)), rows)
        fits = self._on_show and len(rows) > 0 and box.height() / len(rows) >= LEAST_HEIGHT
        for k, label in enumerate(self.ratios):
            if k >= len(ratios) or not fits or np.isnan(ratios[k]):
                label.show_in(None)
                continue
            label.write(short(float(ratios[k])))
            width, height = label.size()
            place = QRectF(box.width() - width - FROM_EDGE, float(y[k]) - 0.5 * height, width, height)
            label.show_in(place if QRectF(0, 0, box.width(), box.height()).contains(place) else None)


def parameters_table(now: ParameterNorms | None) -> Table:
    """A row for each parameter."""
    if now is None:
        return {}
    return {
        "parameter": list(now.names),
        "gradient_norm": now.gradient.tolist(),
        "weight_norm": now.weight.tolist(),
        "step_norm": now.step.tolist(),
        "step_over_weight": now.ratio.tolist(),
    }
