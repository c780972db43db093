"""The picture of the unrolled network: boxes of units, ways between them, and the gradient as their width."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from gui.panels.unrolled.boxes import BoxPainter, are_discs
from gui.panels.unrolled.layout import DENSE, Layout, Place, Spoken
from gui.panels.unrolled.picture import Picture
from gui.panels.unrolled.texts import NUMBER, ColumnTexts, write_number, write_row, write_units
from gui.panels.unrolled.wave import Wave
from gui.panels.unrolled.ways import Line, WayPainter
from gui.theme import Theme

MOST_DISCS = 16  # columns: more are drawn as stripes
USUAL_HEIGHT, MOST_SWELL = 360.0, 2.5  # pixels of a picture whose ways are no wider than said, and times
CROSSING = 0.8  # of a column: how wide an upright way may be
TALL = NUMBER + 2.0


class Drawing(pg.GraphicsObject):
    """The unrolled network in one plot, painted in pixels; it repaints itself alone.

    Attributes:
        picture: what is drawn, or None.
        cursor: the time step that is pointed at in some panel, or None.
        kept: the place whose equation a person keeps, or None.
        spoken: the layer, the time step and the unit that the equation speaks of, or None.
    """

    def __init__(self, wave: Wave, theme: Theme) -> None:
        super().__init__()
        self._wave = wave
        self.theme = theme
        self.layout = Layout((1,))
        self.picture: Picture | None = None
        self.cursor: int | None = None
        self.kept: Place | None = None
        self.spoken: Spoken | None = None
        self._map = QTransform()
        self._painter = QPainter()
        self._taken: list[QRectF] = []  # where a number would hide something
        self._columns = 0  # in view
        self._bounds = QRectF(0.0, 0.0, 1.0, 1.0)

    def show_picture(self, picture: Picture | None, layout: Layout, steps: int) -> None:
        """Draw this from now on, of so many time steps."""
        self.picture = picture
        bounds = QRectF(-0.5, 0.0, steps + 1.0, layout.height)
        if bounds != self._bounds or layout != self.layout:
            self.prepareGeometryChange()
            self.layout, self._bounds = layout, bounds
        self.update()

    def speak_of(self, unit: Spoken | None) -> None:
        """Ring this unit."""
        if unit != self.spoken:
            self.spoken = unit
            self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        picture = self.picture
        if picture is None:
            return
        visible = self.viewRect()
        steps = picture.words.moment.steps
        first, last = max(0, math.floor(visible.left())), min(steps, math.ceil(visible.right()))
        self._painter, self._map, self._columns = painter, painter.worldTransform(), last - first + 1
        painter.setWorldTransform(QTransform())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        ways, boxes = WayPainter(painter, self.theme), BoxPainter(painter, self.theme)
        layers = range(len(picture.values))
        self._marks()
        for step in range(max(1, first), last + 1):
            self._upright(picture, ways, step)
        between = [
            (layer, step) for layer in layers for step in range(max(0, first - 1), min(last, steps - 1) + 1)
        ]
        if not self._dense:
            for layer, step in between:
                self._across(picture, ways, layer, step)
        self._taken = [
            self._box(picture, boxes, layer, step) for layer in layers for step in range(first, last + 1)
        ]
        if self._dense:
            for layer, step in between:
                self._over(picture, ways, layer, step)
        self._write(picture, max(1, first), last)
        painter.setPen(QColor(self.theme.muted))
        self._number_units(picture, max(0, math.ceil(visible.left())))
        for layer in layers:
            for step in range(max(1, math.ceil(visible.left())), min(last, steps - 1) + 1):
                if step + 1 <= visible.right() and self._wave.pulled_back(step) >= 1.0:
                    self._numbers(picture, layer, step)
        painter.setWorldTransform(self._map)

    def _marks(self) -> None:
        """What is pointed at elsewhere, and what is kept."""
        if self.cursor is not None:
            band = QRectF(self.cursor - 0.5, 0.0, 1.0, self.layout.height)
            self._painter.fillRect(self._map.mapRect(band), self.theme.faint(self.theme.text, 0.1))
        kept, half, rows = self.kept, self.layout.half, self.layout.rows
        if kept is None or kept.row > len(rows):
            return
        row = rows[min(kept.row, len(rows) - 1)]
        left, right, bottom, top = kept.step - half, kept.step + half, row.bottom, row.top
        if kept.kind == "across":
            left, right = kept.step + half, kept.step + 1 - half
        elif kept.kind == "up":
            bottom, top = rows[kept.row - 1].top, row.bottom if kept.row < len(rows) else self.layout.height
        place = self._map.mapRect(QRectF(left, bottom, right - left, top - bottom))
        self._painter.setPen(QPen(QColor(self.theme.text), 1.0, Qt.PenStyle.DotLine))
        self._painter.setBrush(self.theme.faint(self.theme.text, 0.08))
        self._painter.drawRoundedRect(place.adjusted(-1.0, -1.0, 1.0, 1.0), 3.0, 3.0)

    # The ways

    def _upright(self, picture: Picture, ways: WayPainter, step: int) -> None:
        """From the input up through the layers to the loss, and the gradient that comes down."""
        rows = self.layout.rows
        lit, back = float(self._wave.computed(step) >= 1.0), self._wave.pulled_back(step)
        for number, lower in enumerate(rows):
            above = rows[number + 1] if number + 1 < len(rows) else None
            if (above is None and lower.layer is None) or (above is not None and above.kind == "target"):
                continue
            top = self.layout.height - 1.0 if above is None else above.bottom
            line = self._line(step, lower.top, step, top)
            norm = 0.0 if lower.layer is None else float(picture.own[lower.layer][0][step])
            share = back if norm > 0.0 else 0.0
            if above is not None and not self._dense:
                ways.forward(line, lit, share)
            width = min(self._width(picture, norm), CROSSING * self._pitch)
            colour, dotted = self._colour(norm, self.theme.other), picture.widths.dotted(norm)
            ways.gradient(width, colour, line[::-1], share, dotted)

    def _across(self, picture: Picture, ways: WayPainter, layer: int, step: int) -> None:
        """From a time step to the next, and the gradient that comes back."""
        lit, back = self._wave.computed(step + 1), self._wave.pulled_back(step) if step else 0.0
        for state, track in enumerate(picture.passed[layer]):
            norm = float(track[step])
            line = self._track(picture, layer, step, state)
            ways.forward(line, lit, back if norm > 0.0 or math.isnan(norm) else 0.0)
            self._band(picture, ways, (layer, step, state), back)

    def _over(self, picture: Picture, ways: WayPainter, layer: int, step: int) -> None:
        """The same where columns touch: the gradient alone, on top of them."""
        back = self._wave.pulled_back(step) if step else 0.0
        for state, track in enumerate(picture.passed[layer]):
            line = self._track(picture, layer, step, state)
            ways.halo(self._width(picture, float(track[step])), line[::-1], back)
            self._band(picture, ways, (layer, step, state), back)

    def _band(self, picture: Picture, ways: WayPainter, way: tuple[int, int, int], share: float) -> None:
        """The gradient of a way, given by its layer, its left time step and its array of the state."""
        layer, step, state = way
        norm = float(picture.passed[layer][state][step])
        colours = self.theme.of_states if len(picture.passed[layer]) > 1 else (self.theme.other,)
        colour = self._colour(norm, colours[state])
        width, dotted = self._width(picture, norm), picture.widths.dotted(norm)
        ways.gradient(width, colour, self._track(picture, layer, step, state)[::-1], share, dotted)

    def _track(self, picture: Picture, layer: int, step: int, state: int) -> Line:
        """The way of an array of the state; an LSTM's c runs above its h."""
        row = self.layout.rows[self.layout.row_of(layer)]
        half = 0.0 if self._dense else self.layout.half
        share = 0.5 if len(picture.passed[layer]) == 1 else (0.28, 0.72)[state]
        y = row.bottom + (row.top - row.bottom) * share
        return self._line(step + half, y, step + 1 - half, y)

    def _numbers(self, picture: Picture, layer: int, step: int) -> None:
        """The norms beside their ways, where there is room."""
        tracks = picture.passed[layer]
        lines = [self._track(picture, layer, step, state) for state in range(len(tracks))]
        bands = []
        for track, (start, end) in zip(tracks, lines, strict=True):
            half = 0.5 * self._width(picture, float(track[step])) + 1.0
            bands.append(QRectF(start.x(), start.y() - half, end.x() - start.x(), 2.0 * half))
        self._taken += bands
        for state, (track, band) in enumerate(zip(tracks, bands, strict=True)):
            norm = float(track[step])
            above = QRectF(band.left(), band.top() - TALL, band.width(), TALL)
            below = QRectF(band.left(), band.bottom() + 1.0, band.width(), TALL)
            # The lower one of two is written below its way, so that each stands at its own.
            places = (
                (above,)
                if len(tracks) > 1 and state == 1
                else (below,)
                if len(tracks) > 1
                else (above, below)
            )
            if norm > 0.0:
                write_number(self._painter, norm, places, self._taken)

    def _width(self, picture: Picture, norm: float) -> float:
        """In pixels; more where the picture is large."""
        return picture.widths.pixels(norm) * min(MOST_SWELL, max(1.0, self.layout.height / USUAL_HEIGHT))

    def _colour(self, norm: float, usual: str) -> QColor:
        return QColor(usual if math.isfinite(norm) else self.theme.bad)

    # The boxes

    def _box(self, picture: Picture, boxes: BoxPainter, layer: int, step: int) -> QRectF:
        """The units of a layer at a time step: empty until they are computed; returns where."""
        place = self._place(layer, step)
        now = step == self._wave.step and self._wave.position < self._wave.last
        inside = boxes.bare(place) if self._dense else boxes.framed(place, now)
        shades = picture.shades(layer, step) if self._lit(step) else None
        units = self.layout.widths[layer]
        if self._columns <= MOST_DISCS and are_discs(inside, units):
            spoken = self.spoken
            boxes.discs(inside, units, shades, spoken[2] if spoken and spoken[:2] == (layer, step) else None)
        elif shades is not None:
            boxes.strip(inside, shades)
        return place

    def _number_units(self, picture: Picture, step: int) -> None:
        """Beside the first column, clear of the ways that come in."""
        if self._columns > MOST_DISCS:
            return
        view = self._map.mapRect(self.viewRect())
        for layer, passed in enumerate(picture.passed):
            ways: list[QRectF] = []
            for state, track in enumerate(passed if step else []):
                start, end = self._track(picture, layer, step - 1, state)
                wide = 0.5 * self._width(picture, float(track[step - 1])) + 2.0
                ways.append(QRectF(start.x(), start.y() - wide, end.x() - start.x(), 2.0 * wide))
            inside = self._place(layer, step).adjusted(2.0, 3.0, -2.0, -3.0)
            write_units(self._painter, inside, self.layout.widths[layer], view, ways)
            self._taken += ways

    def _lit(self, step: int) -> bool:
        return step == 0 or self._wave.computed(step) >= 1.0

    def _write(self, picture: Picture, first: int, last: int) -> None:
        """What goes in below, and the answer, its target and its loss above."""
        texts = ColumnTexts(picture.words, self.theme)
        for row in self.layout.rows:
            if row.layer is not None:
                continue
            written = []
            for step in range(first, last + 1):
                if row.kind in ("input", "target") or self._wave.computed(step) >= 1.0:
                    place = self._map.mapRect(QRectF(step - 0.5, row.bottom, 1.0, row.top - row.bottom))
                    written.append((step, place, *texts.at(row.kind, step)))
            self._taken += write_row(self._painter, written, self._map.mapRect(self.viewRect()))

    # Pixels

    def _place(self, layer: int, step: int) -> QRectF:
        """Where a layer's box at a time step is."""
        row, half = self.layout.rows[self.layout.row_of(layer)], self.layout.half
        return self._map.mapRect(QRectF(step - half, row.bottom, 2.0 * half, row.top - row.bottom))

    @property
    def _pitch(self) -> float:
        """How wide a column is."""
        return abs(self._map.m11())

    @property
    def _dense(self) -> bool:
        return self._pitch < DENSE

    def _line(self, x: float, y: float, to_x: float, to_y: float) -> Line:
        return self._map.map(QPointF(x, y)), self._map.map(QPointF(to_x, to_y))
