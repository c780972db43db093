"""The few signs on buttons, drawn in the theme's colours at any size."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

SIZE = QSize(14, 14)
RATIOS = (1, 2, 3)


def _run(path: QPainterPath) -> None:
    path.addPolygon(QPolygonF([QPointF(3.0, 1.6), QPointF(12.6, 7.0), QPointF(3.0, 12.4)]))
    path.closeSubpath()


def _pause(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(2.6, 1.8, 3.2, 10.4), 0.8, 0.8)
    path.addRoundedRect(QRectF(8.2, 1.8, 3.2, 10.4), 0.8, 0.8)


def _theme(path: QPainterPath) -> None:
    ring = QPainterPath()
    ring.addEllipse(QPointF(7.0, 7.0), 5.8, 5.8)
    hole = QPainterPath()
    hole.addEllipse(QPointF(7.0, 7.0), 4.4, 4.4)
    right = QPainterPath()
    right.addRect(QRectF(7.0, 0.0, 7.0, 14.0))
    path.addPath(ring.subtracted(hole).united(ring.intersected(right)))


def _arrow(path: QPainterPath, begin: float, end: float) -> None:
    """A level arrow from a bar to its head."""
    side = 1.0 if end > begin else -1.0
    path.addRect(QRectF(begin - 0.8, 2.4, 1.6, 9.2))
    path.addRect(QRectF(min(begin, end - 4.0 * side), 6.2, abs(end - 4.0 * side - begin), 1.6))
    path.addPolygon(
        QPolygonF([QPointF(end - 5.0 * side, 3.0), QPointF(end, 7.0), QPointF(end - 5.0 * side, 11.0)])
    )
    path.closeSubpath()


def _from_start(path: QPainterPath) -> None:
    path.setFillRule(Qt.FillRule.WindingFill)
    _arrow(path, 1.6, 13.0)


def _from_end(path: QPainterPath) -> None:
    path.setFillRule(Qt.FillRule.WindingFill)
    _arrow(path, 12.4, 1.0)


def _step_back(path: QPainterPath) -> None:
    for start, end in (((8.8, 3.0), (4.8, 7.0)), ((4.8, 7.0), (8.8, 11.0))):
        path.moveTo(*start)
        path.lineTo(*end)


def _step_on(path: QPainterPath) -> None:
    for start, end in (((5.2, 3.0), (9.2, 7.0)), ((9.2, 7.0), (5.2, 11.0))):
        path.moveTo(*start)
        path.lineTo(*end)


def _hold(path: QPainterPath) -> None:
    path.addRoundedRect(QRectF(3.0, 6.4, 8.0, 5.8), 1.2, 1.2)
    path.moveTo(4.8, 6.4)
    path.arcTo(QRectF(4.8, 1.8, 4.4, 6.0), 180.0, -180.0)
    path.lineTo(9.2, 6.4)


def _close(path: QPainterPath) -> None:
    for start, end in (((3.5, 3.5), (10.5, 10.5)), ((10.5, 3.5), (3.5, 10.5))):
        path.moveTo(*start)
        path.lineTo(*end)


FILLED: dict[str, Callable[[QPainterPath], None]] = {
    "run": _run,
    "pause": _pause,
    "theme": _theme,
    "from start": _from_start,
    "from end": _from_end,
}
STROKED: dict[str, Callable[[QPainterPath], None]] = {
    "close": _close,
    "step back": _step_back,
    "step on": _step_on,
    "hold": _hold,
}


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The sign of this name in FILLED or STROKED; its other colour is for a disabled button."""
    made = QIcon()
    for ratio in RATIOS:
        for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            made.addPixmap(_pixmap(name, QColor(shade), ratio), mode)
    return made


def _pixmap(name: str, colour: QColor, ratio: int) -> QPixmap:
    pixmap = QPixmap(SIZE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if name in FILLED:
        FILLED[name](path)
        painter.fillPath(path, colour)
    else:
        STROKED[name](path)
        painter.strokePath(
            path, QPen(colour, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
    painter.end()
    return pixmap
