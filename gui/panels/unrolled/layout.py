"""Where everything of the unrolled network stands: one column a time step, from the input up to the loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from gui.panels.plots.axes import PlainAxis, Ticks

RowKind = Literal["input", "unit", "answer", "target", "loss"]
Kind = Literal["input", "unit", "answer", "target", "loss", "across", "up"]
Spoken = tuple[int, int, int]  # the layer from 0, the time step, and the unit from 0, that are spoken of
TEXT, EDGE = 15.0, 3.0  # pixels: a line of numbers, and what is left free below and above all
LEAST_GAP, MOST_GAP, GAPS = 9.0, 40.0, 0.35  # pixels between rows, and their share of what texts leave
LEAST_LAYER = 24.0
SPARED: tuple[RowKind, ...] = ("loss", "target", "answer", "input")  # what goes first where it is low
MOST_WEIGHT = 8  # units: a layer that has more is no higher
WIDE_HALF, NARROW_HALF, WIDE_PITCH = 0.18, 0.32, 40.0
DENSE = 12.0  # pixels: narrower columns touch, and what passes between them is drawn over them


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the picture, in pixels from below; ``layer`` is counted from 0."""

    kind: RowKind
    bottom: float
    top: float
    layer: int | None = None

    @property
    def middle(self) -> float:
        return 0.5 * (self.bottom + self.top)


@dataclass(frozen=True, slots=True)
class Place:
    """Something that can be pointed at.

    Attributes:
        kind: what it is: ``across`` is the way from a time step to the next, ``up`` that from a row to the
            one above it.
        step: the time step, 0 for the state that it began in; for ``across`` the left one.
        row: the number of the row, counted from 0; for ``up`` the upper one, which may be beyond the last.
        share: how high in its row, from 0 to 1.
    """

    kind: Kind
    step: int
    row: int
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows from bottom to top: the input, each layer, the answer, its target, the loss; low ones spare some.

    Attributes:
        widths: the number of units of each layer, lowest first.
        height: of all, in pixels.
        half: of a column, how wide a box is to either side.
        rows: what has room.
    """

    widths: tuple[int, ...]
    height: float = 400.0
    half: float = WIDE_HALF
    rows: tuple[Row, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", _rows(self.widths, self.height))

    def names(self, state: str) -> list[tuple[float, str]]:
        """What each row is called, and its middle; ``state`` is the symbol of what is drawn of a unit."""
        names = {"input": "x", "unit": state, "answer": "ŷ", "target": "y", "loss": "Lₜ"}
        many = len(self.widths) > 1
        return [
            (row.middle, f"layer {row.layer + 1}" if many and row.layer is not None else names[row.kind])
            for row in self.rows
        ]

    def row_of(self, layer: int) -> int:
        """The number of the row that a layer is."""
        return next(place for place, row in enumerate(self.rows) if row.layer == layer)

    def layer(self, row: int) -> int | None:
        """The layer, counted from 0, that this row is; None for others."""
        return self.rows[row].layer if 0 <= row < len(self.rows) else None

    def unit(self, place: Place) -> int:
        """The unit at that height, counted from 0 at the bottom of its row."""
        layer = self.layer(place.row)
        width = 1 if layer is None else self.widths[layer]
        return min(width - 1, max(0, int(place.share * width)))

    def at(self, x: float, y: float, steps: int) -> Place | None:
        """What is there, of a sequence of so many ``steps``."""
        step = round(x)
        inside = abs(x - step) <= self.half
        for number, row in enumerate(self.rows):
            if y < row.bottom:
                return self._up(step, number) if inside and 1 <= step <= steps else None
            if y <= row.top:
                first = 1 if row.layer is None else 0
                share = (y - row.bottom) / (row.top - row.bottom)
                if inside and first <= step <= steps:
                    return Place(row.kind, step, number, share)
                across = row.layer is not None and 0.0 < x < steps
                return Place("across", math.floor(x), number, share) if across else None
        beyond = self.rows[-1].layer is not None and y <= self.height
        return self._up(step, len(self.rows)) if beyond and inside and 1 <= step <= steps else None

    def _up(self, step: int, row: int) -> Place | None:
        return Place("up", step, row) if row else None


def half_of(pitch: float) -> float:
    """Of a column of so many pixels, how wide a box is to either side: all of it where columns are narrow."""
    if pitch < DENSE:
        return 0.5
    return min(NARROW_HALF, max(WIDE_HALF, NARROW_HALF - (NARROW_HALF - WIDE_HALF) * pitch / WIDE_PITCH))


def _rows(widths: Sequence[int], height: float) -> tuple[Row, ...]:
    texts: list[RowKind] = list(reversed(SPARED))
    for spared in SPARED:
        if _least(texts, len(widths)) <= height:
            break
        texts.remove(spared)
    gaps = _gaps(texts, len(widths))
    room = max(1.0, height - len(texts) * TEXT - 2.0 * EDGE)
    gap = min(MOST_GAP, max(LEAST_GAP, GAPS * room / gaps), room / (gaps + 1))
    weights = [0.8 + 0.3 * min(width, MOST_WEIGHT) for width in widths]
    each = (room - gaps * gap) / sum(weights)
    rows: list[Row] = []
    bottom = EDGE
    kinds: list[tuple[RowKind, int | None, float]] = [("input", None, TEXT)] if "input" in texts else []
    kinds += [("unit", layer, weight * each) for layer, weight in enumerate(weights)]
    kinds += [(kind, None, TEXT) for kind in texts if kind != "input"]
    for kind, layer, tall in kinds:
        if rows and kind != "target":
            bottom += gap
        rows.append(Row(kind, bottom, bottom + tall, layer))
        bottom += tall
    return tuple(rows)


def _gaps(texts: Sequence[RowKind], layers: int) -> int:
    """One under each layer that has something below it, one above the last, and one under the loss."""
    return layers + ("input" in texts) + ("loss" in texts)


def _least(texts: Sequence[RowKind], layers: int) -> float:
    return len(texts) * TEXT + 2.0 * EDGE + _gaps(texts, layers) * LEAST_GAP + layers * LEAST_LAYER


class RowsAxis(PlainAxis):
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
