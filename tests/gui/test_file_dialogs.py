"""Dialogs for files: where each begins, and what is said of what was saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.panels.loss.panel import LossPanel
from gui.preferences import Preferences
from gui.widgets.file_dialog import FileDialog
from rnn.model.network import Network
from rnn.weights import npz_bytes, to_torch
from tests.gui.windows import OpenWindow


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileDialog, "folders", {})


def answered(qtbot: QtBot, window: MainWindow, ask: Callable[[], object], file: Path | None) -> str:
    """Where the dialog begins that ``ask`` opens; it is answered with ``file``, or with None given up."""
    ask()
    qtbot.waitUntil(lambda: bool(window.findChildren(QFileDialog)))
    (dialog,) = window.findChildren(QFileDialog)
    begun = dialog.directory().absolutePath()
    if file is None:
        dialog.reject()
    else:
        dialog.findChildren(QLineEdit)[0].setText(str(file))
        dialog.accept()
    qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
    return begun


def test_every_dialog_remembers_its_folder_and_a_new_one_begins_where_any_ended(
    qtbot: QtBot, open_window: OpenWindow, settings: Preferences, tmp_path: Path
) -> None:
    window = open_window()
    panel = next(panel for panel in window.grid.panels if isinstance(panel, LossPanel))
    pictures, weights = tmp_path / "pictures", tmp_path / "weights"
    for folder in (pictures, weights):
        folder.mkdir()
    (weights / "now.npz").write_bytes(npz_bytes(to_torch(Network(1, (4,), 1))))
    picture, start = panel.paper._on_save_picture, window.controls.form.fields["model.weights"]
    answered(qtbot, window, picture, pictures / "loss.png")
    assert (pictures / "loss.png").exists()
    assert window.transport.message.text == f"Picture of “Loss” saved in {pictures / 'loss.png'}."
    assert answered(qtbot, window, window.do.save_weights, None) == str(pictures)
    assert answered(qtbot, window, window.do.open_weights, weights / "now.npz") == str(pictures)
    assert answered(qtbot, window, picture, None) == str(pictures)
    assert answered(qtbot, window, panel.paper._on_save_numbers, weights / "loss.csv") == str(weights)
    assert window.transport.message.text == f"Numbers of “Loss” saved in {weights / 'loss.csv'}."
    assert answered(qtbot, window, start._on_browse, None) == str(weights)  # type: ignore[attr-defined]
    window.close()
    assert settings.chosen.folder == str(weights)
