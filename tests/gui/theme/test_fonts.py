"""The fonts that ship with the program."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication, QRawFont

from gui.theme import BODY, FAMILY, SMALL, font, load_fonts


@pytest.mark.parametrize("bold", [False, True])
def test_the_two_bars_of_a_norm_are_told_apart(qapp: QGuiApplication, bold: bool) -> None:
    """Between them is more room than one is wide, and more than a pixel: else they are painted as one bar."""
    load_fonts()
    for pixels in (SMALL, BODY):
        raw = QRawFont.fromFont(font(pixels, bold))
        assert raw.familyName() == FAMILY
        (glyph,) = raw.glyphIndexesForString("‖")
        first, second = sorted(
            (bar.boundingRect().left(), bar.boundingRect().right())
            for bar in raw.pathForGlyph(glyph).toSubpathPolygons()
        )
        between = second[0] - first[1]
        assert between > 1.2 * (first[1] - first[0])
        assert between > 1.2
