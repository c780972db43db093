"""How much memory the window takes: after a million updates, and over a long time of all kinds of use.

Reports a curve: ``python3 main.py test tests/benchmarks/test_window_memory.py -s``. The long run takes as
many minutes as RNN_SCOPE_MINUTES says, 2 where it says nothing.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QTimer

from gui.app import make_application
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import DARK
from rnn.config.presets import load_preset, presets
from rnn.training.engines.compiled import readiness

MINUTES = float(os.environ.get("RNN_SCOPE_MINUTES", "2"))
ENDLESS = {"training.epochs": 10_000_000, "engine": "compiled"}
PARTS = 10

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


def megabytes() -> float:
    """The resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    readiness.STEP.start()
    readiness.STEP.wait(120.0)
    make_application()
    window = MainWindow(load_preset("article").config.with_values(ENDLESS), None, DARK, Preferences())
    window.resize(1680, 1050)
    window.show()
    wait(1.0)
    yield window
    window.close()


def updates(window: MainWindow) -> int:
    return 0 if window.status is None else window.status.update


def test_a_million_updates(window: MainWindow, capsys: pytest.CaptureFixture[str]) -> None:
    window.do.one_update()
    wait(0.5)
    first = megabytes()
    window.do.run()
    deadline = time.perf_counter() + 120.0
    while updates(window) < 1_000_000 and time.perf_counter() < deadline:
        wait(0.1)
    window.do.pause()
    wait(0.5)
    after = megabytes()
    with capsys.disabled():
        print(f"\n  at the first update {first:.0f} MB, after {updates(window):,} updates {after:.0f} MB")
    assert updates(window) >= 1_000_000


def test_a_long_time_of_all_kinds_of_use(window: MainWindow, capsys: pytest.CaptureFixture[str]) -> None:
    runs = [preset.config.with_values(ENDLESS) for preset in presets() if preset.config.task.name == "sine"]
    dice = np.random.default_rng(0)
    curve: list[float] = []
    changes = 0
    for _ in range(PARTS):
        end = time.perf_counter() + 60.0 * MINUTES / PARTS
        while time.perf_counter() < end:
            window.do.run()
            wait(1.0)
            window.themes.switch()
            window.do.reset()
            wait(0.2)
            window.controls.config_changed.emit(runs[dice.integers(len(runs))])
            wait(0.8)
            changes += 1
        gc.collect()
        curve.append(megabytes())
    with capsys.disabled():
        print(f"\n  {changes} resets, theme switches and presets in {MINUTES:g} minutes of training; MB:")
        print("  " + " ".join(f"{value:.0f}" for value in curve))
        print(f"  from the second tenth to the last {curve[-1] - curve[1]:+.1f} MB")
    assert changes > 0
