"""The buttons that start, stop and step a run, named after what each would do to it now."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from gui.runs.mailbox import State
from gui.theme import Theme
from gui.widgets.icons import SIZE, icon
from gui.widgets.inputs import PushButton

RUN_WIDTH = 88
PATIENCE_MILLISECONDS = 150  # an update of a large network may take longer


class RunButtons(QHBoxLayout):
    """Four buttons in a row.

    Attributes:
        run, step, epoch, reset: the buttons.
        is_short: whether there is so little room that a step is named in one word.

    Signals:
        run_asked, pause_asked: the first button was pressed, which is one for both.
    """

    run_asked = Signal()
    pause_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state: State = "ready"
        self._one = "sequence"
        self.is_short = False
        self.run = PushButton()
        self.run.setObjectName("primary")
        self.run.setIconSize(SIZE)
        self.run.setFixedWidth(RUN_WIDTH)
        self.run.clicked.connect(self._on_run)
        self._pausing = QTimer(self, singleShot=True, interval=PATIENCE_MILLISECONDS)
        self._pausing.timeout.connect(self._on_still_running)
        self.step = PushButton()
        self.epoch = PushButton()
        self.epoch.setToolTip("Train to the end of the epoch, then pause (E or Shift →)")
        self.reset = PushButton("Reset")
        self.reset.setToolTip("Back to the first weights, for the same run again (R)")
        for button in (self.run, self.step, self.epoch, self.reset):
            self.addWidget(button)
        for button in (self.step, self.epoch, self.reset):
            button.clicked.connect(self._on_other_asked)
        self.show_batch(1)
        self.show_state("ready")

    @property
    def spare_width(self) -> int:
        """How many pixels narrower they would be with shorter names."""
        if self.is_short:
            return 0
        metrics = self.step.fontMetrics()
        long, short = (self._step_names(short=short) for short in (False, True))
        return sum(map(metrics.horizontalAdvance, long)) - sum(map(metrics.horizontalAdvance, short))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self._theme = theme
        self._show_run()

    def show_state(self, state: State) -> None:
        """Offer what can be asked of a run in this state."""
        self._state = state
        self._pausing.stop()
        alive = state not in ("diverged", "failed")
        for button in (self.run, self.step, self.epoch):
            button.setEnabled(alive)
        self.reset.setEnabled(state != "ready")
        self._show_run()

    def show_batch(self, size: int) -> None:
        """Name the step after what one update sees: ``size`` sequences."""
        several = size > 1
        self._one = "batch" if several else "sequence"
        self._name_steps()
        what = f"one batch of {size:,} sequences" if several else "one sequence"
        self.step.setToolTip(f"Train on {what}, then pause (→)")

    def shorten(self, short: bool) -> None:
        """Name a step in one word, or in two again."""
        self.is_short = short
        self._name_steps()

    def _step_names(self, short: bool) -> tuple[str, str]:
        """What the two buttons for a step are called."""
        return ("Step", "Epoch") if short else (f"Step {self._one}", "Step epoch")

    def _name_steps(self) -> None:
        step, epoch = self._step_names(self.is_short)
        self.step.setText(step)
        self.epoch.setText(epoch)

    def _show_run(self) -> None:
        word, sign, tip = "Run", "run", "Run or pause (Space)"
        if self._state == "running":
            word, sign = "Pause", "pause"
        elif self._state == "finished":
            word, tip = "Run on", "Train for as many epochs again (Space)"
        self.run.setText(word)
        self.run.setToolTip(tip)
        self.run.setIcon(icon(sign, self._theme.on_accent, self._theme.muted))

    def _on_run(self) -> None:
        if self._state == "running":
            self._pausing.start()
            self.pause_asked.emit()
        else:
            self.run_asked.emit()

    def _on_still_running(self) -> None:
        self.run.setText("Pausing…")
        self.run.setEnabled(False)  # a second press would mean to run on

    def _on_other_asked(self) -> None:
        """What else is asked for may keep it running: the pause is not waited for any longer."""
        if self._pausing.isActive() or not self.run.isEnabled():
            self.show_state(self._state)
