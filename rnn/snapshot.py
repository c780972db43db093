"""All that one moment of a training shows: frozen, so that it can cross between threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from rnn.array import Array
from rnn.config import RunConfig
from rnn.tasks import Reference

Probe = TypeVar("Probe")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What is known of a run before its first update.

    Attributes:
        config: the run.
        references: lines for the loss panel.
        sequences: N, the training sequences; one epoch is N updates.
        steps: T, the time steps of a sequence.
        inputs, outputs: D and O.
    """

    config: RunConfig
    references: tuple[Reference, ...]
    sequences: int
    steps: int
    inputs: int
    outputs: int


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """What the next snapshot should hold.

    Attributes:
        sequence: the number of the training sequence on display, counted from 0.
        span: how many consecutive sequences the fit draws.
        probes: names in PROBES; only these are computed.
    """

    sequence: int = 0
    span: int = 4
    probes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One moment of a training; every array is a read-only copy.

    Attributes:
        epoch: complete epochs.
        update: complete updates over the whole run.
        sequence: the number of the displayed sequence, counted from 0.
        x, y, output: (T, D), (T, O), (T, O) of the displayed sequence.
        hidden: h (T+1, H) of each layer over the displayed sequence, row 0 the state it began in.
        probes: the results of the probes asked for, by name.
    """

    epoch: int
    update: int
    sequence: int
    x: Array
    y: Array
    output: Array
    hidden: tuple[Array, ...]
    probes: Mapping[str, object]

    def probe(self, kind: type[Probe]) -> Probe | None:
        """The result of this kind, or None where it was not asked for."""
        return next((result for result in self.probes.values() if isinstance(result, kind)), None)
