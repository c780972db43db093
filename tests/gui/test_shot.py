"""The sub-command shot: the real window, written as a picture."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from gui.panels import PANELS
from rnn.model.network import Network
from rnn.weights import npz_bytes, to_torch
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent.parent
SHOT = [sys.executable, str(ROOT / "main.py"), "shot", "--no-setup"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
ENDLESS = ["x.png", "--epochs", "10000000"]
PLANTED = """
import sys, gui.shot
from gui.main_window import MainWindow
from rnn.training.trainer import Trainer
def fail(*_):
    raise {error}
{what} = fail
sys.exit(gui.shot.main({arguments}))
"""
TOLD = """
import sys, gui.shot
wait = gui.shot._wait
def told(*arguments):
    print("waiting", flush=True)
    return wait(*arguments)
gui.shot._wait = told
sys.exit(gui.shot.main({arguments}))
"""
TWICE = """
import gc, gui.shot
gc.disable()
for _ in range(2):
    assert gui.shot.main(["a" * 300 + ".png", "--epochs", "0"]) == 2
assert gc.collect()
"""


def shot(
    *arguments: str, folder: Path, code: str = "", memory: int | None = None
) -> subprocess.CompletedProcess[str]:
    """The command, or instead of it the Python ``code``; ``memory`` is how many bytes there are."""
    limit = None if memory is None else lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    return subprocess.run(
        [sys.executable, "-c", code] if code else [*SHOT, *arguments],
        cwd=folder,
        env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
        preexec_fn=limit,
    )


def test_the_picture_has_the_size_and_the_theme_that_were_asked_for(tmp_path: Path) -> None:
    sizes, corners = [], []
    for theme in ("dark", "light"):
        done = shot("x.png", "--epochs", "2", "--size", "1100x700", "--theme", theme, folder=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        picture = QImage(str(tmp_path / "x.png"))
        sizes.append((picture.width(), picture.height()))
        corners.append(picture.pixelColor(1, 1).lightness())
    assert sizes == [(1100, 700)] * 2
    assert corners[0] < 60
    assert corners[1] > 200


def test_a_run_that_diverges_is_pictured_as_it_then_stands(tmp_path: Path) -> None:
    calm = shot("calm.png", "--epochs", "1", folder=tmp_path)
    wild = shot("wild.png", "--epochs", "9", "--set", "training.learning_rate=1e5", folder=tmp_path)
    assert (calm.returncode, wild.returncode) == (0, 0)
    assert (tmp_path / "wild.png").read_bytes() != (tmp_path / "calm.png").read_bytes()


def test_before_the_first_run_there_is_a_picture_too(tmp_path: Path) -> None:
    assert shot("start.png", "--epochs", "0", folder=tmp_path).returncode == 0
    assert not QImage(str(tmp_path / "start.png")).isNull()


LAID_OUT = """
import sys, gui.shot
laid = gui.shot._lay_out
def told(window, options):
    laid(window, options)
    for dock in window.grid.docks:
        if dock.is_seen:
            print(dock.panel.name, dock.panel.width(), dock.panel.height(), dock in window.grid._tabbed)
gui.shot._lay_out = told
sys.exit(gui.shot.main(["x.png", "--epochs", "0", {arguments}]))
"""


def laid_out(folder: Path, arguments: str) -> dict[str, tuple[int, int]]:
    """The panels of a picture, with their widths and heights; each has a place of its own."""
    done = shot(folder=folder, code=LAID_OUT.format(arguments=arguments))
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert {tabbed for *_, tabbed in lines} == {"False"}
    return {name: (int(width), int(height)) for name, width, height, _ in lines}


def test_all_panels_lie_side_by_side_in_a_picture_that_is_large_enough(tmp_path: Path) -> None:
    sizes = laid_out(tmp_path, "'--panels', 'all', '--size', '700x500'")
    assert sizes.keys() == {place[0].name for place in PANELS}
    assert min(width for width, _ in sizes.values()) in range(320, 330)
    assert min(height for _, height in sizes.values()) in range(220, 230)
    assert QImage(str(tmp_path / "x.png")).width() > 4 * 320


def test_some_panels_are_shown_in_the_size_that_was_asked_for(tmp_path: Path) -> None:
    sizes = laid_out(tmp_path, "'--panels', 'unrolled,fit', '--size', '1300x700', '--preset', 'text'")
    assert sizes.keys() == {"fit", "unrolled"}
    picture = QImage(str(tmp_path / "x.png"))
    assert (picture.width(), picture.height()) == (1300, 700)


def test_one_panel_fills_the_window(tmp_path: Path) -> None:
    sizes = laid_out(tmp_path, "'--fill', 'line', '--size', '1300x700'")
    assert sizes.keys() == {"line"}
    assert min(sizes["line"]) > 600


def test_a_panel_that_cannot_be_drawn_is_no_picture(tmp_path: Path) -> None:
    error, arguments = "ZeroDivisionError('planted')", ["x.png", "--epochs", "1", "--panels", "pairs"]
    what = "from gui.panels.pairs.panel import PairsPanel\nPairsPanel.draw"
    done = shot(folder=tmp_path, code=PLANTED.format(what=what, error=error, arguments=arguments))
    assert done.returncode == 1
    assert done.stderr == (
        "Who taught whom could not be drawn (ZeroDivisionError: planted); no picture was written.\n"
    )
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["x.jpg"], ".png"),
        (["x.png", "--size", "big"], "1280x800"),
        (["x.png", "--theme", "pink"], "pink"),
        (["x.png", "--panels", "loss,nothing"], "unrolled"),
        (["x.png", "--fill", "nothing"], "unrolled"),
        (["x.png", "--preset", "nothing"], "preset"),
        (["x.png", "--epochs", "-1"], "training.epochs"),
        (["x.png", "--set", "task.noise=much"], "task.noise"),
        (["x.png", "--data", "missing.npz"], "missing.npz"),
        (["taken/x.png"], "taken"),
        ([], "OUT.png"),
    ],
)
def test_a_mistake_gives_one_sentence_and_no_file(tmp_path: Path, arguments: list[str], word: str) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be")
    before = sorted(tmp_path.iterdir())
    done = shot(*arguments, folder=tmp_path)
    assert done.returncode == 2
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_weights_of_another_width_than_was_stated_are_refused(tmp_path: Path) -> None:
    network = Network(1, (4,), 1)
    network.initialize(np.random.default_rng(0), "uniform")
    (tmp_path / "weights.npz").write_bytes(npz_bytes(to_torch(network)))
    done = shot("x.png", "--weights", "weights.npz", "--set", "model.layers=7", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "model.layers must be 4, as in weights.npz, not 7.\n"
    assert os.listdir(tmp_path) == ["weights.npz"]


@pytest.mark.parametrize(("number", "times"), [(signal.SIGINT, 1), (signal.SIGINT, 2), (signal.SIGTERM, 1)])
def test_ctrl_c_and_sigterm_end_it_without_a_picture(
    tmp_path: Path, number: signal.Signals, times: int
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TOLD.format(arguments=ENDLESS)],
        cwd=tmp_path,
        env=ENVIRONMENT | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        for _ in range(times):
            process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + number
    assert said == "Interrupted.\n"
    assert os.listdir(tmp_path) == []


def test_a_training_that_takes_too_long_is_no_picture(tmp_path: Path) -> None:
    code = f"import sys, gui.shot\ngui.shot.SECONDS = 0.2\nsys.exit(gui.shot.main({ENDLESS}))"
    done = shot(folder=tmp_path, code=code)
    assert done.returncode == 1
    assert done.stderr == "The training was not done within 0.2 s; no picture was written.\n"
    assert os.listdir(tmp_path) == []


def test_a_training_that_fails_is_no_picture(tmp_path: Path) -> None:
    code = PLANTED.format(what="Trainer.advance", error="ZeroDivisionError('planted')", arguments=ENDLESS)
    done = shot(folder=tmp_path, code=code)
    assert done.returncode == 1
    assert done.stderr == "Training stopped: ZeroDivisionError: planted; no picture was written.\n"
    assert os.listdir(tmp_path) == []


def test_a_failure_in_the_window_is_no_picture(tmp_path: Path) -> None:
    code = PLANTED.format(what="MainWindow._on_frame", error="MemoryError", arguments=ENDLESS)
    done = shot(folder=tmp_path, code=code)
    assert done.returncode == 2
    assert done.stderr == "This run is too large for the memory of this machine.\n"
    assert os.listdir(tmp_path) == []


def test_a_run_too_large_for_the_memory_is_refused(tmp_path: Path) -> None:
    large = ["--set", "task.sequences=100000", "task.length=10000"]
    done = shot("x.png", *large, folder=tmp_path, memory=4 << 30)
    assert done.returncode == 2
    assert done.stderr == "This run is too large for the memory of this machine.\n"
    assert os.listdir(tmp_path) == []


def test_a_window_is_taken_apart_before_its_application_and_not_by_the_garbage_collection(
    tmp_path: Path,
) -> None:
    found = shot(folder=tmp_path, code=TWICE)
    assert found.returncode == 0, found
    assert found.stderr.count("cannot be written") == 2
