"""The card that a panel lies on: header, caption, lines that explain colours and strokes, and the body."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.panels.frame.caption import Caption
from gui.panels.frame.export import Table
from gui.panels.frame.header import Header
from gui.widgets.plain import PlainLabel

KEY_GAP = 18
WORDS_SHARE = 0.3  # of the height beyond PICTURE, which the words under the title may take
PICTURE = 110  # pixels of a panel's height that title, axes and picture need before there are many words
LEAST = QSize(180, 130)
BREAK = "\u200b"  # of no width: the path of a file may be broken there


class Card(QFrame):
    """Its words change without another layout of the window.

    Attributes:
        header: the line on top.
        rows: what lies under title and caption, from top to bottom; a line may be put below the body.
        body: the picture.
    """

    def __init__(self, header: Header, body: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.header = header
        self.body = body
        self._title, self._figure = header.title, header.figure
        self._caption = Caption("")
        self.setAccessibleName(header.title.text())
        self.setWindowTitle(header.title.text())
        self._picture, self._instead = QWidget(), PlainLabel()
        self.rows = _column(self._picture)
        self.rows.addWidget(body, 1)
        column = _column(self)
        column.setContentsMargins(12, 8, 8, 6)
        column.addLayout(header)
        column.addWidget(self._caption)
        column.addWidget(self._picture, 1)
        column.addWidget(self._instead, 1)
        self._instead.setWordWrap(True)
        self._instead.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._instead.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._instead.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._instead.hide()

    def add_control(self, control: QWidget) -> None:
        """Put a small control into the header, right of the figure."""
        self.header.add_control(control)

    def add_key(self, *parts: QWidget, wide: QWidget | None = None) -> None:
        """Put a line that explains colours and strokes between the caption and the body.

        Arguments:
            parts: side by side.
            wide: the one of them that takes the free space; None is the last.
        """
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(KEY_GAP)
        for part in parts:
            row.addWidget(part, 1 if part is (wide or parts[-1]) else 0)
        self.rows.insertWidget(self.rows.indexOf(self.body), line)

    def set_title(self, text: str) -> None:
        """Another title than the class's."""
        self.header.set_title(text)
        self.setAccessibleName(text)
        self.setWindowTitle(text)

    def set_figure(self, text: str, *shorter: str, colour: str | None = None) -> None:
        """The one figure at the right of the title, and ``shorter`` forms of it for a narrow panel."""
        self.header.set_figure(text, *shorter, colour=colour)

    def table(self) -> Table:
        """The numbers that are drawn, as columns by header; columns may differ in length."""
        return {}

    def show_instead(self, text: str) -> None:
        """A sentence in the place of the picture; empty brings the picture back."""
        self._instead.setText(text.replace(os.sep, f"{os.sep}{BREAK}"))
        self._instead.setVisible(bool(text))
        self._picture.setVisible(not text)

    def show_title(self, shown: bool) -> None:
        """Whether the header has the title; a tab above it may have it."""
        self.header.show_title(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        line = self._caption.fontMetrics().height()
        self._caption.set_most(max(1, int(WORDS_SHARE * (self.height() - PICTURE)) // line))

    @contextmanager
    def on_paper(self) -> Iterator[None]:
        """Meanwhile it is without what serves on a screen only: buttons, and the words of the cursor."""
        passing, header = self._caption.passing, self.header
        buttons = [button for button in (header.zoom, header.question, header.more) if not button.isHidden()]
        self._caption.set_passing("")
        for button in buttons:
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
            button.hide()
        try:
            yield
        finally:
            for button in buttons:
                button.show()
            self._caption.set_passing(passing)

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def minimumSizeHint(self) -> QSize:
        return LEAST


def _column(widget: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    return column
