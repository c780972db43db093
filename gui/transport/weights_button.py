"""The button for weights: to open a model or its weights, and to save those of now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from gui.widgets.file_dialog import FileDialog
from gui.widgets.inputs import PushButton

ENDINGS = {"NumPy archive (*.npz)": "npz", "Safetensors (*.safetensors)": "safetensors"}


class WeightsButton(PushButton):
    """A menu of three entries, each of which asks for files.

    Attributes:
        opening_model, opening, saving: the entries.

    Signals:
        model_asked: a person wants to open a model, and data for it.
        open_asked: a person chose this file to start a run from.
        save_asked: a person named this file to save the weights of now in.
    """

    model_asked = Signal()
    open_asked = Signal(str)
    save_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("Weights ▾")
        self.setObjectName("menu")
        self.setToolTip(
            "Open a network of your own on your data (Ctrl Shift O), start this run from weights in a file "
            "(Ctrl O), or save those of now (Ctrl S)"
        )
        menu = QMenu(self)
        self.opening_model = QAction("Open model…", self)
        self.opening = QAction("Open weights…", self)
        self.saving = QAction("Save weights…", self)
        self.opening_model.setShortcut(QKeySequence("Ctrl+Shift+O"))
        self.opening.setShortcut(QKeySequence.StandardKey.Open)
        self.saving.setShortcut(QKeySequence.StandardKey.Save)
        self.opening_model.triggered.connect(self.model_asked)
        self.opening.triggered.connect(self._on_open)
        self.saving.triggered.connect(self._on_save)
        for action in (self.opening_model, self.opening, self.saving):
            menu.addAction(action)
            self.addAction(action)
        self.setMenu(menu)

    def _on_open(self) -> None:
        kinds = " ".join(f"*.{each}" for each in ENDINGS.values())
        dialog = FileDialog(self, "Open weights", [f"Weights ({kinds})"])
        dialog.fileSelected.connect(self.open_asked)
        dialog.open()

    def _on_save(self) -> None:
        dialog = FileDialog(self, "Save weights", list(ENDINGS), save_as="weights.npz")
        dialog.filterSelected.connect(self._on_filter)
        dialog.fileSelected.connect(self.save_asked)
        dialog.open()

    def _on_filter(self, kind: str) -> None:
        """A name without an ending gets that of the chosen kind, and so does the one that is offered."""
        dialog = self.sender()
        assert isinstance(dialog, FileDialog)
        dialog.setDefaultSuffix(ENDINGS[kind])
        dialog.selectFile(f"weights.{ENDINGS[kind]}")
