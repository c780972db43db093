"""The axes of a plot: whole numbers, plain numbers and powers of ten, written as a person writes them."""

from __future__ import annotations

import math
from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from rnn.number_format import SUPERSCRIPTS, short

Ticks = list[tuple[float, list[float]]]
DECADE, PART_OF_DECADE, FINE = 1.0, 0.3, 0.01
BEYOND = 16  # pixels that a label may be longer than its axis


def power_of_ten(exponent: int, plain: bool) -> str:
    """10 to a whole power: 0.001 where it is to be ``plain``, else 10⁻³; 1 is always 1."""
    if plain or exponent == 0:
        return f"{10.0**exponent:,.{max(0, -exponent)}f}"
    return "10" + str(exponent).translate(SUPERSCRIPTS)


class Markup(str):
    """A label with signs of HTML in it that are meant: it stands in the code, and is of nobody else."""

    __slots__ = ()


class PlainAxis(pg.AxisItem):
    """An axis whose label is what it says, and not HTML unless it is Markup; no factor is hidden in it."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)

    def labelString(self) -> str:
        style = ";".join(f"{name}: {value}" for name, value in self.labelStyle.items())
        text = self.labelText if isinstance(self.labelText, Markup) else escape(self._fitting())
        return f"<span style='{style}'>{text}</span>"

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        if self.label is not None:  # the axis is closed
            self.label.setHtml(self.labelString())
        super().resizeEvent(event)

    def _fitting(self) -> str:
        """The label, cut with a mark where the axis is shorter."""
        room = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        metrics = QFontMetricsF(self.label.font())
        return (
            metrics.elidedText(self.labelText, Qt.TextElideMode.ElideRight, room) if room else self.labelText
        )


class NumberAxis(PlainAxis):
    """An axis that writes its numbers in full."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.setStyle(maxTickLevel=0)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        places = max(0, math.ceil(-math.log10(spacing)))
        if places > 4 or any(abs(value) >= 1e7 for value in values):
            return [short(value, 3) for value in values]
        return [f"{value + 0.0:,.{places}f}".replace("-", "−") for value in values]


class StepAxis(NumberAxis):
    """An axis that counts: ticks stand on whole numbers only."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        whole = [level for level in super().tickSpacing(low, high, size) if level[0] >= 1.0]
        return whole or [(1.0, 0.0)]


class LogAxis(PlainAxis):
    """An axis over log10 values that writes powers of ten."""

    def tickValues(self, low: float, high: float, size: float) -> Ticks:
        decades = high - low
        if decades < 0.7 and -300.0 < low < high < 300.0:
            return self._within_a_decade(low, high, size)
        step = _round_step(decades / max(2.0, size / 26.0))
        first = math.ceil(low / step) * step
        major = [float(value) for value in range(first, math.floor(high) + 1, step)]
        minor: list[float] = []
        if decades <= 4.0:
            base = range(math.floor(low), math.ceil(high))
            minor = [b + math.log10(m) for b in base for m in (2, 5) if low <= b + math.log10(m) <= high]
        return [(step * DECADE, major), (PART_OF_DECADE, minor)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if spacing >= DECADE:
            plain = self.range[0] > -5.0 and self.range[1] < 5.0
            return [power_of_ten(round(value), plain) for value in values]
        if spacing == FINE:
            return [short(10.0**value, 3) for value in values]
        few = self.range[1] - self.range[0] <= 2.0
        return [short(10.0**value, 1) if few else "" for value in values]

    def _within_a_decade(self, low: float, high: float, size: float) -> Ticks:
        """Evenly spaced values, where there are too few powers of ten."""
        bottom, top = 10.0**low, 10.0**high
        spacing = self.tickSpacing(bottom, top, size)[0][0]
        first, last = math.ceil(bottom / spacing), math.floor(top / spacing)
        return [(FINE, [math.log10(count * spacing) for count in range(max(1, first), last + 1)])]


def _round_step(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, … that is not below ``least``."""
    power = 1
    while 5 * power < least:
        power *= 10
    return next(power * part for part in (1, 2, 5) if power * part >= least)
