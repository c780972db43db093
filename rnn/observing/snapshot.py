"""All that one moment of a training shows: frozen, so that it can cross between threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from rnn.array import Array
from rnn.config import RunConfig, TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Reference
from rnn.model.batch import Mask, Target
from rnn.model.cells import Cell
from rnn.model.readout import Readout

Probe = TypeVar("Probe")


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What is known of a run before its first update.

    Attributes:
        config: the run.
        references: lines for the loss panel.
        batches: how the training sequences are cut into updates.
        steps: T, the time steps of a sequence.
        inputs, outputs: D and O.
        input_names, class_names: what input features and classes are called; empty for no names.
        cell, readout: what the network is made of.
        notes: what was assumed in reading its files, and what is in them and not used, in whole sentences.
        difference: how the network as read answers otherwise than the model that it was read from, so that
            nothing seen here can be said of that; empty where it does not, or where that is not known.
    """

    config: RunConfig
    references: tuple[Reference, ...]
    batches: Batches
    steps: int
    inputs: int
    outputs: int
    input_names: tuple[str, ...]
    class_names: tuple[str, ...]
    cell: Cell
    readout: type[Readout]
    notes: tuple[str, ...]
    difference: str

    @property
    def sequences(self) -> int:
        """N, the training sequences."""
        return self.batches.count

    @property
    def updates_an_epoch(self) -> int:
        """How many updates see every sequence once."""
        return self.batches.updates


@dataclass(frozen=True, slots=True, eq=False)
class Instant:
    """One moment of a training, as far as a probe may look at it.

    Attributes:
        update, epoch: how many are complete.
        parameters: (P,) the weights of now.
        before: (P,) those before the last update; those of now before the first, NaN where not known.
        kept: weights (P,) of earlier moments, by label.
        training: how the network is trained.
    """

    update: int
    epoch: int
    parameters: Array
    before: Array
    kept: Mapping[str, Array]
    training: TrainingConfig

    def copied(self) -> Instant:
        """The same with weights of its own, which stay as they are while the training goes on."""
        return replace(self, parameters=self.parameters.copy(), before=self.before.copy())


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """What the next snapshot should hold.

    Attributes:
        sequence: the number of the training sequence on display, counted from 0.
        span: how many consecutive sequences the fit draws.
        probes: names in PROBES; only these are computed.
        parameter: the name of the parameter whose gradient is taken apart; None is W_h of the top layer.
        temperature: what the logits are divided by before a sample is drawn from them; 0 takes the likeliest.
        check: another number begins another gradient check.
    """

    sequence: int = 0
    span: int = 4
    probes: frozenset[str] = frozenset()
    parameter: str | None = None
    temperature: float = 0.7
    check: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One moment of a training; every array is a read-only copy.

    Attributes:
        epoch: complete epochs.
        update: complete updates over the whole run.
        sequence: the number of the displayed sequence, counted from 0.
        x, output: (T, D) and (T, O) of the displayed sequence; for a softmax its logits.
        y: (T, O) numbers or (T,) class numbers.
        scored: (T,) the time steps that count in the loss.
        signals: for each layer, by the names of the cell's signals, states (T+1, H) with row 0 the one that
            it began in, and gates (T, H).
        probes: the results of the probes that were measured, by name.
        failures: what others raised.
    """

    epoch: int
    update: int
    sequence: int
    x: Array
    y: Target
    scored: Mask
    output: Array
    signals: tuple[Mapping[str, Array], ...]
    probes: Mapping[str, object]
    failures: Mapping[str, Exception]

    def with_results(self, other: Snapshot) -> Snapshot:
        """The same moment with what another look at it has measured, which is the newer."""
        probes = {name: self.probes[name] for name in self.probes.keys() - other.failures.keys()}
        failures = {name: self.failures[name] for name in self.failures.keys() - other.probes.keys()}
        probes |= other.probes
        failures |= other.failures
        return replace(self, probes=MappingProxyType(probes), failures=MappingProxyType(failures))

    @property
    def complete(self) -> bool:
        """Whether no probe has more to do on what it was asked."""
        return all(getattr(result, "complete", True) for result in self.probes.values())

    def probe(self, kind: type[Probe]) -> Probe | None:
        """The result of this kind, or None where it was not asked for."""
        return next((result for result in self.probes.values() if isinstance(result, kind)), None)
