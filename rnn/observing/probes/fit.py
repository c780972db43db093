"""The fit: targets and answers over consecutive sequences, now and earlier, and a run on own output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array, frozen
from rnn.model.batch import Mask
from rnn.model.network import States
from rnn.observing.probes.moment import Moment, start_of

LONGEST_FREE_RUN = 400


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Several consecutive sequences end to end, S·T time steps in all.

    Attributes:
        first: the number of the first sequence, counted from 0.
        steps: T, the time steps of one sequence.
        given: whether sequences begin in states of their own where nothing is carried, and not at zero.
        carried: whether the state goes on from each sequence to the next, or begins anew in each.
        target: (S·T, O) what should have been answered.
        scored: (S·T,) the time steps that count in the loss.
        output: (S·T, O) what the network answers one step ahead, seeing the true inputs.
        ghosts: the same answers with the weights kept at an earlier moment, by the label of that moment.
        free: (S·T, O) from ``warm_up`` on, and for at most LONGEST_FREE_RUN time steps, the network's
            answers to its own answers; NaN before and after. None where a target is not the next input, or a
            sequence has one time step only.
        warm_up: the number of time steps that ran on true inputs before: the first sequence, or the first
            half of it where no other one goes on from it, as those of a file need not; it ends there then.
    """

    first: int
    steps: int
    given: bool
    carried: bool
    target: Array
    scored: Mask
    output: Array
    ghosts: Mapping[str, Array]
    free: Array | None
    warm_up: int

    @property
    def sequences(self) -> int:
        """S, how many sequences are drawn."""
        return len(self.target) // self.steps


def fit(moment: Moment) -> Fit | None:
    """The fit of ``moment.request.span`` sequences from the displayed one on, as far as its stream goes.

    None where classes are answered, which are no numbers.
    """
    if moment.network.readout.classes:
        return None
    data = moment.sequences
    begin, length = moment.batches.stream_of(moment.sequence)
    count = min(moment.request.span, begin + length - moment.sequence)
    batch = data.batch(slice(moment.sequence, moment.sequence + count))
    x, y = batch.x, batch.y
    T = data.steps
    answers_are_inputs = T > 1 and np.array_equal(y[:-1], x[1:])
    goes_on = answers_are_inputs and count > 1 and _goes_on(x, y)
    warm_up = T if goes_on else T // 2
    return Fit(
        first=moment.sequence,
        steps=T,
        given=bool(data.start),
        carried=moment.carry,
        target=frozen(_joined(y)),
        scored=frozen(_joined(batch.mask[:, :, None])[:, 0]),
        output=_answers(moment, x, moment.start),
        ghosts=_ghosts(moment, x),
        free=_free_run(moment, _joined(x), warm_up, len(y) * (count if goes_on else 1))
        if answers_are_inputs
        else None,
        warm_up=warm_up,
    )


def _answers(moment: Moment, x: Array, carried: States) -> Array:
    """(S·T, O): all sequences in one breath from the carried state, or each from its own start."""
    if not moment.carry:
        return frozen(_joined(moment.network.forward(x, moment.starts(x.shape[1])).output))
    return frozen(moment.network.forward(_joined(x)[:, None], carried).output[:, 0])


def _ghosts(moment: Moment, x: Array) -> dict[str, Array]:
    """The answers (S·T, O) with the weights of every kept moment.

    While the same sequences are drawn they stay the same, and are remembered while their weights are kept.
    """
    drawn = (moment.sequence, x.shape[1])
    remembered = moment.memory.get("ghosts", {})
    known: dict[str, tuple[Array, tuple[int, int], Array]] = {}
    for label, vector in moment.kept.items():
        entry = remembered.get(label)
        if entry is None or entry[0] is not vector or entry[1] != drawn:
            entry = (vector, drawn, _ghost(moment, vector, x))
        known[label] = entry
    moment.memory["ghosts"] = known
    return {label: answers for label, (_, _, answers) in known.items()}


def _ghost(moment: Moment, vector: Array, x: Array) -> Array:
    """The answers (S·T, O) with the weights ``vector``, from the state that these weights lead to."""
    network = moment.network
    now = network.parameters.vector.copy()
    network.parameters.vector[:] = vector
    try:
        return _answers(moment, x, start_of(network, moment.sequences, moment.batches, moment.sequence))
    finally:
        network.parameters.vector[:] = now


def _goes_on(x: Array, y: Array) -> bool:
    """Whether each sequence begins where the one before ends: no further from it than two time steps lead."""
    return bool((np.abs(x[0, 1:] - y[-1, :-1]) <= 2.0 * np.abs(y - x).max(axis=(0, 1))).all())


def _free_run(moment: Moment, x: Array, warm_up: int, end: int) -> Array:
    """After ``warm_up`` true inputs of x (S·T, D) each answer is the next input, and the state goes on."""
    free = np.full(x.shape, np.nan)
    tape = moment.network.forward(x[:warm_up, None], moment.start)
    for t in range(warm_up, min(end, warm_up + LONGEST_FREE_RUN)):
        tape = moment.network.forward(tape.output[-1:], tape.final)
        free[t] = tape.output[0, 0]
    return frozen(free)


def _joined(sequences: NDArray[Any]) -> NDArray[Any]:
    """(T, S, O) as one row of sequences (S·T, O)."""
    return sequences.swapaxes(0, 1).reshape(-1, sequences.shape[2])
