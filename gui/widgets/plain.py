"""Text that is shown as it is written: what a person typed, or a file holds, is never read as HTML."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """A label of plain text; a QLabel takes what looks like HTML for HTML."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """What to hand to ``setToolTip`` so that ``text`` is shown as it is; a tooltip takes it for HTML, too."""
    return f"<span style='white-space: pre-wrap'>{escape(text)}</span>" if "<" in text else text
