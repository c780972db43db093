"""Recorder: trains, and writes down in a Recording what is trained and what is done meanwhile."""

from __future__ import annotations

import math
import time
from typing import Any

from rnn.recording.recording import MEGABYTES, SPACING, Event, Recording
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer

ORDERS = ("set_live", "extend", "keep_now", "forget")  # methods of a trainer that change what it becomes


class Recorder:
    """A trainer whose run is recorded, from where it stands on: all that changes it goes through here.

    Attributes:
        trainer: to be looked at.
        recording: of the run.

    Arguments:
        budget: how many bytes the checkpoints may take.
    """

    def __init__(self, trainer: Trainer, budget: int = MEGABYTES << 20) -> None:
        self.trainer = trainer
        self.recording = Recording(trainer.config, budget)
        self._keep()

    def advance(self, updates: float = math.inf, seconds: float = SPACING) -> Scalars:
        """Train as `Trainer.advance` does, for no longer than from one checkpoint to the next."""
        trainer, recording = self.trainer, self.recording
        begun = time.thread_time()  # of this thread alone, however busy the machine is
        scalars = trainer.advance(updates, min(seconds, SPACING))
        if trainer.choice is not None:
            recording.engine = trainer.choice.engine.name
            recording.add(scalars, time.thread_time() - begun)
            recording.divergence = trainer.divergence
            if recording.is_due and trainer.divergence is None:
                self._keep()
        return scalars

    def order(self, name: str, *arguments: Any, by: str) -> None:
        """Call a method of the trainer, one of ORDERS, and write down by whom.

        Raises:
            ConfigError: as in `Trainer.set_live`.
        """
        assert name in ORDERS
        getattr(self.trainer, name)(*arguments)
        self.recording.note(Event(self.trainer.update, name, arguments, by))

    def _keep(self) -> None:
        begun = time.perf_counter()
        state = self.trainer.state()
        self.recording.keep(state, time.perf_counter() - begun)
