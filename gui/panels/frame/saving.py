"""Saving what a panel shows: the name is asked, and what goes wrong is told in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from rnn.errors import ScopeError


def save_dialog(parent: QWidget, title: str, name: str, kinds: str) -> QFileDialog:
    """A dialog that asks for a file, to be opened; a name without an ending gets that of ``name``."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def say_failure(parent: QWidget, title: str, write: Callable[[], None]) -> None:
    """Do ``write``, and show why it could not be done."""
    try:
        write()
    except ScopeError as error:
        box = QMessageBox(QMessageBox.Icon.Warning, title, str(error), parent=parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.finished.connect(box.deleteLater)
        box.open()
