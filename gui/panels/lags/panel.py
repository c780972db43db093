"""How far back it learns: a parameter's gradient by how many Jacobians its parts came through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu

from gui.panels.frame.caption import Caption
from gui.panels.frame.chooser import Chooser
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Toggle
from gui.panels.keys.legend import Entry, Legend, Stroke, Swatch
from gui.panels.keys.marks import Frame
from gui.panels.lags import words
from gui.panels.lags.items import Bars, Horizon, show_logs, show_norms
from gui.panels.plots.axes import Markup
from gui.panels.plots.curves import SMOOTH
from gui.panels.plots.decades import decades
from gui.panels.plots.labels import Sentence
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.theme import Theme
from rnn.array import Array
from rnn.observing.probes import Lags
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

NONE = np.zeros(0)
NAMES = ("parameter", "parameters", "residual", "last_only")
ARRAYS = ("norms", "running", "left", "cut")


class LagsPanel(Panel):
    """‖G_n‖ over the lag n, the running total, and the lag from which on 5 % are left at most.

    Attributes:
        parameter: the chooser of whose gradient is taken apart; W_h of the top layer until a person chooses.
        log_y: whether the axis of the norms is logarithmic.
        trained, cut: the bars of what training knows, and of what truncation keeps from it.
        running: the line of the running total.
        horizon: the line at the horizon.
        sentence: what stands in the place of a picture that cannot be drawn.
        check: the line that says whether the parts add up.
    """

    name = "lags"
    title = "How far back it learns"
    judges = True
    says_first = words.SAYS_FIRST
    explanation = words.EXPLANATION
    probes = frozenset({"lags"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("lag n", Markup("‖G<sub>n</sub>‖")))
        self.log_y = False
        self._parameters: tuple[str, ...] = ()
        self._steps = 1
        self._lags: Lags | None = None
        self._make_controls()
        self.trained, self.cut = Bars(self.plot), Bars(self.plot)
        self.running = pg.PlotCurveItem(connect="finite")
        self.plot.add(self.running)
        self.horizon = Horizon(self.plot)
        self.sentence = Sentence(self.plot)
        self.check = Caption("")
        self.rows.addWidget(self.check)
        self.apply_theme(theme)

    def _make_controls(self) -> None:
        self.parameter = Chooser("the parameter whose gradient is taken apart")
        self.parameter.chosen.connect(self._on_parameter_chosen)
        self._log_button = Toggle(
            "log", "Logarithmic norm axis", "Show the norms on a logarithmic axis", entry="Logarithmic axis"
        )
        self._log_button.toggled.connect(self._on_log_toggled)
        self.legend = Legend()
        self.add_key(self.legend, self.parameter, self._log_button, wide=self.legend)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._lags = None
        self.plot.let_go()
        self._steps = info.steps
        self.set_figure("")
        self._explain()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        lags = snapshot.probe(Lags) if snapshot is not None else None
        if lags is None or (self._lags is not None and _same(lags, self._lags)):
            return
        if self._lags is not None and lags.parameter != self._lags.parameter:
            self.plot.let_go()
        if lags.parameters != self._parameters:
            self._parameters = lags.parameters
            self._offer(lags.parameter)
        self._lags = lags
        self.dirty = True

    def draw(self) -> None:
        lags = self._lags
        last = (self._steps if lags is None else lags.steps) - 0.5
        self.plot.set_ranges(x=(-0.5 - 0.01 * last, last + 0.01 * last))
        trained, running = (NONE, NONE) if lags is None else (lags.norms, lags.running)
        cut = NONE if lags is None or lags.cut is None else lags.cut
        blank = "" if lags is None else words.blank(lags, self.log_y)
        self.sentence.show_text(blank)
        if blank:
            trained = running = cut = NONE
        show = show_logs if self.log_y else show_norms
        show(self.plot, np.concatenate([trained, running, cut]))
        floor = None if self.log_y else 0.0
        self.trained.draw(self._placed(trained), floor)
        self.cut.draw(self._placed(np.where(cut > 0.0, cut, np.nan)), floor)
        line = self._placed(running)
        self.running.setData(np.arange(len(line)), line, antialias=len(line) <= SMOOTH)
        self.horizon.draw(None if lags is None else lags.horizon, line)
        self._explain()
        self.check.set_standing(words.check(lags))
        if lags is not None:
            known = lags.horizon is not None
            self.set_figure(words.figure(lags), colour=self.theme.target if known else self.theme.muted)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.trained.fill(theme.accent)
        self.cut.hollow(theme, theme.other)
        self.running.setPen(theme.pen(theme.target, 2.0))
        self.horizon.apply_theme(theme, theme.target)
        self.sentence.apply_theme(theme)
        self.legend.apply_theme(theme)
        self._explain()

    def readout(self, x: float, y: float) -> str:
        n = nearest(x)
        if self._lags is None or not 0 <= n < self._lags.steps:
            return ""
        return words.at_lag(self._lags, n)

    def table(self) -> Table:
        if self._lags is None:
            return {}
        layers = f"{self._lags.parameter.replace('.', '_')}_"
        columns = {name: getattr(self._lags, name) for name in ARRAYS}
        table: dict[str, Sequence[object]] = {"lag": list(range(self._lags.steps))}
        return table | {f"{layers}{name}": a.tolist() for name, a in columns.items() if a is not None}

    def summary(self) -> str:
        return "" if self._lags is None else words.summary(self._lags)

    def extend_menu(self, menu: QMenu) -> None:
        self._log_button.extend_menu(menu)

    # What is on show

    def _placed(self, norms: Array) -> Array:
        """Norms as the axis counts; NaN where it has no place for them."""
        return decades(norms) if self.log_y else np.where(np.isfinite(norms), norms, np.nan)

    def _offer(self, measured: str) -> None:
        """Let any of the parameters be chosen; the one that is ``measured`` is."""
        self.parameter.offer(words.choices(self._parameters))
        self.parameter.show_chosen(words.in_order(self._parameters).index(measured))

    def _explain(self) -> None:
        """The words around the plot."""
        self.set_caption(words.caption(self._lags))
        is_cut, accent = self._lags is not None and self._lags.cut is not None, self.theme.accent
        self.legend.show_entries(
            [
                Entry(
                    "trained on" if is_cut else "from n time steps back",
                    Swatch(accent, accent, QColor(accent)),
                ),
                *([Entry("cut off by truncation", Frame(self.theme.other))] if is_cut else []),
                Entry("running total", Stroke(self.theme.pen(self.theme.target, 2.0))),
            ]
        )

    # Events

    def _on_parameter_chosen(self, place: int) -> None:
        self.look_changed.emit("parameter", words.in_order(self._parameters)[place])

    def _on_log_toggled(self, on: bool) -> None:
        self.log_y = on
        self.plot.let_go()
        self.plot.set_log_y(on)
        self.show_all()


def _same(one: Lags, other: Lags) -> bool:
    """Whether both show the same."""
    if any(getattr(one, name) != getattr(other, name) for name in NAMES):
        return False
    pairs = [(getattr(one, name), getattr(other, name)) for name in ARRAYS]
    return all(a is b is None or (a is not None and b is not None and np.array_equal(a, b)) for a, b in pairs)
