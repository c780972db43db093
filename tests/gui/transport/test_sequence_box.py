"""The sequence on display."""

from pytestqt.qtbot import QtBot

from tests.gui.transport.window import Key, Window, press


def test_showing_sequences_emits_nothing(qtbot: QtBot, window: Window) -> None:
    numbers: list[int] = []
    window.transport.sequence_changed.connect(numbers.append)
    window.transport.show_sequences(7, 6)
    assert numbers == []
    assert window.transport.sequence.text() == "7 of 7"
    window.transport.show_sequences(1, 0)
    assert not window.transport.sequence.isEnabled()


def test_digits_typed_into_the_sequence_field_reach_it(qtbot: QtBot, window: Window) -> None:
    numbers: list[int] = []
    window.transport.sequence_changed.connect(numbers.append)
    window.transport.sequence.setFocus()
    window.transport.sequence.selectAll()
    for key in "42":
        press(qtbot, key)
    assert numbers == []
    press(qtbot, Key.Key_Return)
    assert numbers == [41]
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_or_pause"]
