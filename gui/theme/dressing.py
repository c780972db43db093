"""How the whole application takes on a theme: its style, its font, its palette and its style sheet."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from gui.theme.colours import Theme
from gui.theme.fonts import BODY, font, load_fonts
from gui.theme.style_sheet import style_sheet

ICONS = Path(__file__).parents[2] / "resources" / "icons"


def apply(app: QApplication, theme: Theme) -> None:
    """Dress the whole application; plots follow through their panels' ``apply_theme``."""
    load_fonts()
    QDir.setSearchPaths("icons", [str(ICONS / theme.name)])
    app.setStyleSheet("")  # without one the rest is three times as quick
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setFont(font(BODY))
    app.setPalette(_palette(theme))
    app.setStyleSheet(style_sheet(theme))


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
