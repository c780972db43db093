"""The answers: what some sequences ask at their scored time steps, what is answered, and what is right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.model.batch import Classes, Mask, Target
from rnn.model.readout import log_softmax
from rnn.observing.probes.moment import Moment

SEQUENCES = 24
ANSWERS = 40
NO_ANSWER = -1


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """K answers at the scored time steps of consecutive sequences, each from zero or from a carried state.

    Attributes:
        shown: (T,) the symbol numbers of the displayed sequence, the first; None where inputs are numbers.
        course: (T, O) what would be answered at every time step of the displayed sequence: numbers, or the
            probability of each class.
        end: the last scored time step of the displayed sequence, counted from 1.
        sequence: (K,) the number of each answer's sequence, counted from 0.
        time_step: (K,) the time step of each answer, counted from 1.
        asked: (K,) class numbers, or (K, O) numbers.
        answered: the same, as the network answers; a class is NO_ANSWER where the output is not finite.
        probabilities: (K, O) of each class; None where numbers are asked.
        right: (K,) whether the answer is right; None where that has no meaning.
    """

    shown: Classes | None
    course: Array
    end: int
    sequence: Classes
    time_step: Classes
    asked: Target
    answered: Target
    probabilities: Array | None
    right: Mask | None

    @property
    def accuracy(self) -> float | None:
        """The share of these answers that is right, from 0 to 1."""
        return None if self.right is None else float(self.right.mean())


def answers(moment: Moment) -> Answers:
    """Ask the displayed sequence and those that follow, at most SEQUENCES and some ANSWERS in all."""
    data, network, first = moment.sequences, moment.network, moment.sequence
    scores = int(moment.batch.scores)
    begin, length = moment.batches.stream_of(first)
    count = min(SEQUENCES, max(1, ANSWERS // scores), begin + length - first)
    batch = data.batch(slice(first, first + count))
    output = _outputs(moment, batch.x)
    # Sequence after sequence, and in each by time.
    sequence, step = np.nonzero(batch.mask.T)
    rates = network.readout.rates(moment.tolerance)
    right = network.readout.correct(output, batch, moment.tolerance) if rates else None
    probabilities, answered = None, output[step, sequence]
    course = output[:, 0]
    if network.readout.classes:
        course = np.exp(log_softmax(course))
        probabilities = np.exp(log_softmax(answered))
        finite = np.isfinite(answered).all(axis=1)
        answered = np.where(finite, answered.argmax(axis=1), NO_ANSWER)
        if right is not None:
            right[step, sequence] &= finite
    return Answers(
        shown=None if data.symbols is None else frozen(data.x[:, first].astype(np.int64)),
        course=frozen(course),
        end=moment.end,
        sequence=frozen(first + sequence),
        time_step=frozen(step + 1),
        asked=frozen(batch.y[step, sequence]),
        answered=frozen(answered),
        probabilities=None if probabilities is None else frozen(probabilities),
        right=None if right is None else frozen(right[step, sequence]),
    )


def _outputs(moment: Moment, x: Array) -> Array:
    """(T, B, O) for x (T, B, D): each sequence by itself, or all in one breath where the state is carried."""
    T, B, D = x.shape
    if not moment.carry:
        return moment.network.forward(x, moment.starts(B)).output
    output = moment.network.forward(x.swapaxes(0, 1).reshape(T * B, 1, D), moment.start).output
    return output.reshape(B, T, -1).swapaxes(0, 1)
