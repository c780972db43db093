"""A series file in the window: the column that was read is seen, and where that is open its choice opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from gui.fields import NameField
from gui.main_window import MainWindow
from gui.panels.fit.panel import FitPanel
from rnn.config.presets import starting_config
from tests.gui.settings.by_hand import choose, enter, line
from tests.gui.windows import OpenWindow

LEFT = Qt.MouseButton.LeftButton
FILE, COLUMN = "task.file", "task.column"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    rows = [f"x{n},${5 + np.sin(n):.2f},{n % 9}\n" for n in range(80)]
    (tmp_path / "one.csv").write_text("day,Wave\n" + "".join(row.rpartition(",")[0] + "\n" for row in rows))
    (tmp_path / "two.csv").write_text("day,Close,Volume\n" + "".join(rows))
    return tmp_path


@pytest.fixture
def window(files: Path, open_window: OpenWindow) -> MainWindow:
    return open_window(starting_config("series").with_values({FILE: str(files / "one.csv")}))


def column(window: MainWindow) -> NameField:
    field = window.controls.form.fields.get(COLUMN)
    assert isinstance(field, NameField)
    return field


def axis(window: MainWindow) -> str:
    fit = next(panel for panel in window.grid.panels if isinstance(panel, FitPanel))
    return str(fit.plot.left.labelText)


def listed(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions()] if menu.isVisible() else []


def test_the_column_that_was_read_is_said_at_its_field_on_the_axis_and_in_the_bar(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.waitUntil(lambda: column(window).line.text() == "Wave")
    assert axis(window) == "Wave (standardized)"
    said = window.transport.notes.text()
    assert said == "one.csv: column Wave, 80 values, rows 2 to 81, in $."
    assert window.transport.notes.isVisible()


def test_where_several_columns_may_be_meant_their_choice_opens_and_a_click_takes_one(
    qtbot: QtBot, window: MainWindow, files: Path
) -> None:
    qtbot.waitUntil(lambda: column(window).line.text() == "Wave")
    enter(qtbot, window.controls, FILE, str(files / "two.csv"))
    menu = column(window).menu
    qtbot.waitUntil(lambda: listed(menu) == ["Close", "Volume"])
    assert column(window).line.text() == ""  # the old one's is forgotten
    assert column(window).refusal.startswith("Several columns may be meant: Close, Volume")
    assert "name one in “Column”" in window.transport.message.text
    qtbot.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[0]).center())
    qtbot.waitUntil(lambda: axis(window) == "Close (standardized)")
    assert (column(window).line.text(), column(window).refusal) == ("Close", "")
    assert window.transport.message.text == ""
    assert window.run.config == window.controls.config
    enter(qtbot, window.controls, FILE, str(files / "one.csv"))
    qtbot.waitUntil(lambda: axis(window) == "Wave (standardized)")
    assert column(window).line.text() == "Wave"


def test_a_column_is_chosen_by_keys_and_escape_leaves_it_open(
    qtbot: QtBot, window: MainWindow, files: Path
) -> None:
    qtbot.waitUntil(lambda: column(window).line.text() == "Wave")
    enter(qtbot, window.controls, FILE, str(files / "two.csv"))
    menu = column(window).menu
    qtbot.waitUntil(lambda: listed(menu) == ["Close", "Volume"])
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not menu.isVisible())
    assert column(window).refusal
    assert line(window.controls, FILE).text() == str(files / "two.csv")
    enter(qtbot, window.controls, COLUMN, "Volumes")  # which there is not
    qtbot.waitUntil(lambda: listed(menu) == ["Close", "Volume"])
    assert column(window).refusal.startswith(
        "There is no column Volumes in the table from row 2 on; there are day"
    )
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: axis(window) == "Volume (standardized)")
    assert window.run.config.values()[COLUMN] == "Volume"


def test_the_choice_opens_too_where_the_task_is_chosen_along_with_its_file(
    qtbot: QtBot, open_window: OpenWindow, files: Path
) -> None:
    window = open_window()
    choose(qtbot, window.controls, "task.name", "Series from a file")
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    dialog.setDirectory(str(files))
    dialog.selectFile(str(files / "two.csv"))
    qtbot.waitUntil(lambda: dialog.selectedFiles() == [str(files / "two.csv")])
    dialog.accept()
    qtbot.waitUntil(lambda: bool(window.transport.message.text))
    window.activateWindow()  # as the window system does behind a dialog
    qtbot.waitUntil(lambda: listed(column(window).menu) == ["Close", "Volume"])
    qtbot.keyClick(column(window).menu, Qt.Key.Key_Down)
    qtbot.keyClick(column(window).menu, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: axis(window) == "Close (standardized)")
