"""Whether a training has failed, by one rule for all who say so, and what to try from its own figures."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnn.config import RunConfig
from rnn.data.tasks import Reference
from rnn.number_format import short
from rnn.training.scalars import Scalars

BLOWN_UP = 100.0  # times the larger of the first loss and the simplest rule's
LAST, FIRST = 10, 5  # updates
JUDGED_FROM = 0.5  # of the updates asked for
SPIKED = 10.0  # times the usual norm of a gradient
FALLS = 0.98  # of the loss of the epoch before


@dataclass(frozen=True, slots=True)
class Failure:
    """A training has failed.

    Attributes:
        kind: in a few words, for the place where the run's state stands.
        sentence: with the figures, and what to try.
    """

    kind: Literal["diverged", "blown up", "no better than the simplest rule"]
    sentence: str

    @property
    def came_apart(self) -> bool:
        """Whether it is not for want of learning."""
        return self.kind != "no better than the simplest rule"


class Course:
    """What became of a training so far, as far as it tells whether it failed.

    A run that has only begun has not failed: a plateau may end at any update. So it has failed

    - at once where it diverges;
    - where it is blown up: each of its last `LAST` losses is above `BLOWN_UP` times both its first loss and
      that of the simplest rule of its task, from which no run was seen to come back;
    - where it rests, finished or paused, with at least `JUDGED_FROM` of its updates made, and the mean loss
      of its last epoch is above that of the simplest rule: the first of the task's references, such as
      “always zero” or chance.

    Arguments:
        references: those of the task, the simplest rule first.
    """

    def __init__(self, references: Sequence[Reference]) -> None:
        self._simplest = references[0] if references else None
        self._first = math.nan
        self._losses: deque[float] = deque(maxlen=LAST)
        self._norms: list[float] = []
        self._largest = 0.0
        self._epochs: deque[float] = deque(maxlen=2)

    def receive(self, scalars: Scalars) -> None:
        """So it went on."""
        if len(scalars.loss) and math.isnan(self._first):
            self._first = float(scalars.loss[0])
        self._losses.extend(scalars.loss[-LAST:].tolist())
        self._norms += scalars.grad_norm[: max(0, FIRST - len(self._norms))].tolist()
        finite = scalars.grad_norm[np.isfinite(scalars.grad_norm)]
        self._largest = max(self._largest, float(finite.max(initial=0.0)))
        self._epochs.extend(epoch.train_loss for epoch in scalars.epochs[-2:])

    @property
    def is_blown_up(self) -> bool:
        """Whether each of its last losses is far above where it began and what the simplest rule gets."""
        simplest = 0.0 if self._simplest is None else self._simplest.loss
        limit = BLOWN_UP * max(self._first, simplest)
        return len(self._losses) == LAST and not min(self._losses) <= limit

    def failure(self, config: RunConfig, divergence: str, rests: bool, fraction: float) -> Failure | None:
        """How it failed; None where it has not.

        Arguments:
            config: with the live settings of now.
            divergence: the sentence on it; empty where it has not diverged.
            rests: nothing is trained at the moment.
            fraction: of the updates asked for, from 0 to 1.
        """
        if divergence:
            return Failure("diverged", f"Failed: {divergence}. {self._tries(config)}")
        if self.is_blown_up:
            beside = "" if self._simplest is None else f", that of “{self._simplest.label}” {self._rule}"
            found = f"Failed: blown up. The loss is {short(self._losses[-1], 3)}{beside}. "
            return Failure("blown up", found + self._tries(config))
        judged = rests and fraction >= JUDGED_FROM and self._simplest is not None and len(self._epochs)
        if not judged or self._simplest is None or self._epochs[-1] <= self._simplest.loss:
            return None
        loss, rule = short(self._epochs[-1], 3), f"“{self._simplest.label}” with {self._rule}"
        found = f"Failed: the mean loss of the last epoch, {loss}, is above {rule}. {self._tries(config)}"
        return Failure("no better than the simplest rule", found)

    @property
    def _rule(self) -> str:
        return "" if self._simplest is None else short(self._simplest.loss, 3)

    def _tries(self, config: RunConfig) -> str:
        return f"Try: {'; or '.join(self._mends(config))}."

    def _mends(self, config: RunConfig) -> Iterator[str]:
        """What to change, the most promising first."""
        training, model = config.training, config.model
        rose = not (self._losses and self._losses[-1] <= self._first)
        usual = float(np.median(self._norms)) if self._norms else 0.0
        if rose:
            lower, now = short(0.1 * training.learning_rate), short(training.learning_rate)
            yield f"a learning rate of {lower} instead of {now}"
            if training.clip_norm is None and usual > 0.0 and self._largest > SPIKED * usual:
                grew = f"the gradient's norm began at {short(usual)} and came to {short(self._largest)}"
                yield f"clip norm at {short(usual)}, for {grew}"
            radius = model.spectral_radius
            if radius is not None and radius > 1.0:
                yield f"a spectral radius of 1 instead of {radius:g}"
            return
        if len(self._epochs) == 2 and self._epochs[-1] < FALLS * self._epochs[0]:
            yield "more epochs, for the loss still falls"
        if training.optimizer == "sgd":
            yield "the optimizer Adam with a learning rate of 0.003"
        else:
            yield f"a learning rate of {short(3.0 * training.learning_rate, 1)}"
        if model.cell == "vanilla":
            yield "an LSTM or a GRU, which keeps its memory better"
