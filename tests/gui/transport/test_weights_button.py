"""The button for weights, and the files that it asks for."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
)
from pytestqt.qtbot import QtBot

from tests.gui.transport.window import Asked, Key, Window, press


def dialog(qtbot: QtBot, window: Window) -> QFileDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(QFileDialog)))
    (found,) = window.findChildren(QFileDialog)
    return found


def test_weights_are_opened_from_the_file_that_a_person_chooses(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    asked: Asked = []
    window.transport.weights.open_asked.connect(asked.append)
    (tmp_path / "some.safetensors").write_bytes(b"")
    window.transport.weights.opening.trigger()
    asking = dialog(qtbot, window)
    assert asking.nameFilters() == ["Weights (*.npz *.safetensors)"]
    asking.findChildren(QLineEdit)[0].setText(str(tmp_path / "some.safetensors"))
    asking.accept()
    assert asked == [str(tmp_path / "some.safetensors")]


def test_a_model_is_asked_for_with_the_menu_and_with_its_keys(qtbot: QtBot, window: Window) -> None:
    asked: Asked = []
    window.transport.weights.model_asked.connect(lambda: asked.append("model"))
    window.transport.weights.open_asked.connect(asked.append)
    window.transport.weights.opening_model.trigger()
    press(qtbot, Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert asked == ["model", "model"]


@pytest.mark.parametrize(
    ("kind", "name"), [(0, "now.npz"), (1, "now.safetensors")], ids=["npz", "safetensors"]
)
def test_weights_are_saved_under_the_name_that_a_person_gives_with_the_ending_of_its_kind(
    qtbot: QtBot, window: Window, tmp_path: Path, kind: int, name: str
) -> None:
    asked: Asked = []
    window.transport.weights.save_asked.connect(asked.append)
    press(qtbot, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    asking = dialog(qtbot, window)
    assert asking.findChildren(QLineEdit)[0].text() == "weights.npz"
    asking.findChildren(QComboBox, "fileTypeCombo")[0].setCurrentIndex(kind)
    asking.filterSelected.emit(asking.nameFilters()[kind])
    assert asking.findChildren(QLineEdit)[0].text() == f"weights{Path(name).suffix}"
    asking.findChildren(QLineEdit)[0].setText(str(tmp_path / "now"))
    asking.accept()
    assert asked == [str(tmp_path / name)]


def test_a_cancelled_dialog_asks_for_nothing_and_leaves_nothing(qtbot: QtBot, window: Window) -> None:
    asked: Asked = []
    weights = window.transport.weights
    weights.open_asked.connect(asked.append)
    weights.save_asked.connect(asked.append)
    for action in (weights.opening, weights.saving):
        action.trigger()
        dialog(qtbot, window).reject()
        qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
    assert asked == []


def test_the_weights_of_a_run_that_failed_cannot_be_saved(window: Window) -> None:
    weights = window.transport.weights
    window.transport.show_state("failed")
    assert [weights.opening.isEnabled(), weights.saving.isEnabled()] == [True, False]
    window.transport.show_state("diverged")
    assert weights.saving.isEnabled()


def test_the_button_opens_its_menu_with_the_mouse_and_with_the_space_bar(
    qtbot: QtBot, window: Window
) -> None:
    weights = window.transport.weights
    for how in ("mouse", "key"):
        if how == "mouse":
            qtbot.mouseClick(weights, Qt.MouseButton.LeftButton)
        else:
            weights.setFocus(Qt.FocusReason.TabFocusReason)
            press(qtbot, Key.Key_Space)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions()] == [
            "Open model…",
            "Open weights…",
            "Save weights…",
        ]
        menu.hide()
    assert window.asked == []
