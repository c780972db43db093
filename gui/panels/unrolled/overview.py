"""The whole sequence in a strip: the gradient at each time step as a colour, and the part in view framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.panels.plots.colour_levels import ColourLevels
from gui.panels.plots.ink import INK, WHITE
from gui.panels.unrolled.columns import Span
from gui.theme import SMALL, Theme, font
from gui.widgets.plain import tip
from rnn.array import Array
from rnn.model.batch import Mask
from rnn.number_format import short

ROW, LEAST, MOST = 6, 14, 26  # pixels
SAMPLE, GAP = 34, 4
LABELLED = 400  # pixels: a narrower strip has no label
HINT = (
    "Click or drag to go there. In strip and picture the wheel scrolls and Ctrl+wheel zooms, "
    "in the picture dragging moves."
)


@dataclass(frozen=True, slots=True)
class Track:
    """The gradient of one array of the state: what it is called, and its norms (T+1,) for t = 0 … T."""

    name: str
    norms: Array


class Overview(QWidget):
    """A column for each of the time steps 0 … T, and a row for each track, beside its key of colours.

    A step whose gradient has not come yet, or is none, is left empty.

    Attributes:
        tracks: what is drawn, the lowest first.
        levels: the decades that the colours stand for; they widen and do not flicker.
        view: the columns in view, or None.
        pointed: the time step that is pointed at in some panel, or None.
        axis_width: how far the strip begins from the left where there is no room for its label.

    Signals:
        asked: the picture should go to this column.
    """

    asked = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Overview of the whole sequence")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.tracks: tuple[Track, ...] = ()
        self.levels = ColourLevels()
        self.view: Span | None = None
        self.pointed: int | None = None
        self.axis_width = 58
        self._label = ""
        self._reached: Mask = np.zeros(0, dtype=bool)
        self._theme: Theme | None = None

    def forget(self) -> None:
        """Another run begins."""
        self.tracks, self.view, self.pointed = (), None, None
        self.levels.forget()
        self.updateGeometry()
        self.update()

    def show_tracks(self, label: str, tracks: Sequence[Track]) -> None:
        """Draw these from now on."""
        rows = len(self.tracks)
        self.tracks, self._label = tuple(tracks), label
        with np.errstate(divide="ignore", invalid="ignore"):
            for track in tracks:
                self.levels.include(np.log10(track.norms)[None])
        low, _, high = self.levels.marks()
        self.setAccessibleDescription(f"{label} at every time step, colours from {low} to {high}. {HINT}")
        if rows != len(self.tracks):
            self.updateGeometry()
        self.update()

    def show_reached(self, reached: Mask) -> None:
        """(T+1,) at which time steps the gradient has come."""
        if not np.array_equal(reached, self._reached):
            self._reached = reached
            self.update()

    def show_view(self, view: Span | None) -> None:
        """Frame these columns."""
        if view != self.view:
            self.view = view
            self.update()

    def show_cursor(self, step: int | None) -> None:
        """Mark this time step."""
        if step != self.pointed:
            self.pointed = step
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @property
    def steps(self) -> int:
        """T."""
        return len(self.tracks[0].norms) - 1 if self.tracks else 0

    @property
    def _label_width(self) -> float:
        needed = self.fontMetrics().horizontalAdvance(self._label) + 2 * GAP
        return max(self.axis_width, needed) if self.width() >= LABELLED else self.axis_width

    @property
    def strip(self) -> QRectF:
        """Where the columns are."""
        low, _, high = self.levels.marks()
        key = sum(map(self.fontMetrics().horizontalAdvance, (low, high))) + SAMPLE + 4 * GAP
        left = self._label_width
        return QRectF(left, 2.0, max(20.0, self.width() - left - key), self.height() - 4.0)

    def column(self, x: float) -> float:
        """The column at so many pixels from the left."""
        strip = self.strip
        return (x - strip.left()) / strip.width() * (self.steps + 1) - 0.5

    def place(self, column: float) -> float:
        """How many pixels from the left a column is."""
        strip = self.strip
        return strip.left() + (column + 0.5) / (self.steps + 1) * strip.width()

    def words_at(self, at: QPointF) -> str:
        """What is under the mouse."""
        if not self.tracks or not self.strip.left() <= at.x() <= self.strip.right():
            return HINT
        step = min(self.steps, max(0, round(self.column(at.x()))))
        comes = any(track.norms[step] != 0.0 for track in self.tracks)
        if comes and step < len(self._reached) and not self._reached[step]:
            return f"Time step {step}: not yet, the gradient has not come there.\n{HINT}"
        told = ", ".join(f"{track.name} {short(float(track.norms[step]), 3)}" for track in self.tracks[::-1])
        return f"Time step {step}: {told}.\n{HINT}"

    def sizeHint(self) -> QSize:
        return QSize(0, min(MOST, max(LEAST, ROW * len(self.tracks))) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    # Events

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self.words_at(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._ask(event)

    def _ask(self, event: QMouseEvent) -> None:
        if self.tracks and event.buttons() & Qt.MouseButton.LeftButton:
            self.asked.emit(self.column(event.position().x()))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        if theme is None or not self.tracks:
            return
        painter = QPainter(self)
        strip = self.strip
        painter.setPen(QColor(theme.muted))
        label = QRectF(0.0, 0.0, strip.left() - GAP, self.height())
        if self.width() >= LABELLED:
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._label)
        painter.fillRect(strip, QColor(theme.raised))
        painter.drawImage(strip, self._image(theme))
        self._paint_key(painter, theme, strip.right() + 2 * GAP)
        if self.pointed is not None:
            painter.fillRect(
                QRectF(self.place(self.pointed) - 1.0, 0.0, 2.0, self.height()), QColor(theme.text)
            )
        if self.view is not None:
            left, right = map(self.place, self.view)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((INK, 3.0), (WHITE, 1.2)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(QRectF(left + 0.5, 1.5, right - left - 1.0, self.height() - 3.0))

    def _image(self, theme: Theme) -> QImage:
        """The colours, a pixel a step, the last track on top."""
        low, high = self.levels.range
        norms = np.stack([track.norms for track in self.tracks[::-1]])
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip((np.log10(norms) - low) / (high - low), 0.0, 1.0)
        colours = theme.sequential()
        pixels = np.zeros((*norms.shape, 4), dtype=np.uint8)
        there = norms > 0.0
        pixels[there, :3] = colours[(share[there] * (len(colours) - 1)).astype(int)]
        bad = QColor(theme.bad)
        pixels[~np.isfinite(norms), :3] = bad.red(), bad.green(), bad.blue()
        seen = there | np.isnan(norms)
        if len(self._reached) == norms.shape[1]:
            seen &= self._reached
        pixels[..., 3] = 255 * seen
        height, width = norms.shape
        return QImage(pixels.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()

    def _paint_key(self, painter: QPainter, theme: Theme, left: float) -> None:
        low, _, high = self.levels.marks()
        row = np.ascontiguousarray(theme.sequential(), dtype=np.uint8)
        sample = QImage(row.tobytes(), len(row), 1, 3 * len(row), QImage.Format.Format_RGB888).copy()
        painter.setPen(QColor(theme.muted))
        for text in (low, None, high):
            if text is None:
                painter.drawImage(QRectF(left, 0.5 * self.height() - 5.0, SAMPLE, 10.0), sample)
                left += SAMPLE + GAP
            else:
                place = QRectF(left, 0.0, self.width(), self.height())
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
                left += self.fontMetrics().horizontalAdvance(text) + GAP
