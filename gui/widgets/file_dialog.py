"""A dialog for a file, which begins in the folder where the last one of its kind ended."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from PySide6.QtWidgets import QFileDialog, QWidget

ANY = ""


class FileDialog(QFileDialog):
    """Asks for an existing file, or under which name one is to be saved; it is gone once it has finished.

    Attributes:
        folders: where a person chose a file last, by the titles of dialogs, and in whichever under ANY.
    """

    folders: ClassVar[dict[str, str]] = {}

    def __init__(
        self, parent: QWidget, title: str, kinds: Sequence[str], *, folder: str = "", save_as: str = ""
    ) -> None:
        """A dialog still to be opened.

        Arguments:
            kinds: as Qt writes them, ``Numbers (*.csv)``.
            folder: where it begins in any case.
            save_as: the name that is proposed, whose ending another name without one gets; empty to open one.
        """
        begin = folder or self.folders.get(title) or self.folders.get(ANY, "")
        super().__init__(parent.window(), title, begin)
        self.setNameFilters(list(kinds))
        if save_as:
            self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self.setDefaultSuffix(Path(save_as).suffix.removeprefix("."))
            self.selectFile(save_as)
        else:
            self.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.fileSelected.connect(self._on_selected)
        self.finished.connect(self.deleteLater)

    def _on_selected(self, file: str) -> None:
        self.folders[self.windowTitle()] = self.folders[ANY] = os.path.dirname(file)
