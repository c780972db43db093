"""How a run cuts its training sequences, as numbers, in words, and as places on a line."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.number_format import counted
from rnn.observing.snapshot import RunInfo

NARROWEST, WIDEST, STOP_APART = 26.0, 72.0, 6.0
FEW = 3  # updates that need no squeezing however wide they would like to be
CARRIED_GAP, PLAIN_GAP, SQUEEZED = 12.0, 5.0, 34.0


@dataclass(frozen=True, slots=True)
class Column:
    """Where one update of an epoch is drawn, counted from 0; None stands for all those that do not fit."""

    update: int | None
    left: float
    width: float


class Cut:
    """How the sequences of a run are cut into updates.

    Attributes:
        size: how many streams there are, or sequences in a batch.
        updates: how many there are in an epoch.
        steps: the time steps of a sequence.
        carried: whether the state goes on from window to window.
        stops: the time steps of a window after which the gradient stops on its way back.
        gap: between two columns, in pixels.
    """

    def __init__(self, info: RunInfo) -> None:
        self._batches = info.batches
        self._training = info.config.training
        self._shortest = info.config.task.shortest_steps
        self._what = "window" if info.config.task.continuous else "sequence"
        self.size, self.updates, self.steps = info.batches.size, info.updates_an_epoch, info.steps
        self.carried = info.batches.carried
        truncation = self._training.truncation
        self.stops = [] if truncation is None else list(range(truncation, info.steps, truncation))
        self.gap = CARRIED_GAP if self.carried else PLAIN_GAP

    @property
    def goes_on(self) -> bool:
        """Whether there is a window that begins in the state of another one."""
        return self.carried and self.updates > 1

    def boxes(self, update: int) -> int:
        """How many sequences this update of the epoch trains on."""
        numbers = self._batches.numbers(update)
        if isinstance(numbers, slice):
            return len(range(*numbers.indices(self._batches.count)))
        return len(numbers)

    def columns(self, left: float, right: float) -> list[Column]:
        """All updates in this room; where they do not fit, the first, the squeezed middle and the last."""
        room, gap = right - left, self.gap
        least = min(max(NARROWEST, STOP_APART * (len(self.stops) + 1)), WIDEST)
        if self.updates <= FEW or self.updates * (least + gap) - gap <= room:
            width = min(WIDEST, (room + gap) / self.updates - gap)
            return [Column(number, left + number * (width + gap), width) for number in range(self.updates)]
        for_boxes = room - SQUEEZED - gap
        first = max(1, int((for_boxes + gap) / (least + gap)) - 1)
        width = (for_boxes - first * gap) / (first + 1)
        columns = [Column(number, left + number * (width + gap), width) for number in range(first)]
        columns.append(Column(None, left + first * (width + gap), SQUEEZED))
        return [*columns, Column(self.updates - 1, right - width, width)]

    def describe(self) -> str:
        """All of it in one sentence with its figures."""
        text = f"{counted(self._batches.count, self._what)} of {self._steps_words()}"
        if self.carried:
            many = self.size > 1
            text += f": {self.size:,} streams side by side, " if many else " one after the other, "
            text += "state carried"
        else:
            text += f" in batches of {self.size:,}" if self.size > 1 else ", one an update"
            text += ", in a new order every epoch" if self._training.shuffle else ""
        if self.stops:
            k = self.stops[0]
            text += f"; the gradient stops {'at every time step' if k == 1 else f'every {k:,} time steps'}"
        elif self.goes_on:
            text += f"; the gradient stops at the start of each {self._what}"
        return f"{text}."

    def _steps_words(self) -> str:
        steps = counted(self.steps, "time step")
        return steps if self._shortest is None else f"{self._shortest:,} to {steps}"
