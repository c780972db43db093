"""What a test of the window begins with: patience, settings, and a window that is closed at its end."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui.app import make_application
from gui.failures import log
from gui.failures.overrides import keep_errors
from gui.main_window import MainWindow
from gui.preferences import Preferences
from gui.theme import DARK
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from tests.waiting import PATIENCE

ARTICLE = load_preset("article").config
OpenWindow = Callable[..., MainWindow]
MILLISECONDS = int(1000 * PATIENCE)
keep_errors()  # of a panel without a window too


class PatientBot(QtBot):
    """Waits as long as a busy machine may need."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = MILLISECONDS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = MILLISECONDS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitExposed(self, widget: QWidget, *, timeout: int = MILLISECONDS) -> Any:
        return super().waitExposed(widget, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = MILLISECONDS) -> Any:
        return super().waitActive(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tracebacks of what failed and was kept; a test that plants an error takes them out."""
    found: list[str] = []

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.exc_text or record.getMessage())

    monkeypatch.setattr(log.log, "filters", [log.Once()])
    monkeypatch.setattr(log.log, "handlers", [Reader()])
    yield found
    assert found == []


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """Whatever a test showed is taken apart by Qt at its end, from the outside to the inside.

    What is only said to be deleted later waits for an event loop. Where none comes, Python's garbage
    collection takes it apart in an order of its own, in the midst of a test that has nothing to do with it,
    which can be a segmentation fault.
    """
    yield
    if QApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def settings(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "window.toml")


@pytest.fixture
def open_window(qtbot: QtBot, settings: Preferences) -> Iterator[OpenWindow]:
    """A window whose run has begun."""
    made: list[MainWindow] = []

    def open_window(
        config: RunConfig = ARTICLE, pace: float | None = None, *awaited: Any, begins: bool = True
    ) -> MainWindow:
        make_application()
        window = MainWindow(config, pace, DARK, settings, *awaited)
        made.append(window)
        window.resize(1280, 800)
        window.show()
        window.restore()
        if begins:
            qtbot.waitUntil(lambda: window.status is not None)
        return window

    yield open_window
    for window in made:
        close(window)
    qtbot.waitUntil(lambda: not trainings())
    timers = [thing for thing in gc.get_objects() if issubclass(type(thing), QTimer)]

    def none_runs() -> None:
        left = [(timer, timer.parent(), timer.interval()) for timer in timers if is_running(timer)]
        assert not left, left

    qtbot.waitUntil(none_runs)


def is_running(timer: QTimer) -> bool:
    return isValid(timer) and timer.isActive()


def close(window: MainWindow) -> None:
    if isValid(window):
        window.close()
        window.deleteLater()
        QApplication.processEvents()


def trainings() -> list[threading.Thread]:
    """The threads that train, or are about to, and those that look at them."""
    return [thread for thread in threading.enumerate() if thread.name in ("training", "observing")]
