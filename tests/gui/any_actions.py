"""Any actions of a person in any order, with the window closed in the midst of them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from rnn.config.presets import presets
from tests.gui.windows import ARTICLE, OpenWindow, close, trainings

KEYS = [Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_E, Qt.Key.Key_R, Qt.Key.Key_P, Qt.Key.Key_Period]
QUICK = [preset.name for preset in presets() if preset.pace is not None]


def act(qtbot: QtBot, open_window: OpenWindow, seed: int, windows: int) -> None:
    """Open so many windows, one after the other, and do in each some 48 things that the seed draws."""
    rng = np.random.default_rng(seed)

    def new_seed(window: MainWindow) -> None:
        window.controls.config_changed.emit(ARTICLE.with_values({"seed": int(rng.integers(1_000_000))}))

    def other_preset(window: MainWindow) -> None:
        window.do.preset(QUICK[rng.integers(len(QUICK))])

    def other_speed(window: MainWindow) -> None:
        window.do.pace([None, 1.0, 300.0][rng.integers(3)])

    def frame(window: MainWindow) -> None:
        with qtbot.waitSignal(window.painted, timeout=500, raising=False):
            pass

    for _ in range(windows):
        window = open_window(pace=[None, 100.0][rng.integers(2)])
        for _ in range(rng.integers(8, 89)):
            if rng.random() < 0.6:
                qtbot.keyClick(window, KEYS[rng.integers(len(KEYS))])
            else:
                [new_seed, other_preset, other_speed, frame][rng.integers(4)](window)
        close(window)
        qtbot.waitUntil(lambda: not trainings())
