"""The bar on top: run, pause, step, reset, speed, sequence, weights, and where the run stands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.docks.panels_button import PanelsButton
from gui.runs.mailbox import State
from gui.theme import Theme
from gui.transport.keys import bind_keys
from gui.transport.message_bar import MessageBar
from gui.transport.run_buttons import RunButtons
from gui.transport.sequence_box import SequenceBox
from gui.transport.speed import LONG, Speed
from gui.transport.status_line import Part, StatusLine
from gui.transport.theme_button import ThemeButton
from gui.transport.weights_button import WeightsButton
from gui.widgets.inputs import PushButton
from gui.widgets.plain import PlainLabel
from gui.widgets.quiet_line import QuietLine

ROOM_FOR_THE_NAME = 1400  # pixels; in a narrower bar the figures need its place more
ROOM_FOR_ONE_ROW = 1060  # a narrower bar is folded
ROOM_FOR_WORDS = 1180, 640  # in one row, and in two


ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Transport(QWidget):
    """What starts, stops and paces a run: it says what a person asks for, and shows what it is told.

    Signals:
        run_asked, pause_asked, step_asked, epoch_asked, reset_asked: of the run.
        pin_asked: keep the weights of now.
        give_up_asked: wait no longer for what is awaited.
        theme_asked: the other theme.
        speed_changed: updates a second, or None for full speed.
        sequence_changed: the number of the displayed sequence, counted from 0.
    """

    run_asked = Signal()
    pause_asked = Signal()
    step_asked = Signal()
    epoch_asked = Signal()
    reset_asked = Signal()
    pin_asked = Signal()
    give_up_asked = Signal()
    theme_asked = Signal()
    speed_changed = Signal(object)
    sequence_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.state: State = "ready"
        self.buttons = RunButtons(theme)
        self.theme_button = ThemeButton()
        self.speed = Speed()
        self.sequence = SequenceBox()
        self.weights = WeightsButton()
        self.panels = PanelsButton()
        self.status = StatusLine()
        self.give_up = PushButton("Give up")
        self.give_up.setToolTip("Wait no longer; a file may never answer")
        self.give_up.hide()
        self.notes = QuietLine()
        self.message = MessageBar(self)
        self.notes.setObjectName("muted")
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme, self._differs = theme, False
        self.show_notes((), "")
        self._lay_out()
        self._connect()
        self._bind_keys()
        self.show_state("ready")
        self.apply_theme(theme)

    # What the window calls

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self.buttons.apply_theme(theme)
        self.theme_button.apply_theme(theme)
        self.message.apply_theme(theme)
        self._theme = theme
        self._colour_notes()

    def show_state(self, state: State) -> None:
        """Offer what can be asked of a run in this state."""
        self.state = state
        self.buttons.show_state(state)
        self.weights.saving.setEnabled(state != "failed")

    def show_progress(
        self,
        *,
        epoch: int,
        target_epochs: int,
        update: int,
        updates_a_second: float,
        frames_a_second: float,
        fraction: float,
        engine: str,
        why: str,
    ) -> None:
        """Say where the run stands; a rate of 0 is left out, and so is an engine that is not known yet."""
        parts = [Part(f"epoch {epoch:,} / {target_epochs:,}", 0), Part(f"update {update:,}", 3)]
        if updates_a_second > 0.0:
            parts.append(Part(f"{_rounded(updates_a_second)} updates/s", 2))
        if self.state != "running":
            parts.append(Part(self.state, 1))
        if engine:
            parts.append(Part(engine, 4))
        if frames_a_second > 0.0:
            parts.append(Part(f"{frames_a_second:.0f} fps", 5))
        self.status.show_parts(parts, fraction, hint=f"{engine}, since {why}." if why else "")

    def show_awaited(self, what: str, can_be_given_up: bool = False) -> None:
        """Say in a word what is waited for; empty for nothing."""
        self.status.show_awaited(what)
        self.give_up.setVisible(can_be_given_up)

    def show_batch(self, size: int) -> None:
        """Name the step after what one update sees: ``size`` sequences."""
        self.buttons.show_batch(size)

    def show_speed(self, value: float | None) -> None:
        """Show updates a second, or None for full speed; nothing is emitted."""
        self.speed.show_speed(value)

    def show_sequences(self, count: int, current: int) -> None:
        """Offer ``count`` sequences and show the number ``current``, counted from 0; nothing is emitted."""
        self.sequence.show_sequences(count, current)

    def show_notes(self, notes: Iterable[str], difference: str) -> None:
        """Say what must be known of the files of a run as long as it lasts, and before that, how its network
        answers otherwise than the person's own.
        """
        self._differs = bool(difference)
        self.notes.set_text("   ".join([*([f"≠ {difference}."] if difference else []), *notes]))
        self.notes.setVisible(bool(self.notes.text()))
        self._colour_notes()

    def _colour_notes(self) -> None:
        self.notes.set_colour(self._theme.bad if self._differs else None)

    def show_message(self, text: str) -> None:
        """Say one sentence about what went wrong; an empty text takes it away."""
        self.message.show_text(text)

    def show_done(self, text: str) -> None:
        """Say one sentence about what was done."""
        self.message.show_done(text)

    # How it is made

    def _lay_out(self) -> None:
        self._name = PlainLabel("RNN Scope")
        self._name.setObjectName("program")
        self._sequence_name = PlainLabel("Sequence")
        self._sequence_name.setBuddy(self.sequence)
        self.speed.setMaximumWidth(LONG)
        self.speed.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._doing, self._seeing = QHBoxLayout(), QHBoxLayout()
        self._doing.addWidget(self._name)
        self._doing.addSpacing(4)
        self._doing.addLayout(self.buttons)
        self._doing.addSpacing(4)
        self._doing.addWidget(self.speed, 100)
        self._doing.addStretch(1)
        self._seeing.addWidget(self._sequence_name)
        self._seeing.addWidget(self.sequence)
        self._seeing.addSpacing(4)
        self._seeing.addWidget(self.weights)
        self._seeing.addWidget(self.panels)
        self._seeing.addSpacing(4)
        self._seeing.addWidget(self.status, 1)
        self._seeing.addWidget(self.give_up)
        self._seeing.addSpacing(4)
        self._seeing.addWidget(self.theme_button)
        self._bar = QBoxLayout(ACROSS)
        for part in (self._doing, self._seeing):
            part.setSpacing(8)
            self._bar.addLayout(part, int(part is self._seeing))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(self._bar)
        rows.addWidget(self.notes)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.buttons.run_asked.connect(self.run_asked)
        self.buttons.pause_asked.connect(self.pause_asked)
        self.buttons.step.clicked.connect(self.step_asked)
        self.buttons.epoch.clicked.connect(self.epoch_asked)
        self.buttons.reset.clicked.connect(self.reset_asked)
        self.theme_button.clicked.connect(self.theme_asked)
        self.give_up.clicked.connect(self.give_up_asked)
        self.speed.changed.connect(self.speed_changed)
        self.sequence.chosen.connect(self.sequence_changed)

    def _bind_keys(self) -> None:
        bind_keys(
            self,
            (
                (self._on_space, ("Space",), False),
                (self.buttons.step.click, ("Right",), True),
                (self.buttons.epoch.click, ("E", "Shift+Right"), False),
                (self.buttons.reset.click, ("R",), False),
                (self.pin_asked.emit, ("P",), False),
                (self.theme_button.click, ("T",), False),
                (self.speed.faster, ("+", "=", "]"), True),
                (self.speed.slower, ("-", "["), True),
                (self.sequence.stepDown, (",",), True),
                (self.sequence.stepUp, (".",), True),
            ),
        )

    # Events

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of its two rows is with the fewest words, whichever it has now."""
        return QSize(max(self._least()), super().minimumSizeHint().height())

    def _least(self) -> tuple[int, int]:
        """How wide each part of the bar is with the fewest words."""
        doing, seeing = self._doing.minimumSize().width(), self._seeing.minimumSize().width()
        if not self._name.isHidden():
            doing -= self._name.sizeHint().width() + self._doing.spacing()
            seeing -= self._sequence_name.sizeHint().width() + self._seeing.spacing()
        return doing - self.buttons.spare_width, seeing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_folded = self.width() < max(ROOM_FOR_ONE_ROW, sum(self._least()))
        has_room, is_short = self.width() >= ROOM_FOR_THE_NAME, self.width() < ROOM_FOR_WORDS[is_folded]
        before = not self._name.isHidden(), self.buttons.is_short, self._bar.direction() == DOWN
        if (has_room, is_short, is_folded) != before:
            self._name.setVisible(has_room)
            self._sequence_name.setVisible(has_room)
            self.buttons.shorten(is_short)
            self._bar.setDirection(DOWN if is_folded else ACROSS)
            self._bar.setSpacing(6 if is_folded else 12)
            for part in (self.buttons, self._doing, self._seeing, self._bar):
                part.invalidate()  # it would keep the least width that it had with other words

    # What a person does

    def _on_space(self) -> None:
        """A button that was reached with the Tab key is pressed, whichever it is; else run or pause."""
        focused = QApplication.focusWidget()
        (focused if isinstance(focused, QAbstractButton) else self.buttons.run).click()


def _rounded(rate: float) -> str:
    """Three digits are enough of a rate that is measured."""
    return f"{float(f'{rate:.3g}'):,.{0 if rate >= 9.95 else 1}f}"
