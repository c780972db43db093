"""The gradient on its way back through time, over training: a column of colours a moment."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QMenu

from gui.panels.flow_history import words
from gui.panels.flow_history.record import FlowRecord
from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Toggle
from gui.panels.frame.unhurried import Unhurried
from gui.panels.keys.colour_key import ColourKey
from gui.panels.plots.axes import NumberAxis, StepAxis
from gui.panels.plots.colour_levels import ColourLevels
from gui.panels.plots.hatch import Hatch
from gui.panels.plots.history import usual_spacing
from gui.panels.plots.plot import Plot
from gui.panels.views.view import moment_words
from gui.theme import Theme
from gui.widgets.boxes import in_row
from rnn.array import Array
from rnn.observing.probes import Flow
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

CURSOR = "#ff5a3c"  # is seen on all colours of the map, and on both panels
ALL = slice(None)
NO_CELLS = np.zeros((0, 0), dtype=bool)
COLUMNS = 1024  # of the image, at most
PIXELS = 10  # columns of pixels for an update, where there are few
STEPS = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


class FlowHistoryPanel(Panel):
    """log10 ‖∂L_T/∂s_t‖ of the displayed sequence, a row a time step, a column a moment of the training.

    Attributes:
        relative: a button; each column is divided by its norm at the last time step.
        layer, state: the choosers; the top layer, and of an LSTM the cell state, until a person chooses.
        image: the colours; moments that are far apart have a gap between their columns.
        gaps: the hatching of these gaps, in which nothing was looked at.
        record: what was measured of all layers and states.
        levels: the range of the colours.
    """

    name = "flow-history"
    title = "Gradient through time, over training"
    judges = True
    says_first = words.SAYS_FIRST
    explanation = words.EXPLANATION
    probes = frozenset({"flow"})

    def __init__(self, theme: Theme) -> None:
        bottom, left = NumberAxis("bottom"), StepAxis("left")
        super().__init__(theme, Plot("epoch", "time step t", bottom=bottom, left=left, grid=False))
        self.image = pg.ImageItem(axisOrder="row-major")
        self.row = pg.InfiniteLine(angle=0, movable=False)
        self.row.setVisible(False)
        self.gaps = Hatch()
        for item in (self.image, self.gaps, self.row):
            self.plot.add(item)
        self.colours = ColourKey()
        key = in_row(self.colours, None)
        self.rows.insertLayout(self.rows.indexOf(self.plot), key)
        self.layer = Chooser("the layer whose gradient is drawn")
        self.state = Chooser("the state that the gradient is taken to")
        for chooser in (self.layer, self.state):
            chooser.chosen.connect(self._on_chosen)
            key.addWidget(chooser)
        self.relative = Toggle(
            "relative",
            "Relative to the last time step",
            "Divide each column by its last time step: the rate alone is left",
        )
        self.relative.toggled.connect(self._on_chosen)
        key.addWidget(self.relative)
        self.levels = ColourLevels()
        self._words = Unhurried()
        self._info: RunInfo | None = None
        self._forget()
        self.apply_theme(theme)

    def _forget(self) -> None:
        """Nothing was measured yet, of this sequence in this run."""
        self.levels.forget()
        self.record = FlowRecord(1 if self._info is None else usual_spacing(self._info))
        self._moment: tuple[int, int] | None = None
        self._drawn = False
        self._words.hurry()

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._info = info
        self._forget()
        self.layer.offer(numbered("layer", len(info.config.model.layers)), default=-1)
        self.state.offer(words.states(info.cell.symbols))
        self.change()

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        flow = snapshot.probe(Flow) if snapshot is not None else None
        if snapshot is None or flow is None or self._info is None:
            return
        moment = (snapshot.sequence, snapshot.update)
        if moment == self._moment:
            return
        if self._moment is None or snapshot.sequence != self._moment[0]:
            self._forget()
        self._moment = moment
        self.record.add(snapshot.update, flow)
        self.change()

    def draw(self) -> None:
        if not self._drawn:
            self._drawn = True
            self._draw_image()
        if self._words.take_turn(self.clock()):
            self._write()
        else:
            self.dirty = True

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        scale = theme.sequential()[:, :3]
        rgba = np.full((256, 4), 255, dtype=np.uint8)
        rgba[:, :3] = scale
        rgba[0, 3] = 0  # nothing was measured
        self.image.setLookupTable(rgba)
        self.gaps.set_colour(theme.faint(theme.muted, 0.5))
        self.colours.apply_theme(theme, scale)
        self.row.setPen(pg.mkPen(CURSOR))
        self._words.hurry()
        self.change()

    def readout(self, x: float, y: float) -> str:
        place, t = self._place_at(x), self.step_at(x, y)
        if place is None or t is None or self._info is None or t > self.record.end:
            return ""
        moment = moment_words(self._info, int(self.record.history.updates[place]))
        return f"{moment} · {words.at_step(self._norms([place])[0], t, self.record.end)}"

    def table(self) -> Table:
        """A row a moment, a column a time step."""
        if self._info is None or len(self.record.history) == 0:
            return {}
        norms, updates = self._norms(), self.record.history.updates
        layer = f"layer_{self.layer.value + 1}_" if self.layer.count > 1 else ""
        name = (
            f"{layer}{self.state.name.replace(' ', '_')}_step_" if self.state.count > 1 else f"{layer}step_"
        )
        table: dict[str, Sequence[object]] = {"update": updates.tolist()}
        table["epoch"] = (updates / self._info.updates_an_epoch).tolist()
        return table | {f"{name}{t + 1}": norms[:, t].tolist() for t in range(self.record.end)}

    def summary(self) -> str:
        if self._info is None or len(self.record.history) == 0:
            return ""
        return words.summary(self._info, self.record.history.updates, self._norms([0, -1]))

    def show_all(self) -> None:
        super().show_all()
        self.change()

    def extend_menu(self, menu: QMenu) -> None:
        self.relative.extend_menu(menu)

    def show_cursor(self, step: int | None) -> None:
        self.row.setVisible(step is not None)
        if step is not None:
            self.row.setPos(step)

    # What is on show

    def change(self) -> None:
        self._drawn = False
        self.dirty = True

    def _norms(self, places: list[int] | slice = ALL) -> Array:
        """(n, T) of the layer and state on show, at these places of the history."""
        return np.asarray(10.0 ** self.record.logs(self.layer.value, self.state.value)[places])

    def _draw_image(self) -> None:
        reach, unit, label = self._axis()
        steps = 1 if self._info is None else self._info.steps
        if self.plot.bottom.labelText != label:
            self.plot.bottom.setLabel(label)
        self.plot.set_ranges(x=(0.0, reach / unit), y=(0.5, steps + 0.5))
        if len(self.record.history) == 0:
            self.image.clear()
            self.gaps.set_cells(NO_CELLS)
            return
        logs, last = (
            self.record.logs(self.layer.value, self.state.value, self.relative.isChecked()),
            max(1, int(self.record.history.updates[-1])),
        )
        low, high = self.levels.include(logs)
        shown = np.clip((logs - low) * (254.0 / (high - low)) + 1.0, 1.0, 255.0)
        colours = np.nan_to_num(shown, nan=0.0).astype(np.uint8)
        count = min(COLUMNS, self.plot.columns, PIXELS * last)
        pixel = last / count
        places = self.record.seen_at(np.linspace(0.5, count - 0.5, count) * pixel, pixel)
        seen = np.where(places[:, None] >= 0, colours[places], 0).astype(np.uint8)
        self.image.setImage(seen.T, autoLevels=False, levels=(0, 255))
        whole = QRectF(0.0, 0.5, last / unit, self.record.end)
        self.image.setRect(whole)
        self.gaps.set_cells((places < 0)[None])
        self.gaps.setTransform(
            QTransform(
                whole.width() / count,
                0,
                0,
                whole.height(),
                -0.5 * whole.width() / count,
                0.5 - 0.5 * whole.height(),
            )
        )

    def _axis(self) -> tuple[float, float, str]:
        """How many updates the axis holds, how many make its unit, and what that is called."""
        if self._info is None:
            return 1.0, 1.0, "epoch"
        an_epoch = self._info.updates_an_epoch
        last = max(1, int(self.record.history.updates[-1]) if len(self.record.history) else 1)
        whole = an_epoch * self._info.config.training.epochs
        unit = an_epoch if last > an_epoch or whole <= 2 * an_epoch else 1
        power = 10.0 ** math.floor(math.log10(last / unit))
        reach = next(power * step for step in (*STEPS, 20.0) if power * step * unit >= last) * unit
        reach = min(reach, whole) if last <= whole else reach
        return reach, float(unit), "update" if unit == 1 and an_epoch > 1 else "epoch"

    def _write(self) -> None:
        layer = f"{self.layer.name} of {self.layer.count}, " if self.layer.count > 1 else ""
        symbols = ("h",) if self._info is None else self._info.cell.symbols
        symbol = list(words.states(symbols).values())[self.state.value]
        steps = 1 if self._info is None else self._info.steps
        end = self.record.end if 0 < self.record.end < steps else None
        norm = words.norm(symbol, self.relative.isChecked(), end or steps)
        held = symbols[1] if symbol == "h" and len(symbols) > 1 else ""
        self.set_caption(words.caption(layer, norm, end, held))
        self.colours.show_range(norm, [mark for mark in self.levels.marks() if mark])
        self.set_figure(*words.figure(self._norms([0, -1]) if len(self.record.history) else np.empty((0, 1))))

    def _place_at(self, x: float) -> int | None:
        """The place in the history of what is drawn at ``x``; None beside the picture."""
        _, unit, _ = self._axis()
        if len(self.record.history) == 0 or not 0.0 <= x * unit <= max(1, self.record.history.updates[-1]):
            return None
        (left, right), _ = self.plot.shown()
        place = int(self.record.seen_at(np.array([x * unit]), unit * (right - left) / self.plot.columns)[0])
        return None if place < 0 else place

    def step_at(self, x: float, y: float) -> int | None:
        t = math.floor(y + 0.5)
        return t if self._info is not None and 1 <= t <= self._info.steps else None

    # Events

    def _on_chosen(self, *_: object) -> None:
        self.levels.forget()
        self._words.hurry()
        self.show_all()
