"""The contract of a panel: what the window calls, and the frame that all of them share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.panels.frame.caption import Caption
from gui.panels.frame.explanation import Explanation
from gui.panels.frame.export import Table, csv_text, save_numbers, save_picture
from gui.panels.frame.quiet_line import QuietLine
from gui.panels.frame.saving import save_dialog, say_failure
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

COPIED_MILLISECONDS = 2000
KEY_GAP = 18
SUMMARY_MILLISECONDS = 500
LEAST = QSize(180, 130)
LEAST_TITLE = 50  # pixels that are left of it in a narrow panel
SIGN_WIDTH = 24
ARTICLE_EPOCHS = frozenset({6, 9})  # the two whose fits the article shows


class Panel(QFrame):
    """A titled plot, or another body, that is fed by the window's frame timer.

    A subclass sets the class attributes, makes its plot items once in ``__init__``, and overrides ``begin``,
    ``receive``, ``draw``, ``apply_theme``, ``readout`` and ``table``, and ``suits`` where it takes turns with
    another panel. It never sees trainer or thread.

    Attributes:
        title: on top.
        caption: one line that says what is drawn.
        explanation: rich text: what it shows, its equation, how to read it, what to try.
        probes: names in PROBES that its snapshots must hold while it is visible; `measure` changes them.
        dirty: whether something has come that is not drawn yet.
        drawn_at: when it was last drawn, in seconds.
        least_figure: pixels that are left of the figure in a narrow panel.
        keep_epochs: epochs whose weights it shows again later, kept however fast they pass.
        fills_window: whether it has the place of all panels.
        floats: whether it is a window of its own.
        body: what is under title and caption.
        plot: the body, where that is a plot.

    Signals:
        fill_asked: fill the window with this panel, or go back.
        hide_asked: show it no longer.
        float_asked: become a window of its own, or go back into the window.
        probes_changed: it needs other probes from now on.
        look_changed: a field of SnapshotRequest, and what it should be from now on.
        cursor_moved: the time step of the displayed sequence, from 1, that a person points at, or None.
    """

    plot: Plot
    title: ClassVar[str]
    caption: ClassVar[str]
    explanation: ClassVar[str] = ""
    probes: frozenset[str] = frozenset()
    least_figure: ClassVar[int] = 60
    keep_epochs: ClassVar[frozenset[int]] = frozenset()

    fill_asked = Signal()
    hide_asked = Signal()
    float_asked = Signal()
    probes_changed = Signal()
    look_changed = Signal(str, object)
    cursor_moved = Signal(object)

    def __init__(self, theme: Theme, body: QWidget) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.title)
        self.setWindowTitle(self.title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.theme = theme
        self.body = body
        self.dirty = True
        self.drawn_at = -1.0
        self.fills_window = False
        self.floats = False
        self._hovered: QPointF | None = None
        self._copied = QTimer(self, singleShot=True, interval=COPIED_MILLISECONDS)
        self._copied.timeout.connect(self._read_out)
        self._summarizing = QTimer(self, singleShot=True, interval=SUMMARY_MILLISECONDS)
        self._summarizing.timeout.connect(self._on_summary_due)
        self._make_header()
        self._caption = Caption(self.caption)
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(12, 8, 8, 6)
        self.rows.setSpacing(2)
        self.rows.addLayout(self.header)
        self.rows.addWidget(self._caption)
        self.rows.addWidget(body, 1)
        if isinstance(body, Plot):
            self.plot = body
            body.hovered.connect(self._on_hovered)
            body.filled.connect(self.fill_asked)

    def _make_header(self) -> None:
        self._title = QuietLine(self.title, least=LEAST_TITLE)
        self._title.setObjectName("title")
        self._figure = QuietLine(alignment=Qt.AlignmentFlag.AlignRight)
        self._figure.setObjectName("figure")
        self._figure.setMinimumWidth(self.least_figure)
        self._figure.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._question_button = self._header_button("?", "explanation", "What it shows and how to read it")
        self._question_button.setVisible(bool(self.explanation))
        self._question_button.clicked.connect(self._on_question_button)
        self._menu_button = self._header_button("⋯", "menu", "Copy or save the picture or the numbers")
        self._menu_button.clicked.connect(self._on_menu_button)
        self.header = QHBoxLayout()
        self.header.setSpacing(4)
        self.header.addWidget(self._title)
        self.header.addWidget(self._figure, 1)
        for button in (self._question_button, self._menu_button):
            self.header.addWidget(button)

    def _header_button(self, sign: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(sign)
        button.setFixedWidth(SIGN_WIDTH)
        button.setAccessibleName(f"{self.title}: {name}")
        button.setToolTip(tip)
        return button

    # What a panel overrides

    @classmethod
    def suits(cls, info: RunInfo) -> bool:
        """Whether it has something to show of this run; one that has not is told nothing of it."""
        return True

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: forget what was drawn before."""

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        """Keep what has come; called at every frame with something new, visible or not. Set ``dirty``."""

    def draw(self) -> None:
        """Bring the plot items up to what was received; called when visible and dirty."""

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours; a subclass adds its own items."""
        self.theme = theme
        if isinstance(self.body, Plot):
            self.body.apply_theme(theme)
        self.dirty = True

    def readout(self, x: float, y: float) -> str:
        """What is under the cursor, in words and units; empty where there is nothing."""
        return ""

    def table(self) -> Table:
        """The numbers that are drawn, as columns by header; columns may differ in length."""
        return {}

    def summary(self) -> str:
        """What it shows at this moment, in one sentence with its figures; empty where that is nothing."""
        return ""

    def show_cursor(self, step: int | None) -> None:
        """Mark the time step, from 1, that a person points at in some panel; None is none."""

    def extend_menu(self, menu: QMenu) -> None:
        """Add a panel's own entries on top of the shared ones."""

    # What a panel uses

    def measure(self, probes: frozenset[str]) -> None:
        """Need these probes from now on."""
        if probes != self.probes:
            self.probes = probes
            self.probes_changed.emit()

    def add_control(self, control: QToolButton) -> None:
        """Put a small control into the header, right of the figure."""
        self.header.insertWidget(self.header.indexOf(self._question_button), control)

    def add_key(self, *parts: QWidget, wide: QWidget | None = None) -> None:
        """Put a line that explains colours and strokes between the caption and the plot.

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
        self._title.set_text(text)
        self._title.updateGeometry()
        self.setAccessibleName(text)
        self.setWindowTitle(text)

    def set_figure(self, text: str, colour: str | None = None) -> None:
        """The one figure at the right of the title."""
        self._figure.set_text(text)
        self._figure.set_colour(colour)

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
        if not self._summarizing.isActive():
            self._summarizing.start()

    def show_title(self, shown: bool) -> None:
        """Whether the header has the title; a tab above it may have it."""
        self._title.setVisible(shown)

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
        if isinstance(self.body, Plot):
            menu.addAction("Undo the zoom", self.show_all).setEnabled(not self.body.following)
        menu.addAction("Back to all panels" if self.fills_window else "Fill the window", self.fill_asked.emit)
        if not self.fills_window:
            menu.addAction("Back into the window" if self.floats else "Float", self.float_asked.emit)
            menu.addAction("Hide", self.hide_asked.emit)
        return menu

    def show_all(self) -> None:
        """Undo a zoom by hand."""
        if isinstance(self.body, Plot):
            self.body.follow()
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
        leaves = event.key() == Qt.Key.Key_Escape and self.fills_window
        if leaves or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.fill_asked.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def minimumSizeHint(self) -> QSize:
        return LEAST

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

    def _on_summary_due(self) -> None:
        summary = self.summary() if self.isVisible() else ""
        if summary and summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)

    def _on_question_button(self) -> None:
        Explanation(self, self._title.text(), self.explanation).show_under(self._question_button)

    def _on_menu_button(self) -> None:
        self._open_menu(self._menu_button.mapToGlobal(self._menu_button.rect().bottomLeft()))

    def _open_menu(self, corner: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(corner)

    def _on_save_picture(self) -> None:
        name = f"{self._title.text()}.png"
        dialog = save_dialog(self, "Save picture", name, "Picture (*.png *.svg)")
        dialog.fileSelected.connect(self._on_picture_named)
        dialog.open()

    def _on_save_numbers(self) -> None:
        dialog = save_dialog(self, "Save numbers", f"{self._title.text()}.csv", "Numbers (*.csv)")
        dialog.fileSelected.connect(self._on_numbers_named)
        dialog.open()

    def _on_picture_named(self, file: str) -> None:
        say_failure(self, self._title.text(), lambda: save_picture(self, file))

    def _on_numbers_named(self, file: str) -> None:
        say_failure(self, self._title.text(), lambda: save_numbers(self.table(), file))
