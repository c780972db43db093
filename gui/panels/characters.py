"""Characters as a person can see them, and axes that are written with them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF

from gui.panels.axes import StepAxis, Ticks
from gui.theme import SMALL, mono

VISIBLE = {"\n": "↵", "\t": "⇥", " ": "␣"}
CONTROL_PICTURES = 0x2400
ROW_HEIGHT = 11.0
INK = 0.85  # of the width that a character takes up, the rest is room to its sides


def visible(character: str) -> str:
    """A character as one sign: ↵ for a new line, ␣ for a space, □ for what has no look of its own."""
    if character in VISIBLE:
        return VISIBLE[character]
    if ord(character) < 0x20:
        return chr(CONTROL_PICTURES + ord(character))
    if unicodedata.category(character).startswith("M"):
        return "◌" + character
    return character if character.isprintable() else "□"


def spelled(character: str) -> str:
    """The same for where there is room for a short word."""
    return {" ": "space", "\t": "tab"}.get(character, visible(character))


class NamesAxis(pg.AxisItem):
    """An upright axis whose places 1, 2, … have names; where they are too close, only every so many."""

    def __init__(self) -> None:
        super().__init__("left")
        self.names: tuple[str, ...] = ()

    def show_names(self, names: Sequence[str]) -> None:
        """Write these at 1, 2, …, upwards."""
        if self.names != tuple(names):
            self.names = tuple(names)
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        every = max(1, math.ceil(ROW_HEIGHT * (high - low) / max(size, 1.0) - 0.01))
        inside = range(max(1, math.ceil(low)), min(len(self.names), math.floor(high)) + 1)
        return [(float(every), [float(place) for place in inside if (len(self.names) - place) % every == 0])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self.names[round(value) - 1] for value in values]


class ReadAxis(StepAxis):
    """Time steps, written as the characters that are read at them while all have room, else as numbers."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.names: tuple[str, ...] = ()
        self._written = False

    def show_names(self, names: Sequence[str]) -> None:
        """Write these at the time steps 1, 2, …"""
        if self.names != tuple(names):
            self.names = tuple(names)
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        inside = range(max(1, math.ceil(low)), min(len(self.names), math.floor(high)) + 1)
        metrics = QFontMetricsF(mono(SMALL))
        widest = max((metrics.horizontalAdvance(self.names[step - 1]) for step in inside), default=0.0)
        self._written = len(inside) > 0 and INK * widest * (high - low) <= size
        if self._written:
            return [(1.0, [float(step) for step in inside])]
        ticks: Ticks = super().tickValues(low, high, size)
        return ticks

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._written:
            return [self.names[round(value) - 1] for value in values]
        return super().tickStrings(values, scale, spacing)
