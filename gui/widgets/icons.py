"""The few signs on buttons, drawn in the theme's colours at any size."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZE = QSize(14, 14)
RATIOS = (1, 2, 3)
FILLED = {
    "run": '<path d="M3 1.6 L12.6 7 L3 12.4 Z"/>',
    "pause": '<rect x="2.6" y="1.8" width="3.2" height="10.4" rx=".8"/>'
    '<rect x="8.2" y="1.8" width="3.2" height="10.4" rx=".8"/>',
    "theme": '<path d="M7 1.2 A5.8 5.8 0 0 1 7 12.8 A5.8 5.8 0 0 1 7 1.2 Z '
    'M7 2.6 A4.4 4.4 0 0 0 7 11.4 Z" fill-rule="evenodd"/>',
    "from start": '<path d="M.8 2.4 H2.4 V11.6 H.8 Z M1.6 6.2 H9 V7.8 H1.6 Z M8 3 L13 7 L8 11 Z"/>',
    "from end": '<path d="M11.6 2.4 H13.2 V11.6 H11.6 Z M5 6.2 H12.4 V7.8 H5 Z M6 11 L1 7 L6 3 Z"/>',
}
STROKED = {
    "close": '<path d="M3.5 3.5 L10.5 10.5 M10.5 3.5 L3.5 10.5"/>',
    "step back": '<path d="M8.8 3 L4.8 7 L8.8 11"/>',
    "step on": '<path d="M5.2 3 L9.2 7 L5.2 11"/>',
    "hold": '<rect x="3" y="6.4" width="8" height="5.8" rx="1.2"/>'
    '<path d="M4.8 6.4 V4.8 A2.2 3 0 0 1 9.2 4.8 V6.4"/>',
}
PEN = 'fill="none" stroke="{0}" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'


def icon(name: str, colour: str, disabled: str) -> QIcon:
    """The sign of this name in FILLED or STROKED; its other colour is for a disabled button."""
    made = QIcon()
    for ratio in RATIOS:
        for mode, shade in ((QIcon.Mode.Normal, colour), (QIcon.Mode.Disabled, disabled)):
            made.addPixmap(_pixmap(name, shade, ratio), mode)
    return made


def _pixmap(name: str, colour: str, ratio: int) -> QPixmap:
    pixmap = QPixmap(SIZE * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    shape, style = (FILLED[name], 'fill="{0}"') if name in FILLED else (STROKED[name], PEN)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 14 14"><g {style}>{shape}</g></svg>'
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.format(colour).encode())).render(painter, QRectF(0.0, 0.0, 14.0, 14.0))
    painter.end()
    return pixmap
