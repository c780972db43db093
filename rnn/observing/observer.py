"""Observer: makes snapshots of a network while it is trained, and remembers what its probes remember."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Data
from rnn.model.network import Network
from rnn.observing.probes import PROBES, Moment, Probe, start_of
from rnn.observing.snapshot import Snapshot, SnapshotRequest


class Observer:
    """Looks at one run, from its first update to its last.

    Arguments:
        network: the one that is trained.
        data, batches: what it is trained on.
        tolerance: how far a number may be from its target and be right; None where that has no meaning.
    """

    def __init__(self, network: Network, data: Data, batches: Batches, tolerance: float | None) -> None:
        self._network = network
        self._data = data
        self._batches = batches
        self._tolerance = tolerance
        self._memories: dict[str, dict[str, Any]] = {}
        self._measurements: dict[str, _Measurement] = {}
        self._standing: _Standing | None = None

    def snapshot(
        self,
        request: SnapshotRequest,
        *,
        training: TrainingConfig,
        epoch: int,
        update: int,
        before: Array,
        kept: Mapping[str, Array],
        at_rest: bool,
    ) -> Snapshot:
        """What this moment shows.

        Arguments:
            epoch, update: how many are complete.
            before: (P,) the weights before the last update.
            kept: weights of earlier moments, by label.
            at_rest: nothing is trained meanwhile: what was measured is given again until something changes;
                else a slow probe may give again what it measured a little while ago.
        """
        train = self._data.train
        sequence = min(max(request.sequence, 0), train.count - 1)
        with np.errstate(all="ignore"):
            start = start_of(self._network, train, self._batches, sequence)
            batch = train.batch(slice(sequence, sequence + 1))
            tape = self._network.forward(batch.x, start)
            moment = Moment(
                network=self._network,
                data=self._data,
                batches=self._batches,
                sequence=sequence,
                end=train.end(sequence),
                start=start,
                batch=batch,
                tape=tape,
                request=request,
                training=training,
                tolerance=self._tolerance,
                kept=kept,
                update=update,
                before=before,
                at_rest=at_rest,
            )
            if not (at_rest and self._standing is not None and self._standing.is_still(moment)):
                self._standing = _Standing.of(moment) if at_rest else None
            results: dict[str, object] = {}
            failures: dict[str, Exception] = {}
            for name in sorted(request.probes):
                try:
                    results[name] = self._measured(name, moment)
                except Exception as error:
                    self._memories.pop(name, None)  # it may be half of what it should be
                    failures[name] = _alone(error)
        return Snapshot(
            epoch=epoch,
            update=update,
            sequence=sequence,
            x=frozen(batch.x[:, 0]),
            y=frozen(batch.y[:, 0]),
            scored=frozen(batch.mask[:, 0]),
            output=frozen(tape.output[:, 0]),
            signals=tuple(
                MappingProxyType({name: frozen(signal[:, 0]) for name, signal in cell.signals.items()})
                for cell in tape.cells
            ),
            probes=MappingProxyType(results),
            failures=MappingProxyType(failures),
        )

    def _measured(self, name: str, moment: Moment) -> object:
        """What a probe measures; the last result again, where that still serves."""
        probe, begun, shown = PROBES[name], time.perf_counter(), _shown(moment)
        last = self._measurements.get(name)
        if self._standing is not None:
            if name in self._standing.results:
                return self._standing.results[name]
        elif last is not None and last.serves(shown, begun, probe):
            return last.result
        result = probe.measure(replace(moment, memory=self._memories.setdefault(name, {})))
        self._measurements[name] = _Measurement(begun, time.perf_counter() - begun, shown, result)
        if self._standing is not None and getattr(result, "complete", True):
            self._standing.results[name] = result
        return result


def _alone(error: Exception) -> Exception:
    """An error with its traceback in words, since the other kind keeps alive all that was measured."""
    error.add_note("".join(traceback.format_tb(error.__traceback__)))
    return error.with_traceback(None)


def _shown(moment: Moment) -> object:
    """What a person looks at, whichever probes that takes, and how the network is trained."""
    return moment.sequence, replace(moment.request, probes=frozenset()), moment.training


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """A moment at which nothing changes.

    Attributes:
        update: how many were complete.
        shown: what is looked at.
        kept: the weights (P,) of earlier moments, by label.
        weights: (P,) those of now, and of before the last update.
        results: what was measured to its end, by the names of the probes.
    """

    update: int
    shown: object
    kept: Mapping[str, Array]
    weights: tuple[Array, Array]
    results: dict[str, object]

    @classmethod
    def of(cls, moment: Moment) -> _Standing:
        weights = (moment.network.parameters.vector.copy(), moment.before.copy())
        return cls(moment.update, _shown(moment), dict(moment.kept), weights, {})

    def is_still(self, moment: Moment) -> bool:
        """Whether nothing has changed."""
        now = (moment.network.parameters.vector, moment.before)
        return (
            (self.update, self.shown) == (moment.update, _shown(moment))
            and self.kept.keys() == moment.kept.keys()
            and all(moment.kept[label] is vector for label, vector in self.kept.items())
            and all(np.array_equal(a, b, equal_nan=True) for a, b in zip(self.weights, now, strict=True))
        )


@dataclass(frozen=True, slots=True)
class _Measurement:
    """What a probe measured last: when it began, how many seconds that took, of what, and what came of it."""

    begun: float
    seconds: float
    shown: object
    result: object

    def serves(self, shown: object, now: float, probe: Probe) -> bool:
        """Whether it is of the same, and not too old to be given again."""
        return self.shown == shown and now - self.begun < max(probe.seconds, self.seconds / probe.share)
