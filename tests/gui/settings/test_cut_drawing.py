"""The drawing of how the sequences are cut, as it is painted."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.settings.cut_drawing import LINE, ROW, ROW_GAP, CutDrawing
from rnn.config import RunConfig
from rnn.training.trainer import Trainer

STREAMS = {"task.carry_state": True, "training.batch": 4, "training.truncation": 5}


@pytest.fixture
def drawing(qtbot: QtBot, qapp: QApplication) -> CutDrawing:
    themes.apply(qapp, themes.DARK)
    made = CutDrawing()
    made.setStyleSheet(f"background: {themes.DARK.surface}")
    made.apply_theme(themes.DARK)
    qtbot.addWidget(made)
    return made


def begin(qtbot: QtBot, drawing: CutDrawing, changes: dict[str, Any]) -> None:
    drawing.begin(Trainer(RunConfig().with_values(changes)).info())
    drawing.resize(250, drawing.sizeHint().height())
    qtbot.waitExposed(drawing)


def middle(drawing: CutDrawing, column: int, row: int) -> QPoint:
    """A place in a box, in its upper left quarter, clear of the lines where the gradient stops."""
    place = drawing.picture.columns()[column]
    return QPoint(round(place.left + 0.25 * place.width), round(LINE + row * (ROW + ROW_GAP) + 0.5 * ROW))


def painted(drawing: CutDrawing) -> QImage:
    return drawing.picture.grab().toImage()


def blueness(picture: QImage, place: QPoint) -> int:
    colour = picture.pixelColor(place)
    return colour.blue() - colour.red()


def has_colour(picture: QImage, name: str, left: int, right: int, row: int) -> bool:
    wanted, y = QColor(name), round(LINE + row * (ROW + ROW_GAP) + 0.5 * ROW)
    found = (picture.pixelColor(x, y) for x in range(left, right))
    return any(
        abs(c.red() - wanted.red()) + abs(c.green() - wanted.green()) + abs(c.blue() - wanted.blue()) < 150
        for c in found
    )


def test_nothing_is_there_before_a_run(drawing: CutDrawing) -> None:
    assert drawing.isHidden()
    drawing.show_position(3)
    assert drawing.words == ""


def test_it_says_in_words_what_it_draws_to_those_who_do_not_see_it(qtbot: QtBot, drawing: CutDrawing) -> None:
    begin(qtbot, drawing, STREAMS)
    assert drawing.words.startswith("100 windows of 10 time steps: 4 streams side by side")
    assert drawing.accessibleDescription() == drawing.words
    assert drawing.accessibleName()


def test_the_boxes_of_the_newest_update_are_coloured(qtbot: QtBot, drawing: CutDrawing) -> None:
    begin(qtbot, drawing, STREAMS)
    at_rest = painted(drawing)
    drawing.show_position(2)
    after_two = painted(drawing)
    for row in range(4):
        assert blueness(after_two, middle(drawing, 1, row)) > blueness(at_rest, middle(drawing, 1, row)) + 40
        assert blueness(after_two, middle(drawing, 0, row)) == blueness(at_rest, middle(drawing, 0, row))
    drawing.show_position(25)
    at_the_end = painted(drawing)
    last = len(drawing.picture.columns()) - 1
    assert blueness(at_the_end, middle(drawing, last, 0)) > blueness(at_rest, middle(drawing, last, 0)) + 40
    drawing.show_position(26)
    assert drawing.picture.current == 0


def test_an_update_without_a_column_moves_a_mark_through_the_dots(qtbot: QtBot, drawing: CutDrawing) -> None:
    begin(qtbot, drawing, STREAMS)
    squeezed = next(column for column in drawing.picture.columns() if column.update is None)
    left, right = round(squeezed.left), round(squeezed.left + squeezed.width)
    half = (left + right) // 2
    assert not has_colour(painted(drawing), themes.DARK.accent, left, right, 0)
    drawing.show_position(6)
    picture = painted(drawing)
    assert has_colour(picture, themes.DARK.accent, left, half, 3)
    assert not has_colour(picture, themes.DARK.accent, half, right, 3)
    drawing.show_position(23)
    assert has_colour(painted(drawing), themes.DARK.accent, half, right, 3)


def test_the_gradient_stops_in_every_window_and_where_the_next_begins(
    qtbot: QtBot, drawing: CutDrawing
) -> None:
    begin(qtbot, drawing, STREAMS)
    picture = painted(drawing)
    first, second = drawing.picture.columns()[:2]
    for column in (first, second):
        stop = round(column.left + 0.5 * column.width)
        assert has_colour(picture, themes.DARK.target, stop - 2, stop + 3, 1)
    assert has_colour(picture, themes.DARK.target, round(second.left) - 2, round(second.left) + 3, 1)
    assert not has_colour(picture, themes.DARK.target, round(first.left) - 2, round(first.left) + 3, 1)
    begin(qtbot, drawing, {})
    width = drawing.picture.width()
    assert not has_colour(painted(drawing), themes.DARK.target, 0, width, 0)


def test_a_large_batch_is_not_drawn_as_a_whole(qtbot: QtBot, drawing: CutDrawing) -> None:
    begin(qtbot, drawing, {"training.batch": 6})
    six = drawing.picture.height()
    begin(qtbot, drawing, {"training.batch": 100})
    assert drawing.picture.height() <= six


def test_positions_that_come_faster_than_the_eye_are_painted_ten_times_a_second(
    qtbot: QtBot, drawing: CutDrawing
) -> None:
    begin(qtbot, drawing, {"task.sequences": 1000})
    drawing.show()
    qtbot.waitUntil(drawing.picture.isVisible)
    QApplication.processEvents()
    drawing.show_position(1)
    assert drawing.picture._rest.isActive()
    for update in range(2, 501):
        drawing.show_position(update)
        QApplication.processEvents()
        if not drawing.picture._rest.isActive():
            break
    drawing.show_position(700)
    qtbot.waitUntil(lambda: drawing.picture._painted == 699)


def test_a_hidden_drawing_asks_for_no_painting(qtbot: QtBot, drawing: CutDrawing) -> None:
    begin(qtbot, drawing, {})
    drawing.hide()
    drawing.show_position(40)
    assert not drawing.picture._rest.isActive()
    assert drawing.picture.current == 39


@pytest.mark.parametrize("theme", list(themes.THEMES.values()))
def test_it_takes_on_a_theme(qtbot: QtBot, drawing: CutDrawing, theme: themes.Theme) -> None:
    begin(qtbot, drawing, STREAMS)
    drawing.apply_theme(theme)
    drawing.show_position(1)
    picture = painted(drawing)
    assert has_colour(picture, theme.target, 0, drawing.picture.width(), 0)
    assert has_colour(picture, theme.accent, 0, drawing.picture.width(), 0)
