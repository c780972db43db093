"""The gradient on its way back through time: how large it is at every step, and its verdict."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from gui.panels.band import ROWS, Band
from gui.panels.base import Panel
from gui.panels.export import Table
from gui.panels.labels import Label, Polyline, choose
from gui.panels.plot import Plot, steady
from gui.panels.pyramid import Pyramid, trimmed
from gui.theme import Theme
from rnn.array import Array
from rnn.figures import short
from rnn.probes import Flow
from rnn.probes.flow import EXPLODING_ABOVE, VANISHING_BELOW
from rnn.probes.flow_sentence import describe
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

LAST_LABEL = "‖∂L<sub>T</sub>/∂h<sub>t</sub>‖"
WHOLE_LABEL = "‖∂L/∂h<sub>t</sub>‖"
WHOLE_CAPTION = "of the whole loss: each step's own loss refills it; the verdict is the last step's"
THRESHOLDS = f"vanishing below ×{VANISHING_BELOW:g} a step\nexploding above ×{EXPLODING_ABOVE:g} a step"
LEAST_DECADES = 5.0
BEYOND = 20.0
LONG = 400
DOTTED = 40
EDGE = 6.0


class FlowPanel(Panel):
    """‖∂L_T/∂h_t‖ over the time steps, its bound, its last hundred shapes, and the verdict on its rate.

    Attributes:
        whole_loss: whether the gradient is that of the whole loss, not of the last step's alone; the bound
            holds for the latter only and is drawn with it only.
        words_interval: the least number of seconds from one change of words and figures to the next.

    Signals:
        told: what the gradient shows at this moment, in sentences.
    """

    title = "Gradient through time"
    caption = f"of the last step's loss alone; dashed: bound by σ_max; band: last {ROWS} snapshots"
    probes = frozenset({"flow"})
    words_interval: ClassVar[float] = 0.25

    told = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("time step t", LAST_LABEL, log_y=True))
        self.whole_loss = False
        self._whole_button = QToolButton()
        self._whole_button.setText("whole loss")
        self._whole_button.setCheckable(True)
        self._whole_button.setAccessibleName("Gradient of the whole loss")
        self._whole_button.setToolTip(
            "Show the gradient of the whole loss, not of the last step's loss alone"
        )
        self._whole_button.toggled.connect(self._on_whole_toggled)
        self.add_control(self._whole_button)
        self._lower, self._upper = pg.PlotCurveItem(connect="finite"), pg.PlotCurveItem(connect="finite")
        self._band = pg.FillBetweenItem(self._lower, self._upper)
        self._bound = pg.PlotCurveItem(connect="finite")
        self._curve = pg.PlotCurveItem(connect="finite")
        self._dots = pg.ScatterPlotItem(size=6, pen=None)
        for item in (self._band, self._bound, self._curve, self._dots):
            self.plot.addItem(item, ignoreBounds=True)
        self._note = Label(self.plot, THRESHOLDS)
        self._note_place: int | None = None
        box = self.plot.getPlotItem().getViewBox()
        box.sigRangeChanged.connect(self._on_view_changed)
        box.sigResized.connect(self._on_view_changed)
        self._forget(1)
        self.apply_theme(theme)

    def _forget(self, steps: int) -> None:
        self._flow: Flow | None = None
        self._moment: tuple[int, int] | None = None
        self._last_band, self._whole_band = Band(steps), Band(steps)
        self._y_range: tuple[float, float] | None = None
        self._steps = steps
        self._wrote = -math.inf

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._forget(info.steps)
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        flow = snapshot.probe(Flow) if snapshot is not None else None
        if snapshot is None or flow is None:
            return
        if len(flow.last) != self._steps or (
            self._moment is not None and snapshot.sequence != self._moment[0]
        ):
            self._forget(len(flow.last))
        moment = (snapshot.sequence, snapshot.update)
        if moment != self._moment:
            self._last_band.add(_decades(flow.last))
            self._whole_band.add(_decades(flow.total))
        self._flow, self._moment = flow, moment
        self.dirty = True

    def draw(self) -> None:
        margin = 0.03 * (self._steps - 1) or 0.5
        self.plot.set_ranges(x=(1.0 - min(0.5, margin), self._steps + margin))
        flow = self._flow
        values = (
            np.full(self._steps, np.nan)
            if flow is None
            else _decades(flow.total if self.whole_loss else flow.last)
        )
        low, high = (self._whole_band if self.whole_loss else self._last_band).limits()
        self._y_range = _heights(self._y_range, np.concatenate([values, low, high]))
        self.plot.set_ranges(y=self._y_range)
        curve = self._placed(values)
        self._curve.setData(*curve, antialias=len(curve[0]) <= LONG)
        dotted = np.isfinite(curve[1]) & (self._steps <= DOTTED)
        self._dots.setData(curve[0][dotted], curve[1][dotted])
        nothing = np.full(self._steps, np.nan)
        bound = self._placed(nothing if flow is None or self.whole_loss else _decades(flow.bound))
        self._bound.setData(*bound, antialias=len(bound[0]) <= LONG)
        lower, upper = self._placed(low), self._placed(high)
        self._lower.setData(*lower)
        self._upper.setData(*upper)
        self._write_words([curve, bound, lower, upper])

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._curve.setPen(theme.pen(theme.accent, 2.0))
        self._dots.setBrush(theme.accent)
        self._bound.setPen(theme.pen(theme.muted, 1.0, Qt.PenStyle.DashLine))
        self._band.setBrush(theme.faint(theme.accent, 0.18))
        self._note.apply_theme(theme, theme.muted)

    def readout(self, x: float, y: float) -> str:
        t, flow = round(x), self._flow
        if flow is None or not 1 <= t <= self._steps:
            return ""
        last, end = flow.last[t - 1], flow.last[-1]
        text = f"{short(last)}, {short(last / end)} of step {self._steps}'s" if end > 0.0 else short(last)
        if self.whole_loss:
            return f"time step {t}: {short(flow.total[t - 1])} · of the last step's loss alone {text}"
        text = f"time step {t}: {text}"
        if t == self._steps:
            return text
        passed, grown = flow.through_tanh[t - 1], flow.through_weights[t - 1]
        if not (np.isfinite(passed) and np.isfinite(grown)):
            return text
        return f"{text} · tanh passes on {short(passed)}, the weights multiply it by {short(grown)}"

    def table(self) -> Table:
        if self._flow is None:
            return {}
        return {"time_step": list(range(1, self._steps + 1))} | {
            name: getattr(self._flow, name).tolist()
            for name in ("last", "total", "bound", "through_tanh", "through_weights")
        }

    def extend_menu(self, menu: QMenu) -> None:
        action = menu.addAction("Gradient of the whole loss", self._whole_button.toggle)
        action.setCheckable(True)
        action.setChecked(self.whole_loss)

    # What is on show

    def _placed(self, logs: Array) -> Polyline:
        """Time steps and log10 of norms as far as they are in view, those far outside a little outside."""
        (left, right), (bottom, top) = self.plot.shown()
        room = BEYOND * (top - bottom)
        series = Pyramid()
        series.extend(np.clip(logs, bottom - room, top + room))
        places, values = series.within(left - 1.0, right - 1.0, self.plot.columns)
        return trimmed(places + 1.0, values)

    def _write_words(self, lines: Sequence[Polyline]) -> None:
        """Words and figures change a few times a second, all at once, so that they can be read."""
        now = time.perf_counter()
        if self._flow is not None and now - self._wrote < self.words_interval:
            self.dirty = True
            return
        self._wrote = now
        self._write_note(lines)
        self._write_figure()
        self.told.emit("" if self._flow is None else describe(self._flow))

    def _write_note(self, lines: Sequence[Polyline]) -> None:
        flow = self._flow
        text = THRESHOLDS
        if flow is not None and flow.left is not None:
            text = f"{_arrival(self._steps - 1, flow.left)}\n{THRESHOLDS}"
        self._note.write(text)
        box = self.plot.getPlotItem().getViewBox()
        width, height = self._note.size()
        right, bottom = box.width() - width - EDGE, box.height() - height - EDGE
        corners = [(right, bottom), (EDGE, EDGE), (EDGE, bottom), (right, EDGE)]
        between = [(part * right, top) for part in (0.5, 0.75, 0.25) for top in (bottom, EDGE)]
        places = [QRectF(left, top, width, height) for left, top in corners + between]
        pixels = [self.plot.to_pixels(*line) for line in lines]
        room = QRectF(0, 0, box.width(), box.height())
        chosen = choose(places, room, [], pixels, self._note_place)
        # The thresholds belong to the verdict: better on the curve than nowhere.
        self._note_place = choose(places, room, [], [], self._note_place) if chosen is None else chosen
        self._note.show_in(None if self._note_place is None else places[self._note_place])

    def _write_figure(self) -> None:
        flow = self._flow
        if flow is None or flow.factor is None or flow.verdict is None:
            self.set_figure(_why_no_rate(flow), self.theme.muted)
            return
        colours = {"vanishing": self.theme.other, "steady": self.theme.good, "exploding": self.theme.bad}
        rate = f"×{_factor(flow.factor)} a step" if flow.factor > 0.0 else "nothing is left"
        self.set_figure(f"{flow.verdict} · {rate}", colours[flow.verdict])

    # Events

    def _on_whole_toggled(self, on: bool) -> None:
        self.whole_loss = on
        self._y_range = None
        self._wrote = -math.inf
        self.set_caption(WHOLE_CAPTION if on else self.caption)
        self.plot.label_axes("time step t", WHOLE_LABEL if on else LAST_LABEL)
        self.show_all()

    def _on_view_changed(self, *_: object) -> None:
        self.dirty = True


def _decades(norms: Array) -> Array:
    """log10 of ``norms``; NaN, a gap, where a norm is 0 or not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(np.where(np.isfinite(norms) & (norms > 0.0), norms, np.nan)))


def _heights(current: tuple[float, float] | None, logs: Array) -> tuple[float, float]:
    """The decades to show: all of ``logs``, and never fewer than `LEAST_DECADES`."""
    finite = logs[np.isfinite(logs)]
    if len(finite) == 0:
        return current or (-6.0, 0.0)
    bottom, top = float(finite.min()), float(finite.max())
    if (short_of := LEAST_DECADES - (top - bottom)) > 0.0:
        bottom, top = bottom - 0.5 * short_of, top + 0.5 * short_of
    return steady(current, bottom, top)


def _factor(factor: float) -> str:
    return f"{factor:.2f}" if 0.095 <= factor < 9.995 else short(factor)


def _why_no_rate(flow: Flow | None) -> str:
    if flow is None or flow.last[-1] == 0.0:
        return "no gradient yet"
    return "one time step: no rate" if len(flow.last) == 1 else "not finite"


def _arrival(back: int, left: float) -> str:
    after = "after 1 step" if back == 1 else f"after {back:,} steps"
    if left > 1.0:
        return f"{after} it is {short(left)} times as large"
    return f"{after} {short(left)} of it is left" if left > 0.0 else f"{after} nothing is left"
