"""An axis of time steps that is written with the characters that are read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtGui import QFontMetricsF

from gui.panels.plots.axes import StepAxis, Ticks
from gui.theme import SMALL, mono

INK = 0.85  # of the width that a character takes up, the rest is room to its sides


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
