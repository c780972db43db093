"""Recording: what is written down of a run while it trains, by which any moment of it can be had again."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from rnn.config import RunConfig
from rnn.errors import Divergence
from rnn.recording.series import Series
from rnn.training.scalars import Scalars
from rnn.training.state import TrainerState

MEGABYTES = 256
SPACING = 0.08  # seconds of training from one checkpoint to the next
SHARE = 0.0075  # of the time, at most, for checkpoints
BESIDE = 2048  # bytes of a checkpoint beside its arrays
OF_UPDATES, OF_EPOCHS = ("loss", "grad_norm"), ("train_loss", "validation_loss", "accuracy")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done to a run.

    Attributes:
        update: how many were made before it.
        order: the method of the trainer that was called.
        arguments: with what.
        by: who did it.
    """

    update: int
    order: str
    arguments: tuple[Any, ...]
    by: str


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A moment from which a training can go on.

    Attributes:
        state: all that it needs for that.
        events: how many there were before.
        seconds: how long the training up to it took.
    """

    state: TrainerState
    events: int
    seconds: float

    @property
    def size(self) -> int:
        """How many bytes it takes."""
        return self.state.size + BESIDE


class Recording:
    """What one run leaves. It may be read on other threads while the run's own one adds to it.

    Attributes:
        config: the run as it was built.
        engine: the name of what makes its updates; None before the first one.
        budget: how many bytes the checkpoints may take.
        update, seconds: how many were made, and how long they took.
        scalars: by OF_UPDATES and OF_EPOCHS, NaN where there was nothing to measure.
        divergence: what ended it, or None.
    """

    def __init__(self, config: RunConfig, budget: int = MEGABYTES << 20) -> None:
        self.config, self.budget = config, budget
        self.engine: str | None = None
        self.update, self.seconds = 0, 0.0
        self.scalars = {name: Series() for name in (*OF_UPDATES, *OF_EPOCHS)}
        self.divergence: Divergence | None = None
        self._events: list[Event] = []
        self._checkpoints: list[Checkpoint] = []
        self._bytes = 0
        self._spacing = SPACING
        self._cost = math.inf
        self._lock = Lock()

    @property
    def events(self) -> tuple[Event, ...]:
        """All of them, in their order."""
        with self._lock:
            return tuple(self._events)

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """All of them, in their order; the first is that of update 0."""
        with self._lock:
            return tuple(self._checkpoints)

    def before(self, update: int) -> Checkpoint:
        """The last checkpoint at an update or before it."""
        with self._lock:
            place = bisect.bisect(self._checkpoints, update, key=lambda checkpoint: checkpoint.state.update)
            return self._checkpoints[place - 1]

    def seconds_to(self, update: int) -> float:
        """How long the training up to an update took, about."""
        checkpoints = self.checkpoints
        updates = [*(checkpoint.state.update for checkpoint in checkpoints), self.update]
        seconds = [*(checkpoint.seconds for checkpoint in checkpoints), self.seconds]
        return float(np.interp(update, updates, seconds))

    def add(self, scalars: Scalars, seconds: float) -> None:
        """Take on what was trained, and how long it took."""
        with self._lock:
            self.update += len(scalars.loss)
            self.seconds += seconds
            for name in OF_UPDATES:
                self.scalars[name].extend(getattr(scalars, name))
            if scalars.epochs:
                for name in OF_EPOCHS:
                    values = [getattr(epoch, name) for epoch in scalars.epochs]
                    self.scalars[name].extend(np.array(values, dtype=float))

    def note(self, event: Event) -> None:
        """Take on what was done to it."""
        with self._lock:
            self._events.append(event)

    @property
    def is_due(self) -> bool:
        """Whether it is time for a checkpoint."""
        if not self._checkpoints:
            return True
        return self.seconds - self._checkpoints[-1].seconds >= max(self._spacing, self._cost / SHARE)

    def keep(self, state: TrainerState, cost: float) -> None:
        """Take on a checkpoint of now that took ``cost`` seconds to make."""
        self._cost = min(self._cost, cost)  # at its best: others may hold it up
        self.put_back(Checkpoint(state, len(self._events), self.seconds))

    def put_back(self, checkpoint: Checkpoint) -> None:
        """Take on a checkpoint, and let go of others beyond the budget.

        Every second one goes, but for the first: the same spacing everywhere, so that no seek is long.
        """
        with self._lock:
            self._checkpoints.append(checkpoint)
            self._bytes += checkpoint.size
            while self._bytes > self.budget and len(self._checkpoints) > 1:
                self._checkpoints = self._checkpoints[::2]
                self._bytes = sum(checkpoint.size for checkpoint in self._checkpoints)
                self._spacing *= 2.0
