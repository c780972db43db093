"""Run: one live experiment: a config, its trainer, the thread that drives it and the mailbox between."""

from __future__ import annotations

from gui.mailbox import Mailbox
from gui.training_thread import TrainingThread
from rnn.config import RunConfig
from rnn.errors import ScopeError
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer


class Run:
    """A run that has begun to live and waits at update 0.

    Attributes:
        config: what it runs.
        mailbox: where the window takes what has come.
        thread: where the window's orders go.

    Raises:
        ScopeError: the config cannot be run; nothing was started.
    """

    def __init__(
        self, config: RunConfig, rate: float | None, request: SnapshotRequest, keep_epochs: frozenset[int]
    ) -> None:
        try:
            trainer = Trainer(config, keep_epochs)
        except MemoryError:
            raise ScopeError("This run is too large for the memory of this machine") from None
        self.config = trainer.config
        self.mailbox = Mailbox(request)
        self.thread = TrainingThread(trainer, self.mailbox, rate)
        self.thread.start()

    def stop(self) -> None:
        """Tell the thread to end; may be called twice."""
        self.thread.stop()
        self.mailbox.let_train()

    def close(self, seconds: float) -> bool:
        """End the thread, waiting at most so long; whether it ended. May be called twice."""
        self.stop()
        self.thread.join(seconds)
        return not self.thread.is_alive()
