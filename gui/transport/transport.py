"""The bar on top: run, pause, step, reset, speed, sequence, weights, and where the run stands."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.docks.panels_button import PanelsButton
from gui.runs.mailbox import State
from gui.theme import Theme
from gui.transport.keys import bind_keys
from gui.transport.message_bar import MessageBar
from gui.transport.speed import Speed
from gui.transport.status_line import StatusLine
from gui.transport.weights_button import WeightsButton
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton, SpinBox

RUN_WIDTH = 88
ROOM_FOR_THE_NAME = 1400  # pixels; in a narrower bar the figures need its place more
ROOM_FOR_WORDS = 1180


class Transport(QWidget):
    """What starts, stops and paces a run: it says what a person asks for, and shows what it is told.

    Signals:
        run_asked, pause_asked, step_asked, epoch_asked, reset_asked: of the run.
        pin_asked: keep the weights of now.
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
    theme_asked = Signal()
    speed_changed = Signal(object)
    sequence_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: list[str] = []
        self._why = ""
        self._fraction = 0.0
        self._prepares = False
        self._one = "sequence"
        self._is_short = False
        self.state: State = "ready"
        self.run_button = PushButton()
        self.run_button.setObjectName("primary")
        self.run_button.setIconSize(SIZE)
        self.run_button.setFixedWidth(RUN_WIDTH)
        self.step_button = _button("", "")
        self.epoch_button = _button("", "Train to the end of the epoch, then pause (E or Shift →)")
        self.reset_button = _button("Reset", "Back to the first weights, for the same run again (R)")
        self.theme_button = _button("", "Light or dark (T)")
        self.theme_button.setObjectName("square")
        self.theme_button.setIconSize(SIZE)
        self.theme_button.setAccessibleName("Light or dark")
        self.speed = Speed()
        self.sequence = SpinBox()
        self.sequence.setAccessibleName("Displayed sequence")
        self.sequence.setToolTip("The training sequence that all panels show (, and . go back and on)")
        self.weights = WeightsButton()
        self.panels = PanelsButton()
        self.status = StatusLine()
        self.message = MessageBar()
        self._lay_out()
        self._connect()
        self._bind_keys()
        self.show_batch(1)
        self.show_sequences(1, 0)
        self.show_state("ready")
        self.apply_theme(theme)

    # What the window calls

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self._theme = theme
        self.theme_button.setIcon(icon("theme", theme.text, theme.muted))
        self.message.apply_theme(theme)
        self._show_run()

    def show_state(self, state: State) -> None:
        """Offer what can be asked of a run in this state."""
        self.state = state
        alive = state not in ("diverged", "failed")
        for button in (self.run_button, self.step_button, self.epoch_button):
            button.setEnabled(alive)
        self.reset_button.setEnabled(state not in ("ready", "failed"))
        self.weights.saving.setEnabled(state != "failed")
        self._show_run()

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
        parts = [f"epoch {epoch:,} / {target_epochs:,}", f"update {update:,}"]
        if updates_a_second > 0.0:
            parts.append(f"{_rounded(updates_a_second)} updates/s")
        if self.state != "running":
            parts.append(self.state)
        if engine:
            parts.append(engine)
        if frames_a_second > 0.0:
            parts.append(f"{frames_a_second:.0f} fps")
        self._parts, self._fraction, self._why = parts, fraction, why and f"{engine}, since {why}."
        self._show_status()

    def show_preparing(self, prepares: bool) -> None:
        """Say that another run is being prepared, or no longer is."""
        if prepares != self._prepares:
            self._prepares = prepares
            self._show_status()

    def show_batch(self, size: int) -> None:
        """Name the step after what one update sees: ``size`` sequences."""
        several = size > 1
        self._one = "batch" if several else "sequence"
        self._name_steps()
        what = f"one batch of {size:,} sequences" if several else "one sequence"
        self.step_button.setToolTip(f"Train on {what}, then pause (→)")

    def show_speed(self, value: float | None) -> None:
        """Show updates a second, or None for full speed; nothing is emitted."""
        self.speed.show_speed(value)

    def show_sequences(self, count: int, current: int) -> None:
        """Offer ``count`` sequences and show the number ``current``, counted from 0; nothing is emitted."""
        self.sequence.blockSignals(True)
        self.sequence.setRange(1, max(1, count))
        self.sequence.setSuffix(f" of {count:,}")
        self.sequence.setValue(current + 1)
        self.sequence.setEnabled(count > 1)
        self.sequence.blockSignals(False)

    def show_message(self, text: str) -> None:
        """Say one sentence about what went wrong; an empty text takes it away."""
        self.message.show_text(text)

    def show_done(self, text: str) -> None:
        """Say one sentence about what was done."""
        self.message.show_done(text)

    # How it is made

    def _lay_out(self) -> None:
        self._name = QLabel("RNN Scope")
        self._name.setObjectName("program")
        self._sequence_name = QLabel("Sequence")
        self._sequence_name.setBuddy(self.sequence)
        self.speed.setMaximumWidth(300)
        self.speed.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bar = self._bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._name)
        bar.addSpacing(4)
        for button in (self.run_button, self.step_button, self.epoch_button, self.reset_button):
            bar.addWidget(button)
        bar.addSpacing(4)
        bar.addWidget(self.speed, 3)
        bar.addSpacing(4)
        bar.addWidget(self._sequence_name)
        bar.addWidget(self.sequence)
        bar.addSpacing(4)
        bar.addWidget(self.weights)
        bar.addWidget(self.panels)
        bar.addSpacing(4)
        bar.addWidget(self.status, 5)
        bar.addSpacing(4)
        bar.addWidget(self.theme_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        rows.addLayout(bar)
        rows.addWidget(self.message)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.run_button.clicked.connect(self._on_run)
        self.step_button.clicked.connect(self.step_asked)
        self.epoch_button.clicked.connect(self.epoch_asked)
        self.reset_button.clicked.connect(self.reset_asked)
        self.theme_button.clicked.connect(self.theme_asked)
        self.speed.changed.connect(self.speed_changed)
        self.sequence.valueChanged.connect(self._on_sequence)

    def _bind_keys(self) -> None:
        bind_keys(
            self,
            (
                (self._on_space, ("Space",), False),
                (self.step_button.click, ("Right",), True),
                (self.epoch_button.click, ("E", "Shift+Right"), False),
                (self.reset_button.click, ("R",), False),
                (self.pin_asked.emit, ("P",), False),
                (self.theme_button.click, ("T",), False),
                (self.speed.faster, ("+", "=", "]"), True),
                (self.speed.slower, ("-", "["), True),
                (self.sequence.stepDown, (",",), True),
                (self.sequence.stepUp, (".",), True),
            ),
        )

    def _step_names(self, short: bool) -> tuple[str, str]:
        """What the two buttons for a step are called."""
        return ("Step", "Epoch") if short else (f"Step {self._one}", "Step epoch")

    def _name_steps(self) -> None:
        step, epoch = self._step_names(self._is_short)
        self.step_button.setText(step)
        self.epoch_button.setText(epoch)

    def _show_status(self) -> None:
        parts = ["preparing…", *self._parts] if self._prepares else self._parts
        self.status.show_parts(parts, self._fraction, self._why)

    def _show_run(self) -> None:
        word, sign, tip = "Run", "run", "Run or pause (Space)"
        if self.state == "running":
            word, sign = "Pause", "pause"
        elif self.state == "finished":
            word, tip = "Run on", "Train for as many epochs again (Space)"
        self.run_button.setText(word)
        self.run_button.setToolTip(tip)
        self.run_button.setIcon(icon(sign, self._theme.on_accent, self._theme.muted))

    # Events

    def minimumSizeHint(self) -> QSize:
        """As long as the bar is with the fewest words, whichever it has now."""
        least = super().minimumSizeHint()
        spare = sum(
            name.sizeHint().width() + self._bar.spacing()
            for name in (self._name, self._sequence_name)
            if not name.isHidden()
        )
        if not self._is_short:
            metrics = self.step_button.fontMetrics()
            long, short = (self._step_names(short=short) for short in (False, True))
            spare += sum(map(metrics.horizontalAdvance, long)) - sum(map(metrics.horizontalAdvance, short))
        return QSize(least.width() - spare, least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        has_room, is_short = self.width() >= ROOM_FOR_THE_NAME, self.width() < ROOM_FOR_WORDS
        if has_room == self._name.isHidden() or is_short != self._is_short:
            self._name.setVisible(has_room)
            self._is_short = is_short
            self._sequence_name.setVisible(has_room)
            self._name_steps()
            self._bar.invalidate()  # it would keep the least width that it had with other words

    # What a person does

    def _on_run(self) -> None:
        (self.pause_asked if self.state == "running" else self.run_asked).emit()

    def _on_space(self) -> None:
        """A button that was reached with the Tab key is pressed, whichever it is; else run or pause."""
        focused = QApplication.focusWidget()
        (focused if isinstance(focused, QAbstractButton) else self.run_button).click()

    def _on_sequence(self, number: int) -> None:
        self.sequence_changed.emit(number - 1)


def _button(text: str, tip: str) -> PushButton:
    button = PushButton(text)
    button.setToolTip(tip)
    return button


def _rounded(rate: float) -> str:
    """Three digits are enough of a rate that is measured."""
    return f"{float(f'{rate:.3g}'):,.{0 if rate >= 9.95 else 1}f}"
