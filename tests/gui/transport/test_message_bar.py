"""The sentence about what went wrong or what was done."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui import theme as themes
from tests.gui.transport.window import Window


def test_what_was_done_is_not_shown_as_what_went_wrong(window: Window) -> None:
    bar = window.transport

    def shades() -> set[str]:
        picture = bar.message.grab().toImage()
        return {
            picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())
        }

    bar.show_done("Weights of update 7 saved in now.npz.")
    assert bar.message.text == "Weights of update 7 saved in now.npz."
    assert themes.DARK.text in shades()
    assert themes.DARK.bad not in shades()
    bar.show_message("Training diverged.")
    assert themes.DARK.bad in shades()
    assert themes.DARK.text not in shades()


def test_a_message_is_there_until_it_is_dismissed(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    assert not bar.message.isVisible()
    bar.show_message("Training diverged in epoch 3.")
    assert bar.message.isVisible()
    assert bar.message.text == "Training diverged in epoch 3."
    qtbot.mouseClick(bar.message.dismiss, Qt.MouseButton.LeftButton)
    assert not bar.message.isVisible()
    bar.show_message("Again.")
    assert bar.message.isVisible()
    bar.show_message("")
    assert not bar.message.isVisible()
