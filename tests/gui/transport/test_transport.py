"""The bar on top as a whole: what it asks for, the plain keys, and how it makes room."""

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from tests.gui.transport.window import Key, Window, press, show_progress


def test_each_button_asks_for_what_it_says(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    for button in (
        bar.buttons["run_or_pause"],
        bar.buttons["one_update"],
        bar.buttons["one_epoch"],
        bar.buttons["reset"],
        bar.buttons["other_theme"],
    ):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.asked == ["run_or_pause", "one_update", "one_epoch", "reset", "other_theme"]


def test_every_button_names_its_key(window: Window) -> None:
    bar = window.transport
    for button, key in (
        (bar.buttons["run_or_pause"], "(Space)"),
        (bar.buttons["one_update"], "(→)"),
        (bar.buttons["one_epoch"], "(E or Shift →)"),
        (bar.buttons["reset"], "(R)"),
        (bar.buttons["other_theme"], "(T)"),
    ):
        assert button.toolTip().endswith(key)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (Key.Key_Space, "run_or_pause"),
        (Key.Key_Right, "one_update"),
        (Key.Key_E, "one_epoch"),
        (Key.Key_R, "reset"),
        (Key.Key_P, "pin"),
        (Key.Key_T, "other_theme"),
    ],
)
@pytest.mark.parametrize("place", ["nowhere", "a panel", "Run", "Reset"])
def test_a_plain_key_asks_once_wherever_the_focus_is(
    qtbot: QtBot, window: Window, key: Qt.Key, asked: str, place: str
) -> None:
    bar = window.transport
    focus = {"a panel": window.other, "Run": bar.buttons["run_or_pause"], "Reset": bar.buttons["reset"]}.get(
        place
    )
    if focus is None:
        window.other.clearFocus()
        assert QApplication.focusWidget() is None
    else:
        focus.setFocus()
    press(qtbot, key)
    pressed_itself = key == Key.Key_Space and place == "Reset"
    assert window.asked == ["reset" if pressed_itself else asked]


def test_shift_and_the_arrow_step_an_epoch(qtbot: QtBot, window: Window) -> None:
    press(qtbot, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert window.asked == ["one_epoch"]


def test_after_a_click_space_runs_whatever_was_clicked(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    qtbot.mouseClick(bar.buttons["reset"], Qt.MouseButton.LeftButton)
    press(qtbot, Key.Key_Space)
    qtbot.mouseClick(bar.speed.slider, Qt.MouseButton.LeftButton)
    press(qtbot, Key.Key_Right)
    up = bar.sequence.rect().topRight()
    up.setX(up.x() - 6)
    up.setY(up.y() + 6)
    qtbot.mouseClick(bar.sequence, Qt.MouseButton.LeftButton, pos=up)
    assert bar.sequence.value() == 6
    press(qtbot, Key.Key_Space)
    assert window.asked == ["reset", "run_or_pause", "one_update", "run_or_pause"]


def test_what_is_typed_into_a_text_field_stays_there(qtbot: QtBot, window: Window) -> None:
    window.line.setFocus()
    window.line.setCursorPosition(0)
    press(qtbot, Key.Key_Right)
    assert window.line.cursorPosition() == 1
    for typed in (" ", "r", "e", "p", "t", "+", "-", ",", ".", "[", "]", "="):
        press(qtbot, typed)
    assert window.line.text() == "1 rept+-,.[]=2"
    assert window.asked == []
    assert window.transport.speed.value is None
    assert window.transport.sequence.value() == 5


def test_a_combo_box_keeps_the_letters_it_searches_by_and_gives_the_arrow_on(
    qtbot: QtBot, window: Window
) -> None:
    window.box.setFocus()
    press(qtbot, "e")
    assert window.box.currentText() == "Even"
    assert window.asked == []
    press(qtbot, Key.Key_Right)
    assert window.asked == ["one_update"]


def test_space_in_an_open_list_chooses_and_does_not_run(qtbot: QtBot, window: Window) -> None:
    window.box.setFocus()
    press(qtbot, Key.Key_Space)
    popup = window.box.view()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Key.Key_Down)
    qtbot.keyClick(popup, Key.Key_Return)
    assert window.box.currentText() == "Even"
    assert not popup.isVisible()
    assert window.asked == []


def test_a_slider_that_was_reached_with_tab_keeps_its_arrows(qtbot: QtBot, window: Window) -> None:
    slider = window.transport.speed.slider
    window.transport.show_speed(100)
    slider.setFocus()
    before = slider.value()
    press(qtbot, Key.Key_Right)
    assert slider.value() > before
    assert window.asked == []


def test_keys_ask_for_nothing_that_a_state_does_not_allow(qtbot: QtBot, window: Window) -> None:
    window.faces.show_state("diverged")
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_E):
        press(qtbot, key)
    assert window.asked == []
    press(qtbot, Key.Key_R)
    assert window.asked == ["reset"]


def test_the_programs_name_makes_room_for_the_figures(qtbot: QtBot, window: Window) -> None:
    for width, named in ((1280, False), (1680, True), (1280, False)):
        window.resize(width, 300)
        qtbot.waitUntil(lambda width=width: window.width() == width)  # type: ignore[misc]
        qtbot.waitUntil(lambda named=named: window.transport._name.isVisible() == named)  # type: ignore[misc]


@pytest.mark.parametrize("width", [1280, 1680])
def test_nothing_in_the_bar_is_cut_off_or_overlaps(qtbot: QtBot, window: Window, width: int) -> None:
    bar = window.transport
    window.resize(width, 300)
    qtbot.waitUntil(lambda: window.width() == width)
    window.faces.show_state("running")
    bar.show_speed(10_000)
    bar.show_sequences(100_000, 99_999)
    show_progress(bar, update=1_234_567, rate=52_436.0)
    qtbot.waitUntil(lambda: bar.buttons["other_theme"].geometry().right() <= bar.width())
    parts = (
        bar.buttons["run_or_pause"],
        bar.buttons["one_update"],
        bar.buttons["one_epoch"],
        bar.buttons["reset"],
        bar.speed,
        bar.sequence,
        bar.weights,
        bar.status,
        bar.buttons["other_theme"],
    )
    places = [part.geometry() for part in parts]
    for part, place in zip(parts[:-2], places[:-2], strict=True):
        assert place.width() >= part.minimumSizeHint().width()
    for left, right in pairwise(places):
        assert left.right() < right.left()
    assert bar.minimumSizeHint().width() <= width - 24


def test_a_theme_reaches_the_signs_on_the_buttons(window: Window) -> None:
    def shades() -> set[str]:
        image = window.transport.buttons["other_theme"].icon().pixmap(14, 14).toImage()
        return {image.pixelColor(x, 7).name() for x in range(14) if image.pixelColor(x, 7).alpha() == 255}

    assert shades() == {themes.DARK.text}
    window.transport.apply_theme(themes.LIGHT)
    assert shades() == {themes.LIGHT.text}
