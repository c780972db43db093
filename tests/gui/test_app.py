"""The application from outside: how it starts, how it ends, and what it says when something fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, wait_for

ROOT = Path(__file__).parent.parent.parent
FAILING = """
import sys
from gui import app
from gui.main_window import MainWindow
from PySide6.QtCore import QTimer
def fail(self):
    self.painted.disconnect(self.fail)
    QTimer.singleShot(200, self.close)
    raise ZeroDivisionError("planted")
made = MainWindow.__init__
def init(self, *arguments):
    made(self, *arguments)
    self.painted.connect(self.fail)
MainWindow.fail = fail
MainWindow.__init__ = init
closing = MainWindow.closeEvent
def close_event(self, event):
    print(self.transport.message.text)
    closing(self, event)
MainWindow.closeEvent = close_event
sys.exit(app.main([]))
"""

PREPARING = """
import sys
from gui import app, main_window
from PySide6.QtCore import QTimer
main_window.CLOSE_SECONDS = 0.1
made = main_window.MainWindow.__init__
def init(self, *arguments):
    made(self, *arguments)
    self.settled.connect(self.widen)
def widen(self, _):
    wide = {"model.layers": "2500", "model.initializer": "gaussian", "model.spectral_radius": 1.0}
    self.controls.config_changed.emit(self.controls.config.with_values(wide))
    QTimer.singleShot(500, self.close)
main_window.MainWindow.__init__ = init
main_window.MainWindow.widen = widen
sys.exit(app.main([]))
"""
REFUSED = """
import sys
from gui import app
from rnn.model.network import Network
def refuse(*_):
    raise {error}
Network.initialize = refuse
sys.exit(app.main([]))
"""

UNANSWERED = """
import os, sys, threading
from gui import app, main_window
opened = os.open
def opening(path, *more):
    if str(path) == {file!r}:
        threading.Event().wait()
    return opened(path, *more)
os.open = opening
main_window.CLOSE_SECONDS = 0.1
made = main_window.MainWindow.__init__
def init(self, *arguments):
    made(self, *arguments)
    self.painted.connect(self.say)
def say(self):
    self.painted.disconnect(self.say)
    print("painted", flush=True)
main_window.MainWindow.__init__ = init
main_window.MainWindow.say = say
sys.exit(app.main(sys.argv[1:]))
"""


def environment(home: Path) -> dict[str, str]:
    return os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "TMPDIR": str(home),
    }


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_closes_the_window_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, str(ROOT / "main.py"), "--no-setup"]
    with subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        log = tmp_path / "data" / "RNN Scope" / "rnn-scope.log"
        wait_for(lambda: log.exists() or process.poll() is not None)
        process.send_signal(number)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")
    assert (tmp_path / "config").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--preset", "nothing"],
        ["--theme", "nothing"],
        ["--nothing"],
        ["--pre", "nothing"],
        ["--scale", "nothing"],
        ["--set", "nothing=1"],
        ["--config", "nothing.toml"],
        ["--weights", "nothing.npz"],
    ],
)
def test_a_wrong_argument_gives_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, str(ROOT / "main.py"), "--no-setup", *arguments]
    done = subprocess.run(
        command, env=environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")
    assert "nothing" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM for another process")
@pytest.mark.parametrize("option", ["--data", "--weights", "--config"])
def test_the_window_opens_whatever_the_command_line_names(tmp_path: Path, option: str) -> None:
    file = tmp_path / {"--data": "d.npz", "--weights": "w.npz", "--config": "c.toml"}[option]
    file.touch()
    command = [sys.executable, "-c", UNANSWERED.format(file=str(file)), option, str(file)]
    with subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "painted\n"
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("writable", [True, False])
def test_what_nobody_foresaw_is_one_sentence_in_the_window_and_a_traceback_in_the_log(
    tmp_path: Path, writable: bool
) -> None:
    if not writable:
        (tmp_path / "data").write_text("a file where the folder should be")
    done = subprocess.run(
        [sys.executable, "-c", FAILING],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    (log,) = tmp_path.rglob("rnn-scope.log")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "ZeroDivisionError" in done.stdout
    assert str(log) in done.stdout
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "planted" in log.read_text(encoding="utf-8")


def test_a_window_that_is_closed_while_a_wide_network_is_prepared_ends_cleanly(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PREPARING],
        env=environment(tmp_path) | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((tmp_path / "config").rglob("*.toml"))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("MemoryError", "This run is too large for the memory of this machine.\n"),
        ("__import__('rnn.errors').errors.ScopeError('It does not fit')", "It does not fit.\n"),
    ],
    ids=["memory", "data"],
)
def test_a_first_run_that_cannot_begin_is_one_sentence(tmp_path: Path, error: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REFUSED.format(error=error)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)
