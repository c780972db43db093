"""How far the wave has run: right with the forward pass, then left with the gradient."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Signal

FRAME_MILLISECONDS = 33


class Wave(QObject):
    """A place on the way through time, in slow motion or step by step.

    Positions 0 … T: that many time steps are computed. T+1: the loss's gradient has come in at its step e;
    T+1+k: it has passed on to step e − k, down to step 1.

    Attributes:
        steps, end: T, and e, where the gradient begins.
        position: how far it is; between whole numbers on the way from one step to the next.
        speed: time steps a second.

    Signals:
        moved: it is elsewhere, or another one.
        halted: it plays, or not any more.
    """

    moved = Signal()
    halted = Signal(bool)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.steps = self.end = 1
        self.position = 2.0
        self.speed = 2.0
        self._timer = QTimer(self, interval=FRAME_MILLISECONDS)
        self._timer.timeout.connect(self._on_tick)

    @property
    def last(self) -> int:
        """Where everything has been run through."""
        return self.steps + self.end

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def backward(self) -> bool:
        """Whether the gradient is on its way."""
        return self.position > self.steps

    @property
    def step(self) -> int:
        """The time step that was reached last; 0 before the first one."""
        reached = math.floor(self.position + 1e-9)
        return min(reached, self.steps) if reached <= self.steps else self.end - (reached - self.steps - 1)

    @property
    def column(self) -> float:
        """The same between whole numbers, for a view that follows it."""
        if not self.backward:
            return self.position
        return min(float(self.end), self.end - (self.position - self.steps - 1.0))

    def computed(self, step: int) -> float:
        """How much of the way into ``step`` the forward pass is, from 0 to 1."""
        return min(1.0, max(0.0, self.position - (step - 1)))

    def pulled_back(self, step: int) -> float:
        """How much of the way into ``step`` the gradient is, from 0 to 1; 0 where none comes."""
        if not 0 <= step <= self.end:
            return 0.0
        return min(1.0, max(0.0, self.position - (self.steps + self.end - step)))

    def begin(self, steps: int, end: int) -> None:
        """Another sequence: all of it, as run through."""
        self.pause()
        self.steps, self.end = steps, end
        self.go(self.last)

    def go(self, position: float) -> None:
        """Be there, at once."""
        self.position = min(float(self.last), max(0.0, position))
        self.moved.emit()

    def step_on(self) -> None:
        """One time step further, to a whole one."""
        self.pause()
        self.go(math.floor(self.position + 1e-9) + 1)

    def step_back(self) -> None:
        """One time step back, to a whole one."""
        self.pause()
        self.go(math.ceil(self.position - 1e-9) - 1)

    def play(self) -> None:
        """Play in slow motion; from the start where it is at the end."""
        if self.position >= self.last:
            self.go(0.0)
        self._timer.start()
        self.halted.emit(False)

    def pause(self) -> None:
        """Stay here; may be called twice."""
        if self.playing:
            self._timer.stop()
            self.halted.emit(True)

    def _on_tick(self) -> None:
        self.go(self.position + 1e-3 * FRAME_MILLISECONDS * self.speed)
        if self.position >= self.last:
            self.pause()
