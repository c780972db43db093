"""What a person typed, and what the files of a person hold, is shown as it is: nowhere is it read as HTML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.docks.layouts import NAMES
from gui.fields import TextField
from gui.panels.frame.paper import say_failure
from gui.widgets.plain import tip
from rnn.config import RunConfig
from rnn.config.presets import starting_config
from rnn.errors import ConfigError, ScopeError
from rnn.model.network import Network
from rnn.weights import Names, save_weights
from tests.gui.every_panel import settle
from tests.gui.windows import ARTICLE, OpenWindow

MARK = "<b>bold<b><img src=mark>"
IMAGE = "\ufffc"  # what stands in the text of a document where an image is


def series(folder: Path) -> RunConfig:
    rows = "".join(f"{number},{np.sin(number)}\n" for number in range(400))
    (folder / f"{MARK}.csv").write_text(f"day,{MARK}\n{rows}")
    changes = {"task.file": str(folder / f"{MARK}.csv"), "task.column": MARK}
    return starting_config("series").with_values(changes)


def text(folder: Path) -> RunConfig:
    (folder / f"{MARK}.txt").write_text(f"{MARK} & more\n" * 100)
    return starting_config("text").with_values({"task.file": str(folder / f"{MARK}.txt"), "task.length": 20})


def weights(folder: Path) -> RunConfig:
    network = Network(1, (4,), 1)
    network.initialize(np.random.default_rng(0), "uniform", None)
    save_weights(folder / f"{MARK}.npz", network, Names(f"{MARK}.rnn.", f"{MARK}.head"))
    return ARTICLE.with_values({"model.weights": str(folder / f"{MARK}.npz")})


@pytest.mark.parametrize("make", [series, text, weights])
def test_no_text_of_a_file_is_html_in_any_panel_or_row(
    make: Callable[[Path], RunConfig], qtbot: QtBot, open_window: OpenWindow, tmp_path: Path
) -> None:
    folder = tmp_path / MARK
    folder.mkdir()
    window = open_window(make(folder))
    window.grid.show_side_by_side(NAMES)
    settle(qtbot, window, "ready")
    window.do.one_update()
    settle(qtbot, window, "paused")
    window.transport.show_message(f"{MARK}: is none")
    window.controls.set_sentence(MARK)
    for key, field in window.controls.form.fields.items():
        if isinstance(field, TextField):
            window.controls.offer(key, MARK)
            window.controls.show_error(ConfigError(key, MARK))
    shown_as_it_is()


def shown_as_it_is() -> None:
    """Look at everything that is there."""
    for widget in QApplication.allWidgets():
        assert MARK not in widget.toolTip(), widget
        if isinstance(widget, QLabel):
            assert widget.textFormat() == Qt.TextFormat.PlainText or MARK not in widget.text()
            assert widget.textFormat() != Qt.TextFormat.AutoText, widget.text()
        if isinstance(widget, QComboBox):
            tips = [widget.itemData(row, Qt.ItemDataRole.ToolTipRole) for row in range(widget.count())]
            assert not [one for one in tips if one and "<" in one]
        if isinstance(widget, QGraphicsView):
            for item in widget.items():
                assert not isinstance(item, pg.LabelItem)  # whose text is HTML
                if isinstance(item, QGraphicsTextItem):
                    assert IMAGE not in item.toPlainText()


def test_the_label_of_an_axis_is_what_it_says(open_window: OpenWindow) -> None:
    window = open_window()
    items = [item for view in window.findChildren(QGraphicsView) for item in view.items()]
    axes: list[pg.AxisItem] = [item for item in items if isinstance(item, pg.AxisItem)]
    assert len(axes) > 4
    for axis in axes:
        axis.setLabel(MARK)
        seen = axis.label.toPlainText()
        assert seen == MARK or (seen.endswith("…") and MARK.startswith(seen[:-1])), seen  # it may be cut


def test_a_box_that_says_why_something_failed_is_plain(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)

    def fail() -> None:
        raise ScopeError(MARK)

    say_failure(parent, "Save", fail)
    (box,) = parent.findChildren(QMessageBox)
    assert (box.text(), box.textFormat()) == (MARK, Qt.TextFormat.PlainText)
    box.close()


def test_a_tip_shows_what_it_was_given(qtbot: QtBot) -> None:
    label = QLabel(tip(f"{MARK}\n  two  spaces"))
    qtbot.addWidget(label)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSelection(0, len(MARK))
    assert label.selectedText() == MARK
    assert tip("plain") == "plain"
