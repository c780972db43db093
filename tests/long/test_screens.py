"""The window on every usual screen, drawn larger and on fine pixels, in every layout."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.gui.test_screens import is_whole

LEAST = 640, 360  # as the window counts: it folds no further
SIZES = [(1024, 768), (1280, 720), (1280, 800), (1366, 768), (1440, 900), (1680, 1050), (1920, 1080)]
SCREENS = [
    (size, scale, ratio)
    for size, scale, ratio in itertools.product(SIZES, (1.0, 1.25, 1.5, 2.0), (1.0, 2.0))
    if size[0] / scale >= LEAST[0] and size[1] / scale >= LEAST[1]
]


@pytest.mark.parametrize(("size", "scale", "ratio"), SCREENS)
def test_the_window_with_its_frame_fits_the_screen(
    tmp_path: Path, size: tuple[int, int], scale: float, ratio: float
) -> None:
    is_whole(tmp_path, size, scale, ratio)
