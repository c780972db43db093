"""What a probe may look at: the network at one moment of its training and the sequence on display."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rnn.array import Array
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.initial_states import start_states
from rnn.data.tasks.base import Data, Sequences
from rnn.model.batch import Batch
from rnn.model.network import Network, States, Tape
from rnn.observing.snapshot import SnapshotRequest

LOOK_BACK = 1_000
Breathe = Callable[[], object]


def go_on() -> None:
    """Let nobody in."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One moment of a training; probes read it and leave it as it was.

    Attributes:
        network: with the weights of now.
        data: the task's sequences, and the names of inputs and classes.
        batches: how the training sequences are cut into updates.
        sequence: the number of the training sequence on display, counted from 0.
        end: its last scored time step, counted from 1.
        start: the states that the displayed sequence begins in, each array (1, H).
        batch: the displayed sequence alone.
        tape: the forward pass over it.
        request: what a person looks at.
        training: how the network is trained.
        tolerance: how far a number may be from its target and be right; None where that has no meaning.
        kept: flat parameter vectors (P,) of earlier moments, by label.
        update: how many updates are complete.
        before: (P,) the weights before the last update; those of now before the first, NaN where it failed.
        at_rest: whether nothing is trained meanwhile, so that there is time.
        breathe: called by what takes long, every some milliseconds, so that others have their turn.
        memory: what the probe that is given it keeps from one moment of a run to the next.
        shared: what several probes of this one moment make use of, under names of its own.
    """

    network: Network
    data: Data
    batches: Batches
    sequence: int
    end: int
    start: States
    batch: Batch
    tape: Tape
    request: SnapshotRequest
    training: TrainingConfig
    tolerance: float | None
    kept: Mapping[str, Array]
    update: int
    before: Array
    at_rest: bool = True
    breathe: Breathe = go_on
    memory: dict[str, Any] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)

    @property
    def truncation(self) -> int | None:
        """After how many time steps the gradient stops; None lets it pass."""
        return self.training.truncation

    @property
    def sequences(self) -> Sequences:
        """The training sequences."""
        return self.data.train

    @property
    def carry(self) -> bool:
        """Whether the state goes on from sequence to sequence."""
        return self.batches.carried

    def starts(self, count: int) -> States:
        """What so many sequences from the displayed one on begin in where no state is carried."""
        return start_states(self.network, self.sequences, slice(self.sequence, self.sequence + count))


@dataclass(frozen=True, slots=True)
class Probe:
    """What a panel can ask a moment for.

    Attributes:
        measure: from a moment to a frozen result.
        share: how much of the time it may take while training: what takes long is measured less often.
    """

    measure: Callable[[Moment], object]
    share: float = 1.0


def start_of(network: Network, sequences: Sequences, batches: Batches, sequence: int) -> States:
    """The states, each array (1, H), that ``sequence`` begins in under the weights of now.

    Where they are carried, they follow from the sequences before in its stream, from the states that this
    begins in, as far as these lie within `LOOK_BACK` time steps, else from zero: all of a long series would
    hold up every snapshot.
    """
    one = slice(sequence, sequence + 1)
    if not batches.carried:
        return start_states(network, sequences, one)
    begin, _ = batches.stream_of(sequence)
    first = max(begin, sequence - math.ceil(LOOK_BACK / sequences.steps))
    before = sequences.batch(slice(first, sequence)).x
    start = start_states(network, sequences, slice(first, first + 1)) if first == begin else None
    return network.forward(before.swapaxes(0, 1).reshape(-1, 1, network.inputs), start).final
