"""Observer: makes snapshots of a network while it is trained, and remembers what its probes remember."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from rnn.array import Array, frozen
from rnn.batches import Batches
from rnn.config import TrainingConfig
from rnn.network import Network
from rnn.probes import PROBES, Moment, start_of
from rnn.snapshot import Snapshot, SnapshotRequest
from rnn.tasks import Data


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
        self._memory: dict[str, Any] = {}
        self._measurements: dict[str, tuple[float, object, object]] = {}

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
            at_rest: nothing is trained meanwhile; else a slow probe may give again what it measured a little
                while ago.
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
                memory=self._memory,
            )
            results = {name: self._measured(name, moment, at_rest) for name in sorted(request.probes)}
        scored = np.ones((train.steps, 1), dtype=bool) if batch.scored is None else batch.scored
        return Snapshot(
            epoch=epoch,
            update=update,
            sequence=sequence,
            x=frozen(batch.x[:, 0]),
            y=frozen(batch.y[:, 0]),
            scored=frozen(scored[:, 0]),
            output=frozen(tape.output[:, 0]),
            signals=tuple(
                MappingProxyType({name: frozen(signal[:, 0]) for name, signal in cell.signals.items()})
                for cell in tape.cells
            ),
            probes=MappingProxyType(results),
        )

    def _measured(self, name: str, moment: Moment, at_rest: bool) -> object:
        """What a probe measures; the last result again, where it is slow and that one is not old."""
        probe, now, shown = PROBES[name], time.perf_counter(), (moment.sequence, moment.request)
        if not at_rest and name in self._measurements:
            then, before, result = self._measurements[name]
            if now - then < probe.seconds and before == shown:
                return result
        result = probe.measure(moment)
        self._measurements[name] = now, shown, result
        return result
