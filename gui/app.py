"""The application: its theme, its hooks for what goes wrong, and its window."""

from __future__ import annotations

import argparse
import os
import pickle
import re
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from queue import Empty
from typing import NoReturn

import pyqtgraph as pg
from PySide6.QtCore import QByteArray, QDataStream, Qt, QTimer
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from gui.bench.leaving import leave
from gui.bench.run import Run
from gui.failures import log
from gui.main_window import MainWindow
from gui.preferences import Preferences, preferences_file
from gui.theme import THEMES, system_theme
from gui.widgets.reader import begun
from rnn.commands.arguments import Parser, Request, add_run_options, requested
from rnn.commands.guard import guarded
from rnn.commands.interrupts import requests_to_end
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.errors import ConfigError
from rnn.training.engines.compiled import readiness

SMALLEST, LARGEST = 0.5, 4.0  # times the usual size
AT_ONCE_SECONDS = 1.0  # so long files are waited for before the window opens
SWITCH_SECONDS = 0.0001  # how long the training thread may keep the interpreter while the window waits for it


def main(arguments: Sequence[str]) -> int:
    """Open the window and return the exit code when it is closed; a mistake is one sentence on stderr."""
    return leave(guarded(_open, arguments))


def _open(arguments: Sequence[str]) -> int:
    parser = Parser("", "Open the window.")
    add_run_options(parser)
    parser.add_argument(
        "--theme", choices=sorted(THEMES), help="the theme; the system's where it is not given"
    )
    parser.add_argument(
        "--scale", type=_scale, metavar="N", help="draw everything so many times as large, as for a projector"
    )
    options = parser.parse_args(arguments)
    if options.scale is not None:
        os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    preset = load_preset(options.preset or "article")
    command = Command(options)
    request = command.request(AT_ONCE_SECONDS)
    config = preset.config if request is None else request.config
    pace = preset.pace if config == preset.config else None
    app = make_application()
    preferences = Preferences(preferences_file())
    theme = THEMES.get(options.theme or preferences.chosen.theme) or system_theme()
    awaited = command.config if request is None else None
    window = MainWindow(config, pace, theme, preferences, awaited)
    window.themes.follows_system = options.theme is None
    for number in requests_to_end():
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
    log.open_log()
    log.install(window.transport.show_message)
    first = partial(_say_other_weights, window, window.run, command)
    window.settled.connect(first, Qt.ConnectionType.SingleShotConnection)
    window.show()
    window.restore()
    window.transport.show_message(preferences.problem)
    window.painted.connect(
        readiness.STEP.start, Qt.ConnectionType.SingleShotConnection
    )  # it would slow the start
    code = app.exec()
    readiness.STEP.stop()
    refused = window.refused
    put_away(window)
    if refused is not None:
        raise refused
    return code


class Command:
    """What the command line asks for: files that it names may take long to answer, or never do."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._answers = begun(partial(requested, options))
        self._request: Request | None = None

    def request(self, seconds: float | None = 0.0) -> Request | None:
        """Return it once it is known, or None where it is not so after so long; None waits for it.

        Raises:
            ScopeError: a file or a value is wrong.
        """
        with suppress(Empty):
            answer = self._answers.get(timeout=seconds)
            if isinstance(answer, Exception):
                raise answer
            self._request = answer
        return self._request

    def config(self) -> RunConfig:
        """Wait for the config; the rest is as above."""
        request = self.request(None)
        assert request is not None
        return request.config


def _scale(text: str) -> float:
    value = float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0
    if not SMALLEST <= value <= LARGEST:
        raise argparse.ArgumentTypeError(f"expected a number from {SMALLEST} to {LARGEST}, found {text!r}")
    return value


def _say_other_weights(window: MainWindow, first: Run, command: Command, _state: str) -> None:
    """Say where the weights made the first run another one than the command asked for, while it is there."""
    if window.run is not first or (request := command.request()) is None:
        return
    try:
        request.refuse_other_weights(first.config)
    except ConfigError as error:
        window.transport.show_message(f"{window.controls.form.in_labels(error)}.")


def make_application() -> QApplication:
    """The one QApplication, with everything set that must be set before a window is made."""
    let_qt_unpickle_nothing()
    sys.setswitchinterval(SWITCH_SECONDS)
    pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)
    app = QApplication.instance() or QApplication(["RNN Scope"])
    assert isinstance(app, QApplication)
    app.setApplicationName("RNN Scope")
    app.setApplicationDisplayName("RNN Scope")
    return app


def put_away(window: MainWindow) -> None:
    """Close the window, and take it apart from the outside to the inside, while there is an application.

    Garbage collection would do so in the midst of anything, and without one that is a segmentation fault.
    """
    window.close()
    delete(window)


def let_qt_unpickle_nothing() -> None:
    """Make PySide refuse what it would unpickle, and so run, where Qt reads a file by itself, such as the one
    in which its file dialogs remember a folder.

    It looks ``pickle.loads`` up once, when it meets the first such value: this one, while that refuses.
    """
    name = b"PySide::PyObjectWrapper\0"
    user_type, pickled = 127, b"."
    parts = (user_type.to_bytes(4, "big"), *(len(part).to_bytes(4, "big") + part for part in (name, pickled)))
    stream = QDataStream(QByteArray(b"".join(parts)))
    stream.setVersion(QDataStream.Version.Qt_4_0)
    loads, pickle.loads = pickle.loads, _refuse_to_unpickle  # type: ignore[assignment]
    try:
        stream.readQVariant()
    except pickle.UnpicklingError:
        pass
    finally:
        pickle.loads = loads


def _refuse_to_unpickle(*_: object) -> NoReturn:
    raise pickle.UnpicklingError("what Qt reads is not unpickled")
