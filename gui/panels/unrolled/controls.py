"""The row of buttons that run the wave through the unrolled network: words, or signs where it is narrow."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gui.panels.frame.chooser import Chooser
from gui.panels.unrolled.wave import Wave
from gui.theme import Theme
from gui.widgets.boxes import in_row
from gui.widgets.icons import icon

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
NARROW = 350  # pixels: below that the buttons are signs
SIGN_WIDTH = 25


class WaveButton(QToolButton):
    """A button that says what it does in a word or two, or by a sign."""

    def __init__(self, text: str, sign: str, name: str, tip: str) -> None:
        super().__init__()
        self._sign = sign
        self._theme: Theme | None = None
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(tip)

    def show_sign(self, small: bool) -> None:
        """Be the sign, or the words."""
        style = Qt.ToolButtonStyle
        self.setToolButtonStyle(style.ToolButtonIconOnly if small else style.ToolButtonTextOnly)
        self.setMinimumWidth(SIGN_WIDTH if small else 0)
        self.setMaximumWidth(SIGN_WIDTH if small else 16_777_215)

    def take_sign(self, sign: str) -> None:
        """Another sign than before."""
        self._sign = sign
        if self._theme is not None:
            self.apply_theme(self._theme)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setIcon(icon(self._sign, theme.text, theme.border))


class WaveControls(QWidget):
    """Step back, play, step on, begin either half, how fast, and whether the moment is held.

    Attributes:
        back, play, on, forward, backward, freeze: the buttons.
        speed: the chooser of the speed.

    Signals:
        asked: a person wants to see the wave, so the moment has to be held.
        freeze_asked: hold the moment, or follow the training.
    """

    asked = Signal()
    freeze_asked = Signal(bool)

    def __init__(self, wave: Wave) -> None:
        super().__init__()
        self._wave = wave
        self._small: bool | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.back = WaveButton("‹ back", "step back", "One time step back", "One time step back (Left)")
        self.play = WaveButton("play", "run", "Play", "Play in slow motion, or pause")
        self.on = WaveButton("on ›", "step on", "One time step further", "One time step further (Right)")
        self.forward = WaveButton(
            "forward", "from start", "Forward pass", "Forward pass: from the first time step on (Up)"
        )
        self.backward = WaveButton(
            "backward", "from end", "Backward pass", "Backward pass: from the loss back in time (Down)"
        )
        self.freeze = WaveButton("freeze", "hold", "Freeze", "Hold this moment, or follow the training")
        self.freeze.setCheckable(True)
        self.speed = Chooser("how many time steps a second")
        self._lay_out()
        self.back.clicked.connect(self.step_back)
        self.on.clicked.connect(self.step_on)
        self.play.clicked.connect(self.play_or_pause)
        self.forward.clicked.connect(self.begin_forward)
        self.backward.clicked.connect(self.begin_backward)
        self.freeze.toggled.connect(self.freeze_asked)
        self.speed.chosen.connect(self._on_speed_chosen)
        wave.halted.connect(self._on_halted)
        wave.moved.connect(self._on_moved)

    def _lay_out(self) -> None:
        controls = (self.back, self.play, self.on, self.forward, self.backward, self.speed)
        in_row(*controls, None, self.freeze, of=self, spacing=2)
        self._show_size(False)

    @property
    def buttons(self) -> tuple[WaveButton, ...]:
        return self.back, self.play, self.on, self.forward, self.backward, self.freeze

    def apply_theme(self, theme: Theme) -> None:
        for button in self.buttons:
            button.apply_theme(theme)

    def show_held(self, held: bool) -> None:
        """Say whether the moment is held."""
        self.freeze.blockSignals(True)
        self.freeze.setChecked(held)
        self.freeze.blockSignals(False)
        self.freeze.setText("held" if held else "freeze")

    def step_back(self) -> None:
        self.asked.emit()
        self._wave.step_back()

    def step_on(self) -> None:
        self.asked.emit()
        self._wave.step_on()

    def play_or_pause(self) -> None:
        if self._wave.playing:
            self._wave.pause()
        else:
            self.asked.emit()
            self._wave.play()

    def begin_forward(self) -> None:
        self.asked.emit()
        self._wave.go(0)

    def begin_backward(self) -> None:
        self.asked.emit()
        self._wave.go(self._wave.steps + 1)

    def finish(self) -> None:
        """All of it, as run through."""
        self.asked.emit()
        self._wave.go(self._wave.last)

    def action(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does; None for one that is not its own.

        At the end of the wave Right and End have nothing to run: until the moment is held they are left to
        the window, whose Right trains one step.
        """
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Right, Qt.Key.Key_End) and self._at_end and not self.freeze.isChecked():
            return None
        return {
            Qt.Key.Key_Left: self.step_back,
            Qt.Key.Key_Right: self.step_on,
            Qt.Key.Key_Up: self.begin_forward,
            Qt.Key.Key_Down: self.begin_backward,
            Qt.Key.Key_Home: self.begin_forward,
            Qt.Key.Key_End: self.finish,
        }.get(key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_size(self.width() < NARROW)

    @property
    def _at_end(self) -> bool:
        return self._wave.position >= self._wave.last

    def _show_size(self, small: bool) -> None:
        """Words where there is room for them, else signs."""
        if small == self._small:
            return
        self._small = small
        for button in self.buttons:
            button.show_sign(small)
        unit = "/s" if small else " time steps/s"
        default = SPEEDS.index(self._wave.speed) if self._wave.speed in SPEEDS else self.speed.value
        self.speed.offer({f"{s:g} time steps a second": f"{s:g}{unit}" for s in SPEEDS}, default)

    def _on_speed_chosen(self, place: int) -> None:
        self._wave.speed = SPEEDS[place]

    def _on_halted(self, halted: bool) -> None:
        self.play.setText("play" if halted else "pause")
        self.play.setAccessibleName("Play" if halted else "Pause")
        self.play.take_sign("run" if halted else "pause")

    def _on_moved(self) -> None:
        self.on.setEnabled(not self._at_end)
        self.back.setEnabled(self._wave.position > 0.0)
