"""What is to be seen now, and the room that it takes."""

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.settings.controls import Controls
from gui.widgets.fading import FadingScrollArea

LONG = "Going back one time step keeps 0.62 of the gradient. "


def test_the_sentence_never_moves_the_form_and_is_never_cut(qtbot: QtBot, controls: Controls) -> None:
    controls.resize(272, 690)
    controls.set_sentence("Short.")
    QApplication.processEvents()
    place, high = controls.form.mapTo(controls, QPoint()), controls.scroll_area.height()
    controls.set_sentence(LONG * 8)
    area = controls.findChildren(FadingScrollArea)[1]
    shown = area.widget()
    assert isinstance(shown, QLabel)
    assert shown.text() == controls.sentence == LONG * 8
    qtbot.waitUntil(lambda: area.viewport().height() >= shown.heightForWidth(area.viewport().width()))
    assert controls.form.mapTo(controls, QPoint()) == place
    low = controls.scroll_area.height()
    assert low < high
    controls.set_sentence("Short.")
    QApplication.processEvents()
    assert controls.scroll_area.height() == low
    controls.set_sentence(LONG * 40)
    qtbot.waitUntil(area.below.isVisible)
    assert not area.above.isVisible()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    assert area.above.isVisible()
    assert not area.below.isVisible()


def test_the_form_fades_where_it_goes_on_and_leaves_room_that_it_does_not_need(
    qtbot: QtBot, controls: Controls
) -> None:
    controls.resize(272, 690)
    qtbot.waitUntil(controls.scroll_area.below.isVisible)
    picture = controls.scroll_area.grab().toImage()
    surface = QColor(themes.DARK.surface).lightness()
    edge = [picture.pixelColor(x, picture.height() - 2).lightness() for x in range(4, 250)]
    assert all(abs(lightness - surface) < 8 for lightness in edge)
    controls.resize(272, 1400)
    qtbot.waitUntil(lambda: not controls.scroll_area.below.isVisible())
    column = controls.scroll_area.widget()
    assert column.height() <= column.heightForWidth(column.width()) + 1
    controls.set_sentence(LONG * 20)
    area = controls.findChildren(FadingScrollArea)[1]
    qtbot.waitUntil(lambda: area.height() > 200)
    assert not area.below.isVisible()
