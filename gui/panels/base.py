"""The contract of a panel: what the window calls, and the frame that all of them share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QMessageBox,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.panels.caption import Caption
from gui.panels.export import Table, csv_text, save_numbers, save_picture
from gui.panels.plot import Plot
from gui.theme import Theme
from rnn.errors import ScopeError
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

COPIED_MILLISECONDS = 2000
ARTICLE_EPOCHS = frozenset({6, 9})  # the two whose fits the article shows


class Panel(QFrame):
    """A titled plot that is fed by the window's frame timer.

    A subclass sets the class attributes, makes its plot items once in ``__init__``, and overrides ``begin``,
    ``receive``, ``draw``, ``apply_theme``, ``readout`` and ``table``. It never sees trainer or thread.

    Attributes:
        title: on top.
        caption: one line that says what is drawn.
        probes: names in PROBES that its snapshots must hold while it is visible.
        dirty: whether something has come that is not drawn yet.
        drawn_at: when it was last drawn, in seconds.
        keep_epochs: epochs whose weights it shows again later, kept however fast they pass.
        fills_window: whether it has the place of all panels.

    Signals:
        fill_asked: fill the window with this panel, or go back.
    """

    title: ClassVar[str]
    caption: ClassVar[str]
    probes: ClassVar[frozenset[str]] = frozenset()
    keep_epochs: ClassVar[frozenset[int]] = frozenset()

    fill_asked = Signal()

    def __init__(self, theme: Theme, plot: Plot) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme = theme
        self.plot = plot
        self.dirty = True
        self.drawn_at = -1.0
        self.fills_window = False
        self._hovered: QPointF | None = None
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MILLISECONDS)
        self._copied.timeout.connect(self._read_out)
        self._title = QLabel(self.title)
        self._title.setObjectName("title")
        self._figure = QLabel()
        self._menu_button = QToolButton()
        self._menu_button.setText("⋯")
        self._menu_button.setAccessibleName(f"{self.title}: menu")
        self._menu_button.setToolTip("Copy or save the picture or the numbers")
        self._menu_button.clicked.connect(self._on_menu_button)
        self._caption = Caption(self.caption)
        self.header = QHBoxLayout()
        self.header.setSpacing(4)
        self.header.addWidget(self._title)
        self.header.addStretch(1)
        self.header.addWidget(self._figure)
        self.header.addWidget(self._menu_button)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 8, 8, 6)
        self.rows.setSpacing(2)
        self.rows.addLayout(self.header)
        self.rows.addWidget(self._caption)
        self.rows.addWidget(plot, 1)
        plot.hovered.connect(self._on_hovered)
        plot.filled.connect(self.fill_asked)

    # What a panel overrides

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: forget what was drawn before."""

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        """Keep what has come; called at every frame with something new, visible or not. Set ``dirty``."""

    def draw(self) -> None:
        """Bring the plot items up to what was received; called when visible and dirty."""

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours; a subclass adds its own items."""
        self.theme = theme
        self.plot.apply_theme(theme)
        self.dirty = True

    def readout(self, x: float, y: float) -> str:
        """What is under the cursor, in words and units; empty where there is nothing."""
        return ""

    def table(self) -> Table:
        """The numbers that are drawn, as columns by header; columns may differ in length."""
        return {}

    def extend_menu(self, menu: QMenu) -> None:
        """Add a panel's own entries on top of the shared ones."""

    # What a panel uses

    def add_control(self, control: QToolButton) -> None:
        """Put a small control into the header, left of the figure."""
        self.header.insertWidget(self.header.count() - 2, control)

    def add_key(self, key: QWidget) -> None:
        """Put a line that explains colours and strokes between the caption and the plot."""
        self.rows.insertWidget(self.rows.indexOf(self.plot), key)

    def set_title(self, text: str) -> None:
        """Another title than the class's."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def set_figure(self, text: str, colour: str | None = None) -> None:
        """The one figure at the right of the title."""
        if text != self._figure.text():
            self._figure.setText(text)
        style = f"font-weight: 600; color: {colour or self.theme.text};"
        if style != self._figure.styleSheet():
            self._figure.setStyleSheet(style)

    def set_caption(self, text: str) -> None:
        """Another line under the title than the class's."""
        self._caption.set_standing(text)

    # What the window calls

    def refresh(self) -> None:
        """Draw what has come."""
        self.drawn_at = time.perf_counter()
        self.dirty = False
        self.draw()
        self._read_out()

    def menu(self) -> QMenu:
        """The panel's menu."""
        menu = QMenu(self)
        self.extend_menu(menu)
        if menu.actions():
            menu.addSeparator()
        menu.addAction("Copy picture", self.copy_picture)
        menu.addAction("Copy numbers", self.copy_numbers)
        menu.addSeparator()
        menu.addAction("Save picture…", self._on_save_picture)
        menu.addAction("Save numbers…", self._on_save_numbers)
        menu.addSeparator()
        menu.addAction("Undo the zoom", self.show_all).setEnabled(not self.plot.following)
        menu.addAction("Back to all panels" if self.fills_window else "Fill the window", self.fill_asked.emit)
        return menu

    def show_all(self) -> None:
        """Undo a zoom by hand."""
        self.plot.follow()
        self.dirty = True

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.grab())
        self._say_copied()

    def copy_numbers(self) -> None:
        QGuiApplication.clipboard().setText(csv_text(self.table()))
        self._say_copied()

    # Events

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.fill_asked.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._open_menu(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.fill_asked.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def _on_hovered(self, place: QPointF | None) -> None:
        self._hovered = place
        self._read_out()

    def _say_copied(self) -> None:
        self._copied.start()
        self._read_out()

    def _read_out(self) -> None:
        if self._copied.isActive():
            self._caption.set_passing("Copied.")
            return
        place = self._hovered
        self._caption.set_passing(self.readout(place.x(), place.y()) if place is not None else "")

    def _on_menu_button(self) -> None:
        self._open_menu(self._menu_button.mapToGlobal(self._menu_button.rect().bottomLeft()))

    def _open_menu(self, corner: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(corner)

    def _on_save_picture(self) -> None:
        file = self._asked_file("Save picture", "png", "Picture (*.png *.svg)")
        if file:
            self._say_failure(lambda: save_picture(self, file))

    def _on_save_numbers(self) -> None:
        file = self._asked_file("Save numbers", "csv", "Numbers (*.csv)")
        if file:
            self._say_failure(lambda: save_numbers(self.table(), file))

    def _asked_file(self, title: str, ending: str, kinds: str) -> str:
        """The file that a person names, with ``ending`` where the name has none; empty for none."""
        dialog = QFileDialog(self, title, "", kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.selectFile(f"{self._title.text()}.{ending}")
        named = dialog.selectedFiles() if dialog.exec() else []
        dialog.deleteLater()
        return named[0] if named else ""

    def _say_failure(self, write: Callable[[], None]) -> None:
        try:
            write()
        except ScopeError as error:
            QMessageBox.warning(self, self._title.text(), str(error))
