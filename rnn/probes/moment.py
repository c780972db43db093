"""What a probe may look at: the network at one moment of its training and the sequence on display."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rnn.array import Array
from rnn.network import Network, States, Tape
from rnn.tasks import Sequences

LOOK_BACK = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One moment of a training; probes read it and leave it as it was.

    Attributes:
        network: with the weights of now.
        sequences: the training sequences.
        sequence: the number of the one on display, counted from 0.
        span: how many consecutive sequences the fit draws.
        start: the states (1, H) that the displayed sequence begins in.
        tape: the forward pass over the displayed sequence.
        y: (T, 1, O) its target.
        carry: whether the state goes on from sequence to sequence.
        kept: flat parameter vectors (P,) of earlier moments, by label.
        memory: what a probe keeps from one moment of a run to the next, under names of its own.
    """

    network: Network
    sequences: Sequences
    sequence: int
    span: int
    start: States
    tape: Tape
    y: Array
    carry: bool
    kept: Mapping[str, Array]
    memory: dict[str, Any] = field(default_factory=dict)


def start_of(network: Network, sequences: Sequences, sequence: int) -> States:
    """The states (1, H) that ``sequence`` begins in where the state is carried, under the weights of now.

    They follow from the sequences before, from zero on, as far as these lie within `LOOK_BACK` time steps:
    all of a long series would hold up every snapshot.
    """
    first = max(0, sequence - math.ceil(LOOK_BACK / sequences.steps))
    before, _ = sequences.slice(first, sequence - first)
    return network.forward(before.swapaxes(0, 1).reshape(-1, 1, network.inputs)).final
