"""Characters that can be seen, and the axes that are written with them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.panels.plots.names_axis import NamesAxis
from gui.panels.text.axis import ReadAxis
from gui.panels.words.characters import spelled, visible


@pytest.mark.parametrize(
    ("character", "sign"),
    [(" ", "␣"), ("\n", "↵"), ("\t", "⇥"), ("a", "a"), ("€", "€"), ("\x07", "␇"), ("\u00a0", "□"),
     ("\u0301", "◌\u0301"), ("\u200b", "□"), ("😀", "😀")],
)  # fmt: skip
def test_every_character_has_a_sign(character: str, sign: str) -> None:
    assert visible(character) == sign


def test_a_name_of_several_characters_stays_readable() -> None:
    assert [visible(name) for name in ("XY", "go mark", "a\nb\u200b", "")] == ["XY", "go mark", "a↵b□", ""]


def test_where_there_is_room_white_space_is_a_word() -> None:
    assert [spelled(character) for character in " \t\na"] == ["space", "tab", "↵", "a"]


def test_an_upright_axis_names_every_row_while_there_is_room(qapp: QApplication) -> None:
    axis = NamesAxis()
    axis.show_names("abcdefghij")
    [(_, all_of_them)] = axis.tickValues(0.5, 10.5, 110.0)
    assert axis.tickStrings(all_of_them, 1.0, 1.0) == list("abcdefghij")
    [(_, fewer)] = axis.tickValues(0.5, 10.5, 60.0)
    assert axis.tickStrings(fewer, 1.0, 2.0) == list("bdfhj")
    [(_, zoomed)] = axis.tickValues(2.6, 4.4, 110.0)
    assert axis.tickStrings(zoomed, 1.0, 1.0) == ["c", "d"]
    axis.show_names(())
    assert axis.tickValues(0.5, 10.5, 110.0)[0][1] == []


def test_time_steps_are_characters_while_all_have_room_and_else_numbers(qapp: QApplication) -> None:
    axis = ReadAxis()
    axis.show_names("hello world".replace(" ", "␣"))
    [(spacing, steps)] = axis.tickValues(0.5, 11.5, 200.0)
    assert "".join(axis.tickStrings(steps, 1.0, spacing)) == "hello␣world"
    numbers = axis.tickValues(0.5, 11.5, 40.0)[0]
    assert axis.tickStrings(numbers[1], 1.0, numbers[0]) == [str(round(step)) for step in numbers[1]]
    assert numbers[1]
    [(spacing, steps)] = axis.tickValues(3.5, 6.5, 40.0)
    assert axis.tickStrings(steps, 1.0, spacing) == ["l", "o", "␣"]
