"""The font that ships with the program, and the sizes that it is used in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FONTS = Path(__file__).parents[2] / "resources" / "fonts"
FAMILY = "Inter"
BODY, FORM, SMALL = 13, 12, 11  # pixels


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
