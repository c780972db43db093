"""The line on top of a panel: its title, its one figure, its controls, and the two buttons that all have."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui.panels.frame.explanation import Explanation
from gui.widgets.quiet_line import QuietLine

LEAST_TITLE = 50  # pixels that are left of it in a narrow panel
SIGN_WIDTH = 24


class Header(QHBoxLayout):
    """From left to right: title, figure, controls, question mark, menu button.

    Arguments:
        title: the title.
        explanation: what the question mark opens; without one there is none.
        least_figure: pixels that are left of the figure in a narrow panel.

    Attributes:
        title, figure: lines that change without another layout of the window.
        question: the button that opens the explanation.
        more: the button that asks for the menu.

    Signals:
        menu_asked: open the menu with its upper left corner here, on the screen.
    """

    menu_asked = Signal(QPoint)

    def __init__(self, title: str, explanation: str, least_figure: int) -> None:
        super().__init__()
        self.setSpacing(4)
        self.title = QuietLine(title, least=LEAST_TITLE)
        self.title.setObjectName("title")
        self.figure = QuietLine(alignment=Qt.AlignmentFlag.AlignRight)
        self.figure.setObjectName("figure")
        self.figure.setMinimumWidth(least_figure)
        self.figure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._explanation = explanation
        self.question = _button("?", f"{title}: explanation", "What it shows and how to read it")
        if not explanation:
            self.question.hide()
        self.question.clicked.connect(self._on_question)
        self.more = _button("⋯", f"{title}: menu", "Copy or save the picture or the numbers")
        self.more.clicked.connect(self._on_more)
        self.addWidget(self.title)
        self.addWidget(self.figure, 1)
        self.addWidget(self.question)
        self.addWidget(self.more)

    def set_title(self, text: str) -> None:
        """Another title; its place fits it."""
        self.title.set_text(text)
        self.title.updateGeometry()

    def set_figure(self, text: str, colour: str | None) -> None:
        """Another figure in its place; None is the colour of the theme's text."""
        self.figure.set_text(text)
        self.figure.set_colour(colour)

    def add_control(self, control: QWidget) -> None:
        """Put a small control right of the figure."""
        self.insertWidget(self.indexOf(self.question), control)

    def _on_question(self) -> None:
        sheet = Explanation(self.parentWidget(), self.title.text(), self._explanation)
        sheet.show_under(self.question)

    def _on_more(self) -> None:
        self.menu_asked.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))


def _button(sign: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setFixedWidth(SIGN_WIDTH)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
