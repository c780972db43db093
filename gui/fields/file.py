"""A field that names a file, and the dialog that looks for one."""

from __future__ import annotations

import os
from typing import Any

from PySide6.QtWidgets import QWidget

from gui.fields.text import TextField
from gui.widgets.file_dialog import FileDialog
from rnn.settings import OFF, Setting


class FileField(TextField):
    """The path of a file, and a button to look for it; where it can be off, an empty path is off."""

    def display(self, value: Any) -> None:
        self.line.show_text(value or "")
        self.line.setCursorPosition(len(self.line.text()))
        self.line.setPlaceholderText(OFF if self.optional else self.declared.empty)

    def write(self, text: str) -> None:
        """Put a text there as if a person had typed it, and not finished."""
        self.line.setText(text)
        self.line.setModified(True)

    def _lay_out(self) -> None:
        self.browse = self.place_beside("…", "Look for a file")
        self.browse.clicked.connect(self._on_browse)

    def _on_finished(self, text: str) -> None:
        path = os.path.expanduser(text.strip())
        self.offer(OFF if self.optional and not path else path)

    def _on_browse(self) -> None:
        dialog = file_dialog(self, self.declared, os.path.dirname(self.value or ""))
        dialog.fileSelected.connect(self.offer)
        dialog.open()


def file_dialog(parent: QWidget, declared: Setting, folder: str = "") -> FileDialog:
    """A dialog for a file that a setting names, still to be opened."""
    kinds = " ".join(f"*{ending}" for ending in declared.endings)
    named = [f"{declared.label} ({kinds})"] if kinds else []
    return FileDialog(parent, declared.label, [*named, "All files (*)"], folder=folder)
