"""A file that never answers, as on a network that is gone, holds nothing up and can be given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui import display
from gui.bench.training_thread import GIVEN_UP
from gui.fields.names import NameField
from gui.main_window import MainWindow
from gui.opening.open_model import OpenModel
from gui.widgets import reader
from rnn.config import RunConfig, read_config
from rnn.config.presets import load_preset
from rnn.errors import ScopeError
from rnn.files import reading
from tests.gui.windows import ARTICLE, OpenWindow
from tests.waiting import PATIENCE

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dead(open_window: OpenWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with files that whoever opens them waits for until the test ends."""
    folder, gate, opened = tmp_path / "dead", threading.Event(), reading._opened
    folder.mkdir()
    for name in ("data.npz", "model.npz", "series.csv", "config.toml"):
        (folder / name).touch()

    def waiting(path: str | Path) -> object:
        if Path(path).parent == folder:
            gate.wait()
        return opened(path)

    monkeypatch.setattr(reading, "_opened", waiting)
    monkeypatch.setattr(reader, "LATE_SECONDS", 0.05)
    monkeypatch.setattr(display, "GIVE_UP_SECONDS", 0.1)
    yield folder
    gate.set()


@pytest.fixture
def data(tmp_path: Path) -> str:
    """A file of sequences that answers."""
    x = np.random.default_rng(0).standard_normal((10, 5, 1))
    np.savez(tmp_path / "data.npz", x=x, y=x)
    return str(tmp_path / "data.npz")


def of_data(file: str) -> RunConfig:
    return ARTICLE.with_values({"task.name": "data", "task.file": file})


def first_run(dead: Path, key: str) -> tuple[object, ...]:
    """What a window opens with: a config that names a file, or a file that names the config."""
    if key == "config":
        return ARTICLE, None, lambda: read_config(dead / "config.toml")
    return ARTICLE.with_values({"task.name": "series", "task.file": str(dead / "series.csv")}), None


def give_up(qtbot: QtBot, window: MainWindow, word: str) -> None:
    """Wait until it is said in this word what is waited for, and press the button."""
    qtbot.waitUntil(window.transport.buttons["give_up"].isVisible)
    qtbot.waitUntil(lambda: window.transport.status.accessibleName().startswith(f"{word}…"))
    qtbot.mouseClick(window.transport.buttons["give_up"], LEFT)
    qtbot.waitUntil(lambda: not window.transport.buttons["give_up"].isVisible())


def test_a_file_of_the_form_is_given_up_and_the_next_one_is_read(
    qtbot: QtBot, open_window: OpenWindow, dead: Path, data: str, tmp_path: Path
) -> None:
    window = open_window(of_data(data))
    field = window.controls.form.fields["task.file"]
    window.controls.offer("task.file", str(dead / "data.npz"))
    give_up(qtbot, window, "reading")
    assert field.refusal == "Was given up, since it did not answer"
    assert window.controls.config == of_data(data)
    # Without being given up, it gives way to what is named next.
    other = Path(data).rename(tmp_path / "other.npz")
    window.controls.offer("task.file", str(dead / "data.npz"))
    window.controls.offer("task.file", str(other))
    qtbot.waitUntil(lambda: window.controls.config == of_data(str(other)))
    qtbot.waitUntil(lambda: window.run.config == of_data(str(other)))


def test_however_many_runs_are_given_up_the_next_one_begins(
    qtbot: QtBot, open_window: OpenWindow, dead: Path, data: str
) -> None:
    window = open_window()
    for _ in range(3):  # more than may be prepared at once
        window.do.open_weights(str(dead / "model.npz"))
        give_up(qtbot, window, "preparing")
        qtbot.waitUntil(lambda: window.controls.config == ARTICLE)
        assert "did not answer" in window.transport.message.text
        assert window.run.config == ARTICLE
    window.controls.offer("seed", "5")
    qtbot.waitUntil(lambda: window.run.config.seed == 5)


@pytest.mark.parametrize(("key", "preset"), [("series", "article-adam"), ("config", "article")])
def test_where_the_first_run_is_given_up_that_of_its_task_takes_its_place(
    qtbot: QtBot, open_window: OpenWindow, dead: Path, key: str, preset: str
) -> None:
    window = open_window(*first_run(dead, key), begins=False)
    give_up(qtbot, window, "preparing")
    qtbot.waitUntil(lambda: window.status is not None)
    assert window.run.config == window.controls.config == load_preset(preset).config
    assert window.transport.message.text == f"{GIVEN_UP}."
    assert window.isVisible()
    window.controls.offer("seed", "5")
    qtbot.waitUntil(lambda: window.run.config.seed == 5)


@pytest.mark.parametrize("refuses", [False, True])
def test_what_the_command_line_names_may_answer_when_the_window_is_open(
    qtbot: QtBot, open_window: OpenWindow, refuses: bool
) -> None:
    answered = threading.Event()

    def awaited() -> RunConfig:
        answered.wait(PATIENCE)
        if refuses:
            raise ScopeError("It will not do")
        return ARTICLE.with_values({"seed": 7})

    window = open_window(ARTICLE, None, awaited, begins=False)
    qtbot.waitUntil(lambda: window.transport.status.accessibleName().startswith("preparing…"))
    answered.set()
    if refuses:
        qtbot.waitUntil(lambda: not window.isVisible())
        assert str(window.refused) == "It will not do"
    else:
        qtbot.waitUntil(lambda: window.status is not None)
        assert window.run.config.seed == window.controls.config.seed == 7


def test_a_list_of_names_opens_without_them(qtbot: QtBot, open_window: OpenWindow, dead: Path) -> None:
    window = open_window()
    series = {"task.name": "series", "task.file": str(dead / "series.csv")}
    window.controls.show_config(ARTICLE.with_values(series))
    field = window.controls.form.fields["task.column"]
    assert isinstance(field, NameField)
    for _ in range(2):
        qtbot.mouseClick(field.button, LEFT)
        qtbot.waitUntil(field.menu.isVisible)
        assert [action.text() for action in field.menu.actions()] == ["the file has not answered yet"]
        field.menu.close()


def test_the_dialog_gives_files_up_and_takes_others(
    qtbot: QtBot, open_window: OpenWindow, dead: Path, data: str
) -> None:
    open_window()
    dialog = OpenModel(None, ARTICLE)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.take_files([str(dead / "model.npz"), data])
    qtbot.waitUntil(dialog.give_up_button.isVisible)
    qtbot.mouseClick(dialog.give_up_button, LEFT)
    assert dialog.words[2] == "Reading was given up, since the files did not answer."
    assert not dialog.give_up_button.isVisible()
    dialog.take_files([data])
    qtbot.waitUntil(lambda: "10 sequences of 5 time steps" in dialog.words[1])
