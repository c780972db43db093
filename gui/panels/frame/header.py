"""The line on top of a panel: its title, its one figure, its controls, and the two buttons that all have."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui.panels.frame.explanation import Explanation
from gui.widgets.quiet_line import QuietLine

LEAST_LINE = 110  # pixels for title and figure in the narrowest panel
GAP = 4
SIGN_WIDTH = 24


class Header(QHBoxLayout):
    """From left to right: title, figure, controls, question mark, menu button.

    Arguments:
        title: the title.

    Attributes:
        title, figure: lines that change without another layout of the window.
        zoom: the button that says that a part is shown, and goes back to all.
        question: the button that opens the explanation.
        explanation: what it opens, as rich text.
        more: the button that asks for the menu.

    Signals:
        menu_asked: open the menu with its upper left corner here, on the screen.
    """

    menu_asked = Signal(QPoint)

    def __init__(self, title: str) -> None:
        super().__init__()
        self.explanation = ""
        self.setSpacing(4)
        self._line = _Line(title)
        self.title, self.figure = self._line.title, self._line.figure
        self.zoom = QToolButton()
        self.zoom.setText("zoomed")
        self.zoom.setToolTip("A part is shown, and stays on show: click to see all again")
        self.zoom.hide()
        self.question = _button("?", f"{title}: explanation", "What it shows and how to read it")
        self.question.clicked.connect(self._on_question)
        self.more = _button("⋯", f"{title}: menu", "Copy or save the picture or the numbers")
        self.more.clicked.connect(self._on_more)
        self.addWidget(self._line, 1)
        self.addWidget(self.zoom)
        self.addWidget(self.question)
        self.addWidget(self.more)

    def set_title(self, text: str) -> None:
        self.title.set_text(text)
        self._line.share()

    def show_title(self, shown: bool) -> None:
        self.title.setVisible(shown)
        self._line.share()

    def set_figure(self, text: str, *shorter: str, colour: str | None) -> None:
        """Another figure in its place; None is the colour of the theme's text."""
        self.figure.set_text(text, *shorter)
        self.figure.set_colour(colour)
        self._line.share()

    def add_control(self, control: QWidget) -> None:
        """Put a small control right of the figure."""
        self.insertWidget(self.indexOf(self.zoom), control)

    def _on_question(self) -> None:
        sheet = Explanation(self.parentWidget(), self.title.text(), self.explanation)
        sheet.show_under(self.question)

    def _on_more(self) -> None:
        self.menu_asked.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))


class _Line(QWidget):
    """Title and figure share it: where there is no room for both, the figure takes a shorter form, and where
    it has none the title gives way.
    """

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title, self.figure = QuietLine(title), QuietLine(alignment=Qt.AlignmentFlag.AlignRight)
        for part, name in ((self.title, "title"), (self.figure, "figure")):
            part.setObjectName(name)
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def share(self) -> None:
        """Put both where they belong, which asks nobody for another layout."""
        title = 0 if self.title.isHidden() else self.title.sizeHint().width() + GAP
        figure = min(self.figure.width_within(self.width() - title), self.width())
        self.title.setGeometry(0, 0, max(0, min(title - GAP, self.width() - figure - GAP)), self.height())
        self.figure.setGeometry(self.width() - figure, 0, figure, self.height())

    def sizeHint(self) -> QSize:
        return QSize(0, max(part.sizeHint().height() for part in (self.title, self.figure)))

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_LINE, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # one of them is written in another font
            self.updateGeometry()
            self.share()
        return super().event(event)


def _button(sign: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(sign)
    button.setFixedWidth(SIGN_WIDTH)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
