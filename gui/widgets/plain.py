"""Text that is shown as it is written: what a person typed, or a file holds, is never read as HTML."""

from __future__ import annotations

from html import escape
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse


class PlainLabel(QLabel):
    """A label of plain text: a QLabel takes what looks like HTML for HTML. Qt's properties go by name."""

    def __init__(self, text: str = "", parent: QWidget | None = None, **properties: Any) -> None:
        super().__init__(text, parent, **properties)
        self.setTextFormat(Qt.TextFormat.PlainText)


def tip(text: str) -> str:
    """What to hand to ``setToolTip`` so that ``text`` is shown as it is; a tooltip takes it for HTML, too."""
    return f"<span style='white-space: pre-wrap'>{escape(text)}</span>" if "<" in text else text
