"""Drives a trainer: towards a goal, at a pace, and says through the mailbox how it goes; no Qt."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from gui.bench.mailbox import Mailbox, Notice, State, Status
from gui.bench.pace import Clock, Pace
from gui.bench.watcher import Sight, Watcher
from rnn.errors import ScopeError
from rnn.training.outcome import Course
from rnn.training.trainer import Trainer
from rnn.weights import save_weights

BURST_SECONDS = 0.006
PYTHON_SECONDS = 0.002  # a burst that keeps the window from painting
REPORT_SECONDS = 0.02
HAND_OVER_SECONDS = 0.02  # as often a moment is handed over although the last is looked at still
HAND_OVER_SHARE = 0.1  # of the thread's time, at most: wide networks are dear to copy


class Driver:
    """A trainer that obeys; it belongs to the training thread, and so does all that is called here.

    The clock is in seconds, and that by which the pace is kept.

    Attributes:
        state: what it is doing.
        watchers: look at the moments that are handed over.
    """

    def __init__(
        self,
        trainer: Trainer,
        mailbox: Mailbox,
        rate: float | None,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.state: State = "ready"
        self._trainer = trainer
        self._mailbox = mailbox
        self._clock = clock
        self._goal: float = 0
        self._single_steps = False
        self._pace = Pace(rate)
        self._message = ""
        self._handed_over: object = None
        self._hand_over_due = -math.inf
        self._slow = set[str]()
        self.watchers = tuple(
            Watcher(trainer, mailbox, clock, self._slow, takes_slow=takes_slow)
            for takes_slow in (False, True)
        )
        self._revision = 0
        self._reported = -math.inf
        self._begin()
        self._report()

    @property
    def trains_on(self) -> bool:
        """Whether it trains until it is told to stop, and not only to the end of a step."""
        return self.state == "running" and not math.isfinite(self._goal)

    # Orders

    def start(self) -> None:
        """Train on, unless something else was asked before."""
        if self.state == "ready":
            self.go()

    def go(self) -> None:
        """Train on; where all epochs are done, as many epochs again."""
        self._train_until(math.inf, self._trainer.config.training.epochs)

    def toggle(self) -> None:
        """Pause where it trains, else train on."""
        if self.state == "running" and not self._single_steps:
            self.pause()
        else:
            self.go()

    def pause(self) -> None:
        """Train no further."""
        if self.state == "running":
            self._enter("paused")

    def step(self) -> None:
        """One update, then pause."""
        self._train_until(self._ahead() + 1, 1)
        self._single_steps = True

    def step_epoch(self) -> None:
        """On to the end of the epoch, then pause."""
        size = self._trainer.updates_an_epoch
        self._train_until((self._ahead() // size + 1) * size, 1)

    def reset(self) -> None:
        """Back to the first weights, and pause."""
        self._trainer.reset()
        self._revision += 1
        self._begin()
        self._enter("ready")

    def set_rate(self, updates_a_second: float | None) -> None:
        """Train at this rate, or at full speed for None."""
        self._pace = Pace(updates_a_second)
        self._pace.start(self._clock())

    def set_live(self, key: str, value: Any) -> None:
        """Change a setting that may change while training."""
        self._trainer.set_live(key, value)
        self._revision += 1

    def keep_now(self) -> None:
        """Keep the weights of this moment."""
        self._trainer.keep_now()
        self._revision += 1

    def forget(self, label: str) -> None:
        """Let go of weights that were kept."""
        self._trainer.forget(label)
        self._revision += 1

    def save_weights(self, path: Path) -> None:
        """Write the weights of this moment, and tell how that went."""
        try:
            save_weights(path, self._trainer.network, self._trainer.names)
        except ScopeError as error:
            self._mailbox.tell(Notice(f"{error}.", done=False))
        else:
            text = f"Weights of update {self._trainer.update:,} saved in {path.name}."
            self._mailbox.tell(Notice(text, done=True))

    # What it does between orders

    def idle_seconds(self) -> float | None:
        """How long there is nothing to do but to wait for an order; None is for ever."""
        if self.state != "running":
            return None
        if self._trainer.validating:
            return 0.0
        return self._pace.seconds_to_next(self._clock())

    def train(self) -> None:
        """A burst, where it is running."""
        if self.state != "running":
            return
        trainer = self._trainer
        first = trainer.update
        updates = min(self._pace.due(self._clock()), max(0.0, self._goal - first))
        if trainer.releases_gil:
            scalars = trainer.advance(updates, BURST_SECONDS)
        else:
            with self._mailbox.turns.for_work():
                scalars = trainer.advance(updates, PYTHON_SECONDS)
        self._mailbox.add(scalars)
        self._course.receive(scalars)
        self._pace.done(trainer.update - first)
        if trainer.divergence is not None:
            self._enter("diverged", str(trainer.divergence))
        elif trainer.finished:
            self._enter("finished")
        elif trainer.update >= self._goal and not trainer.validating:
            self._enter("paused")
        elif self._clock() - self._reported >= REPORT_SECONDS:
            self._report()

    def show(self) -> None:
        """Hand over this moment where it is another one, as often as it is looked at."""
        at_rest, now = self.state != "running", self._clock()
        moment = (self._trainer.update, self._trainer.epoch, self._revision, at_rest)
        if self.state == "failed" or moment == self._handed_over:
            return
        if at_rest or any(watcher.is_free for watcher in self.watchers) or now >= self._hand_over_due:
            self._handed_over = moment
            instant, in_python = self._trainer.instant.copied(), not self._trainer.releases_gil
            again = self._trainer.again() if at_rest and self._came_apart else None
            sight = Sight(instant, self._begun, at_rest, in_python, frozenset(self._slow), again)
            for watcher in self.watchers:
                watcher.show(sight)
            ended = self._clock()
            self._hand_over_due = ended + max(HAND_OVER_SECONDS, (ended - now) / HAND_OVER_SHARE)

    @property
    def _came_apart(self) -> bool:
        return self._trainer.divergence is not None or self._course.is_blown_up

    def fail(self, message: str) -> None:
        """Say that nothing more will come of this run before it is reset."""
        self._enter("failed", message)

    def _begin(self) -> None:
        info = self._trainer.info()
        self._course = Course(info.references)
        self._begun = self._mailbox.begin(info)

    def _ahead(self) -> float:
        """The update that steps asked for so far lead to, so that each one counts however fast they come."""
        stepping = self.state == "running" and math.isfinite(self._goal)
        return self._goal if stepping else self._trainer.update

    def _train_until(self, goal: float, more_epochs: int) -> None:
        if self._trainer.divergence is not None or self.state == "failed":
            return
        asked = self._trainer.target_epochs * self._trainer.updates_an_epoch
        if self._trainer.finished or asked < goal < math.inf:
            self._trainer.extend(more_epochs)
        self._goal = goal
        self._single_steps = False
        self._pace.start(self._clock())
        self._enter("running")

    def _enter(self, state: State, message: str = "") -> None:
        self.state = state
        self._message = message
        self._report()

    def _report(self) -> None:
        trainer = self._trainer
        fraction = trainer.update / (trainer.target_epochs * trainer.updates_an_epoch)
        self._reported = self._clock()
        engine, why = self._engine()
        divergence = "" if trainer.divergence is None else str(trainer.divergence)
        rests = self.state in ("paused", "finished")
        self._mailbox.report(
            Status(
                state=self.state,
                epoch=trainer.epoch,
                target_epochs=trainer.target_epochs,
                update=trainer.update,
                fraction=fraction,
                message=self._message,
                engine=engine,
                why=why,
                failure=self._course.failure(trainer.config, divergence, rests, fraction),
            )
        )

    def _engine(self) -> tuple[str, str]:
        """What makes the updates, and why it is not the compiled one."""
        choice = self._trainer.choice
        if choice is not None:
            return choice.engine.title, choice.why_now
        return ("waits for the compiled update" if self.state == "running" else ""), ""
