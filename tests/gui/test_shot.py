"""The sub-command shot: the real window, written as a picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parent.parent.parent
SHOT = [sys.executable, str(ROOT / "main.py"), "shot", "--no-setup"]


def shot(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    return subprocess.run(
        [*SHOT, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
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


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["x.jpg"], ".png"),
        (["x.png", "--size", "big"], "1280x800"),
        (["x.png", "--theme", "pink"], "pink"),
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
