"""The unrolled network: one moment run through in slow motion, forward in time and back with the gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolButton

from gui.panels.base import Panel
from gui.panels.chooser import Chooser
from gui.panels.export import Table
from gui.panels.plot import Plot
from gui.panels.signal_look import Range, SignalLook, marks
from gui.panels.unrolled_controls import Equation, WaveControls
from gui.panels.unrolled_drawing import Drawing, Picture
from gui.panels.unrolled_key import UnrolledKey
from gui.panels.unrolled_layout import Layout, Place, RowsAxis, window
from gui.panels.unrolled_wave import Wave
from gui.panels.unrolled_words import EXPLANATION, Words, caption, lines_at, summary, unit_at
from gui.theme import Theme
from rnn.array import Array
from rnn.cells import Signal, Vanilla
from rnn.figures import short
from rnn.probes.norms import norms
from rnn.probes.unrolled import Unrolled
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

STEP, ROWS = "time step t", "from input to loss"


class UnrolledPanel(Panel):
    """The displayed sequence as a row of units over time, with the wave of the forward and backward pass.

    It follows the training with everything run through; as soon as a person runs the wave, the moment is
    held until it is let go.

    Attributes:
        whole_loss: whether the gradient is that of the whole loss, not of the last step's alone.
        moment: what is drawn, or None.
        frozen: whether it is held.
        wave, controls: how far it has run, and the buttons that run it.
        signal: the chooser of what colours the units.
        equation: what is written below.
    """

    title = "Unrolled network"
    caption = "one column a time step; follows the training until it is stepped or played"
    explanation = EXPLANATION
    probes = frozenset({"unrolled"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot(STEP, ROWS))
        self.whole_loss = self.frozen = False
        self.moment: Unrolled | None = None
        self._latest: Unrolled | None = None
        self._names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._signals: tuple[Signal, ...] = Vanilla().signals
        self._span: Range | None = None
        self._steps = 1
        self._pointed: Place | None = None
        self._centre: float | None = None
        self.wave = Wave(self)
        self.rows_axis = RowsAxis()
        self.plot.setAxisItems({"left": self.rows_axis})
        self.plot.label_axes(STEP, ROWS)
        self.plot.getPlotItem().showGrid(x=False, y=False)
        self.plot.getPlotItem().getViewBox().setMouseEnabled(x=True, y=False)
        self.drawing = Drawing(self.wave, theme)
        self.plot.addItem(self.drawing, ignoreBounds=True)
        self._make_controls()
        self.wave.moved.connect(self._on_wave_moved)
        self.plot.hovered.connect(self._on_pointed)
        self.plot.getPlotItem().getViewBox().sigResized.connect(self._on_resized)
        self.apply_theme(theme)

    def _make_controls(self) -> None:
        self.controls = WaveControls(self.wave)
        self.controls.asked.connect(self._on_wave_asked)
        self.controls.freeze_asked.connect(self._on_freeze_asked)
        self.add_key(self.controls)
        self.key = UnrolledKey()
        self.add_key(self.key)
        self.equation = Equation()
        self.rows.addWidget(self.equation)
        self.signal = Chooser("what colours the units")
        self.signal.chosen.connect(self._on_signal_chosen)
        self.add_control(self.signal)
        self._whole_button = QToolButton()
        self._whole_button.setText("whole loss")
        self._whole_button.setCheckable(True)
        self._whole_button.setAccessibleName("Gradient of the whole loss")
        self._whole_button.setToolTip("Send back the whole loss, not the last step's loss alone")
        self._whole_button.toggled.connect(self._on_whole_toggled)
        self.add_control(self._whole_button)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self.wave.pause()
        self._latest = self.moment = None
        self._names = (info.input_names, info.class_names)
        self._signals = info.cell.signals
        self._steps = info.steps
        self._span = self._centre = self._pointed = None
        self.signal.offer({SignalLook(signal).label: signal.symbol for signal in self._signals})
        self._hold(False)
        self.drawing.show_picture(None, Layout(info.config.model.layers), self._steps)
        self._show_axes()
        self.equation.write("", "")
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        moment = snapshot.probe(Unrolled) if snapshot is not None else None
        if moment is None or moment is self._latest:
            return
        self._latest = moment
        self.dirty = self.dirty or not self.frozen

    def draw(self) -> None:
        if not self.frozen and self._latest is not None and self._latest is not self.moment:
            self.moment = self._latest
            self._steps = self.moment.steps
            self.wave.begin(self.moment.steps, self.moment.end)
        self._show_picture()
        self._show_place()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.drawing.theme = theme
        self.equation.apply_theme(theme)
        self.key.apply_theme(theme)
        self._show_picture()

    def readout(self, x: float, y: float) -> str:
        moment, place = self.moment, self.drawing.layout.at(x, y, self._steps)
        if moment is None or not 0 <= round(x) <= moment.steps:
            return ""
        step = round(x)
        layer = None if place is None else self.drawing.layout.layer(place.row)
        if place is None or layer is None or place.kind != "unit":
            return f"time step {step}" if step else "the state that the sequence begins in"
        unit, signal = self.drawing.layout.unit(place), self._signals[self.signal.value]
        value = float(self._values(moment, signal)[layer][step, unit])
        return unit_at(self._words(moment), layer, step, unit, f"{signal.symbol} {short(value, 3)}")

    def table(self) -> Table:
        moment = self.moment
        if moment is None:
            return {}
        table: dict[str, Sequence[object]] = {
            "time_step": list(range(1, moment.steps + 1)),
            "loss_term": moment.loss_terms.tolist(),
        }
        for layer, way in enumerate(self._words(moment).ways, 1):
            for name, *arrays in zip("hc", way.passed, way.own, way.total, strict=False):
                for part, array in zip(("passed", "own", "total"), arrays, strict=True):
                    table[f"layer_{layer}_{part}_{name}"] = norms(array[1:]).tolist()
        return table

    def summary(self) -> str:
        return "" if self.moment is None else summary(self._words(self.moment))

    def show_cursor(self, step: int | None) -> None:
        if step == self.drawing.cursor:
            return
        self.drawing.cursor = step
        (left, right), _ = self.plot.shown()
        if step is not None and not self.wave.playing and not left + 0.5 <= step <= right - 0.5:
            self._centre = float(step)
            self._show_axes()
        self.drawing.update()

    def extend_menu(self, menu: QMenu) -> None:
        for words, button in (
            ("Gradient of the whole loss", self._whole_button),
            ("Freeze", self.controls.freeze),
        ):
            action = menu.addAction(words, button.toggle)
            action.setCheckable(True)
            action.setChecked(button.isChecked())

    # What is on show

    def _words(self, moment: Unrolled) -> Words:
        return Words(moment, *self._names, whole=self.whole_loss)

    def _values(self, moment: Unrolled, signal: Signal) -> tuple[Array, ...]:
        """(T+1, H) of each layer, NaN where a gate has no step 0."""
        arrays = (layer[signal.name] for layer in moment.signals)
        missing = [(moment.steps + 1 - len(array), array) for array in arrays]
        return tuple(np.pad(a, ((short_of, 0), (0, 0)), constant_values=np.nan) for short_of, a in missing)

    def _show_picture(self) -> None:
        """Draw the moment in the colours of the chosen signal."""
        moment, look = self.moment, SignalLook(self._signals[self.signal.value])
        picture, largest = None, None
        values = () if moment is None else self._values(moment, look.signal)
        seen = np.concatenate([np.zeros(0), *(array.ravel() for array in values)])
        self._span = look.range(seen, self._span)
        colours = look.colours(self.theme)
        layout = self.drawing.layout
        if moment is not None:
            picture = Picture(self._words(moment), values, colours, self._span)
            layout, largest = Layout(moment.widths), picture.largest
        self.key.explain(look.signal.symbol, marks(self._span), colours)
        self.key.explain_widths(largest, self._has_cell)
        self.drawing.show_picture(picture, layout, self._steps)
        self._show_axes()

    @property
    def _has_cell(self) -> bool:
        return any(signal.name == "cell state" for signal in self._signals)

    def _show_axes(self) -> None:
        layout = self.drawing.layout
        self.rows_axis.show_names(layout.names(self._signals[self.signal.value].symbol))
        centre = self._steps if self._centre is None else self._centre
        pixels = self.plot.getPlotItem().getViewBox().width()
        self.plot.set_ranges(x=window(centre, self._steps, pixels), y=(0.0, layout.top))

    def _show_place(self) -> None:
        """The words that go with where the wave is and with what is pointed at."""
        moment, wave = self.moment, self.wave
        if moment is None:
            self.set_figure("")
            return
        done = wave.position >= wave.last
        way = "done" if done else f"{'backward' if wave.backward else 'forward'} · step {wave.step}"
        self.set_figure(way if self.frozen else f"update {moment.update:,}")
        self.set_caption(caption(self._words(moment), self.frozen))
        layout = self.drawing.layout
        self.equation.write(*lines_at(self._words(moment), layout, self._pointed, self.wave))

    def _hold(self, frozen: bool) -> None:
        self.frozen = frozen
        self.controls.freeze.blockSignals(True)
        self.controls.freeze.setChecked(frozen)
        self.controls.freeze.blockSignals(False)

    # Events

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.controls.action(event)
        ):
            event.accept()  # before the window takes it for a step of the training
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.controls.action(event)
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.wave.pause()
        super().hideEvent(event)

    def _on_wave_asked(self) -> None:
        self.plot.follow()
        if self.moment is not None and not self.frozen:
            self._hold(True)

    def _on_freeze_asked(self, frozen: bool) -> None:
        self._hold(frozen)
        if not frozen:
            self.wave.pause()
            self.wave.go(self.wave.last)
            self._centre = None
        self.dirty = True

    def _on_wave_moved(self) -> None:
        if self.frozen:
            self._centre = self.wave.column
            self._show_axes()
        self.drawing.update()
        self._show_place()

    def _on_pointed(self, point: QPointF | None) -> None:
        place = None
        step = None
        if point is not None and self.moment is not None:
            place = self.drawing.layout.at(point.x(), point.y(), self._steps)
            step = round(point.x()) if 1 <= round(point.x()) <= self._steps else None
        self.cursor_moved.emit(step)
        if place != self._pointed:
            self._pointed = place
            self._show_place()

    def _on_signal_chosen(self) -> None:
        self._span = None
        self._show_picture()
        self.dirty = True

    def _on_whole_toggled(self, on: bool) -> None:
        self.whole_loss = on
        self._show_picture()
        self._show_place()
        self.dirty = True

    def _on_resized(self, *_: object) -> None:
        self.dirty = True
