"""The window with its frame is on the screen, whatever its size, and nothing in it is cut off."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect

from tests.gui.screens import opened

SCREENS = [((1280, 800), 1.0, 1.0), ((1280, 800), 1.5, 1.0), ((1280, 800), 2.0, 2.0)]


def is_whole(folder: Path, size: tuple[int, int], scale: float, ratio: float) -> None:
    found = opened(folder, size, scale, ratio)
    available = QRect(*found["available"])
    assert available.width() == round(size[0] / scale)
    for layout, place in found["layouts"].items():
        frame = QRect(*place["frame"])
        assert available.contains(frame), f"{layout}: {frame} hangs over {available}"
        assert place["cut"] == [], layout
        assert place["least"][0] >= 180
        assert place["least"][1] >= 130


@pytest.mark.parametrize(("size", "scale", "ratio"), SCREENS)
def test_the_window_with_its_frame_fits_the_screen(
    tmp_path: Path, size: tuple[int, int], scale: float, ratio: float
) -> None:
    is_whole(tmp_path, size, scale, ratio)
