"""The picture of the unrolled network: boxes of units, ways between them, and the gradient as their width."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.panels.unrolled_layout import HALF, Layout
from gui.panels.unrolled_picture import THINNEST, Picture, thickness
from gui.panels.unrolled_wave import Wave
from gui.theme import SMALL, Theme, font
from rnn.array import Array
from rnn.figures import short

ROUND = 6.0  # pixels: units closer than that are a strip of colours
LARGEST_UNIT = 17.0
ARROW = 5.0
NUMBER = 9


class Drawing(pg.GraphicsObject):
    """The unrolled network in one plot, painted in pixels; it repaints itself alone.

    Attributes:
        picture: what is drawn, or None.
        cursor: the time step that is pointed at in some panel, or None.
    """

    def __init__(self, wave: Wave, theme: Theme) -> None:
        super().__init__()
        self._wave = wave
        self.theme = theme
        self.layout = Layout((1,))
        self.picture: Picture | None = None
        self.cursor: int | None = None
        self._map = QTransform()
        self._painter = QPainter()

    def show_picture(self, picture: Picture | None, layout: Layout, steps: int) -> None:
        """Draw this from now on, of so many time steps."""
        self.picture = picture
        bounds = QRectF(-0.5, 0.0, steps + 1.0, layout.top)
        if bounds != self._bounds or layout != self.layout:
            self.prepareGeometryChange()
            self.layout, self._bounds = layout, bounds
        self.update()

    _bounds = QRectF(0.0, 0.0, 1.0, 1.0)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture = self.picture
        if picture is None:
            return
        visible = self.viewRect()
        first = max(0, math.floor(visible.left()))
        last = min(picture.words.moment.steps, math.ceil(visible.right()))
        self._painter, self._map = painter, painter.worldTransform()
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.cursor is not None:
            band = QRectF(self.cursor - 0.5, 0.0, 1.0, self.layout.top)
            painter.fillRect(self._map.mapRect(band), self.theme.faint(self.theme.text, 0.1))
        for step in range(max(1, first), last + 1):
            self._upright(picture, step)
        for layer in range(len(picture.values)):
            for step in range(max(0, first - 1), min(last, picture.words.moment.steps - 1) + 1):
                self._across(picture, layer, step)
        for layer in range(len(picture.values)):
            for step in range(first, last + 1):
                self._box(picture, layer, step)
        for step in range(max(1, first), last + 1):
            self._ends(picture, step)
        painter.setWorldTransform(self._map)

    # The ways

    def _upright(self, picture: Picture, step: int) -> None:
        """From the input up through the layers to the loss, and the gradient that comes down."""
        rows, lit, back = self.layout.rows, self._wave.computed(step), self._wave.pulled_back(step)
        for row in range(1, len(rows)):
            bottom, top = rows[row - 1][1], rows[row][0]
            whole = self._line(step, bottom, step, top)
            self._arrow(whole[0], whole[1], self._pen(lit >= 1.0), lit >= 1.0)
            layer = row - 2
            if 0 <= layer < len(picture.own) and back > 0.0:
                sent = layer < len(picture.own) - 1 or picture.words.sends(step)
                norm = float(picture.own[layer][0][step]) if sent else 0.0
                width = thickness(norm, picture.largest)
                self._gradient(width, self._colour(norm, self.theme.other), whole[::-1], back)

    def _across(self, picture: Picture, layer: int, step: int) -> None:
        """From a time step to the next, and the gradient that comes back."""
        bottom, top = self.layout.rows[layer + 1]
        lit, back = self._wave.computed(step + 1), self._wave.pulled_back(step) if step else 0.0
        tracks = picture.passed[layer]
        for state, track in enumerate(tracks):
            # An LSTM's c runs above its h.
            y = bottom + (top - bottom) * (0.5 if len(tracks) == 1 else (0.3, 0.7)[state])
            start, end = self._line(step + HALF, y, step + 1 - HALF, y)
            reached = start + (end - start) * lit
            self._arrow(start, end, self._pen(False), False)
            if lit > 0.0:
                self._arrow(start, reached, self._pen(True), lit >= 1.0)
            if back > 0.0:
                norm = float(track[step])
                colour = self._colour(norm, (self.theme.accent, self.theme.target)[state])
                self._gradient(thickness(norm, picture.largest), colour, (end, start), back)
                if back >= 1.0 and self.viewRect().left() <= step and step + 1 <= self.viewRect().right():
                    below = len(tracks) > 1 and state == 0
                    self._number(norm, 0.5 * thickness(norm, picture.largest) + 4.0, below, (start, end))

    def _colour(self, norm: float, usual: str) -> QColor:
        return QColor(usual if math.isfinite(norm) else self.theme.bad)

    def _gradient(self, width: float, colour: QColor, way: tuple[QPointF, ...], share: float) -> None:
        """A band of this width, as far on its way as the wave has come."""
        start, end = way
        if width == 0.0:
            return
        tip = start + (end - start) * share
        pen = QPen(colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if width == THINNEST:
            pen.setStyle(Qt.PenStyle.DotLine)
        length = math.hypot(tip.x() - start.x(), tip.y() - start.y())
        head = min(length, max(ARROW, 0.8 * width))
        back = tip + (start - tip) * (head / length if length else 0.0)
        self._painter.setPen(pen)
        self._painter.drawLine(start, back)
        self._head(back, tip, 0.5 * width + 2.0, colour)

    def _head(self, base: QPointF, tip: QPointF, half: float, colour: QColor) -> None:
        along = tip - base
        length = math.hypot(along.x(), along.y())
        if length == 0.0:
            return
        side = QPointF(-along.y(), along.x()) * (half / length)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(colour)
        self._painter.drawPolygon(QPolygonF([base + side, tip, base - side]))

    def _arrow(self, start: QPointF, end: QPointF, pen: QPen, headed: bool) -> None:
        self._painter.setPen(pen)
        self._painter.drawLine(start, end)
        if headed:
            length = math.hypot(end.x() - start.x(), end.y() - start.y()) or 1.0
            self._head(end + (start - end) * min(1.0, ARROW / length), end, 0.5 * ARROW, pen.color())

    def _number(self, norm: float, apart: float, below: bool, way: tuple[QPointF, QPointF]) -> None:
        """The norm above its way, or below it, where there is room."""
        text = short(norm, 1)
        painter, (start, end) = self._painter, way
        painter.setFont(font(NUMBER))
        metrics = painter.fontMetrics()
        if metrics.horizontalAdvance(text) > abs(end.x() - start.x()) + 2.0:
            return
        top = start.y() + apart if below else start.y() - apart - metrics.height()
        place = QRectF(start.x(), top, end.x() - start.x(), metrics.height())
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    # The boxes

    def _box(self, picture: Picture, layer: int, step: int) -> None:
        """The units of a layer at a time step: empty until they are computed."""
        bottom, top = self.layout.rows[layer + 1]
        place = self._rect(step, bottom, top)
        painter, theme = self._painter, self.theme
        now = step == self._wave.step and self._wave.position < self._wave.last
        painter.setPen(QPen(QColor(theme.text if now else theme.border), 2.0 if now else 1.0))
        painter.setBrush(QColor(theme.raised))
        painter.drawRoundedRect(place, 5.0, 5.0)
        lit = step == 0 or self._wave.computed(step) >= 1.0
        shades = picture.shades(layer, step) if lit else None
        inside = place.adjusted(2.0, 3.0, -2.0, -3.0)
        pitch = inside.height() / len(picture.values[layer][step])
        if pitch < ROUND:
            if shades is not None:
                strip = np.ascontiguousarray(shades)
                image = QImage(strip.tobytes(), 1, len(strip), 3, QImage.Format.Format_RGB888)
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
                painter.drawImage(inside, image)
            return
        size = min(0.86 * pitch, inside.width(), LARGEST_UNIT)
        painter.setPen(QPen(theme.faint(theme.muted, 0.8), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for unit in range(len(picture.values[layer][step])):
            if shades is not None:
                painter.setBrush(QColor(*shades[unit].tolist()))
            middle = QPointF(inside.center().x(), inside.top() + (unit + 0.5) * pitch)
            painter.drawEllipse(middle, 0.5 * size, 0.5 * size)

    def _ends(self, picture: Picture, step: int) -> None:
        """What goes in below, and the answer, its target and its loss above."""
        words, theme, rows = picture.words, self.theme, self.layout.rows
        lit = self._wave.computed(step) >= 1.0
        moment, output = words.moment, self.layout.output
        x, scored = moment.x[step - 1], bool(moment.scored[step - 1])
        symbol = words.symbol(step)
        text = symbol if symbol is not None else _brief(x)
        self._text(text, self._rect(step, *rows[0], 0.5), theme.text)
        if moment.y.ndim == 1:
            answer = words.class_name(int(moment.output[step - 1].argmax()))
            target = words.class_name(int(moment.y[step - 1]))
        else:
            answer, target = _brief(moment.output[step - 1]), _brief(moment.y[step - 1])
        bottom, top = rows[output]
        middle = 0.5 * (bottom + top)
        if lit:
            self._text(answer, self._rect(step, middle, top, 0.5), theme.accent)
            loss = short(float(moment.loss_terms[step - 1]), 1) if scored else "–"
            self._text(loss, self._rect(step, *rows[output + 1], 0.5), theme.text if scored else theme.muted)
        self._text(target if scored else "–", self._rect(step, bottom, middle, 0.5), theme.target)

    def _text(self, text: str, place: QRectF, colour: str) -> None:
        painter = self._painter
        for pixels in (SMALL, NUMBER):
            painter.setFont(font(pixels))
            if painter.fontMetrics().horizontalAdvance(text) <= place.width():
                break
        painter.setPen(QColor(colour))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    # Pixels

    def _line(self, x: float, y: float, to_x: float, to_y: float) -> tuple[QPointF, QPointF]:
        return self._map.map(QPointF(x, y)), self._map.map(QPointF(to_x, to_y))

    def _rect(self, step: int, bottom: float, top: float, half: float = HALF) -> QRectF:
        return self._map.mapRect(QRectF(step - half, bottom, 2.0 * half, top - bottom))

    def _pen(self, lit: bool) -> QPen:
        return QPen(self.theme.faint(self.theme.muted, 0.9 if lit else 0.25), 1.2)


def _brief(values: Array) -> str:
    """One number or two, or how many there are."""
    return " ".join(short(float(value)) for value in values) if len(values) <= 2 else f"[{len(values)}]"
