"""What a person looks at: the training sequence on display, and a time step of it that is pointed at."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Cursor(QObject):
    """Set by actions, read by panels.

    Attributes:
        time_step: of the displayed sequence, from 1; None where none is pointed at.
        source: where a person points, which needs no mark.
        sequence: the number of the displayed sequence, counted from 0.
        sequences: how many there are.

    Signals:
        moved: another time step is pointed at, or the same on another axis.
        turned: another sequence is displayed, or there are other ones.
    """

    moved = Signal()
    turned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.time_step: int | None = None
        self.source: object = None
        self.sequences = 1
        self._wanted = 0
        self._steps = 0

    @property
    def sequence(self) -> int:
        """The one that was chosen, or the last of a run that has fewer."""
        return min(self._wanted, self.sequences - 1)

    def begin(self, steps: int, sequences: int) -> None:
        """A run of so many time steps begins, or begins again: the mark stays as long as its axis does."""
        if steps != self._steps:
            self._steps, self.time_step, self.source = steps, None, None
        self.sequences = sequences
        self.moved.emit()
        self.turned.emit()

    def point_at(self, time_step: int | None, source: object = None) -> None:
        """Point at this time step, or at none."""
        self.time_step, self.source = time_step, source
        self.moved.emit()

    def choose_sequence(self, number: int) -> None:
        """Display the sequence of this number, or the nearest that there is."""
        number = max(0, min(number, self.sequences - 1))
        if number != self.sequence:
            self._wanted = number
            self.turned.emit()
