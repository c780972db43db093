"""The row of buttons that run the wave through the unrolled network, and the lines of its equation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from gui.panels.chooser import Chooser
from gui.panels.unrolled_wave import Wave
from gui.theme import SMALL, Theme, font

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)


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
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.back = _button("‹ step", "Step back", "One time step back (Left)")
        self.play = _button("play", "Play", "Run on in slow motion, or pause")
        self.on = _button("step ›", "Step on", "One time step further (Right)")
        self.forward = _button("forward", "Forward pass", "From the first time step on (Up)")
        self.backward = _button("backward", "Backward pass", "From the loss back in time (Down)")
        self.freeze = _button("freeze", "Freeze", "Hold this moment, or follow the training")
        self.freeze.setCheckable(True)
        self.speed = Chooser("how many time steps a second")
        self.speed.offer({f"{s:g} steps a second": f"{s:g} steps/s" for s in SPEEDS}, SPEEDS.index(2.0))
        for control in (self.back, self.play, self.on, self.forward, self.backward, self.speed):
            row.addWidget(control)
        row.addStretch(1)
        row.addWidget(self.freeze)
        self.back.clicked.connect(self.step_back)
        self.on.clicked.connect(self.step_on)
        self.play.clicked.connect(self.play_or_pause)
        self.forward.clicked.connect(self.begin_forward)
        self.backward.clicked.connect(self.begin_backward)
        self.freeze.toggled.connect(self.freeze_asked)
        self.speed.chosen.connect(self._on_speed_chosen)
        wave.halted.connect(self._on_halted)

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
        """What a key does; None for one that is not its own."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        return {
            Qt.Key.Key_Left: self.step_back,
            Qt.Key.Key_Right: self.step_on,
            Qt.Key.Key_Up: self.begin_forward,
            Qt.Key.Key_Down: self.begin_backward,
            Qt.Key.Key_Home: self.begin_forward,
            Qt.Key.Key_End: self.finish,
        }.get(Qt.Key(event.key()))

    def _on_speed_chosen(self, place: int) -> None:
        self._wave.speed = SPEEDS[place]

    def _on_halted(self, halted: bool) -> None:
        self.play.setText("play" if halted else "pause")
        self.play.setAccessibleName("Play" if halted else "Pause")


class Equation(QWidget):
    """An equation in symbols, and below it the same in numbers; what is cut is in the tooltip.

    Attributes:
        lines: the two.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFont(font(SMALL))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Equation")
        self.lines = ("", "")
        self._colours = (QColor(), QColor())

    def write(self, symbols: str, numbers: str) -> None:
        """Show these."""
        if (symbols, numbers) != self.lines:
            self.lines = (symbols, numbers)
            self.setToolTip("\n".join(self.lines).strip())
            self.setAccessibleDescription(" ".join(self.lines).strip())
            self.update()

    def apply_theme(self, theme: Theme) -> None:
        self._colours = (QColor(theme.muted), QColor(theme.text))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 2 * self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        metrics = self.fontMetrics()
        for place, (line, colour) in enumerate(zip(self.lines, self._colours, strict=True)):
            painter.setPen(colour)
            shown = metrics.elidedText(line, Qt.TextElideMode.ElideRight, self.width())
            painter.drawText(0, place * metrics.height() + metrics.ascent(), shown)


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button
