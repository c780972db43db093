"""The unrolled network: one moment run through in slow motion, forward in time and back with the gradient."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QMenu

from gui.panels.frame.export import Table
from gui.panels.frame.toggle import add_entry
from gui.panels.keys.signal_look import Range, SignalLook, marks
from gui.panels.unrolled import sayings
from gui.panels.unrolled.frame import UnrolledFrame
from gui.panels.unrolled.layout import Layout
from gui.panels.unrolled.picture import Picture, values_of
from gui.panels.unrolled.spoken import (
    NOT_YET,
    computed,
    lines_at,
    lines_of_step,
    name_of,
    spoken_at,
    spoken_of_step,
)
from gui.panels.unrolled.words import Words
from gui.theme import Theme
from rnn.model.cells import Vanilla
from rnn.number_format import short
from rnn.observing.probes.unrolled import Unrolled
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars


class UnrolledPanel(UnrolledFrame):
    """The displayed sequence as a row of units over time, with the wave of the forward and backward pass.

    It follows the training with everything run through; as soon as a person runs the wave, the moment is
    held until it is let go.

    Attributes:
        whole_loss: whether the gradient is that of all time steps' losses, not of the last one's alone.
        moment: what is drawn, or None.
        frozen: whether it is held.
    """

    name = "unrolled"
    title = "Unrolled network"
    says_first = sayings.SAYS_FIRST
    explanation = sayings.EXPLANATION
    probes = frozenset({"unrolled"})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.whole_loss = self.frozen = False
        self.moment: Unrolled | None = None
        self._latest: Unrolled | None = None
        self._names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
        self._signals, self._states = Vanilla().signals, Vanilla().symbols
        self._span: Range | None = None
        self.controls.asked.connect(self._on_wave_asked)
        self.controls.freeze_asked.connect(self._on_freeze_asked)
        self.signal.chosen.connect(self._on_signal_chosen)
        self.losses.toggled.connect(self._on_whole_toggled)
        self.wave.moved.connect(self._on_wave_moved)
        self.wave.halted.connect(self._on_halted)
        self.pointing.changed.connect(self._on_pointing_changed)
        self.apply_theme(theme)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self.wave.pause()
        self._latest = self.moment = None
        self._names = (info.input_names, info.class_names)
        self._signals, self._states = info.cell.signals, info.cell.symbols
        self._span = None
        self.signal.offer({SignalLook(signal).label: signal.symbol for signal in self._signals})
        self._hold(False)
        self.forget(info.steps)
        self.drawing.show_picture(None, Layout(info.config.model.layers), info.steps)
        self.show_axes()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        moment = snapshot.probe(Unrolled) if snapshot is not None else None
        if moment is None or moment is self._latest:
            return
        self._latest = moment
        self.dirty = True  # a held moment says what time it is meanwhile

    def draw(self) -> None:
        if not self.frozen and self._latest is not None and self._latest is not self.moment:
            self.moment = self._latest
            if self.columns.steps != self.moment.steps:
                self.forget(self.moment.steps)
            self.pointing.steps = self.moment.steps
            self.wave.begin(self.moment.steps, self.moment.end)
            self._show_picture()
        elif self.needs_layout:
            self._show_picture()
        self._show_words()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self._show_picture()

    def readout(self, x: float, y: float) -> str:
        moment = self.moment
        if moment is None or not 0 <= round(x) <= moment.steps:
            return ""
        place = self.drawing.layout.at(x, y, moment.steps)
        step = round(x)
        layer = None if place is None else self.drawing.layout.layer(place.row)
        if place is None or layer is None or place.kind != "unit":
            return f"time step {step}" if step else "the state that the sequence begins in"
        unit, signal = self.drawing.layout.unit(place), self._signals[self.signal.value]
        there, value = computed(self.wave, step), NOT_YET
        if there:
            value = short(float(values_of(moment, signal)[layer][step, unit]), 3)
        reached = there and (self.wave.pulled_back(step) > 0.0 or step > moment.end)
        return sayings.unit_at(self._words(moment), (layer, step, unit), f"{signal.symbol} {value}", reached)

    def table(self) -> Table:
        return {} if self.moment is None else sayings.table(self._words(self.moment))

    def summary(self) -> str:
        return "" if self.moment is None else sayings.summary(self._words(self.moment))

    def show_cursor(self, step: int | None) -> None:
        if step == self.drawing.cursor:
            return
        self.drawing.cursor = step
        self.overview.show_cursor(step)
        within = step is not None and step <= self.columns.steps
        self.columns.visited = step if within and not self.wave.playing else None
        self.show_axes()
        self.drawing.update()
        self._show_words()

    def extend_menu(self, menu: QMenu) -> None:
        self.losses.extend_menu(menu)
        add_entry(menu, "Freeze", self.controls.freeze)
        menu.addAction("Show the whole sequence", self.show_whole_sequence)

    # What is on show

    def _words(self, moment: Unrolled) -> Words:
        return Words(moment, *self._names, whole=self.whole_loss)

    def _show_picture(self) -> None:
        """Draw the moment in the colours of the chosen signal."""
        moment, look = self.moment, SignalLook(self._signals[self.signal.value])
        values = () if moment is None else values_of(moment, look.signal)
        seen = np.concatenate([np.zeros(0), *(array.ravel() for array in values)])
        self._span = look.range(seen, self._span)
        colours = look.colours(self.theme)
        picture = None
        if moment is not None:
            words = self._words(moment)
            picture = Picture(words, values, colours, self._span)
            self.overview.show_tracks(sayings.strip_label(words), picture.tracks)
        self.key.explain(look.signal.symbol, marks(self._span), colours)
        self.key.explain_ways(None if picture is None else picture.widths, self._states)
        widths = self.drawing.layout.widths if moment is None else moment.widths
        self.show_layout(picture, widths, look.signal.symbol)

    def _show_words(self) -> None:
        """The words that go with where the wave is and with what is pointed at."""
        moment, wave, latest = self.moment, self.wave, self._latest
        if moment is None or latest is None:
            self.set_figure("")
            return
        words = self._words(moment)
        figure, warns = sayings.figure(words, self.frozen, latest, wave)
        self.set_figure(figure, colour=self.theme.bad if warns else None)
        layout, kept = self.drawing.layout, self.pointing.kept
        mouse = sayings.of_mouse(None if kept is None else name_of(layout, kept), self.pointing.pauses)
        self.set_caption(sayings.caption(words, self.frozen, latest, wave, mouse))
        place, cursor = self.pointing.place, self.drawing.cursor
        if place is None and cursor is not None and cursor <= moment.steps:
            self.equation.write(*lines_of_step(words, cursor, wave))
            self.drawing.speak_of(spoken_of_step(words, cursor, wave))
        else:
            self.equation.write(*lines_at(words, layout, place, wave))
            self.drawing.speak_of(spoken_at(words, layout, place, wave))

    def _hold(self, frozen: bool) -> None:
        self.frozen = frozen
        self.controls.show_held(frozen)

    # Events

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self.action(event)
        ):
            event.accept()  # before the window takes it for a step of the training
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.action(event)
        if action is not None:
            action()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.wave.pause()
        super().hideEvent(event)

    def _on_wave_asked(self) -> None:
        self.pointing.take_over()
        if self.moment is not None and not self.frozen:
            self._hold(True)

    def _on_freeze_asked(self, frozen: bool) -> None:
        self._hold(frozen)
        if not frozen:
            self.pointing.take_over()
            self.wave.pause()
            self.wave.go(self.wave.last)
            self.columns.follow(None)
        self.dirty = True

    def _on_wave_moved(self) -> None:
        if self.frozen:
            self.columns.follow(self.wave.column)
            self.show_axes()
        self.show_reached()
        self._show_words()

    def _on_halted(self) -> None:
        self._show_words()

    def _on_pointing_changed(self) -> None:
        self.cursor_moved.emit(self.pointing.step)
        self._show_words()

    def _on_signal_chosen(self) -> None:
        self._span = None
        self._show_picture()
        self.dirty = True

    def _on_whole_toggled(self, on: bool) -> None:
        self.whole_loss = on
        self.overview.levels.forget()
        self._show_picture()
        self._show_words()
        self.dirty = True
