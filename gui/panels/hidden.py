"""The hidden state panel: every unit over time, where it is saturated, and one unit's trace."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QGraphicsRectItem, QHBoxLayout, QWidget

from gui.panels.axes import StepAxis
from gui.panels.base import Panel
from gui.panels.colour_key import INK, ColourKey
from gui.panels.export import Table
from gui.panels.hatch import Hatch
from gui.panels.legend import Entry, Legend, Stroke, Swatch
from gui.panels.plot import Plot
from gui.panels.trace import Trace
from gui.theme import Theme
from rnn.array import Array
from rnn.figures import short
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

SATURATED_BELOW = 0.05


class HiddenPanel(Panel):
    """h of every unit of the top layer over the time steps of the displayed sequence.

    Attributes:
        hovered: the unit under the cursor, counted from 0, or None.
        kept: the unit that stays on display when the cursor leaves, or None.
    """

    title = "Hidden state"
    caption = f"h of every unit over time; hatched where 1 − h² < {SATURATED_BELOW:g} (saturated)"

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, Plot("", "unit"))
        self._h: Array | None = None
        self._steps, self._units = 0, 0
        self.hovered: int | None = None
        self.kept: int | None = None
        self._undo: tuple[int | None] | None = None  # what the last click replaced
        self._make_items()
        self._make_key()
        self.trace = Trace()
        self.rows.addWidget(self.trace)
        self.rows.setStretchFactor(self.plot, 4)
        self.rows.setStretchFactor(self.trace, 1)
        self.plot.getPlotItem().getViewBox().sigXRangeChanged.connect(self._on_x_range_changed)
        self.plot.hovered.connect(self._on_place_hovered)
        self.plot.filled.connect(self._on_filled)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.trace.hovered.connect(self._on_trace_hovered)
        self.trace.filled.connect(self.fill_asked)
        self.apply_theme(theme)

    def _make_items(self) -> None:
        self.plot.setAxisItems({"left": StepAxis("left")})
        self.plot.label_axes("", "unit")
        self.plot.getAxis("bottom").setStyle(showValues=False)
        self.plot.getPlotItem().showGrid(x=False, y=False)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.hatch = Hatch()
        self.outline = QGraphicsRectItem()
        self.outline.setPen(pg.mkPen(INK, width=2))
        for layer, item in enumerate((self.image, self.hatch, self.outline)):
            item.setZValue(layer)
            self.plot.addItem(item)

    def _make_key(self) -> None:
        key = QWidget()
        row = QHBoxLayout(key)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        self.colours = ColourKey("hidden state h")
        self.legend = Legend()
        row.addWidget(self.colours)
        row.addWidget(self.legend, 1)
        self.add_key(key)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._h = None
        self.image.clear()
        self.hatch.set_cells(np.zeros((0, 0), dtype=bool))
        self.set_figure("")
        self._show_shape(info.steps, info.config.model.layers[-1])
        self._show_unit()

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        if snapshot is not None:
            self._h = snapshot.hidden[-1][1:]
            self.dirty = True

    def draw(self) -> None:
        h = self._h
        if h is None:
            return
        self._show_shape(*h.shape)
        finite = np.nan_to_num(h.T, nan=0.0, posinf=1.0, neginf=-1.0)
        self.image.setImage(finite, autoLevels=False, levels=(-1.0, 1.0))
        self.image.setRect(QRectF(0.5, 0.5, *h.shape))
        saturated = 1.0 - finite**2 < SATURATED_BELOW
        self.hatch.set_cells(saturated)
        self.set_figure(f"{percent(float(saturated.mean()))} saturated")
        self._show_unit()

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        colours = theme.diverging()
        self.trace.apply_theme(theme)
        self.image.setLookupTable(colours)
        hatching = theme.faint(theme.middle, 0.7)
        self.hatch.set_colour(hatching)
        self.colours.apply_theme(theme, colours)
        self.legend.apply_theme(theme)
        gold, blue = (QColor(*colours[end].tolist()).name() for end in (0, -1))
        self._saturated = Entry("saturated", Swatch(gold, blue, hatching))
        self._show_unit()

    def readout(self, x: float, y: float) -> str:
        step, unit = round(x), round(y)
        if self._h is None or not (1 <= step <= len(self._h) and 1 <= unit <= self._h.shape[1]):
            return ""
        h = float(self._h[step - 1, unit - 1])
        return f"unit {unit} · time step {step} · h {short(h, 3)} · 1 − h² {short(1.0 - h * h, 2)}"

    def table(self) -> Table:
        if self._h is None:
            return {}
        steps, units = self._h.shape
        table: dict[str, Sequence[object]] = {"time_step": list(range(1, steps + 1))}
        return table | {f"unit_{unit + 1}": self._h[:, unit].tolist() for unit in range(units)}

    # One unit

    @property
    def unit(self) -> int | None:
        """The unit whose trace is shown, counted from 0: the one under the cursor, else the kept one."""
        return self.kept if self.hovered is None else self.hovered

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._undo = None
        moves = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
        if event.key() in moves:
            at = -1 if self.unit is None else self.unit
            self.kept = min(max(at + moves[Qt.Key(event.key())], 0), self._units - 1)
            self.hovered = None
            self._show_unit()
        elif event.key() == Qt.Key.Key_Escape and self.kept is not None:
            self.kept = None
            self._show_unit()
        else:
            super().keyPressEvent(event)

    def _unit_at(self, place: QPointF | None) -> int | None:
        if place is None or not (
            1 <= round(place.x()) <= self._steps and 1 <= round(place.y()) <= self._units
        ):
            return None
        return round(place.y()) - 1

    def _show_unit(self) -> None:
        """Draw the trace of the unit that is looked at, and mark its row."""
        unit = self.unit
        entries = [self._saturated]
        if unit is not None:
            words = f"unit {unit + 1}, kept" if unit == self.kept else f"unit {unit + 1}"
            entries.append(Entry(words, Stroke(self.theme.pen(self.theme.accent, 2.0))))
            self.outline.setRect(QRectF(0.5, unit + 0.5, self._steps, 1.0))
        self.legend.show_entries(entries)
        self.outline.setVisible(unit is not None and self._h is not None)
        self.trace.show_values(None if unit is None or self._h is None else self._h[:, unit])

    def _show_shape(self, steps: int, units: int) -> None:
        """Let the axes hold so many time steps and units."""
        if (self._steps, self._units) != (steps, units):
            self._steps, self._units = steps, units
            self.hovered = self._undo = None
            if self.kept is not None and self.kept >= units:
                self.kept = None
        self.plot.set_ranges(x=(0.5, steps + 0.5), y=(0.5, units + 0.5))

    def _on_place_hovered(self, place: QPointF | None) -> None:
        unit = self._unit_at(place)
        if unit != self.hovered:
            self.hovered = unit
            self._show_unit()

    def _on_trace_hovered(self, place: QPointF | None) -> None:
        if place is None or self.unit is None:
            self._on_hovered(None)
        else:
            self._on_hovered(QPointF(place.x(), self.unit + 1.0))

    def _on_clicked(self, click: MouseClickEvent) -> None:
        self._undo = None
        box = self.plot.getPlotItem().getViewBox()
        if click.button() != Qt.MouseButton.LeftButton or not box.sceneBoundingRect().contains(
            click.scenePos()
        ):
            return
        unit = self._unit_at(box.mapSceneToView(click.scenePos()))
        if unit is not None:
            self._undo = (self.kept,)
            self.kept = None if unit == self.kept else unit
            self._show_unit()

    def _on_filled(self) -> None:
        # The first click of a double click was not meant for a unit.
        if self._undo is not None:
            (self.kept,) = self._undo
            self._undo = None
            self._show_unit()

    def _on_x_range_changed(self, box: object, span: tuple[float, float]) -> None:
        self.trace.show_steps(*span)


def percent(share: float) -> str:
    """A share from 0 to 1 in whole percent; one that is nearly none or nearly all is not rounded to it."""
    if 0.0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return f"{100.0 * share:.0f} %"
