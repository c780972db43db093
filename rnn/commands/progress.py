"""The progress of a run: one line that is written over in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from resources.streams import write
from rnn.errors import one_line
from rnn.number_format import counted
from rnn.training.engines import Choice
from rnn.training.engines.compiled import readiness
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.trainer import Trainer

SECONDS_IN_TERMINAL, SECONDS_ELSEWHERE = 0.1, 5.0
WORTH_A_WORD = 1.0  # seconds of waiting
WAITING = {
    "compiling": "Compiling the update, once on this machine",
    "loading": "Loading the compiled update",
}


class ProgressLine:
    """One line of words, or a line now and then; a stream that is gone is no reason to stop.

    Attributes:
        pause: the seconds between two things that are said.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._terminal = stream is not None and stream.isatty()
        self.pause = SECONDS_IN_TERMINAL if self._terminal else SECONDS_ELSEWHERE
        self._on_screen = 0
        self._last = time.perf_counter()

    def say(self, text: str) -> None:
        if not self._terminal:
            self._write(f"{text}\n")
            return
        text = text[: shutil.get_terminal_size().columns - 1]
        self._write("\r" + text.ljust(self._on_screen))
        self._on_screen = len(text)

    def say_now_and_then(self, text: str) -> None:
        """Where the last time was long enough ago."""
        now = time.perf_counter()
        if now - self._last >= self.pause:
            self._last = now
            self.say(text)

    def keep(self) -> None:
        """Leave what was said where it is, and go on below."""
        self._on_screen = 0
        self._write("\n" if self._terminal else "")

    def end(self, sentence: str = "") -> None:
        """Say how it ended, on a line of its own, in the place of the last that was said."""
        if self._terminal and self._on_screen:
            self.say("")
            self._write("\r")
        self._write(f"{one_line(sentence)}\n" if sentence else "")

    def _write(self, text: str) -> None:
        write(text, self._stream)


class Progress:
    """Says how far ``trainer`` is."""

    def __init__(self, trainer: Trainer, stream: TextIO | None) -> None:
        self._trainer = trainer
        self._line = ProgressLine(stream)
        self._began = self._last = time.perf_counter()
        self._last_update = trainer.update
        self._epoch: EpochResult | None = None
        self._waits_since: float | None = None
        self._state = ""
        self._engine_is_said = False
        self._line.say(self._position())

    def add(self, scalars: Scalars) -> None:
        """Take the scalars of a burst, and say where the training is if it is time to."""
        self._epoch = scalars.epochs[-1] if scalars.epochs else self._epoch
        now = time.perf_counter()
        if self._trainer.choice is None:  # the clock starts when it is known what trains
            self._wait(now)
        elif not self._engine_is_said:
            self._say_engine(self._trainer.choice)
        if now - self._last < self._line.pause or not len(scalars.loss):
            return
        made, took = self._trainer.update - self._last_update, now - self._last
        speed = f"{made / took:,.0f} updates/s" if made >= took else f"{took / made:.1f} s an update"
        self._last, self._last_update = now, self._trainer.update
        loss = self._loss(float(scalars.loss.mean()))
        self._line.say(f"{self._position()}, {loss}, {speed}")

    def _wait(self, now: float) -> None:
        if self._waits_since is None:
            self._waits_since = now
        state = readiness.STEP.state().name
        if now - self._waits_since > WORTH_A_WORD and state != self._state and state in WAITING:
            self._state = state
            self._line.say(WAITING[state])
        self._began = self._last = now

    def _say_engine(self, choice: Choice) -> None:
        """What is slower than a person may expect is said before it takes its time."""
        self._engine_is_said = True
        if choice.why:
            self._line.say(f"Training in {choice.sentence}")
            self._line.keep()

    def end(self, sentence: str) -> None:
        """Say how it ended, on a line of its own."""
        self._line.end(sentence)

    def summary(self) -> str:
        """What was trained, how long it took, and the losses of the last complete epoch."""
        trainer, seconds = self._trainer, time.perf_counter() - self._began
        text = f"{counted(trainer.epoch, 'epoch')}, {counted(trainer.update, 'update')} in {seconds:.1f} s"
        if trainer.choice is not None:
            text += f" ({trainer.choice.sentence})"
        if (epoch := self._epoch) is not None:
            text += f", train {self._loss(epoch.train_loss)}"
            if epoch.validation_loss is not None:
                text += f", validation {self._loss(epoch.validation_loss)}"
            if epoch.accuracy is not None:
                text += f", accuracy {100 * epoch.accuracy:.4g} %"
        return text

    def _loss(self, loss: float) -> str:
        readout = self._trainer.network.readout
        figure = f"{readout.column} {loss:.4g}"
        perplexity = readout.figures(loss).get("perplexity")
        return figure if perplexity is None else f"{figure} (perplexity {perplexity:.4g})"

    def _position(self) -> str:
        trainer = self._trainer
        total = trainer.target_epochs * trainer.updates_an_epoch
        epoch = min(trainer.epoch + 1, trainer.target_epochs)
        return f"Epoch {epoch:,} of {trainer.target_epochs:,}, update {trainer.update:,} of {total:,}"
