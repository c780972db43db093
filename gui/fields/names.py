"""A field for a name, with a list of those that there are."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QHBoxLayout, QMenu

from gui.fields.text import TextField
from gui.widgets.inputs import PushButton


class NameField(TextField):
    """A line to write in, and a button that lists the names; they are looked up when it is pressed."""

    def display(self, value: Any) -> None:
        super().display(value)
        self.line.setPlaceholderText(self.declared.empty)

    def _lay_out(self) -> None:
        self.button = PushButton("▾")
        self.button.setObjectName("browse")
        self.button.clicked.connect(self._on_clicked)
        self.menu = QMenu(self)
        self.menu.triggered.connect(self._on_triggered)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.line.setMinimumWidth(40)
        self.place(row, self.line, self.button)
        self.button.setAccessibleName(f"{self.declared.label}: list what there is")
        self.button.setToolTip("List what there is")

    def _on_clicked(self) -> None:
        assert self.declared.among is not None
        self.menu.clear()
        names = self.declared.among(self.known)
        for name in names:
            action = self.menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self.value)
        if not names:
            self.menu.addAction("none found in the file").setEnabled(False)
        self.menu.popup(self.button.mapToGlobal(QPoint(0, self.button.height())))

    def _on_triggered(self, action: Any) -> None:
        self.offer(action.data())
