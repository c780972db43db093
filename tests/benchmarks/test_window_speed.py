"""The window at full speed: its frames, the training beside them, and the first painted frame.

Reports a table and asserts no time: ``python3 main.py test tests/benchmarks/test_window_speed.py -s``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEventLoop, QSettings, QTimer

from gui.app import make_application
from gui.main_window import MainWindow
from gui.panels import Panel
from gui.theme import DARK
from rnn.presets import load_preset
from rnn.trainer import Trainer

ROOT = Path(__file__).parent.parent.parent
CONFIG = load_preset("article").config.with_values({"training.epochs": 1_000_000})
SECONDS = 6

FIRST_FRAME = """
import sys, time
started = float(sys.argv[1])
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gui import app, main_window
window_class = main_window.MainWindow
made = window_class.__init__
def init(self, *arguments):
    made(self, *arguments)
    def painted():
        print(time.time() - started)
        QTimer.singleShot(0, self.close)
    self.painted.connect(painted)
window_class.__init__ = init
app.main([])
"""


def wait(seconds: float) -> None:
    """Run the event loop as the application does; QTest.qWait would keep the interpreter while it sleeps."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def updates_a_second_alone() -> float:
    trainer = Trainer(CONFIG)
    trainer.advance(seconds=0.5)
    before, start = trainer.update, time.perf_counter()
    while time.perf_counter() - start < SECONDS / 2:
        trainer.advance(seconds=0.002)
    return (trainer.update - before) / (time.perf_counter() - start)


def eight(window: MainWindow) -> None:
    """The four panels, and four more of those that change with every update."""
    for dock in window.grid.docks[:8]:
        window.grid.want(dock, True)


def four(window: MainWindow) -> None:
    """The default layout."""
    window.grid.arrange("Four panels")


def every(window: MainWindow) -> None:
    """All there are."""
    window.grid.arrange("All")


@pytest.mark.parametrize("arrange", [four, eight, every])
def test_frames_and_training_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arrange: Callable[[MainWindow], None]
) -> None:
    alone = updates_a_second_alone()
    make_application()
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    window = MainWindow(CONFIG, None, DARK, settings)
    window.resize(1680, 1050)
    window.show()
    arrange(window)
    window.run.thread.go()
    wait(1.5)
    frames: list[float] = []
    window.painted.connect(lambda: frames.append(time.perf_counter()))
    drawn = {panel: count_drawings(panel) for panel in window.grid.shown}
    assert window.status is not None
    before, start = window.status.update, time.perf_counter()
    wait(SECONDS)
    took = time.perf_counter() - start
    updates = (window.status.update - before) / took
    window.close()
    alone = (alone + updates_a_second_alone()) / 2
    intervals = np.diff(frames) * 1000
    with capsys.disabled():
        print(f"\n  {len(drawn)} panels")
        print(f"  frames a second        {1000 / intervals.mean():8.1f}")
        print(f"  interval, ms: median   {np.median(intervals):8.1f}")
        print(f"                p99      {np.percentile(intervals, 99):8.1f}")
        print(f"                longest  {intervals.max():8.1f}")
        print(
            f"  updates a second       {updates:8,.0f}   {100 * updates / alone:.0f} % of {alone:,.0f} alone"
        )
        for panel, times in drawn.items():
            print(f"  {panel.title:<36} drawn {len(times) / took:5.1f} times a second")
    assert window.status.state == "running"
    assert len(intervals) > 0


def count_drawings(panel: Panel) -> list[float]:
    """A list that grows whenever the panel is drawn from now on."""
    times: list[float] = []
    refresh = panel.refresh

    def counted() -> None:
        times.append(time.perf_counter())
        refresh()

    panel.refresh = counted  # type: ignore[method-assign]
    return times


def test_first_painted_frame(capsys: pytest.CaptureFixture[str]) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    seconds = []
    for _ in range(4):
        command = [sys.executable, "-c", FIRST_FRAME, str(time.time())]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        seconds.append(float(done.stdout.split()[0]))
    with capsys.disabled():
        print(f"\n  first painted frame    {np.median(seconds[1:]):8.2f} s after the command (median of 3)")
    assert min(seconds) > 0
