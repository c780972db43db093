"""The colours of the two themes, light and dark, and the pens and colour maps made of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPen


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme; those of the curves are told apart by people who see colours differently.

    Attributes:
        background, surface, raised, border, grid: the window, a panel, a button or field, edges, grid lines.
        text, muted: what is read first, and what is read second.
        accent: the present network, and what is active.
        target: what should be learned.
        good, other, bad: a floor or what is within bounds; a second thing; a divergence or an error.
        ghosts: earlier moments, oldest first.
    """

    name: str
    background: str
    surface: str
    raised: str
    border: str
    grid: str
    text: str
    muted: str
    accent: str
    on_accent: str
    target: str
    good: str
    other: str
    bad: str
    ghosts: tuple[str, ...]
    middle: str

    def pen(self, colour: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
        """A cosmetic pen; a width above 1 is for short curves only."""
        return pg.mkPen(colour, width=width, style=style)

    @property
    def of_states(self) -> tuple[str, str]:
        """The colours of the gradients to h and to an LSTM's c, the same in every panel."""
        return self.accent, self.target

    def faint(self, colour: str, alpha: float) -> QColor:
        """``colour`` with an opacity from 0 to 1."""
        faint = QColor(colour)
        faint.setAlphaF(alpha)
        return faint

    def diverging(self) -> np.ndarray:
        """(256, 3) a map from −1 (gold) over the theme's middle to 1 (blue)."""
        return _ramp(("#8a6d00", "#c9a227", self.middle, "#5b9bff", "#0f62fe"))

    def sequential(self) -> np.ndarray:
        """(256, 3) viridis."""
        return pg.colormap.get("viridis").getLookupTable(0.0, 1.0, 256)

    def fading(self) -> np.ndarray:
        """(256, 3) a map from 0, where nothing is seen on a panel, to 1, the accent."""
        return _ramp((self.surface, self.accent))


DARK = Theme(
    name="dark",
    background="#0f1216",
    surface="#181c22",
    raised="#262c35",
    border="#2b313a",
    grid="#2b313a",
    text="#e8ebf0",
    muted="#98a1ae",
    accent="#5bb8f5",
    on_accent="#0b1a26",
    target="#f0a30a",
    good="#2ec795",
    other="#c99be8",
    bad="#ff7a59",
    ghosts=("#8fd14f", "#ff85b3", "#c3c9d2", "#d6b98c"),
    middle="#f2f2f2",
)

LIGHT = Theme(
    name="light",
    background="#eef0f3",
    surface="#ffffff",
    raised="#e6e9ee",
    border="#d3d8df",
    grid="#e3e6eb",
    text="#1a1e24",
    muted="#5b6470",
    accent="#0b6fc2",
    on_accent="#ffffff",
    target="#b26a00",
    good="#00805a",
    other="#7d4bab",
    bad="#c4391d",
    ghosts=("#4b8508", "#c42f7b", "#59616c", "#8a5a2b"),
    middle="#f7f7f7",
)

THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def system_theme() -> Theme:
    """The theme that the desktop asks for; dark where it does not say."""
    hints = QGuiApplication.styleHints()
    return LIGHT if hints.colorScheme() == Qt.ColorScheme.Light else DARK


def _ramp(colours: tuple[str, ...]) -> np.ndarray:
    stops = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, colours)], dtype=float)
    at = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(at, np.arange(len(colours)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)
