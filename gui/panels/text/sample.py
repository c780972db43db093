"""What the network writes, as wrapped text that can be selected."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QTextEdit

from gui.theme import FORM, Theme, mono

LINES, LEAST_LINES = 5, 4


class Sample(QPlainTextEdit):
    """A text of two parts in whole lines; while a person has some of it selected it stands still."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sample")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(mono(FORM))
        self.setAccessibleName("What the network writes")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.document().setDocumentMargin(0)
        self.prompt, self.written = "", ""
        self._faint = QColor()
        self.selectionChanged.connect(self._on_selection_changed)

    def show_text(self, prompt: str, written: str) -> None:
        """Show ``prompt`` in the fainter colour, and ``written`` behind it."""
        if (prompt, written) != (self.prompt, self.written):
            self.prompt, self.written = prompt, written
            self._write()

    def apply_theme(self, theme: Theme) -> None:
        self._faint = QColor(theme.muted)
        self._colour()

    def sizeHint(self) -> QSize:
        return QSize(0, LINES * self.fontMetrics().lineSpacing() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, LEAST_LINES * self.fontMetrics().lineSpacing() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # One pixel more than whole lines: their heights are not whole numbers.
        left_over = max(0, self.height() - 1) % self.fontMetrics().lineSpacing()
        if self.viewportMargins().bottom() != left_over:
            self.setViewportMargins(0, 0, 0, left_over)

    def _write(self) -> None:
        text = self.prompt + self.written
        if not self.textCursor().hasSelection() and text != self.toPlainText():
            self.setPlainText(text)
            self._colour()

    def _colour(self) -> None:
        faint = QTextEdit.ExtraSelection()
        look = QTextCharFormat()
        look.setForeground(self._faint)
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(len(self.prompt), self.document().characterCount() - 1))
        cursor.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
        faint.format, faint.cursor = look, cursor  # type: ignore[attr-defined]
        self.setExtraSelections([faint])

    def _on_selection_changed(self) -> None:
        self._write()
