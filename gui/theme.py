"""Colours, pens, colour maps and fonts: a light and a dark theme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette, QPen
from PySide6.QtWidgets import QApplication

RESOURCES = Path(__file__).parent.parent / "resources"
FONTS = RESOURCES / "fonts"
FAMILY = "Inter"
BODY, FORM, SMALL, TITLE = 13, 12, 11, 14


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


@cache
def load_fonts() -> None:
    """Make the font that ships with the program known to Qt."""
    for file in sorted(FONTS.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(file))


def font(pixels: int, bold: bool = False) -> QFont:
    """The program's font in this size."""
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def mono(pixels: int) -> QFont:
    """A font of the system's in this size whose characters are all equally wide."""
    made = QFont(["DejaVu Sans Mono", "Menlo", "Consolas", "Liberation Mono"])
    made.setStyleHint(QFont.StyleHint.Monospace)
    made.setPixelSize(pixels)
    return made


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application; plots follow through their panels' ``apply_theme``."""
    load_fonts()
    QDir.setSearchPaths("icons", [str(RESOURCES / "icons" / theme.name)])
    app.setStyleSheet("")  # without one the rest is three times as quick
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(font(BODY))
    app.setPalette(_palette(theme))
    app.setStyleSheet(_style_sheet(theme))


def _ramp(colours: tuple[str, ...]) -> np.ndarray:
    stops = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, colours)], dtype=float)
    at = np.linspace(0, len(colours) - 1, 256)
    channels = [np.interp(at, np.arange(len(colours)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, theme.background),
        (role.Base, theme.surface),
        (role.AlternateBase, theme.raised),
        (role.Button, theme.raised),
        (role.ToolTipBase, theme.raised),
        (role.WindowText, theme.text),
        (role.Text, theme.text),
        (role.ButtonText, theme.text),
        (role.ToolTipText, theme.text),
        (role.PlaceholderText, theme.muted),
        (role.Highlight, theme.accent),
        (role.HighlightedText, theme.on_accent),
        (role.Link, theme.accent),
    ):
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, theme.faint(theme.muted, 0.6))
    return palette


def _style_sheet(theme: Theme) -> str:
    t = theme
    faded = t.faint(t.muted, 0.55).name(QColor.NameFormat.HexArgb)
    return f"""
    QMainWindow, QDialog {{ background: {t.background}; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
    QFrame#panel {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: 8px; }}
    QFrame#panel:focus {{ border: 1px solid {t.accent}; }}
    QFrame#rule {{ background: {t.border}; border: none; }}
    QLabel {{ background: transparent; }}
    #title {{ font-weight: 600; font-size: {BODY}px; }}
    #figure {{ font-weight: 600; }}
    #caption, #muted {{ color: {t.muted}; font-size: {SMALL}px; }}
    QLabel#section {{ color: {t.muted}; font-weight: 600; font-size: {SMALL}px; }}
    QLabel#refusal {{ color: {t.bad}; font-size: {SMALL}px; }}
    QPushButton {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; border-radius: 6px;
                   padding: 5px 12px; }}
    QPushButton:hover {{ border: 1px solid {t.muted}; }}
    QPushButton:focus {{ border: 1px solid {t.accent}; }}
    QPushButton:disabled {{ color: {t.muted}; background: transparent; }}
    QPushButton#primary {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent};
                           font-weight: 600; }}
    QPushButton#primary:focus {{ border: 1px solid {t.text}; }}
    QPushButton#primary:disabled {{ background: {t.raised}; color: {t.muted}; border: 1px solid {t.border}; }}
    QToolButton {{ background: transparent; color: {t.muted}; border: 1px solid transparent;
                   border-radius: 4px; padding: 1px 6px; font-size: {SMALL}px; }}
    QToolButton:hover {{ color: {t.text}; border: 1px solid {t.border}; }}
    QToolButton:focus {{ color: {t.text}; border: 1px solid {t.accent}; }}
    QToolButton:checked {{ color: {t.text}; background: {t.raised}; }}
    QToolButton::menu-indicator {{ image: none; width: 0; }}
    QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox {{ background: {t.background}; color: {t.text};
        border: 1px solid {t.border}; border-radius: 4px; padding: 2px 6px; min-height: 17px; }}
    QLineEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QLabel:disabled {{ color: {faded}; }}
    QLineEdit[refused="true"], QComboBox[refused="true"] {{ border: 1px solid {t.bad}; }}
    QComboBox {{ padding-right: 2px; }}
    QComboBox::drop-down {{ border: none; width: 16px; }}
    QComboBox::down-arrow {{ image: url(icons:down.svg); width: 10px; height: 10px; }}
    QSpinBox::up-button, QDoubleSpinBox::up-button {{ subcontrol-position: top right; }}
    QSpinBox::down-button, QDoubleSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ subcontrol-origin: border; width: 18px;
        border: none; }}
    QAbstractSpinBox::up-arrow {{ image: url(icons:up.svg); width: 9px; height: 9px; }}
    QAbstractSpinBox::down-arrow {{ image: url(icons:down.svg); width: 9px; height: 9px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {t.muted}; border-radius: 4px;
                            background: {t.background}; }}
    QCheckBox::indicator:checked {{ background: {t.accent}; border: 1px solid {t.accent};
                                    image: url(icons:check.svg); }}
    QCheckBox::indicator:focus {{ border: 1px solid {t.text}; }}
    QCheckBox::indicator:disabled {{ background: {t.raised}; border: 1px solid {t.border}; }}
    QPushButton#browse {{ padding: 3px 0; min-width: 24px; border-radius: 4px; }}
    QPushButton#square {{ padding: 5px 8px; }}
    QPushButton#menu {{ padding: 5px 10px; }}
    QPushButton::menu-indicator {{ image: none; width: 0; }}
    QPushButton#flat {{ background: transparent; border: 1px solid transparent; padding: 3px; }}
    QPushButton#flat:focus, QPushButton#flat:hover {{ border: 1px solid {t.border}; }}
    QFrame#message {{ background: {t.surface}; border: 1px solid {t.bad}; border-radius: 6px; }}
    QFrame#message QLabel {{ color: {t.bad}; }}
    QFrame#message[kind="done"] {{ border: 1px solid {t.border}; }}
    QFrame#message[kind="done"] QLabel {{ color: {t.text}; }}
    QPlainTextEdit#sample {{ background: transparent; color: {t.text}; border: none;
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QLabel#program {{ font-weight: 600; font-size: 17px; }}
    QComboBox QAbstractItemView {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border};
        selection-background-color: {t.accent}; selection-color: {t.on_accent}; }}
    QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.border}; padding: 4px; }}
    QMenu::item {{ padding: 4px 18px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.accent}; color: {t.on_accent}; }}
    QMenu::item:disabled {{ color: {t.muted}; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t.border}; border-radius: 2px; }}
    QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {t.accent}; width: 14px; margin: -5px 0; border-radius: 7px; }}
    QSlider::handle:horizontal:focus {{ background: {t.text}; }}
    QProgressBar {{ background: {t.border}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; }}
    QScrollBar::handle:vertical {{ background: {t.raised}; border-radius: 4px; min-height: 24px; }}
    QScrollBar::handle:horizontal {{ background: {t.raised}; border-radius: 4px; min-width: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
        background: none; height: 0; width: 0; }}
    QSplitter::handle {{ background: {t.background}; }}
    QMainWindow::separator {{ background: {t.background}; width: 8px; height: 7px; }}
    QDockWidget {{ background: {t.background}; }}
    QTabBar {{ qproperty-drawBase: 0; }}
    QTabBar::tab {{ background: transparent; color: {t.muted}; border: 1px solid transparent;
        border-radius: 6px; padding: 4px 12px; margin: 0 2px 3px 0; }}
    QTabBar::tab:hover {{ color: {t.text}; border: 1px solid {t.border}; }}
    QTabBar::tab:selected {{ color: {t.text}; background: {t.surface}; border: 1px solid {t.border}; }}
    QFrame#explanation {{ background: {t.raised}; border: 1px solid {t.border}; }}
    """
