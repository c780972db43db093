"""The button for weights and its menu."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
)
from pytestqt.qtbot import QtBot

from tests.gui.transport.window import Key, Window, press


def test_the_weights_of_a_run_that_failed_cannot_be_saved(window: Window) -> None:
    faces = window.faces
    window.faces.show_state("failed")
    assert [faces["open_weights"].isEnabled(), faces["save_weights"].isEnabled()] == [True, False]
    window.faces.show_state("diverged")
    assert faces["save_weights"].isEnabled()


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
