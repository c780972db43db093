"""The hidden state panel: a signal of every unit over time, where it is saturated, and one unit's trace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGraphicsRectItem

from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.hidden import words
from gui.panels.hidden.after_end import WORDS, AfterEnd
from gui.panels.hidden.trace import Trace
from gui.panels.hidden.unit_choice import UnitChoice
from gui.panels.keys.colour_key import ColourKey
from gui.panels.keys.legend import Entry, Legend, Stroke
from gui.panels.keys.marks import Patch
from gui.panels.keys.signal_look import Range, SignalLook, marks
from gui.panels.plots.axes import StepAxis
from gui.panels.plots.hatch import Hatch
from gui.panels.plots.ink import INK
from gui.panels.plots.plot import Plot
from gui.panels.plots.rows import gathered
from gui.panels.plots.step_marks import StepColumn, nearest
from gui.theme import Theme
from rnn.array import Array
from rnn.model.cells import Signal, Vanilla
from rnn.number_format import percent, short
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

MOVES = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
USUAL = SignalLook(Vanilla().signals[0])


class HiddenPanel(Panel):
    """A signal of every unit of a layer over the time steps of the displayed sequence.

    Attributes:
        layer, signal: the choosers of what is shown; the top layer's hidden state until a person chooses.
        units: which unit is looked at.
    """

    name = "hidden"
    title = "Hidden state"
    says_first = words.SAYS_FIRST
    caption = USUAL.caption
    explanation = words.EXPLANATION

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("", "unit", left=StepAxis("left"), grid=False))
        self._snapshot: Snapshot | None = None
        self._signals: tuple[Signal, ...] = (USUAL.signal,)
        self._look = USUAL
        self._range: Range | None = None
        self._steps = self._units = 0
        self._make_items()
        self._make_key()
        self.trace = Trace()
        self.rows.addWidget(self.trace)
        self.rows.setStretchFactor(self.plot, 4)
        self.rows.setStretchFactor(self.trace, 1)
        self.plot.box.sigXRangeChanged.connect(self._on_x_range_changed)
        self.units = UnitChoice(self.plot)
        self.units.changed.connect(self._on_unit_changed)
        self.trace.hovered.connect(self._on_trace_hovered)
        self.trace.filled.connect(self.fill_asked)
        self.apply_theme(theme)

    def _make_items(self) -> None:
        self.plot.bottom.setStyle(showValues=False)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.hatch = Hatch()
        self.outline = QGraphicsRectItem()
        self.outline.setPen(pg.mkPen(INK, width=2))
        for layer, item in enumerate((self.image, self.hatch, self.outline)):
            item.setZValue(layer)
            self.plot.add(item)
        self.after_end = AfterEnd(self.plot)
        self.column = StepColumn(self.plot)

    def _make_key(self) -> None:
        self.colours = ColourKey()
        self.legend = Legend()
        self.add_key(self.colours, self.legend)
        self.layer = Chooser("the layer that is drawn")
        self.signal = Chooser("what is drawn of each unit")
        for chooser in (self.layer, self.signal):
            chooser.chosen.connect(self._on_chosen)
            self.add_control(chooser)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._snapshot = None
        self.image.clear()
        self.hatch.set_cells(np.zeros((0, 0), dtype=bool))
        self.after_end.show_end(info.steps, info.steps, 1)
        self.set_figure("")
        widths = info.config.model.layers
        self._signals = info.cell.signals
        self.layer.offer(numbered("layer", len(widths)), default=-1)
        self.signal.offer({SignalLook(signal).label: signal.symbol for signal in self._signals})
        self._dress()
        self._show_shape(info.steps, widths[self.layer.value])
        self._show_unit()

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            self._snapshot = snapshot
            self.dirty = True

    def draw(self) -> None:
        values = self._values
        if values is None:
            return
        self._show_shape(*values.shape)
        counting = values[: self._end]
        self._show_range(self._look.range(counting, self._range))
        assert self._range is not None
        low, high = self._range
        finite = np.nan_to_num(values.T, nan=0.5 * (low + high), posinf=high, neginf=low)
        image, rows = gathered(finite)
        self.image.setImage(image, autoLevels=False, levels=(low, high))
        self.image.setRect(QRectF(0.5, 0.5, len(values), rows))
        hatched = self._look.hatched(finite)
        self.hatch.set_cells(hatched)
        self.after_end.show_end(self._end, *values.shape)
        if not np.isfinite(counting).all():
            self.set_figure("not finite")
        elif self._look.shut is not None:
            self.set_figure(f"{percent(float(hatched[:, : self._end].mean()))} {self._look.shut}")
        else:
            largest = float(np.abs(finite[:, : self._end]).max())
            self.set_figure(f"|{self._look.signal.symbol}| up to {short(largest)}")
        self._show_unit()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.trace.apply_theme(theme)
        self.legend.apply_theme(theme)
        self.after_end.apply_theme(theme)
        self._dress()
        self._show_unit()

    def readout(self, x: float, y: float) -> str:
        step, unit = nearest(x), nearest(y)
        values = self._values
        if values is None or not (1 <= step <= len(values) and 1 <= unit <= values.shape[1]):
            return ""
        layer = f"{self.layer.name} · " if self.layer.count > 1 else ""
        value = float(values[step - 1, unit - 1])
        after = f", after the last scored one, {self._end}" if step > self._end else ""
        return f"{layer}unit {unit} · time step {step}{after} · {self._look.words(value)}"

    def table(self) -> Table:
        values = self._values
        if values is None:
            return {}
        layer = f"{self.layer.name} " if self.layer.count > 1 else ""
        column = f"{layer}{self._look.short_label} unit ".replace(" ", "_")
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, len(values) + 1))}
        return table | {f"{column}{unit + 1}": values[:, unit].tolist() for unit in range(values.shape[1])}

    def summary(self) -> str:
        values = self._values
        if values is None or not np.isfinite(values).all():
            return ""
        values = values[: self._end]
        return words.summary(self._look.signal, values, self._look.hatched(values))

    def show_cursor(self, step: int | None) -> None:
        step = None if step is None or step > self._steps else step
        self.column.show_step(step, self._units)
        self.trace.line.show_step(step)

    # What is on show

    @property
    def _values(self) -> Array | None:
        """(T, H) the chosen signal of the chosen layer, without the state that it began in."""
        if self._snapshot is None:
            return None
        signals = self._snapshot.signals[self.layer.value]
        return signals[self._look.signal.name][-len(self._snapshot.x) :]

    @property
    def _end(self) -> int:
        """The last time step of the displayed sequence that counts, from 1."""
        assert self._snapshot is not None
        return int(np.flatnonzero(self._snapshot.scored)[-1]) + 1

    def _dress(self) -> None:
        """Take on the colours, the ranges and the words of the chosen signal."""
        look = SignalLook(self._signals[self.signal.value])
        if look != self._look:
            self._look, self._range = look, None
        colours = look.colours(self.theme)
        self.image.setLookupTable(colours)
        self.hatch.set_colour(look.hatching(self.theme))
        self.colours.apply_theme(self.theme, colours)
        self._shut = [] if look.shut is None else [Entry(look.shut, look.swatch(self.theme))]
        layer = f"{self.layer.name} of {self.layer.count}: " if self.layer.count > 1 else ""
        self.set_caption(f"{layer}{look.caption}")
        self.say_first(words.says_first(look))
        self._show_range(look.range(np.zeros(0), self._range))

    def _show_range(self, span: Range) -> None:
        self._range = span
        named = marks(span)
        self.colours.show_range(self._look.label, [text for _, text in named])
        self.trace.show_range(self._look.signal.symbol, named)

    def _show_unit(self) -> None:
        """Draw the trace of the unit that is looked at, and mark its row."""
        unit, values = self.units.unit, self._values
        entries = list(self._shut)
        if self.after_end.isVisible():
            entries.append(Entry(WORDS, Patch(self.after_end.brush().color().name(), self.theme.muted)))
        if unit is not None:
            name = f"unit {unit + 1}, kept" if unit == self.units.kept else f"unit {unit + 1}"
            entries.append(Entry(name, Stroke(self.theme.pen(self.theme.accent, 2.0))))
            self.outline.setRect(QRectF(0.5, unit + 0.5, self._steps, 1.0))
        self.legend.show_entries(entries)
        self.outline.setVisible(unit is not None and values is not None)
        self.trace.show_values(None if unit is None or values is None else values[: self._end, unit])

    def _show_shape(self, steps: int, units: int) -> None:
        """Let the axes hold so many time steps and units."""
        self._steps, self._units = steps, units
        self.time_steps = steps
        self.units.set_shape(steps, units)
        self.plot.set_ranges(x=(0.5, steps + 0.5), y=(0.5, units + 0.5))

    # Events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in MOVES:
            self.units.walk(MOVES[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and self.units.kept is not None:
            self.units.free()
        else:
            super().keyPressEvent(event)

    def _on_chosen(self) -> None:
        self._range = None
        self._dress()
        self.show_all()

    def _on_unit_changed(self) -> None:
        self._show_unit()

    def _on_trace_hovered(self, place: QPointF | None) -> None:
        unit = self.units.unit
        self._on_hovered(None if place is None else QPointF(place.x(), 0.0 if unit is None else unit + 1.0))

    def _on_x_range_changed(self, box: object, span: tuple[float, float]) -> None:
        self.trace.show_steps(*span)
