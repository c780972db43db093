"""The window at full speed: its frames, the training beside them, and the first painted frame.

Reports a table and asserts no time: ``python3 main.py test tests/benchmarks/test_window_speed.py -s``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from unittest.mock import patch

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal

from gui import main_window
from gui.app import make_application
from gui.bench.driver import BURST_SECONDS
from gui.main_window import MainWindow
from gui.panels import Panel
from gui.preferences import Preferences
from gui.theme import DARK
from rnn.config.presets import load_preset
from rnn.training.engines.compiled import readiness
from rnn.training.trainer import Trainer

ROOT = Path(__file__).parent.parent.parent
CONFIG = load_preset("article").config.with_values({"training.epochs": 10_000_000, "engine": "compiled"})
SECONDS = 6

# The command as a person gives it, with somebody who presses Run as soon as the run is there.
THE_COMMAND = """
import sys, time
started = float(sys.argv[1])
from resources import launcher
call = launcher._call

def watched(*called):
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from gui import main_window
    from gui.panels.loss.panel import LossPanel
    made = main_window.MainWindow.__init__

    def init(self, *everything):
        made(self, *everything)
        said, pressed = [], []

        def painted():
            if not said:
                said.append(time.time() - started)
            if not pressed and self.status is not None:
                button = self.transport.buttons["run_or_pause"]
                pressed.append(QTest.mouseClick(button, Qt.MouseButton.LeftButton))
            loss = next(panel for panel in self.grid.shown if isinstance(panel, LossPanel))
            if len(said) == 1 and len(loss.table().get("update", ())) > 1:
                said.append(time.time() - started)
                print(*said)
                self.close()

        self.painted.connect(painted)

    main_window.MainWindow.__init__ = init
    return call(*called)

launcher._call = watched
sys.argv = ["main.py"]
import main
sys.exit(main.main())
"""


def wait(seconds: float) -> None:
    """Run the event loop as the application does; QTest.qWait would keep the interpreter while it sleeps."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def four(window: MainWindow) -> None:
    """The default layout."""
    window.grid.arrange("Four panels")


def eight(window: MainWindow) -> None:
    """The four panels, and four more of those that change with every update."""
    for dock in window.grid.docks[:8]:
        window.grid.want(dock, True)


def every(window: MainWindow) -> None:
    """All there are, side by side."""
    for dock in window.grid.docks:
        window.grid.want(dock, True)


@pytest.fixture
def window(tmp_path: Path) -> Iterator[MainWindow]:
    """A window whose training is compiled, at 1680 × 1050."""
    make_application()
    window = MainWindow(CONFIG, None, DARK, Preferences())
    window.resize(1680, 1050)
    window.show()
    readiness.STEP.start()  # in this order, as the program does
    readiness.STEP.wait(120.0)
    yield window
    window.close()


@dataclass(frozen=True)
class Frames:
    """What some seconds of a window were like.

    Attributes:
        intervals: milliseconds from each painted frame to the next.
        answers: milliseconds from an event that another thread posted until the window handled it.
        cores: processor seconds a second of the whole process.
        drawn: by title, how often each panel was drawn a second.
        updates: made a second.
    """

    intervals: NDArray[np.float64]
    answers: NDArray[np.float64]
    cores: float
    drawn: dict[str, float]
    updates: float

    @property
    def rate(self) -> float:
        return 1000.0 / float(self.intervals.mean()) if len(self.intervals) else 0.0

    @property
    def p99(self) -> float:
        return float(np.percentile(self.intervals, 99))


class Answers(QObject):
    """Events posted from another thread at odd moments, as clicks come."""

    posted = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.milliseconds: list[float] = []
        self._stop = Event()
        self.posted.connect(self._on_posted)
        self._thread = Thread(target=self._post, daemon=True)
        self._thread.start()

    def _post(self) -> None:
        dice = random.Random(0)
        while not self._stop.wait(dice.uniform(0.02, 0.08)):
            self.posted.emit(time.perf_counter())

    def _on_posted(self, then: float) -> None:
        self.milliseconds.append(1000.0 * (time.perf_counter() - then))

    def end(self) -> NDArray[np.float64]:
        self._stop.set()
        self._thread.join()
        return np.array(self.milliseconds)


def measured(window: MainWindow, seconds: float = SECONDS) -> Frames:
    painted: list[float] = []
    connection = window.painted.connect(lambda: painted.append(time.perf_counter()))
    drawn = {panel: count_drawings(panel) for panel in window.grid.shown}
    assert window.status is not None
    before, answers = window.status.update, Answers()
    start, processor = time.perf_counter(), time.process_time()
    wait(seconds)
    took, busy = time.perf_counter() - start, time.process_time() - processor
    window.painted.disconnect(connection)
    for panel in drawn:
        del panel.refresh  # what counted, in the place of the class's own
    return Frames(
        intervals=np.diff(painted) * 1000.0,
        answers=answers.end(),
        cores=busy / took,
        drawn={panel.title: len(times) / took for panel, times in drawn.items()},
        updates=(window.status.update - before) / took,
    )


def count_drawings(panel: Panel) -> list[float]:
    """A list that grows whenever the panel is drawn from now on."""
    times: list[float] = []
    refresh = panel.refresh

    def counted() -> None:
        times.append(time.perf_counter())
        refresh()

    panel.refresh = counted  # type: ignore[method-assign]
    return times


def redrawn(window: MainWindow, like: Frames) -> Frames:
    """The same window, its run at rest, at the same rate, with its panels redrawn as often as they were."""
    begun, panels = time.perf_counter(), window.grid.shown
    due = {panel: begun + place / len(panels) / 15.0 for place, panel in enumerate(panels)}  # not all at once

    def mark() -> None:
        now = time.perf_counter()
        for panel, then in due.items():
            if now >= then:
                panel.dirty = True
                due[panel] = now + 1.0 / max(like.drawn[panel.title], 1.0)

    timer = QTimer()
    timer.timeout.connect(mark)
    timer.start(8)
    with patch.object(main_window, "REST_MILLISECONDS", main_window.FRAME_MILLISECONDS):
        found = measured(window)
    timer.stop()
    return found


def updates_a_second_alone() -> float:
    trainer = Trainer(CONFIG)
    trainer.advance(seconds=0.5)
    before, start = trainer.update, time.perf_counter()
    while time.perf_counter() - start < SECONDS / 2:
        trainer.advance(seconds=BURST_SECONDS)
    return (trainer.update - before) / (time.perf_counter() - start)


@pytest.mark.parametrize("arrange", [four, eight, every])
def test_frames_and_training_side_by_side(
    window: MainWindow, capsys: pytest.CaptureFixture[str], arrange: Callable[[MainWindow], None]
) -> None:
    alone = updates_a_second_alone()
    arrange(window)
    window.do.run()
    wait(2.0)
    live = measured(window)
    window.do.pause()
    wait(1.0)
    rest = measured(window, 3.0)
    paused = redrawn(window, live)
    alone = (alone + updates_a_second_alone()) / 2
    with capsys.disabled():
        print(f"\n  {len(live.drawn)} panels, {window.status.engine if window.status else ''}")
        print("                             training   paused and redrawn")
        for name, value in (
            ("frames a second", lambda frames: frames.rate),
            ("interval, median, ms", lambda frames: np.median(frames.intervals)),
            ("interval, p99, ms", lambda frames: frames.p99),
            ("interval, longest, ms", lambda frames: frames.intervals.max()),
            ("answer, longest, ms", lambda frames: frames.answers.max()),
        ):
            print(f"  {name:<24} {value(live):10.1f}  {value(paused):10.1f}")
        print(f"  p99 is {live.p99 / paused.p99:.2f} times that of the paused window")
        share = 100 * live.updates / alone
        print(f"  updates a second {live.updates:,.0f}: {share:.0f} % of {alone:,.0f} alone")
        print(f"  a core while paused: {100 * rest.cores:.1f} %")
        for title, times in live.drawn.items():
            print(f"  {title:<40} drawn {times:5.1f} times a second")
    assert live.updates > 0
    assert len(live.intervals) > 0
    assert len(rest.intervals) <= 3  # what has not changed is not drawn again


def test_from_the_command_to_the_first_frame_and_the_first_curve(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(tmp_path)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # with warm caches: who installed it has compiled it
    seconds = []
    for _ in range(6):
        command = [sys.executable, "-c", THE_COMMAND, str(time.time())]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        seconds.append([float(word) for word in done.stdout.split()])
    frame, curve = np.median(seconds[1:], axis=0)
    with capsys.disabled():
        print(f"\n  command to first painted frame {frame:.2f} s, to first curve {curve:.2f} s; median of 5")
    assert frame < curve
