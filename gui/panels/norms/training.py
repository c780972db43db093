"""What the norms panel draws over training: the ratio of step to weight, and how many units saturate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from gui.panels.frame.export import Table
from gui.panels.norms import words
from gui.panels.norms.gradient import UpdatesView
from gui.panels.norms.record import NormsRecord
from gui.panels.plots.decades import decades
from gui.panels.plots.plot import Plot
from gui.panels.views.view import Line, moment_words
from gui.panels.words.parameters import names
from gui.theme import Theme
from rnn.number_format import percent, short

STROKES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class RatioView(UpdatesView):
    """‖update‖ / ‖weight‖ of each parameter over training, with the rule of thumb as a band.

    Attributes:
        band: where the rule of thumb wants it.
    """

    name = "update over weight, over training"
    button = "ratios"
    y_label = "‖update‖ / ‖weight‖"

    def __init__(self, plot: Plot, theme: Theme, record: NormsRecord) -> None:
        super().__init__(plot, theme, record)
        limits = tuple(np.log10([words.LOW, words.HIGH]))
        self.band = pg.LinearRegionItem(limits, orientation="horizontal", movable=False)
        self.band.setZValue(-20)
        self.add(self.band)

    @property
    def caption(self) -> str:
        return f"Last update's norm over that of the parameter; band: {words.RULE}."

    def lines(self) -> Sequence[Line]:
        record, now = self.record, self.record.now
        if now is None or len(record.ratios) == 0:
            return []
        updates, logs = record.ratios.updates.astype(float), decades(record.ratios.rows)
        called = names(now.names)
        return [
            Line(called[name], updates, logs[:, k], self._pen(name), len(updates) == 1)
            for k, name in enumerate(now.names)
        ]

    def levels(self) -> Sequence[float]:
        return tuple(np.log10([words.LOW, words.HIGH]))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.band.setBrush(theme.faint(theme.good, 0.16))
        for line in self.band.lines:
            line.setPen(pg.mkPen(theme.faint(theme.good, 0.4)))

    def readout(self, x: float, y: float) -> str:
        record, now, info = self.record, self.record.now, self.record.info
        place = record.ratios.last_before(x)
        if now is None or info is None or place is None:
            return ""
        row = record.ratios.rows[place]
        away = np.abs(decades(row) - y)
        if np.isnan(away).all():
            return ""
        near = int(np.nanargmin(away))
        moment = moment_words(info, int(record.ratios.updates[place]))
        return f"{moment} · {names(now.names)[now.names[near]]}: {short(float(row[near]))}"

    def table(self) -> Table:
        record, now = self.record, self.record.now
        if now is None:
            return {}
        columns = {f"ratio_{name}": record.ratios.rows[:, k].tolist() for k, name in enumerate(now.names)}
        return {"update": record.ratios.updates.tolist(), **columns}

    def _pen(self, name: str) -> QPen:
        """A colour for each kind of weight, a stroke for each layer."""
        theme = self.theme
        layer, _, kind = name.partition(".")
        colours = {"Wx": theme.accent, "Wh": theme.target, "b": theme.other, "bn": theme.ghosts[1]}
        if layer == "head":
            return theme.pen(theme.good if kind == "W" else theme.ghosts[0], 1.5)
        stroke = STROKES[int(layer.removeprefix("l")) % len(STROKES)]
        return theme.pen(colours.get(kind, theme.muted), 1.5 if stroke == STROKES[0] else 1.0, stroke)


class SaturatedView(UpdatesView):
    """The share of saturated or inactive units and time steps of each layer over training."""

    name = "saturated units, over training"
    button = "saturated"
    says_first = words.OF_UNITS_FIRST
    y_label = "% of units and time steps"
    log_y = False

    @property
    def _shut(self) -> str:
        """What such a unit is called."""
        g = None if self.record.info is None else self.record.info.cell.of_one_sum
        return (g and g.shut) or "saturated"

    @property
    def caption(self) -> str:
        info = self.record.info
        if info is not None and info.cell.of_one_sum is None:
            if info.cell.gates == 1:
                return "None for a cell whose state is more than g of one sum."
            return (
                "None for a cell with gates: its state is no tanh of one sum; see its gates in Hidden state."
            )
        return "Share of units and time steps with |g′| under a twentieth of its largest."

    def lines(self) -> Sequence[Line]:
        history = self.record.saturated
        updates, theme = history.updates.astype(float), self.theme
        colours = (theme.accent, theme.target, theme.other, theme.good, *theme.ghosts)
        many = history.rows.shape[1] > 1
        return [
            Line(
                f"layer {layer + 1}" if many else "",
                updates,
                100.0 * history.rows[:, layer],
                theme.pen(colours[layer % len(colours)], 2.0),
                len(updates) == 1,
            )
            for layer in range(history.rows.shape[1])
        ]

    def levels(self) -> Sequence[float]:
        return 0.0, 100.0

    def figure(self) -> str:
        now = self.record.now
        if now is None:
            return ""
        if now.saturated is None:
            return "no single nonlinearity"
        return f"{' · '.join(percent(share) for share in now.saturated)} {self._shut}"

    def readout(self, x: float, y: float) -> str:
        history, info = self.record.saturated, self.record.info
        place = history.last_before(x)
        if info is None or place is None:
            return ""
        shares = [percent(float(share)) for share in history.rows[place]]
        if len(shares) > 1:
            shares = [f"layer {layer + 1} {share}" for layer, share in enumerate(shares)]
        return f"{moment_words(info, int(history.updates[place]))}: {', '.join(shares)} {self._shut}"

    def table(self) -> Table:
        history = self.record.saturated
        columns = {f"saturated_l{k}": history.rows[:, k].tolist() for k in range(history.rows.shape[1])}
        return {"update": history.updates.tolist(), **columns}
