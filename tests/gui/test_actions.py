"""Every wish of a person is a public function, offered by buttons, menus, keys and the list of keys alike."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui import actions
from gui.actions import ACTIONS, Actions
from gui.bench.bench import Bench
from gui.cursor import Cursor
from gui.docks.layouts import DEFAULT
from gui.docks.panel_docks import PanelDocks
from gui.opening.open_model import OpenModel
from gui.panels.frame.explanation import Explanation
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.loss.panel import LossPanel
from gui.settings.controls import Controls
from gui.theme import DARK
from gui.theme.choice import ThemeChoice
from tests.gui.transport.window import Key, press
from tests.gui.windows import ARTICLE
from tests.waiting import PATIENCE


class Parts(QWidget):
    """Everything that actions act upon, and two panels of all."""

    def __init__(self, kind: type[Actions] = Actions) -> None:
        super().__init__()
        self.bench = Bench(ARTICLE, None)
        self.controls = Controls(DARK)
        self.controls.show_config(ARTICLE)
        self.grid = PanelDocks([[LossPanel(DARK)], [HiddenPanel(DARK)]])
        self.themes = ThemeChoice(DARK, "dark")
        self.do = kind(self.bench, self.controls, self.grid, self.themes, Cursor())
        self.do.faces.serve(self)
        rows = QVBoxLayout(self)
        rows.addWidget(self.controls)
        rows.addWidget(self.grid)


@contextmanager
def opened(qtbot: QtBot, kind: type[Actions] = Actions) -> Iterator[Parts]:
    made = Parts(kind)
    qtbot.addWidget(made)
    made.resize(900, 900)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    qtbot.waitUntil(lambda: made.bench.take().begun is not None)
    yield made
    assert made.bench.close(PATIENCE)


@pytest.fixture
def parts(qtbot: QtBot) -> Iterator[Parts]:
    with opened(qtbot) as made:
        yield made


def functions() -> dict[str, Callable[..., None]]:
    """The public methods of Actions itself."""
    return {
        name: do for name, do in vars(Actions).items() if inspect.isfunction(do) and not name.startswith("_")
    }


def test_every_action_is_a_typed_function_with_a_sentence() -> None:
    assert ACTIONS.keys() <= functions().keys()
    for name, do in functions().items():
        signature = inspect.signature(do)
        assert signature.return_annotation == "None", name
        assert all(each.annotation != each.empty for each in list(signature.parameters.values())[1:]), name
        assert inspect.getdoc(do), name
    for name in ACTIONS:
        needed = list(inspect.signature(functions()[name]).parameters.values())[1:]
        assert all(each.default != each.empty for each in needed), name


def test_no_key_asks_for_two_things() -> None:
    keys = Counter(key for each in ACTIONS.values() for key in each.keys)
    assert set(keys.values()) == {1}


def test_the_list_of_keys_tells_all_of_them(qtbot: QtBot, parts: Parts) -> None:
    press(qtbot, "?")
    (sheet,) = parts.findChildren(Explanation)
    for each in ACTIONS.values():
        assert all(words in sheet.words.text() for words in (each.key_words, each.tip) if each.keys)
    sheet.close()


def test_an_action_that_is_added_is_offered_wherever_it_is_declared_to_be(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ACTIONS", dict(ACTIONS))

    class More(Actions):
        @actions.action("Greet", "G", menu="weights")
        def greet(self) -> None:
            """Say hello."""
            self.said.emit("Hello.")

    with opened(qtbot, More) as parts:
        assert [face.text() for face in parts.do.faces.in_menu("weights")][-1] == "Greet"
        with qtbot.waitSignal(parts.do.said) as said:
            press(qtbot, "g")
        assert said.args == ["Hello."]
        parts.do.keys()
        (sheet,) = parts.findChildren(Explanation)
        assert "Say hello" in sheet.words.text()
        sheet.close()


def test_keys_make_it_faster_and_slower(qtbot: QtBot, parts: Parts) -> None:
    paces: list[float | None] = []
    parts.do.paced.connect(paces.append)
    for faster, slower in (("+", "-"), ("=", "-"), ("]", "[")):
        parts.do.pace(100.0)
        paces.clear()
        for key in (faster, faster, slower):
            press(qtbot, key)
        assert paces == [130, 160, 130]
        assert parts.bench.pace == 130


def test_keys_reach_both_ends_of_the_speed_and_come_back(qtbot: QtBot, parts: Parts) -> None:
    parts.do.pace(1000.0)
    paces: list[float | None] = []
    parts.do.paced.connect(paces.append)
    for _ in range(20):
        parts.do.faster()
    for _ in range(60):
        parts.do.slower()
    assert paces[9:13] == [10_000, None, 10_000, 7_900]
    assert paces[-1] == 1
    assert len(paces) == 11 + 41


def test_comma_and_full_stop_go_through_the_sequences(qtbot: QtBot, parts: Parts) -> None:
    cursor = parts.do.cursor
    cursor.begin(10, 100)
    parts.do.sequence(4)
    seen: list[int] = []
    cursor.turned.connect(lambda: seen.append(cursor.sequence))
    for key in (".", ".", ","):
        press(qtbot, key)
    assert seen == [5, 6, 5]
    parts.do.sequence(0)
    press(qtbot, ",")
    assert seen == [5, 6, 5, 0]
    parts.do.sequence(70)
    cursor.begin(10, 50)
    assert cursor.sequence == 49
    cursor.begin(10, 100)
    assert cursor.sequence == 70


def test_panels_layouts_themes_and_settings_can_be_asked_for_by_name(parts: Parts) -> None:
    parts.do.show("hidden", False)
    assert [dock.wanted for dock in parts.grid.docks] == [True, False]
    parts.do.layout(DEFAULT)
    assert all(dock.wanted for dock in parts.grid.docks)
    filling = []
    for name in ("loss", None):
        parts.do.fill(name)
        filling.append(parts.grid.filling)
    assert filling == [parts.grid.panels[0], None]
    parts.do.other_theme()
    assert parts.themes.theme.name == "light"
    parts.do.set("seed", "7")
    assert parts.controls.config.seed == parts.bench.config.seed == 7
    parts.do.undo()
    assert parts.controls.config.seed == parts.bench.config.seed == 0
    parts.do.preset("vanishing")
    assert parts.controls.config == parts.bench.config != ARTICLE


# Files


def dialog(qtbot: QtBot, parts: Parts) -> QFileDialog:
    qtbot.waitUntil(lambda: bool(parts.findChildren(QFileDialog)))
    (found,) = parts.findChildren(QFileDialog)
    return found


def test_weights_are_opened_from_the_file_that_a_person_chooses(
    qtbot: QtBot, parts: Parts, tmp_path: Path
) -> None:
    file = tmp_path / "some.safetensors"
    file.write_bytes(b"")
    parts.do.faces["open_weights"].trigger()
    asking = dialog(qtbot, parts)
    assert asking.nameFilters() == ["Weights (*.npz *.safetensors)"]
    asking.findChildren(QLineEdit)[0].setText(str(file))
    asking.accept()
    assert parts.bench.config.model.weights == str(file)


def test_a_model_is_asked_for_with_the_menu_and_with_its_keys(qtbot: QtBot, parts: Parts) -> None:
    for ask in (
        parts.do.faces["open_model"].trigger,
        lambda: press(
            qtbot, Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        ),
    ):
        ask()
        qtbot.waitUntil(lambda: bool(parts.findChildren(OpenModel)))
        parts.findChildren(OpenModel)[0].reject()
        qtbot.waitUntil(lambda: not parts.findChildren(OpenModel))
        parts.activateWindow()
        qtbot.waitUntil(parts.isActiveWindow)


@pytest.mark.parametrize(
    ("kind", "name"), [(0, "now.npz"), (1, "now.safetensors")], ids=["npz", "safetensors"]
)
def test_weights_are_saved_under_the_name_that_a_person_gives_with_the_ending_of_its_kind(
    qtbot: QtBot, parts: Parts, tmp_path: Path, kind: int, name: str
) -> None:
    press(qtbot, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    asking = dialog(qtbot, parts)
    assert asking.findChildren(QLineEdit)[0].text() == "weights.npz"
    asking.findChildren(QComboBox, "fileTypeCombo")[0].setCurrentIndex(kind)
    asking.filterSelected.emit(asking.nameFilters()[kind])
    assert asking.findChildren(QLineEdit)[0].text() == f"weights{Path(name).suffix}"
    asking.findChildren(QLineEdit)[0].setText(str(tmp_path / "now"))
    asking.accept()
    qtbot.waitUntil((tmp_path / name).exists)


def test_a_cancelled_dialog_asks_for_nothing_and_leaves_nothing(qtbot: QtBot, parts: Parts) -> None:
    for name in ("open_weights", "save_weights"):
        parts.do.faces[name].trigger()
        dialog(qtbot, parts).reject()
        qtbot.waitUntil(lambda: not parts.findChildren(QFileDialog))
    assert parts.bench.config == ARTICLE
    assert not parts.bench.awaits_another
