"""The gradient on its way back through time: how large it is at every step, and its verdict."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from gui.panels.flow import words
from gui.panels.flow.band import Band
from gui.panels.flow.items import Norms, Note, Stops
from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Either
from gui.panels.frame.unhurried import Unhurried
from gui.panels.keys.legend import Legend
from gui.panels.plots.axes import LogAxis
from gui.panels.plots.curves import SMOOTH
from gui.panels.plots.decades import decades, placed, show_decades
from gui.panels.plots.labels import Polyline
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import StepLine, nearest
from gui.panels.words.losses import LOSSES, OF_ALL, WHICH_LOSSES
from gui.theme import BODY, Theme
from rnn.array import Array
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow
from rnn.observing.probes.flow_sentence import describe
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.explosion import EXPLOSION, Explosion
from rnn.training.outcome import Failure
from rnn.training.scalars import Scalars

ARRAYS = ("last", "total", "last_cell", "total_cell")


class FlowPanel(Panel):
    """‖∂L_T/∂h_t‖ of a layer over the time steps, its bound, its last hundred shapes and its verdict.

    Attributes:
        layer: the chooser of the layer; the top one until a person chooses.
        losses: the choice between the last time step's loss and all of them.
        whole_loss: whether the gradient is that of all time steps' losses, not of the last one's alone; the
            bound holds for the latter only and is drawn with it only.
        norms: what is drawn of h, and of an LSTM's c.
    """

    name = "flow"
    title = "Gradient through time"
    judges = True
    tells = True
    says_first = words.SAYS_FIRST
    caption = words.Drawn().caption
    explanation = words.EXPLANATION
    probes = frozenset({"flow"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("time step t", words.Drawn().axis_label, left=LogAxis("left")))
        self.whole_loss = False
        self._make_controls()
        self.norms = {"h": Norms(self.plot), "c": Norms(self.plot)}
        self.bound = pg.PlotCurveItem(connect="finite")
        self.plot.add(self.bound)
        self.stops = Stops(self.plot)
        self.note = Note(self.plot, words.THRESHOLDS)
        self.line = StepLine(self.plot)
        self._steps = 1
        self._truncation: int | None = None
        self._symbols: tuple[str, ...] = ("h",)
        self._has_split = True
        self._drawn = words.Drawn()
        self._words = Unhurried()
        self._forget()
        self.apply_theme(theme)

    def _make_controls(self) -> None:
        self.layer = Chooser("the layer whose gradient is drawn")
        self.layer.chosen.connect(self._on_layer_chosen)
        self.losses = Either(*LOSSES, OF_ALL, WHICH_LOSSES)
        self.losses.toggled.connect(self._on_whole_toggled)
        self.legend = Legend()
        self.add_key(self.legend, self.layer, self.losses, wide=self.legend)

    def _forget(self) -> None:
        self._newest: Flow | None = None
        self._explosion = Explosion()
        self._explosion_at: tuple[int, int] | None = None
        self._moment: tuple[int, int] | None = None
        self._bands: dict[tuple[int, str], Band] = {}
        self.plot.let_go()
        self._words.hurry()

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._forget()
        self.measure(frozenset({"flow"}))
        self._steps, self._truncation = info.steps, info.config.training.truncation
        self.time_steps = info.steps
        self._symbols = info.cell.symbols
        self._has_split = info.cell.of_one_sum is not None
        self.layer.offer(numbered("layer", len(info.config.model.layers)), default=-1)
        self._explain()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if snapshot is None:
            return
        moment = (snapshot.sequence, snapshot.update)
        if (explosion := snapshot.probe(Explosion)) is not None:
            self._explosion, self._explosion_at, self.dirty = explosion, moment, True
        flow = snapshot.probe(Flow)
        if flow is None:
            return
        if self._moment is not None and snapshot.sequence != self._moment[0]:
            self._forget()
        if moment != self._moment:
            for layer, of_layer in enumerate(flow.layers):
                for name in ARRAYS:
                    self._add_to_band(layer, name, getattr(of_layer, name))
        if moment != self._explosion_at:
            self._explosion = Explosion()
        self._newest, self._moment = flow, moment
        self.dirty = True

    def draw(self) -> None:
        margin = 0.03 * (self._steps - 1) or 0.5
        self.plot.set_ranges(x=(1.0 - min(0.5, margin), self._steps + margin))
        flow, of_layer = self._flow, self._of_layer
        shown = {name: self._shown(array) for name, array in self._arrays(of_layer).items()}
        curves = [curve for curve, _, _ in shown.values()]
        bands = [limit for _, *limits in shown.values() for limit in limits]
        show_decades(self.plot, *(np.concatenate([[], *each]) for each in (curves, bands)))
        first = 1 if flow is None else flow.first_trained
        lines: list[Polyline] = []
        for name, norms in self.norms.items():
            if name in shown:
                lines += norms.draw(*shown[name], 1 if self.whole_loss else first)
            else:
                norms.clear()
        split = None if of_layer is None or self.whole_loss else of_layer.split
        bound = placed(self.plot, np.zeros(0) if split is None else decades(split.bound))
        self.bound.setData(*bound, antialias=len(bound[0]) <= SMOOTH)
        self.stops.draw(self._truncation, self._steps, first)
        self._explain()
        self._write_words([*lines, bound])

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        for norms, colour in zip(self.norms.values(), theme.of_states, strict=True):
            norms.apply_theme(theme, colour)
        self.bound.setPen(theme.pen(theme.muted, 1.0, Qt.PenStyle.DashLine))
        self.stops.apply_theme(theme)
        self.line.apply_theme(theme)
        axis = self.plot.left
        axis.labelStyle |= {"font-size": f"{BODY}px"}
        axis.setLabel(axis.labelText)
        self.note.apply_theme(theme, theme.muted)
        self.legend.apply_theme(theme)
        self._explain()

    def readout(self, x: float, y: float) -> str:
        t = nearest(x)
        if self._flow is None or not 1 <= t <= self._steps:
            return ""
        return words.at_step(self._flow, self.layer.value, t, self.whole_loss)

    def table(self) -> Table:
        of_layer = self._of_layer
        if of_layer is None:
            return {}
        columns = {name: getattr(of_layer, name) for name in ARRAYS}
        if of_layer.split is not None:
            columns |= {
                name: getattr(of_layer.split, name) for name in ("bound", "through_units", "through_weights")
            }
        layer = f"layer_{self.layer.value + 1}_" if self.layer.count > 1 else ""
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, len(of_layer.last) + 1))}
        return table | {f"{layer}{name}": a.tolist() for name, a in columns.items() if a is not None}

    def summary(self) -> str:
        if self._of_layer is None:
            return ""
        when = "" if self._past is None else f"At {words.moment(self._past)}: "
        return f"{when}{words.summary(self._of_layer)}"

    def judge(self, failure: Failure | None) -> None:
        super().judge(failure)
        came_apart = failure is not None and failure.came_apart
        self.measure(frozenset({"flow", EXPLOSION} if came_apart else {"flow"}))

    def show_cursor(self, step: int | None) -> None:
        self.line.show_step(None if step is None or step > self._steps else step)

    def extend_menu(self, menu: QMenu) -> None:
        self.losses.extend_menu(menu)

    # What is on show

    @property
    def _past(self) -> Explosion | None:
        """The moment that is shown in the place of the newest one, of a run that came apart."""
        came_apart = self.outcome is not None and self.outcome.came_apart
        return self._explosion if came_apart and self._explosion.flow is not None else None

    @property
    def _flow(self) -> Flow | None:
        return self._newest if self._past is None else self._past.flow

    @property
    def _of_layer(self) -> LayerFlow | None:
        return None if self._flow is None else self._flow.layers[self.layer.value]

    def _arrays(self, of_layer: LayerFlow | None) -> dict[str, str]:
        """The arrays of a LayerFlow that are drawn, under what they are the gradient to."""
        which = "total" if self.whole_loss else "last"
        if of_layer is None:
            return {}
        return {"h": which} if of_layer.last_cell is None else {"h": which, "c": f"{which}_cell"}

    def _shown(self, array: str) -> tuple[Array, Array, Array]:
        """log10 of an array of the layer on show, and the limits of its band."""
        logs = decades(getattr(self._of_layer, array))
        if self._past is not None:
            return logs, np.full_like(logs, np.nan), np.full_like(logs, np.nan)
        return logs, *self._bands[self.layer.value, array].limits()

    def _add_to_band(self, layer: int, name: str, norms: Array | None) -> None:
        if norms is not None:
            band = self._bands.setdefault((layer, name), Band(len(norms)))
            band.add(decades(norms))

    def _explain(self) -> None:
        """The words around the plot: what is drawn, on which axis, in which strokes."""
        count, flow = self.layer.count, self._flow
        drawn = words.Drawn(
            layer=f"{self.layer.name} of {count}" if count > 1 else "",
            end=None if flow is None or flow.end == self._steps else flow.end,
            whole_loss=self.whole_loss,
            symbols=self._symbols,
            has_bound=self._has_split and self.layer.value == count - 1,
            truncated=self._truncation is not None and self._truncation < self._steps,
            moment="" if self._past is None else words.moment(self._past),
        )
        self.legend.show_entries(drawn.entries(self.theme))
        if drawn == self._drawn:
            return
        if drawn.axis_label != self._drawn.axis_label:
            self.plot.label_axes("time step t", drawn.axis_label)
        self._drawn = drawn
        self.set_caption(drawn.caption)
        self.say_first(drawn.says_first)

    def _write_words(self, lines: Sequence[Polyline]) -> None:
        """Words and figures change a few times a second, all at once, so that they can be read."""
        if not self._words.take_turn(self.clock()) and self._flow is not None:
            self.dirty = True
            return
        flow, of_layer = self._flow, self._of_layer
        pixels = [self.plot.to_pixels(*line) for line in lines]
        taken = self.stops.write(1 if flow is None else flow.first_trained, pixels)
        self.note.write(words.note(None if self.difference else of_layer))
        self.note.place(pixels, taken)
        verdict = None if of_layer is None else of_layer.verdict
        colours = {"vanishing": self.theme.other, "steady": self.good, "exploding": self.theme.bad}
        if self.outcome is not None and self.outcome.came_apart:
            self.set_figure(*words.failed(self.outcome, self._past, of_layer), colour=self.theme.bad)
        else:
            self.set_figure(*words.figure(of_layer), colour=colours.get(verdict or "", self.theme.muted))
        described = "" if flow is None else describe(flow, self.layer.value)
        if self._past is not None:
            described = f"At {words.moment(self._past)}: {described[:1].lower()}{described[1:]}"
        self.told.emit(f"No verdict: {self.difference}." if self.difference else described)

    # Events

    def _on_whole_toggled(self, on: bool) -> None:
        self.whole_loss = on
        self._show_anew()

    def _on_layer_chosen(self) -> None:
        self._show_anew()

    def _show_anew(self) -> None:
        """Something else is shown: its own heights, and words at once."""
        self.plot.let_go()
        self._words.hurry()
        self._explain()
        self.show_all()
