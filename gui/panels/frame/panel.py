"""The contract of a panel: what it shows, what it asks for, and what the window calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from html import escape
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QMenu, QWidget

from gui.failures import log
from gui.panels.frame.card import Card
from gui.panels.frame.header import Header
from gui.panels.frame.paper import Paper
from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest
from gui.theme import Theme
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.outcome import Failure
from rnn.training.scalars import Scalars

SUMMARY_MILLISECONDS = 500
TRY_AGAIN = "Try again"
NO_VERDICT = "no verdict"


class Panel(Card):
    """A titled plot, or another body, that is fed by the window's frame timer.

    A subclass sets the class attributes, makes its plot items once in ``__init__``, and overrides ``begin``,
    ``receive``, ``draw``, ``apply_theme``, ``readout`` and ``table``, and ``suits`` where it takes turns with
    another panel. It never sees trainer or thread.

    Attributes:
        name: what its place is called on the command line and where it is remembered; it never changes.
        title: on top.
        says_first: the sentence that its caption and its explanation begin with, before any symbol.
        caption: what the lines and colours are, behind that sentence.
        explanation: rich text: what it shows, its equation, how to read it, what to try.
        probes: names in PROBES that its snapshots must hold while it is visible; `measure` changes them.
        dirty: whether something has come that is not drawn yet.
        clock: gives the time in seconds; that of the window, where it is in one.
        drawn_at: when it was last drawn, in seconds.
        tells: whether it says in words what is to be seen, as long as it is on show.
        judges: whether its figure judges the network; it does not where that is known to be another one than
            the person's own.
        outcome: how the run has failed; None where it has not.
        difference: how this network answers otherwise than the person's own; empty where it does not.
        failure: why there is no picture, but a sentence in its place; None where there is one.
        time_steps: how many lie along its x axis; 0 where that is another axis.
        fills_window: whether it has the place of all panels.
        floats: whether it is a window of its own.
        plot: the body, where that is a plot.
        paper: what copies and saves its picture and its numbers.

    Signals:
        fill_asked: fill the window with this panel, or go back.
        hide_asked: show it no longer.
        float_asked: become a window of its own, or go back into the window.
        probes_changed: it needs other probes from now on.
        look_changed: a field of SnapshotRequest, and what it should be from now on.
        cursor_moved: the time step of the displayed sequence, from 1, that a person points at, or None.
        told: what it shows at this moment, in sentences, for a place outside of the panel.
        pin_asked: keep the weights of this moment as a ghost.
        unpin_asked: drop the ghost of this label.
    """

    plot: Plot
    name: ClassVar[str]
    title: ClassVar[str]
    says_first: str
    caption: ClassVar[str] = ""
    explanation: ClassVar[str]
    probes: frozenset[str] = frozenset()
    tells: ClassVar[bool] = False
    judges: ClassVar[bool] = False
    difference = ""
    outcome: Failure | None = None
    time_steps = 0

    fill_asked = Signal()
    hide_asked = Signal()
    float_asked = Signal()
    probes_changed = Signal()
    look_changed = Signal(str, object)
    cursor_moved = Signal(object)
    told = Signal(str)
    pin_asked = Signal()
    unpin_asked = Signal(str)

    def __init__(self, theme: Theme, body: QWidget) -> None:
        super().__init__(Header(self.title), body)
        header = self.header
        self._details = self.caption
        self.say_first(self.says_first)
        header.menu_asked.connect(self._open_menu)
        self.theme = theme
        self.dirty = True
        self.clock: Callable[[], float] = time.perf_counter
        self.drawn_at = -1.0
        self.failure: Exception | None = None
        self.fills_window = False
        self.floats = False
        self._hovered: QPointF | None = None
        self._step: int | None = None
        self._pointed_at: int | None = None
        self.paper = Paper(self)
        self.paper.word_changed.connect(self._read_out)
        self._summarizing = QTimer(self, singleShot=True, interval=SUMMARY_MILLISECONDS)
        self._summarizing.timeout.connect(self._on_summary_due)
        if isinstance(body, Plot):
            self.plot = body
            body.hovered.connect(self._on_hovered)
            body.filled.connect(self.fill_asked)
            body.box.sigRangeChanged.connect(self._on_view_changed)
            body.box.sigResized.connect(self._on_view_changed)
            body.zoomed.connect(header.zoom.setVisible)
            header.zoom.clicked.connect(self.show_all)

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

    def step_at(self, x: float, y: float) -> int | None:
        """The time step, from 1, under this place of the plot; None where there is none."""
        step = nearest(x)
        return step if 1 <= step <= self.time_steps else None

    def change(self) -> None:
        """Something is to be drawn anew, be it that another part of the plot is in view."""
        self.dirty = True

    def summary(self) -> str:
        """What it shows at this moment, in one sentence with its figures; empty where that is nothing."""
        return ""

    def show_cursor(self, step: int | None) -> None:
        """Mark the time step, from 1, that a person points at in another panel; None is none. Called when
        visible.
        """

    def extend_menu(self, menu: QMenu) -> None:
        """Add a panel's own entries on top of the shared ones."""

    # What a panel uses

    def measure(self, probes: frozenset[str]) -> None:
        """Need these probes from now on."""
        if probes != self.probes:
            self.probes = probes
            self.probes_changed.emit()

    def say_first(self, sentence: str) -> None:
        """Begin the caption and the explanation with this sentence."""
        if sentence == self.says_first and self.header.explanation:
            return
        self.says_first = sentence
        self.header.explanation = f"<p><b>{escape(sentence)}</b></p>{self.explanation}"
        self.set_caption(self._details)

    def set_caption(self, text: str) -> None:
        """What the lines and colours are, behind the sentence that the panel says first."""
        self._details = text
        self._caption.set_standing(f"{self.says_first} {text}".rstrip(), self.says_first)

    def set_figure(self, text: str, *shorter: str, colour: str | None = None) -> None:
        if text and self.judges and self.difference:
            text, shorter, colour = NO_VERDICT, (), self.theme.muted
        super().set_figure(text, *shorter, colour=colour)

    @property
    def good(self) -> str:
        """The colour of what is well: of a run that has failed nothing is."""
        return self.theme.good if self.outcome is None else self.theme.muted

    # What the window calls

    def judge(self, failure: Failure | None) -> None:
        """The run has failed in this way, or it has not."""
        self.outcome = failure
        self.dirty = True

    def start(self, info: RunInfo) -> None:
        """A run begins, or begins again."""
        self.difference, self.outcome = info.difference, None
        self.try_again()
        self.attempt(self.begin, info)

    def take(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        """Keep what has come."""
        if snapshot is not None:
            for name in self.probes & snapshot.failures.keys():
                self.keep_error(snapshot.failures[name])
        self.attempt(self.receive, scalars, snapshot)

    def point_at(self, step: int | None) -> None:
        """A person points at this time step in another panel; an unseen one marks it when it is shown."""
        self._pointed_at = step
        if self.isVisible():
            self.attempt(self.show_cursor, step)

    def refresh(self) -> None:
        """Draw what has come."""
        self.drawn_at = self.clock()
        self.dirty = False
        if self.failure is None:
            self.attempt(self.draw)
            self.attempt(self._read_out)
        self.show_instead("" if self.failure is None else self._say_failed(self.failure))
        if not self._summarizing.isActive():
            self._summarizing.start()

    def attempt(self, do: Callable[..., None], *what: object) -> None:
        """Call ``do``, of which an error costs this panel its picture, and nobody anything else."""
        try:
            do(*what)
        except Exception as error:
            self.keep_error(error)

    def keep_error(self, error: Exception) -> None:
        """There is no picture because of ``error``, until a person tries again or a run begins."""
        log.note(error)
        if self.failure is None:
            self.failure = error
            self.dirty = True
            self.probes_changed.emit()

    def try_again(self) -> None:
        """Draw again, if the last time that failed."""
        if self.failure is not None:
            self.failure = None
            self.dirty = True
            self.probes_changed.emit()

    def menu(self) -> QMenu:
        """The panel's menu."""
        menu = QMenu(self)
        if self.failure is not None:
            menu.addAction(TRY_AGAIN, self.try_again)
        else:
            self.attempt(self.extend_menu, menu)
        if menu.actions():
            menu.addSeparator()
        self.paper.extend_menu(menu)
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

    # Events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.attempt(self.show_cursor, self._pointed_at)

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

    def _say_failed(self, error: Exception) -> str:
        """Take back what was said of a picture before, and return what is said instead of it."""
        self.set_figure("")
        if self.tells:
            self.told.emit("")
        return f"{log.sentence('This picture could not be drawn', error)} “{TRY_AGAIN}” is in the menu."

    def _on_hovered(self, place: QPointF | None) -> None:
        self._hovered = place
        step = None if place is None else self.step_at(place.x(), place.y())
        if step != self._step:
            self._step = step
            self.cursor_moved.emit(step)
        self._read_out()

    def _on_view_changed(self, *_: object) -> None:
        self.change()

    def _read_out(self) -> None:
        place, passing = self._hovered, self.paper.word
        if not passing and place is not None:
            passing = self.readout(place.x(), place.y())
        self._caption.set_passing(passing)

    def _on_summary_due(self) -> None:
        silent = not self.isVisible() or (self.judges and self.difference)
        summary = "" if silent else self.summary()
        if summary and summary != self.accessibleDescription():
            self.setAccessibleDescription(summary)

    def _open_menu(self, corner: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(corner)
