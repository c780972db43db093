"""Drives a Trainer outside the window's thread; plain Python, no Qt."""

from __future__ import annotations

import logging
import math
import queue
import time
from collections.abc import Callable
from threading import Thread

from gui.mailbox import Mailbox, State, Status
from gui.pace import Pace
from rnn.errors import ScopeError
from rnn.snapshot import SnapshotRequest
from rnn.trainer import Trainer

BURST_SECONDS = 0.002
REPORT_SECONDS = 0.02
SNAPSHOT_SECONDS = 0.04  # no panel draws more often
SNAPSHOT_SHARE = 0.25  # of the thread's time, at most: wide networks are dear to look at

log = logging.getLogger(__name__)


class TrainingThread(Thread):
    """Trains in bursts, obeys orders between them, and is asleep while there is nothing to do.

    The trainer belongs to this thread from ``start`` on. The methods below may be called from another thread
    at any moment and however often; each returns at once, and takes effect after the burst under way: some
    milliseconds, or one update or snapshot where that takes longer.
    """

    def __init__(self, trainer: Trainer, mailbox: Mailbox, rate: float | None) -> None:
        super().__init__(name="training", daemon=True)
        self._trainer = trainer
        self._mailbox = mailbox
        self._orders: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stopped = False
        self._state: State = "ready"
        self._goal: float = 0
        self._single_steps = False
        self._pace = Pace(rate)
        self._message = ""
        self._shown: object = None
        self._snapshot_due = -math.inf
        self._revision = 0
        self._reported = -math.inf

    # Orders

    def go(self) -> None:
        """Train on; where all epochs are done, as many epochs again."""
        self._orders.put(self._go)

    def toggle(self) -> None:
        """Pause where it trains, else train on: the thread knows which, however fast one presses."""
        self._orders.put(self._toggle)

    def pause(self) -> None:
        """Stop after the burst under way."""
        self._orders.put(self._pause)

    def step(self) -> None:
        """One update, then pause."""
        self._orders.put(self._step)

    def step_epoch(self) -> None:
        """On to the end of the epoch, then pause."""
        self._orders.put(self._step_epoch)

    def reset(self) -> None:
        """Back to the first weights, and pause."""
        self._orders.put(self._reset)

    def set_rate(self, updates_a_second: float | None) -> None:
        """Train at this rate, or at full speed for None."""
        self._orders.put(lambda: self._set_rate(updates_a_second))

    def set_live(self, key: str, value: object) -> None:
        """Change a setting that may change while training."""
        self._orders.put(lambda: self._trainer.set_live(key, value))

    def keep_now(self) -> None:
        """Keep the weights of this moment."""
        self._orders.put(self._keep_now)

    def forget(self, label: str) -> None:
        """Let go of weights that were kept."""
        self._orders.put(lambda: self._forget(label))

    def look(self, request: SnapshotRequest) -> None:
        """Make snapshots of this from now on."""
        self._mailbox.ask(request)
        self._orders.put(lambda: None)

    def stop(self) -> None:
        """End the thread; ``join`` waits for the burst under way."""
        self._orders.put(self._leave)

    # The thread

    def run(self) -> None:
        try:
            self._mailbox.begin(self._trainer.info())
            self._report()
            self._show()
            while not self._stopped:
                self._obey(self._idle_seconds())
                if self._state == "running" and not self._stopped:
                    self._train()
                self._show()
        except Exception as error:
            log.exception("the training thread ended")
            what = str(error) if isinstance(error, ScopeError) else f"{type(error).__name__}: {error}"
            self._enter("failed", f"Training stopped: {what}")

    def _idle_seconds(self) -> float | None:
        """How long there is nothing to do but to wait for an order; None is for ever."""
        if self._state != "running":
            return None
        if self._trainer.validating:
            return 0.0
        return self._pace.seconds_to_next(time.perf_counter())

    def _obey(self, seconds: float | None) -> None:
        """Carry out all orders; wait for the first one so long."""
        try:
            order = self._orders.get_nowait() if seconds == 0.0 else self._orders.get(timeout=seconds)
            while True:
                order()
                order = self._orders.get_nowait()
        except queue.Empty:
            pass

    def _train(self) -> None:
        trainer = self._trainer
        self._mailbox.wait_while_painting()
        first = trainer.update
        updates = min(self._pace.due(time.perf_counter()), max(0.0, self._goal - first))
        self._mailbox.add(trainer.advance(updates, BURST_SECONDS))
        self._pace.done(trainer.update - first)
        if trainer.divergence is not None:
            self._enter("diverged", str(trainer.divergence))
        elif trainer.finished:
            self._enter("finished")
        elif trainer.update >= self._goal and not trainer.validating:
            self._enter("paused")
        elif time.perf_counter() - self._reported >= REPORT_SECONDS:
            self._report()

    def _show(self) -> None:
        """Make a snapshot if one is wanted and something changed; a run at rest shows its last moment."""
        now = time.perf_counter()
        if self._state != "running":
            request: SnapshotRequest | None = self._mailbox.request
        else:
            request = self._mailbox.wanted() if now >= self._snapshot_due else None
        moment = (self._trainer.update, self._trainer.epoch, self._revision, request)
        if request is not None and moment != self._shown and not self._stopped:
            self._shown = moment
            self._mailbox.put(self._trainer.snapshot(request))
            cost = time.perf_counter() - now
            self._snapshot_due = now + max(SNAPSHOT_SECONDS, cost / SNAPSHOT_SHARE)

    def _enter(self, state: State, message: str = "") -> None:
        self._state = state
        self._message = message
        self._report()

    def _report(self) -> None:
        trainer = self._trainer
        fraction = trainer.update / (trainer.target_epochs * trainer.updates_an_epoch)
        self._reported = time.perf_counter()
        self._mailbox.report(
            Status(self._state, trainer.epoch, trainer.target_epochs, trainer.update, fraction, self._message)
        )

    # What the orders do

    def _go(self) -> None:
        self._train_until(math.inf, self._trainer.config.training.epochs)

    def _toggle(self) -> None:
        if self._state == "running" and not self._single_steps:
            self._pause()
        else:
            self._go()

    def _step(self) -> None:
        self._train_until(self._ahead() + 1, 1)
        self._single_steps = True

    def _step_epoch(self) -> None:
        size = self._trainer.updates_an_epoch
        self._train_until((self._ahead() // size + 1) * size, 1)

    def _ahead(self) -> float:
        """The update that steps asked for so far lead to, so that each one counts however fast they come."""
        stepping = self._state == "running" and math.isfinite(self._goal)
        return self._goal if stepping else self._trainer.update

    def _train_until(self, goal: float, more_epochs: int) -> None:
        if self._trainer.divergence is not None:
            return
        asked = self._trainer.target_epochs * self._trainer.updates_an_epoch
        if self._trainer.finished or asked < goal < math.inf:
            self._trainer.extend(more_epochs)
        self._goal = goal
        self._single_steps = False
        self._pace.start(time.perf_counter())
        self._enter("running")

    def _pause(self) -> None:
        if self._state == "running":
            self._enter("paused")

    def _reset(self) -> None:
        self._trainer.reset()
        self._revision += 1
        self._mailbox.begin(self._trainer.info())
        self._enter("ready")

    def _set_rate(self, rate: float | None) -> None:
        self._pace = Pace(rate)
        self._pace.start(time.perf_counter())

    def _keep_now(self) -> None:
        self._trainer.keep_now()
        self._revision += 1

    def _forget(self, label: str) -> None:
        self._trainer.kept.pop(label, None)
        self._revision += 1

    def _leave(self) -> None:
        self._stopped = True
