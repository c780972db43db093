"""What all panels share: what the mouse, the keys, the menu and the window do with them."""

from __future__ import annotations

import csv
import itertools
import re
import weakref
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.docks.panel_docks import PanelDocks
from gui.panels import PANELS
from gui.panels.check.panel import CheckPanel
from gui.panels.flow.panel import FlowPanel
from gui.panels.frame.explanation import Explanation
from gui.panels.frame.export import csv_text
from gui.panels.frame.panel import Panel
from gui.panels.loss.panel import LossPanel
from gui.panels.plots.plot import Plot
from gui.theme import DARK, LIGHT
from tests.gui.panels.feeding import begun, feed, settle, shown
from tests.gui.panels.test_plot import turn_wheel

KINDS = [kind for place in PANELS for kind in place]
every_panel = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
every_plot = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind is not CheckPanel], ids=lambda kind: kind.__name__
)
ENTRIES = [
    "Copy picture",
    "Copy numbers",
    "Save picture…",
    "Save numbers…",
    "Undo the zoom",
    "Fill the window",
    "Float",
    "Hide",
]


def running(qtbot: QtBot, kind: type[Panel]) -> Panel:
    """A panel in the middle of a training."""
    panel = shown(qtbot, kind)
    feed(panel, begun(panel), 150)
    return panel


def inside(panel: Panel) -> QWidget:
    """What the mouse is over, in the panel's body."""
    assert isinstance(panel.body, QAbstractScrollArea)
    return panel.body.viewport()


def entry(panel: Panel, words: str) -> QAction:
    """The entry of the panel's menu with these words."""
    menu = panel.menu()
    return next(action for action in menu.actions() if action.text() == words)


def test_the_window_has_a_place_for_each_picture() -> None:
    assert [place[0].title for place in PANELS] == [
        "Loss",
        "Sine fit",
        "Hidden state",
        "Gradient through time",
        "Who taught whom",
        "How far back it learns",
        "Spectrum of Wₕ",
        "Gradient through time, over training",
        "Norms",
        "Gradient check",
        "Loss along a line",
        "Unrolled network",
    ]


def test_a_place_has_one_name_whichever_panel_is_in_it_and_whatever_it_is_called() -> None:
    names = "loss fit hidden flow pairs lags spectrum flow-history norms check line unrolled"
    assert [{panel.name for panel in place} for place in PANELS] == [{name} for name in names.split()]


@every_plot
def test_a_panel_has_a_title_a_line_on_what_is_drawn_and_labelled_axes(
    qtbot: QtBot, kind: type[Panel]
) -> None:
    panel = running(qtbot, kind)
    assert panel.accessibleName() == panel._title.text()
    assert panel._title.text()
    assert panel._caption.text()
    plots = panel.findChildren(Plot)
    for axes in ([plot.left for plot in plots], [plot.bottom for plot in plots]):
        assert any(axis.labelText or getattr(axis, "names", ()) for axis in axes)


@every_panel
def test_every_control_has_a_name_and_a_tooltip(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName() or button.text()
        assert button.toolTip()


@every_panel
def test_a_double_click_in_the_body_or_beside_it_asks_to_fill_the_window(
    qtbot: QtBot, kind: type[Panel]
) -> None:
    panel = running(qtbot, kind)
    asked: list[None] = []
    panel.fill_asked.connect(lambda: asked.append(None))
    qtbot.mouseDClick(inside(panel), Qt.MouseButton.LeftButton, pos=panel.body.rect().center())
    assert len(asked) == 1
    qtbot.mouseDClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(60, 12))
    assert len(asked) == 2
    qtbot.keyClick(panel, Qt.Key.Key_Return)
    assert len(asked) == 3
    entry(panel, "Fill the window").trigger()
    assert len(asked) == 4
    panel.fills_window = True
    entry(panel, "Back to all panels").trigger()
    assert len(asked) == 5


def test_the_menu_of_the_panel_that_fills_the_window_leads_back(qtbot: QtBot) -> None:
    panels: list[Panel] = [LossPanel(DARK), FlowPanel(DARK)]
    docks = PanelDocks([(panel,) for panel in panels])
    qtbot.addWidget(docks)
    with qtbot.waitExposed(docks):
        docks.show()
    for words, shown_then in (("Fill the window", panels[1:]), ("Back to all panels", panels)):
        entry(panels[1], words).trigger()
        docks.watch()
        assert docks.shown == shown_then
    entry(panels[0], "Fill the window").trigger()
    assert [panel.fills_window for panel in panels] == [True, False]


@every_panel
def test_a_question_mark_opens_what_there_is_to_know(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    words = len(re.sub("<[^>]*>", " ", panel.explanation).split())
    assert 80 <= words <= 200
    assert "How to read it" in panel.explanation
    assert "What to try" in panel.explanation
    qtbot.mouseClick(panel.header.question, Qt.MouseButton.LeftButton)
    sheet = QApplication.activePopupWidget()
    assert isinstance(sheet, Explanation)
    assert sheet.words.text() == panel.header.explanation
    assert sheet.screen().availableGeometry().contains(sheet.geometry())
    assert sheet.words.height() >= sheet.words.heightForWidth(sheet.words.width())
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert QApplication.activePopupWidget() is None


@every_panel
def test_what_it_shows_is_described_in_a_sentence(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    assert panel.summary() == ""
    trainer = begun(panel)
    feed(panel, trainer, 150)
    assert panel._summarizing.interval() == 500
    qtbot.waitUntil(lambda: panel.accessibleDescription() != "")
    assert panel.accessibleDescription() == panel.summary()
    assert any(character.isdigit() for character in panel.summary())
    assert panel.summary().endswith(".")


@every_panel
def test_a_step_can_be_marked_at_any_time(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    panel.show_cursor(3)
    feed(panel, begun(panel), 20)
    for step in (1, 5, 10_000, None):
        panel.show_cursor(step)
        assert not panel.grab().isNull()


def test_a_panel_can_be_narrow_and_says_the_rest_in_tooltips(qtbot: QtBot) -> None:
    panel = running(qtbot, FlowPanel)
    place = QWidget()
    qtbot.addWidget(place)
    place.resize(600, 300)
    panel.setParent(place)
    panel.resize(500, 280)
    place.show()
    panel.show()
    assert panel.minimumSizeHint().width() <= 200
    panel.resize(900, 280)
    qtbot.waitUntil(lambda: panel._figure.toolTip() == "")
    panel.resize(320, 220)
    qtbot.waitUntil(lambda: panel._figure.seen != panel._figure.text())
    assert panel._figure.toolTip() == panel._figure.text()
    assert not panel._figure.is_cut
    assert panel.header.more.geometry().right() <= 320


@every_panel
def test_a_title_gives_way_to_the_figure(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    title, figure = panel.header.title, panel.header.figure
    panel.set_figure("vanishing · ×0.18 a step")
    for width in range(700, 180, -20):
        panel.resize(width, 260)
        QApplication.processEvents()
        gap = figure.geometry().left() - title.geometry().right()
        assert gap > 0, width
        assert figure.parentWidget().rect().contains(figure.geometry())  # type: ignore[union-attr]
        if figure.is_cut:
            assert title.width() <= 50, width  # there is no room but for the beginning of both
        if title.is_cut:
            assert gap <= 6, width
            assert title.toolTip() == title.text()
    panel.show_title(False)
    panel.resize(420, 260)
    QApplication.processEvents()
    assert not figure.is_cut


@every_panel
def test_the_menu_has_the_shared_entries_last(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    words = [action.text() for action in panel.menu().actions() if not action.isSeparator()]
    shared = [words for words in ENTRIES if hasattr(panel, "plot") or words != "Undo the zoom"]
    assert words[-len(shared) :] == shared


@every_panel
def test_a_right_click_opens_the_menu_and_nothing_of_it_is_left_over(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    middle = panel.body.rect().center()
    for _ in range(3):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, middle, inside(panel).mapToGlobal(middle))
        QApplication.sendEvent(inside(panel), event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert menu.parent() is panel
        menu.hide()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [menu for menu in panel.findChildren(QMenu) if menu.parent() is panel] == []


@every_panel
def test_copied_numbers_are_the_table_as_csv(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    entry(panel, "Copy numbers").trigger()
    text = QGuiApplication.clipboard().text()
    assert text == csv_text(panel.table())
    assert len(text.splitlines()) > 1
    assert next(csv.reader(text.splitlines())) == list(panel.table())


@every_panel
def test_a_copied_picture_is_the_panel(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    entry(panel, "Copy picture").trigger()
    assert QGuiApplication.clipboard().image().size() == panel.size() * panel.devicePixelRatioF()


@pytest.mark.parametrize("words", ["Copy picture", "Copy numbers"])
def test_what_was_copied_is_said_for_a_moment(qtbot: QtBot, words: str) -> None:
    panel = running(qtbot, LossPanel)
    standing = panel._caption.text()
    assert panel.paper.copied.interval() == 2000
    panel.paper.copied.setInterval(30)
    entry(panel, words).trigger()
    assert panel._caption.text() == "Copied."
    assert panel.paper.copied.parent().parent() is panel
    qtbot.waitUntil(lambda: panel._caption.text() == standing)
    assert not panel.paper.copied.isActive()


@every_plot
def test_a_zoom_by_hand_stays_until_the_whole_view_is_asked_for(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    trainer = begun(panel)
    feed(panel, trainer, 150)
    assert not entry(panel, "Undo the zoom").isEnabled()
    whole = panel.plot.shown()
    turn_wheel(panel.plot)
    zoomed = panel.plot.shown()
    assert zoomed != whole
    feed(panel, trainer, 1)
    assert panel.plot.shown() == zoomed
    action = entry(panel, "Undo the zoom")
    assert action.isEnabled()
    action.trigger()
    settle(panel)
    assert panel.plot.following
    assert panel.plot.shown()[0][0] <= whole[0][0]
    assert panel.plot.shown()[0][1] >= whole[0][1]


@every_plot
def test_a_kept_zoom_says_so_and_a_click_undoes_it(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    zoom, trainer = panel.header.zoom, begun(panel)
    feed(panel, trainer, 20)
    whole = panel.plot.shown()
    assert not zoom.isVisible()
    turn_wheel(panel.plot)
    assert zoom.isVisible()
    panel.start(trainer.info())  # another run, which keeps it where the axes mean the same
    feed(panel, trainer, 5)
    assert zoom.isVisible() == (not panel.plot.following)
    if panel.plot.following:
        turn_wheel(panel.plot)
    with panel.on_paper():
        assert not zoom.isVisible()
    qtbot.mouseClick(zoom, Qt.MouseButton.LeftButton)
    assert not zoom.isVisible()
    feed(panel, trainer, 5)
    assert panel.plot.following
    (left, right), _ = panel.plot.shown()
    assert right - left >= 0.5 * (whole[0][1] - whole[0][0])


@every_plot
def test_under_the_cursor_the_caption_reads_out_and_goes_back(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    trainer = begun(panel)
    feed(panel, trainer, 850)
    standing = panel._caption.text()
    middle = panel.plot.box.sceneBoundingRect().center()
    there = panel.plot.mapFromScene(middle)
    places = itertools.cycle((there, there + QPoint(1, 0)))  # the last test may have left it at one of them

    def reads_out() -> bool:
        qtbot.mouseMove(panel.plot.viewport(), next(places))
        return panel._caption.text() != standing

    qtbot.waitUntil(reads_out)
    reading = panel._caption.text()
    assert any(character.isdigit() for character in reading)
    QApplication.sendEvent(panel.plot, QEvent(QEvent.Type.Leave))
    assert panel._caption.text() == standing


def test_a_picture_has_neither_the_words_of_the_cursor_nor_what_is_pressed_on_a_screen(qtbot: QtBot) -> None:
    panel = shown(qtbot, FlowPanel)
    feed(panel, begun(panel), 10)
    standing = panel._caption.text()
    middle = panel.plot.box.sceneBoundingRect().center()
    qtbot.mouseMove(panel.plot.viewport(), panel.plot.mapFromScene(middle) + QPoint(30, 0))
    qtbot.waitUntil(lambda: panel._caption.text() != standing)
    reading, place = panel._caption.text(), panel.plot.geometry()
    with panel.on_paper():
        assert panel._caption.text() == standing
        assert panel.header.question.isHidden()
        assert panel.header.more.isHidden()
        panel.grab()
        assert panel.plot.geometry() == place
    assert panel._caption.text() == reading
    assert not panel.header.question.isHidden()
    entry(panel, "Copy picture").trigger()
    assert not QApplication.clipboard().pixmap().isNull()
    assert not panel.header.more.isHidden()


def test_the_readout_follows_the_training_under_a_cursor_that_rests(qtbot: QtBot) -> None:
    panel = shown(qtbot, FlowPanel)
    trainer = begun(panel)
    feed(panel, trainer, 10)
    place = panel.plot.mapFromScene(panel.plot.box.sceneBoundingRect().center())
    qtbot.mouseMove(panel.plot.viewport(), place)
    qtbot.waitUntil(lambda: panel._caption.text().startswith("time step"))
    before = panel._caption.text()
    feed(panel, trainer, 50)
    assert panel._caption.text().startswith("time step")
    assert panel._caption.text() != before


@every_panel
def test_a_panel_that_nobody_knows_is_gone_at_once(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = kind(DARK)  # type: ignore[call-arg]
    known = weakref.ref(panel)
    del panel
    assert known() is None  # and not whenever cycles are collected, which may be while it is painted


@every_panel
def test_what_was_drawn_is_no_longer_dirty(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = running(qtbot, kind)
    before = panel.drawn_at
    panel.dirty = True
    panel.refresh()
    assert not panel.dirty
    assert panel.drawn_at > before


@every_plot
def test_both_themes_can_be_put_on_at_any_time(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    panel.apply_theme(LIGHT)
    trainer = begun(panel)
    for theme in (DARK, LIGHT):
        feed(panel, trainer, 20)
        panel.apply_theme(theme)
        settle(panel)
        picture = panel.plot.grab().toImage()
        assert picture.pixelColor(2, 2).name() == theme.surface
        assert panel.plot.left.textPen().color().name() == theme.muted


@every_panel
def test_before_a_run_is_known_a_panel_can_be_painted(qtbot: QtBot, kind: type[Panel]) -> None:
    panel = shown(qtbot, kind)
    panel.refresh()
    assert not panel.grab().isNull()
    assert panel.readout(1.0, 1.0) == ""
    csv_text(panel.table())


def saved(qtbot: QtBot, panel: Panel, words: str, file: Path | None) -> list[str]:
    """Save by the menu under the name ``file``, None for cancel; what was complained of."""
    complaints: list[str] = []

    answered: list[str] = []

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return
        answered.append(dialog.windowTitle())
        if isinstance(dialog, QMessageBox):
            complaints.append(dialog.text())
            dialog.accept()
        elif isinstance(dialog, QFileDialog) and file is not None:
            dialog.findChildren(QLineEdit)[0].setText(str(file))
            dialog.accept()
        elif isinstance(dialog, QFileDialog):
            dialog.reject()

    timer = QTimer()
    timer.timeout.connect(answer)
    timer.start(10)
    entry(panel, words).trigger()
    qtbot.waitUntil(lambda: bool(answered) and QApplication.activeModalWidget() is None)
    timer.stop()
    return complaints


def test_numbers_that_cannot_be_saved_are_told_in_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    panel = running(qtbot, LossPanel)
    (tmp_path / "taken").write_text("a file where a folder should be")
    complaints = saved(qtbot, panel, "Save numbers…", tmp_path / "taken" / "loss.csv")
    assert len(complaints) == 1
    assert "taken" in complaints[0]
    assert "\n" not in complaints[0]
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


def test_numbers_and_picture_are_saved_where_a_person_says(qtbot: QtBot, tmp_path: Path) -> None:
    panel = running(qtbot, LossPanel)
    for words, name in (
        ("Save numbers…", "loss.csv"),
        ("Save picture…", "loss.svg"),
        ("Save picture…", "loss.png"),
    ):
        assert saved(qtbot, panel, words, tmp_path / name) == []
        assert (tmp_path / name).stat().st_size > 1000
    assert saved(qtbot, panel, "Save picture…", None) == []
    assert len(list(tmp_path.iterdir())) == 3


def test_a_name_without_an_ending_gets_the_usual_one(qtbot: QtBot, tmp_path: Path) -> None:
    panel = running(qtbot, LossPanel)
    for words in ("Save numbers…", "Save picture…"):
        assert saved(qtbot, panel, words, tmp_path / "loss") == []
    assert sorted(file.name for file in tmp_path.iterdir()) == ["loss.csv", "loss.png"]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert panel.findChildren(QFileDialog) == []
