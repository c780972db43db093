"""Run: one live experiment: a config, the thread that trains it, and the mailbox between."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Semaphore

from gui.bench.driver import Driver
from gui.bench.mailbox import Mailbox, Update
from gui.bench.pace import Clock
from gui.bench.training_thread import TrainingThread
from rnn.config import RunConfig
from rnn.config.presets import marked_epochs
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer


class Run:
    """A run that is being prepared, and then waits at update 0.

    Attributes:
        config: what it runs; once it has begun, what its trainer made of it, with live settings of then.
        pace: updates a second, or None for full speed.
        has_begun: whether its trainer is there, as far as was taken.
        refused: why it cannot begin, as far as was taken; nothing comes of it then.
        mailbox: where the window takes what has come.
        thread: where the window's orders go.

    Args:
        config, pace: as above.
        request: what snapshots should hold; with None they wait until the window has asked.
        turns: how many runs may be prepared at the same time.
        awaited: tells the config that is meant, for which its thread waits.
        clock: by which the pace is kept.
    """

    def __init__(
        self,
        config: RunConfig,
        pace: float | None,
        request: SnapshotRequest | None,
        turns: Semaphore,
        *,
        awaited: Callable[[], RunConfig] | None = None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.config = config
        self.pace = pace
        self.has_begun = False
        self.refused: Exception | None = None
        self.mailbox = Mailbox(request)

        def make() -> Trainer:
            meant = config if awaited is None else awaited()
            return Trainer(meant, marked_epochs(meant))

        self.thread = TrainingThread(make, self.mailbox, pace, turns, clock=clock)
        self.thread.start()

    @property
    def prepares(self) -> bool:
        """Whether it is still open whether it can begin."""
        return not self.has_begun and self.refused is None

    def take(self) -> Update:
        """Everything that has come since the last take."""
        update = self.mailbox.take()
        if update.begun is not None:
            self.has_begun = True
            self.config = update.begun.config
        self.refused = update.refused or self.refused
        return update

    def set_pace(self, pace: float | None) -> None:
        """Train at this pace."""
        self.pace = pace
        self.thread.order(Driver.set_rate, pace)

    def stop(self) -> None:
        """Tell the thread to end; may be called twice."""
        self.thread.stop()

    def give_up(self) -> None:
        """Refuse it, although it is still open whether it can begin."""
        self.thread.give_up()

    def close(self, seconds: float) -> bool:
        """End the thread, waiting at most so long; whether it ended. May be called twice."""
        self.stop()
        self.thread.join(seconds)
        return not self.thread.is_alive()
