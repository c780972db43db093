"""Who taught whom: how much the loss of each time step changes with the state of each one before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF

from gui.panels.frame.chooser import Chooser, numbered
from gui.panels.frame.export import Table
from gui.panels.frame.panel import Panel
from gui.panels.keys.colour_key import ColourKey
from gui.panels.keys.legend import Entry, Legend, Stroke
from gui.panels.pairs import words
from gui.panels.pairs.image import LOWEST, USUAL, Levels, colours, levels
from gui.panels.pairs.triangle import Triangle, border_pen
from gui.panels.plots.axes import StepAxis, power_of_ten
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.theme import Theme
from rnn.array import Array
from rnn.model.batch import Mask
from rnn.observing.probes import Pairs
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

NOTHING = np.zeros((0, 0))


class PairsPanel(Panel):
    """‖∂L_i/∂s_j‖ of every pair of time steps in a layer, the loss i downwards, the state j to the right.

    Attributes:
        layer, state: the choosers of what is shown; the top layer, and of an LSTM its cell state c.
        levels: the powers of ten that the colours run between.
        cell: the loss and the state that a person points at, or None.
    """

    name = "pairs"
    title = "Who taught whom"
    judges = True
    says_first = words.SAYS_FIRST
    caption = words.caption("", ("h",), 0, truncation=None, gaps=False)
    explanation = words.EXPLANATION
    probes = frozenset({"pairs"})

    def __init__(self, theme: Theme) -> None:
        labels = "state of time step j", "loss of time step i"
        super().__init__(theme, Plot(*labels, left=StepAxis("left"), grid=False))
        self.levels: Levels = USUAL
        self.cell: tuple[int, int] | None = None
        self._cursor: int | None = None
        self._symbols: tuple[str, ...] = ("h",)
        self._truncation: int | None = None
        self._steps = 1
        self._forget()
        self._make_items()
        self._make_key()
        self.apply_theme(theme)

    def _forget(self) -> None:
        self._pairs: Pairs | None = None
        self._scored: Mask = np.zeros(0, dtype=bool)
        self._shown: tuple[object, ...] | None = None  # what the image was made of
        self._kept_levels = False

    def _make_items(self) -> None:
        self.plot.box.invertY(True)
        self.triangle = Triangle(self.plot)

    def _make_key(self) -> None:
        self.colours = ColourKey()
        self.legend = Legend()
        self.add_key(self.colours, self.legend)
        self.layer = Chooser("the layer whose states are drawn")
        self.state = Chooser("the state that the losses are differentiated by")
        for chooser in (self.layer, self.state):
            chooser.chosen.connect(self._on_chosen)
            self.add_control(chooser)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._forget()
        self._steps, self._truncation = info.steps, info.config.training.truncation
        self._symbols = info.cell.symbols
        self.layer.offer(numbered("layer", len(info.config.model.layers)), default=-1)
        self.state.offer(words.states(self._symbols), default=-1)
        self._explain()
        self.set_figure("")
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        pairs = snapshot.probe(Pairs) if snapshot is not None else None
        if snapshot is None or pairs is None:
            return
        same_losses = np.array_equal(snapshot.scored, self._scored)
        if self._pairs is not None and same_losses and _same(pairs, self._pairs):
            return
        self._pairs, self._scored = pairs, snapshot.scored
        self.dirty = True

    def draw(self) -> None:
        pairs = self._pairs
        first, last = self._span
        self.plot.set_ranges(x=(first - 0.5, last + 0.5), y=(first - 0.5, last + 0.5))
        if pairs is None:
            self.triangle.clear()
            return
        shown = (pairs, self.layer.value, self.state.value)
        if shown != self._shown:
            self._shown = shown
            self._draw_norms(pairs)
        self.triangle.name_empty_rows(self._scored[first - 1 : last], first)

    def _draw_norms(self, pairs: Pairs) -> None:
        norms = self._norms
        self.levels = levels(self.levels if self._kept_levels else None, norms)
        self._kept_levels = True
        self._show_levels()
        self._explain()
        self.triangle.draw(norms, self.levels, pairs.first, pairs.trained(), pairs.truncation)
        self.set_figure(words.figure(pairs, self.layer.value, self.state.value))

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.triangle.apply_theme(theme)
        self.colours.apply_theme(theme, colours(theme)[LOWEST:, :3])
        self.legend.apply_theme(theme)
        self._show_levels()
        self._explain()

    def readout(self, x: float, y: float) -> str:
        i, j = nearest(y), nearest(x)
        if self._pairs is None or not self._holds(i, j):
            return ""
        layer = f"{self.layer.name} · " if self.layer.count > 1 else ""
        scored = bool(self._scored[i - 1])
        return layer + words.at_pair(self._pairs, self._norms, i, j, scored)

    def table(self) -> Table:
        if self._pairs is None:
            return {}
        first, last = self._span
        layer = f"layer_{self.layer.value + 1}_" if self.layer.count > 1 else ""
        columns: dict[str, Sequence[object]] = {"loss_step": list(range(first, last + 1))}
        for place, norms in enumerate(self._norms.T):
            column: list[object] = [*[""] * place, *norms[place:].tolist()]
            columns[f"{layer}{self._symbols[self.state.value]}_{first + place}"] = column
        return columns

    def summary(self) -> str:
        if self._pairs is None:
            return ""
        return words.summary(self._pairs, self.layer.value, self.state.value)

    def step_at(self, x: float, y: float) -> int | None:
        cell = self._cell_at(x, y)
        return cell and cell[1]

    def show_cursor(self, step: int | None) -> None:
        self._cursor = step
        self._show_cross()

    # What is on show

    @property
    def _norms(self) -> Array:
        """(T, T) of the chosen layer and state."""
        return NOTHING if self._pairs is None else self._pairs.layers[self.layer.value][self.state.value]

    @property
    def _truncates(self) -> bool:
        return self._truncation is not None and self._truncation < self._steps

    @property
    def _span(self) -> tuple[int, int]:
        """The first and the last time step that are shown."""
        if self._pairs is None:
            return 1, self._steps
        return self._pairs.first, self._pairs.first + len(self._norms) - 1

    def _cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The loss and the state before it under this place."""
        i, j = nearest(y), nearest(x)
        return (i, j) if self._holds(i, j) and j <= i else None

    def _holds(self, i: int, j: int) -> bool:
        first, last = self._span
        return self._pairs is not None and first <= i <= last and first <= j <= last

    def _explain(self) -> None:
        """The words around the plot."""
        layer = f"{self.layer.name} of {self.layer.count}: " if self.layer.count > 1 else ""
        cut = self._truncation if self._truncates else None
        gaps = self._pairs is not None and not self._scored[self._span[0] - 1 : self._span[1]].all()
        self.set_caption(words.caption(layer, self._symbols, self.state.value, cut, gaps))
        entries = []
        if self._truncates:
            entries.append(Entry("truncation", Stroke(border_pen(self.theme))))
            entries.append(Entry("never trained on", words.swatch(self.theme)))
        self.legend.show_entries(entries)

    def _show_levels(self) -> None:
        low, high = self.levels
        middle = [power_of_ten((low + high) // 2, plain=False)] if (high - low) % 2 == 0 else []
        symbol = self._symbols[self.state.value]
        numbers = [f"≤ {power_of_ten(low, plain=False)}", *middle, power_of_ten(high, plain=False)]
        self.colours.show_range(f"‖∂Lᵢ/∂{symbol}ⱼ‖", numbers)

    def _show_cross(self) -> None:
        if self.cell is not None:
            self.triangle.cross.show_at(*self.cell, faint=False)
        else:
            self.triangle.cross.show_at(self._cursor, self._cursor, faint=True)

    # Events

    def _on_hovered(self, place: QPointF | None) -> None:
        cell = None if place is None else self._cell_at(place.x(), place.y())
        if cell != self.cell:
            self.cell = cell
            self._show_cross()
        super()._on_hovered(place)

    def _on_chosen(self) -> None:
        self._kept_levels = False
        self._show_levels()
        self._explain()
        self.show_all()


def _same(one: Pairs, other: Pairs) -> bool:
    """Whether both have the same norms, NaN for NaN."""
    if (one.first, len(one.layers)) != (other.first, len(other.layers)):
        return False
    arrays = zip(
        *([norms for layer in pairs.layers for norms in layer] for pairs in (one, other)), strict=True
    )
    return all(np.array_equal(a.view(np.int64), b.view(np.int64)) for a, b in arrays)
