"""The bar on top: run, pause, one update, reset, speed, sequence, weights, and where the run stands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.bench.mailbox import State
from gui.docks.panels_button import PanelsButton
from gui.theme import Theme
from gui.transport.action_button import ActionButton
from gui.transport.faces import Faces
from gui.transport.message_bar import MessageBar
from gui.transport.speed import LONG, Speed
from gui.transport.status_line import Part, StatusLine
from gui.widgets.inputs import PushButton, SpinBox
from gui.widgets.plain import PlainLabel
from gui.widgets.quiet_line import QuietLine

ROOM_FOR_THE_NAME = 1400  # pixels; in a narrower bar the figures need its place more
ROOM_FOR_ONE_ROW = 1060  # a narrower bar is folded
RUN_WIDTH = 98

ACROSS, DOWN = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class Transport(QWidget):
    """What starts, stops and paces a run, and where it stands.

    Arguments:
        faces: of the actions that its buttons and menus stand for.

    Attributes:
        buttons: by the names of their actions.

    Signals:
        speed_changed: updates a second, or None for full speed.
        sequence_changed: the number of the displayed sequence, counted from 0.
    """

    speed_changed = Signal(object)
    sequence_changed = Signal(int)

    def __init__(self, theme: Theme, faces: Faces) -> None:
        super().__init__()
        self.buttons = {
            "run_or_pause": ActionButton(faces["run_or_pause"], "primary", Run="run", Pause="pause"),
            "other_theme": ActionButton(faces["other_theme"], "square", sign="theme"),
            **{name: ActionButton(faces[name]) for name in ("one_update", "one_epoch", "reset", "give_up")},
        }
        self.buttons["run_or_pause"].setFixedWidth(RUN_WIDTH)
        self.speed = Speed()
        self.sequence = SpinBox()
        self.sequence.setAccessibleName("Displayed sequence")
        self.sequence.setToolTip("The training sequence that all panels show (, and . go back and on)")
        self.weights = PushButton("Weights ▾")
        self.weights.setObjectName("menu")
        self.weights.setToolTip("Open a network of your own, or weights in a file, or save those of now")
        self.weights.setMenu(QMenu(self))
        self.weights.menu().addActions(faces.in_menu("weights"))
        self.panels = PanelsButton(faces.in_menu("panels"))
        self.status = StatusLine()
        self.buttons["give_up"].hide()
        self.notes = QuietLine()
        self.message = MessageBar(self)
        self.notes.setObjectName("muted")
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme, self._differs = theme, False
        self.show_notes((), "")
        self._lay_out()
        self.speed.changed.connect(self.speed_changed)
        self.sequence.valueChanged.connect(self._on_sequence_changed)
        self.show_sequences(1, 0)
        self.apply_theme(theme)

    # What the window calls

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        for button in self.buttons.values():
            button.apply_theme(theme)
        self.message.apply_theme(theme)
        self._theme = theme
        self._colour_notes()

    def show_progress(
        self,
        *,
        state: State,
        epoch: int,
        target_epochs: int,
        update: int,
        updates_a_second: float,
        frames_a_second: float,
        fraction: float,
        engine: str,
        why: str,
        failed: str = "",
    ) -> None:
        """Say where the run stands; a rate of 0 is left out, and so is an engine that is not known yet.

        Arguments:
            failed: how it has failed; empty where it has not.
        """
        parts = [Part(f"✗ failed: {failed}", -1)] if failed else []
        parts += [Part(f"epoch {epoch:,} / {target_epochs:,}", 0), Part(f"update {update:,}", 3)]
        if updates_a_second > 0.0:
            parts.append(Part(f"{_rounded(updates_a_second)} updates/s", 2))
        if state not in ("running", failed):
            parts.append(Part(state, 1))
        if engine:
            parts.append(Part(engine, 4))
        if frames_a_second > 0.0:
            parts.append(Part(f"{frames_a_second:.0f} fps", 5))
        self.status.show_parts(
            parts, fraction, hint=f"{engine}, since {why}." if why else "", failed=bool(failed)
        )

    def show_awaited(self, what: str, can_be_given_up: bool = False) -> None:
        """Say in a word what is waited for; empty for nothing."""
        self.status.show_awaited(what)
        self.buttons["give_up"].setVisible(can_be_given_up)

    def show_speed(self, value: float | None) -> None:
        """Show updates a second, or None for full speed; nothing is emitted."""
        self.speed.show_speed(value)

    def show_sequences(self, count: int, current: int) -> None:
        """Offer ``count`` sequences and show the number ``current``, counted from 0; nothing is emitted."""
        with QSignalBlocker(self.sequence):
            self.sequence.setRange(1, max(1, count))
            self.sequence.setSuffix(f" of {count:,}")
            self.sequence.setValue(current + 1)
        self.sequence.setEnabled(count > 1)

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
        for name in ("run_or_pause", "one_update", "one_epoch", "reset"):
            self._doing.addWidget(self.buttons[name])
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
        self._seeing.addWidget(self.buttons["give_up"])
        self._seeing.addSpacing(4)
        self._seeing.addWidget(self.buttons["other_theme"])
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
        return doing, seeing

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_folded = self.width() < max(ROOM_FOR_ONE_ROW, sum(self._least()))
        has_room = self.width() >= ROOM_FOR_THE_NAME
        if (has_room, is_folded) != (not self._name.isHidden(), self._bar.direction() == DOWN):
            self._name.setVisible(has_room)
            self._sequence_name.setVisible(has_room)
            self._bar.setDirection(DOWN if is_folded else ACROSS)
            self._bar.setSpacing(6 if is_folded else 12)
            for part in (self._doing, self._seeing, self._bar):
                part.invalidate()  # it would keep the least width that it had with other words

    # What a person does

    def _on_sequence_changed(self, number: float) -> None:
        self.sequence_changed.emit(round(number) - 1)


def _rounded(rate: float) -> str:
    """Three digits are enough of a rate that is measured."""
    return f"{float(f'{rate:.3g}'):,.{0 if rate >= 9.95 else 1}f}"
