"""What a person chose for the window comes back; where its file is damaged the window begins anew."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.preferences import Choices, Preferences

ROOT = Path(__file__).parents[2]
CHOSEN = Choices(
    theme="dark", layout='a "b"\n\\', place=(-5, 7, 1280, 800), maximized=True, columns=(300, 900)
)
VARIANT = (
    r"@Variant(\0\0\0\x7f\0\0\0\x18PySide::PyObjectWrapper\0\0\0\0\x42\x80\x4\x95\x37\0\0\0\0\0\0\0\x8c\x5posix"
    r"\x94\x8c\x6system\x94\x93\x94\x8c\x1ctouch settings-ran-a-command\x94\x85\x94R\x94.)"
)


def chosen_in(file: Path, choices: Choices = CHOSEN) -> bytes:
    Preferences(file).choose(**choices.values())
    return file.read_bytes()


def test_what_was_chosen_comes_back(tmp_path: Path) -> None:
    chosen_in(tmp_path / "new" / "window.toml")
    again = Preferences(tmp_path / "new" / "window.toml")
    assert (again.chosen, again.problem) == (CHOSEN, "")


def test_without_a_file_nothing_is_kept() -> None:
    Preferences().choose(theme="light")
    assert Preferences().chosen == Choices()


def test_two_windows_keep_what_each_has_chosen(tmp_path: Path) -> None:
    one, other = Preferences(tmp_path / "window.toml"), Preferences(tmp_path / "window.toml")
    one.choose(theme="light")
    other.choose(maximized=True)
    assert Preferences(tmp_path / "window.toml").chosen == Choices(theme="light", maximized=True)


def damaged(file: Path) -> None:
    """It begins anew, says so, and what was there is kept."""
    content = file.read_bytes()
    found = Preferences(file)
    assert found.chosen == Choices()
    assert found.problem.endswith(f"it begins anew; what was there is kept in {file}.damaged.")
    assert Path(f"{file}.damaged").read_bytes() == content
    assert not file.exists()


def test_after_damage_it_remembers_again(tmp_path: Path) -> None:
    (tmp_path / "window.toml").write_text("?")
    Preferences(tmp_path / "window.toml").choose(theme="dark")
    assert Preferences(tmp_path / "window.toml").chosen == Choices(theme="dark")


def test_every_cut_is_told_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "window.toml"
    whole = chosen_in(file)
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        damaged(file)


@given(content=st.binary(max_size=400) | st.text().map(str.encode))
def test_whatever_is_in_the_file_the_window_begins(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "window.toml"
    file.write_bytes(content)
    damaged(file)


LINES = {
    "another key": "fonts = 3",
    "a number": "theme = 3",
    "no numbers": 'place = ["a"]',
    "far away": "place = [0, 0, 100001, 5]",
    "many digits": f"place = [{'9' * 5000}]",
    "a list of nothing": "columns = []",
    "brackets": f"columns = {'[' * 900}{']' * 900}",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_value_that_cannot_be_is_damage(line: str, tmp_path: Path) -> None:
    (tmp_path / "window.toml").write_text(f"{line}\n# end\n")
    damaged(tmp_path / "window.toml")


def test_what_is_no_file_is_put_aside_and_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "window.toml"
    file.mkdir()
    assert Preferences(file).problem.endswith("window.toml.damaged.")
    os.rmdir(f"{file}.damaged")
    os.mkfifo(file)
    assert Preferences(file).problem.endswith("window.toml.damaged.")
    file.symlink_to("/dev/zero")
    assert Preferences(file).problem.endswith("window.toml.damaged.")
    with file.open("wb") as stream:
        stream.truncate(1 << 40)
    assert Preferences(file).problem.endswith("window.toml.damaged.")


def test_where_nothing_can_be_written_the_window_goes_on(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    found = Preferences(tmp_path / "taken" / "window.toml")
    found.choose(theme="dark")
    assert found.chosen.theme == "dark"
    file = tmp_path / "window.toml"
    Path(f"{file}.damaged").mkdir()
    file.write_text("damaged")
    assert Preferences(file).problem.endswith(f"and it begins anew; {file} stays as it is.")


ATTACK = """
import os, sys
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QFileDialog
from gui.app import make_application
from gui.main_window import MainWindow
from gui.preferences import Preferences, preferences_file
from gui.theme import DARK
from rnn.config.presets import load_preset

app = make_application()
window = MainWindow(load_preset("article").config, None, DARK, Preferences(preferences_file()))
window.show()
window.restore()
dialog = QFileDialog(window)
dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
dialog.open()
app.processEvents()
assert QFileDialog in map(type, app.topLevelWidgets())
dialog.close()
window.close()
print(sorted(os.listdir()))
"""


def printed(code: str, here: Path, config: Path) -> str:
    """What a process with these settings prints, in this folder."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(config)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=environment, check=True, capture_output=True, text=True
    ).stdout


def test_nothing_that_is_read_runs_code(tmp_path: Path) -> None:
    config, here = tmp_path / "config", tmp_path / "here"
    (config / "RNN Scope").mkdir(parents=True)
    here.mkdir()
    keys = "theme", "layout", "geometry", "columns", "sidebarWidth", "lastVisited", "history", "viewMode"
    values = "".join(f"{key}={VARIANT}\n" for key in keys)
    (config / "RNN Scope" / "RNN Scope.ini").write_text(f"[General]\n{values}")
    (config / "RNN Scope" / "window.toml").write_text(f"[General]\n{values}")
    (config / "QtProject.conf").write_text(f"[FileDialog]\n{values}")
    assert printed(ATTACK, here, config) == "[]\n"
    # Without what the application does, the same file of Qt's runs the command: the test tests something.
    (config / "QtProject.conf").write_text(f"[FileDialog]\n{values}")
    plain = "from gui import app; app.let_qt_unpickle_nothing = lambda: None\n"
    assert printed(plain + ATTACK, here, config) == "['settings-ran-a-command']\n"
