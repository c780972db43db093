"""The numbers in the unrolled network's picture: below and above each column, and where there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from gui.panels.unrolled.layout import RowKind
from gui.panels.unrolled.words import Words
from gui.theme import SMALL, Theme, font
from rnn.array import Array
from rnn.number_format import short

NUMBER = 9
CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
APART = 5.0  # pixels between numbers


@dataclass(frozen=True, slots=True)
class ColumnTexts:
    """What stands at a time step below the units and above them."""

    words: Words
    theme: Theme

    def at(self, kind: RowKind, step: int) -> tuple[str, str]:
        """The text in a row, and its colour."""
        moment, theme = self.words.moment, self.theme
        scored = bool(moment.scored[step - 1])
        if kind == "input":
            symbol = self.words.symbol(step)
            return (symbol if symbol is not None else _brief(moment.x[step - 1])), theme.text
        if kind == "loss":
            loss = short(float(moment.loss_terms[step - 1]))
            return (loss, theme.text) if scored else ("–", theme.muted)
        if kind == "target" and not scored:
            return "–", theme.muted
        colour = theme.accent if kind == "answer" else theme.target
        if moment.y.ndim == 1:
            at = moment.output[step - 1].argmax() if kind == "answer" else moment.y[step - 1]
            return self.words.class_name(int(at)), colour
        return _brief((moment.output if kind == "answer" else moment.y)[step - 1]), colour


def write_row(painter: QPainter, texts: Sequence[tuple[int, QRectF, str, str]], view: QRectF) -> list[QRectF]:
    """Write texts, each with its step, the place that its column has and its colour, within ``view``.

    Where they are wider than a column, every second, fifth, … alone is written, always of the same steps;
    returns where something stands.
    """
    if not texts:
        return []
    pitch = texts[0][1].width()
    painter.setFont(font(SMALL))
    widths = _widths(painter, texts)
    if max(widths) + APART > pitch:
        painter.setFont(font(NUMBER))
        widths = _widths(painter, texts)
    every = _round_stride(math.ceil((max(widths) + APART) / pitch))
    taken: list[QRectF] = []
    for (step, place, text, colour), width in zip(texts, widths, strict=True):
        middle = place.center().x()
        cut = min(middle - view.left(), view.right() - middle) < 0.5 * min(width, pitch) - 1.0
        if step % every == 0 and not cut:
            left = min(max(place.center().x() - 0.5 * width, view.left()), view.right() - width)
            mine = QRectF(left, place.top(), width, place.height())
            if taken and left < taken[-1].right() + 1.0:
                continue  # it had to move aside at the edge of the view
            painter.setPen(QColor(colour))
            painter.drawText(mine, CENTRED, text)
            taken.append(mine)
    return taken


def _widths(painter: QPainter, texts: Sequence[tuple[int, QRectF, str, str]]) -> list[float]:
    metrics = QFontMetricsF(painter.font())
    return [metrics.horizontalAdvance(text) for _, _, text, _ in texts]


def write_number(painter: QPainter, norm: float, places: Sequence[QRectF], taken: list[QRectF]) -> None:
    """A norm at the first of ``places`` where it hides nothing; none where it would everywhere."""
    text = short(norm)
    painter.setFont(font(NUMBER))
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text), metrics.ascent()
    for place in places:
        middle = place.center()
        mine = QRectF(middle.x() - 0.5 * width, middle.y() - 0.5 * height, width, height)
        if width + 4.0 <= place.width() and not any(mine.intersects(other) for other in taken):
            painter.drawText(mine, CENTRED, text)
            taken.append(mine)
            return


def write_units(painter: QPainter, box: QRectF, units: int, view: QRectF, taken: list[QRectF]) -> None:
    """The numbers of a column's units to the left of their ``box``, 1 lowest, where they hide nothing."""
    painter.setFont(font(NUMBER))
    metrics = painter.fontMetrics()
    pitch, height = box.height() / units, metrics.ascent()
    width = metrics.horizontalAdvance(str(units))
    right = box.left() - APART
    if pitch < height or right - width < view.left():
        return
    for unit in range(units):
        middle = box.bottom() - (unit + 0.5) * pitch
        place = QRectF(right - width, middle - 0.5 * height, width, height)
        if not any(place.intersects(other) for other in taken):
            painter.drawText(place, CENTRED, str(unit + 1))
            taken.append(place)


def _round_stride(least: int) -> int:
    """The first of 1, 2, 5, 10, 20, … that is not below ``least``."""
    power = 1
    while 5 * power < least:
        power *= 10
    return next(power * part for part in (1, 2, 5, 10) if power * part >= least)


def _brief(values: Array) -> str:
    """One number or two, or how many there are."""
    if len(values) > 2:
        return f"[{len(values)}]"
    return " ".join(short(float(value)) for value in np.asarray(values))
