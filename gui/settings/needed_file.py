"""Asks for the file that a task cannot do without."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.fields import file_dialog
from rnn.config import RunConfig


class NeededFile(QObject):
    """A dialog over a widget: a task is chosen along with a file, or not at all.

    Signals:
        chosen: the config that a file was needed for, the key that names it, and the file.
        finished: the dialog is gone, whatever came of it.
    """

    chosen = Signal(object, str, str)
    finished = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._wanted = RunConfig()

    def ask(self, config: RunConfig, title: str) -> None:
        """Look for the first file that ``config`` needs, for a task that is called ``title``."""
        self._wanted = config
        _, setting = config.files_needed()[0]
        dialog = file_dialog(self._over, replace(setting, label=title))
        dialog.fileSelected.connect(self._on_selected)
        dialog.finished.connect(self.finished)
        dialog.open()

    def _on_selected(self, file: str) -> None:
        key, _ = self._wanted.files_needed()[0]
        self.chosen.emit(self._wanted, key, file)
