"""Observer: makes snapshots of a network while it is trained, and remembers what its probes remember."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.data.batches import Batches
from rnn.data.tasks import Data
from rnn.model.network import Network
from rnn.observing.probes import PROBES, Breathe, Moment, go_on, start_of
from rnn.observing.snapshot import Instant, Snapshot, SnapshotRequest


class Observer:
    """Looks at one run, from its first update to its last.

    Arguments:
        network: the one that is looked at.
        data, batches: what it is trained on.
        tolerance: how far a number may be from its target and be right; None where that has no meaning.
    """

    def __init__(self, network: Network, data: Data, batches: Batches, tolerance: float | None) -> None:
        self.network = network
        self._data = data
        self._batches = batches
        self._tolerance = tolerance
        self._memories: dict[str, dict[str, Any]] = {}
        self._standing: _Standing | None = None

    def snapshot(self, request: SnapshotRequest, instant: Instant, *, at_rest: bool = True) -> Snapshot:
        """All that is asked for of this moment, as `look`."""
        look = self.look(request, instant, at_rest=at_rest)
        for name in sorted(request.probes):
            look.measure(name)
        return look.snapshot

    def look(
        self,
        request: SnapshotRequest,
        instant: Instant,
        *,
        at_rest: bool = True,
        breathe: Breathe = go_on,
    ) -> Look:
        """Look at this moment, whose weights the network has.

        Arguments:
            at_rest: nothing is trained meanwhile: what was measured is given again until something changes.
            breathe: is called by what takes long, every some milliseconds.
        """
        train = self._data.train
        sequence = min(max(request.sequence, 0), train.count - 1)
        with np.errstate(all="ignore"):
            start = start_of(self.network, train, self._batches, sequence)
            batch = train.batch(slice(sequence, sequence + 1))
            moment = Moment(
                network=self.network,
                data=self._data,
                batches=self._batches,
                sequence=sequence,
                end=train.end(sequence),
                start=start,
                batch=batch,
                tape=self.network.forward(batch.x, start),
                request=request,
                training=instant.training,
                tolerance=self._tolerance,
                kept=instant.kept,
                update=instant.update,
                before=instant.before,
                at_rest=at_rest,
                breathe=breathe,
            )
        if not (at_rest and self._standing is not None and self._standing.is_still(moment)):
            self._standing = _Standing.of(moment) if at_rest else None
        return Look(moment, instant.epoch, self._measured)

    def _measured(self, name: str, moment: Moment) -> object:
        """What a probe measures; the last result again, where nothing has changed."""
        if self._standing is not None and name in self._standing.results:
            return self._standing.results[name]
        memory = self._memories.setdefault(name, {})
        try:
            result = PROBES[name].measure(replace(moment, memory=memory))
        except Exception:
            self._memories.pop(name, None)  # it may be half of what it should be
            raise
        if self._standing is not None and getattr(result, "complete", True):
            self._standing.results[name] = result
        return result


class Look:
    """One moment, measured probe by probe.

    Attributes:
        snapshot: what was measured so far.
    """

    def __init__(self, moment: Moment, epoch: int, measured: Callable[[str, Moment], object]) -> None:
        self._moment = moment
        self._measured = measured
        batch, tape = moment.batch, moment.tape
        self._bare = self.snapshot = Snapshot(
            epoch=epoch,
            update=moment.update,
            sequence=moment.sequence,
            x=frozen(batch.x[:, 0]),
            y=frozen(batch.y[:, 0]),
            scored=frozen(batch.mask[:, 0]),
            output=frozen(tape.output[:, 0]),
            signals=tuple(
                MappingProxyType({name: frozen(signal[:, 0]) for name, signal in cell.signals.items()})
                for cell in tape.cells
            ),
            probes=MappingProxyType({}),
            failures=MappingProxyType({}),
        )

    def measure(self, name: str) -> Snapshot:
        """What one probe says, or raises, of this moment, alone."""
        results: dict[str, object] = {}
        failures: dict[str, Exception] = {}
        try:
            with np.errstate(all="ignore"):
                results[name] = self._measured(name, self._moment)
        except Exception as error:
            failures[name] = _alone(error)
        return self._add(results, failures)

    def with_result(self, name: str, result: object) -> Snapshot:
        """The same of what was measured elsewhere."""
        return self._add({name: result}, {})

    def _add(self, results: dict[str, object], failures: dict[str, Exception]) -> Snapshot:
        found = replace(self._bare, probes=MappingProxyType(results), failures=MappingProxyType(failures))
        self.snapshot = self.snapshot.with_results(found)
        return found


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
