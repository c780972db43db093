"""Saving what a panel shows: the name is asked, and what goes wrong is told in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from rnn.errors import ScopeError


def asked_file(parent: QWidget, title: str, name: str, kinds: str) -> str:
    """The file that a person names, with the ending of ``name`` where theirs has none; empty for none."""
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.selectFile(name)
    named = dialog.selectedFiles() if dialog.exec() else []
    dialog.deleteLater()
    return named[0] if named else ""


def say_failure(parent: QWidget, title: str, write: Callable[[], None]) -> None:
    """Do ``write``, and show why it could not be done."""
    try:
        write()
    except ScopeError as error:
        QMessageBox.warning(parent, title, str(error))
