"""The slider for the speed."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QStyle, QStyleOptionSlider
from pytestqt.qtbot import QtBot

from gui.transport.speed import FULL, place_of, speed_at, speed_text
from tests.gui.transport.window import Window


def test_the_slider_is_logarithmic_and_its_end_is_full_speed() -> None:
    assert [speed_at(place) for place in (0, 100, 200, 300, 400)] == [1, 10, 100, 1000, 10_000]
    assert speed_at(FULL) is None
    assert [place_of(value) for value in (1, 10, 1000, None)] == [0, 100, 300, FULL]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "1 update/s"),
        (1.3, "1.3 updates/s"),
        (2.0, "2 updates/s"),
        (100, "100 updates/s"),
        (None, "full"),
    ],
)
def test_the_speed_is_written_beside_the_slider(window: Window, value: float | None, words: str) -> None:
    window.transport.show_speed(value)
    assert window.transport.speed.words == words == speed_text(value)


def test_showing_a_speed_emits_nothing_and_keeps_it_exactly(qtbot: QtBot, window: Window) -> None:
    speeds: list[float | None] = []
    window.transport.speed_changed.connect(speeds.append)
    window.transport.show_speed(37.0)
    assert window.transport.speed.value == 37.0
    assert speeds == []


def test_a_click_beside_the_handle_goes_where_it_was_made(qtbot: QtBot, window: Window) -> None:
    slider = window.transport.speed.slider
    for share in (0.25, 0.8):
        place = QPoint(round(share * slider.width()), slider.height() // 2)
        qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=place)
        option = QStyleOptionSlider()
        slider.initStyleOption(option)
        control, part = QStyle.ComplexControl.CC_Slider, QStyle.SubControl.SC_SliderHandle
        handle = slider.style().subControlRect(control, option, part, slider)
        assert handle.center().x() == pytest.approx(place.x(), abs=2)
