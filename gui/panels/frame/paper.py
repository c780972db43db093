"""What a panel shows, taken out of the window: copied, or saved under a name that is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from gui.panels.frame.card import Card
from gui.panels.frame.export import csv_text, save_numbers, save_picture
from gui.widgets.file_dialog import FileDialog
from rnn.errors import ScopeError

COPIED_MILLISECONDS = 2000


class Paper(QObject):
    """Copies and saves the picture and the numbers of the panel that it belongs to, under the panel's title.

    Attributes:
        copied: the timer that runs while the word of a copy stands.

    Signals:
        word_changed: something was copied, or that was a while ago.
        saved: something was saved; a sentence that says where.
    """

    word_changed = Signal()
    saved = Signal(str)

    def __init__(self, panel: Card) -> None:
        super().__init__(panel)
        self.copied = QTimer(self, singleShot=True, interval=COPIED_MILLISECONDS)
        self.copied.timeout.connect(self.word_changed)

    @property
    def _panel(self) -> Card:
        # In a field, it would live until cycles are collected: maybe in the midst of being painted.
        return cast("Card", self.parent())

    @property
    def word(self) -> str:
        """That something was copied; empty where that was a while ago."""
        return "Copied." if self.copied.isActive() else ""

    def extend_menu(self, menu: QMenu) -> None:
        """Add an entry for each way out."""
        menu.addAction("Copy picture", self.copy_picture)
        menu.addAction("Copy numbers", self.copy_numbers)
        menu.addSeparator()
        menu.addAction("Save picture…", self._on_save_picture)
        menu.addAction("Save numbers…", self._on_save_numbers)

    def copy_picture(self) -> None:
        with self._panel.on_paper():
            QGuiApplication.clipboard().setPixmap(self._panel.grab())
        self._say_copied()

    def copy_numbers(self) -> None:
        self.copy_text(csv_text(self._panel.table()))

    def copy_text(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._say_copied()

    def _say_copied(self) -> None:
        self.copied.start()
        self.word_changed.emit()

    # Saving

    def _on_save_picture(self) -> None:
        name = f"{self._panel.windowTitle()}.png"
        dialog = FileDialog(self._panel, "Save picture", ["Picture (*.png *.svg)"], save_as=name)
        dialog.fileSelected.connect(self._on_picture_named)
        dialog.open()

    def _on_save_numbers(self) -> None:
        name = f"{self._panel.windowTitle()}.csv"
        dialog = FileDialog(self._panel, "Save numbers", ["Numbers (*.csv)"], save_as=name)
        dialog.fileSelected.connect(self._on_numbers_named)
        dialog.open()

    def _on_picture_named(self, file: str) -> None:
        with self._panel.on_paper():
            self._save(partial(save_picture, self._panel, file), "Picture", file)

    def _on_numbers_named(self, file: str) -> None:
        self._save(partial(save_numbers, self._panel.table(), file), "Numbers", file)

    def _save(self, write: Callable[[], None], what: str, file: str) -> None:
        title = self._panel.windowTitle()
        if say_failure(self._panel, title, write):
            self.saved.emit(f"{what} of “{title}” saved in {file}.")


def say_failure(parent: QWidget, title: str, write: Callable[[], None]) -> bool:
    """Do ``write``, and show why it could not be done; whether it was."""
    try:
        write()
    except ScopeError as error:
        box = QMessageBox(QMessageBox.Icon.Warning, title, str(error), parent=parent)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.finished.connect(box.deleteLater)
        box.open()
        return False
    return True
