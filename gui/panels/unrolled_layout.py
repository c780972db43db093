"""Where everything of the unrolled network stands: one column a time step, from the input up to the loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyqtgraph as pg

from gui.panels.axes import Ticks

Kind = Literal["input", "unit", "output", "loss", "across", "up"]
HALF = 0.2  # of a column: a box is so wide to either side
GAP = 0.55  # between one row and the next, in the height of an input
MOST_ROWS = 8
NEAREST_COLUMN, MOST_COLUMNS, FEWEST_COLUMNS = 46.0, 12, 4


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be pointed at.

    Attributes:
        kind: what it is: ``across`` is the way from a time step to the next, ``up`` that from a row to the
            one above it.
        step: the time step, 0 for the state that it began in; for ``across`` the left one.
        row: the number of the row, counted from 0 at the input; for ``up`` the upper one.
        share: how high in its row, from 0 to 1.
    """

    kind: Kind
    step: int
    row: int
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows from bottom to top: the input, each layer, the output, the loss.

    Attributes:
        widths: the number of units of each layer, lowest first.
    """

    widths: tuple[int, ...]

    @property
    def rows(self) -> list[tuple[float, float]]:
        """Bottom and top of each row."""
        heights = [1.0, *(0.8 + 0.3 * min(width, MOST_ROWS) for width in self.widths), 1.5, 0.9]
        rows, bottom = [], 0.15
        for height in heights:
            rows.append((bottom, bottom + height))
            bottom += height + GAP
        return rows

    @property
    def top(self) -> float:
        """The height of all."""
        return self.rows[-1][1] + 0.15

    @property
    def output(self) -> int:
        """The row of the output; the one above it is that of the loss."""
        return len(self.widths) + 1

    def names(self, state: str) -> list[tuple[float, str]]:
        """What each row is called, and its middle; ``state`` is the symbol of what is drawn of a unit."""
        many = len(self.widths) > 1
        layers = [f"layer {k}" if many else state for k in range(1, len(self.widths) + 1)]
        middles = [0.5 * (bottom + top) for bottom, top in self.rows]
        return list(zip(middles, ["x", *layers, "ŷ, y", "Lₜ"], strict=True))

    def layer(self, row: int) -> int | None:
        """The layer, counted from 0, that this row is; None for others."""
        return row - 1 if 1 <= row <= len(self.widths) else None

    def unit(self, place: Place) -> int:
        """The unit at that height, counted from 0 at the top of its row."""
        layer = self.layer(place.row)
        width = 1 if layer is None else self.widths[layer]
        return min(width - 1, max(0, int((1.0 - place.share) * width)))

    def at(self, x: float, y: float, steps: int) -> Place | None:
        """What is there, of a sequence of so many ``steps``."""
        step = round(x)
        for row, (bottom, top) in enumerate(self.rows):
            share = (y - bottom) / (top - bottom)
            layer = self.layer(row)
            first = 1 if layer is None else 0
            if y < bottom:
                above = abs(x - step) <= HALF and 1 <= step <= steps and row > 0
                return Place("up", step, row) if above else None
            if y <= top:
                if abs(x - step) <= HALF and first <= step <= steps:
                    return Place(self._kind(row), step, row, share)
                across = layer is not None and 0.0 < x < steps
                return Place("across", math.floor(x), row, share) if across else None
        return None

    def _kind(self, row: int) -> Kind:
        if self.layer(row) is not None:
            return "unit"
        return "input" if row == 0 else "output" if row == self.output else "loss"


def window(centre: float, steps: int, pixels: float) -> tuple[float, float]:
    """The columns to show around ``centre``, from 0 (the start) to ``steps``, in so many pixels."""
    shown = min(MOST_COLUMNS, max(FEWEST_COLUMNS, int(pixels / NEAREST_COLUMN)))
    if steps + 1 <= shown:
        return -0.5, steps + 0.5
    first = min(max(round(centre - 0.5 * shown) - 0.5, -0.5), steps + 0.5 - shown)
    return first, first + shown


class RowsAxis(pg.AxisItem):
    """An upright axis that writes names at given heights."""

    def __init__(self) -> None:
        super().__init__("left")
        self.names: list[tuple[float, str]] = []

    def show_names(self, names: Sequence[tuple[float, str]]) -> None:
        """Write these at these heights."""
        if self.names != list(names):
            self.names = list(names)
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        return [(1.0, [place for place, _ in self.names if low <= place <= high])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        named = dict(self.names)
        return [named.get(value, "") for value in values]
