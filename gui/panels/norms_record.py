"""What the norms panel has been given of a run: every update's gradient, and the parameters at moments."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence

import numpy as np

from gui.panels.history import History, usual_spacing
from gui.panels.pyramid import Growing, Pyramid
from rnn.array import Array
from rnn.probes.parameter_norms import ParameterNorms
from rnn.scalars import Scalars
from rnn.snapshot import RunInfo, Snapshot

ROUNDING = 1e-6  # a clipped gradient is divided by its norm and this


class NormsRecord:
    """Norms by update; all of the whole gradient's, and a thinned history of the parameters'.

    Attributes:
        info: the run; None before the first.
        norms: of the gradient of every update, before clipping.
        limits: to what each was clipped where it was above; inf for no clipping.
        clipped: ``norms`` of the updates that were clipped, NaN at the others.
        clipped_count: how many these are.
        now: the parameters at the newest moment.
        ratios: ‖step‖ / ‖weight‖ of each parameter, by update.
        saturated: of each layer the share that is saturated in the displayed sequence, by update.
    """

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, info: RunInfo | None) -> None:
        """Forget what was measured, for the run ``info``."""
        self.info = info
        self.norms, self.clipped, self.limits = Pyramid(), Pyramid(), Growing()
        self.clipped_count = 0
        self.now: ParameterNorms | None = None
        self._spacing = 1 if info is None else usual_spacing(info)
        self.ratios = self.saturated = History(0, self._spacing)
        self._moment: tuple[int, int] | None = None
        first = None if info is None else info.config.training.clip_norm
        self._changed_at = [1]
        self._changed_to = [math.inf if first is None else first]

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> bool:
        """Take on what has come; whether there is anything new in it."""
        updates = sum(len(part.grad_norm) for part in scalars)
        if updates:
            self._extend(scalars)
        now = snapshot.probe(ParameterNorms) if snapshot is not None else None
        if snapshot is None or now is None:
            return updates > 0
        moment = (snapshot.sequence, snapshot.update)
        if moment == self._moment:
            return updates > 0
        if self._moment is None:
            self.ratios = History(len(now.names), self._spacing)
        if now.saturated is not None:
            if self._moment is None or snapshot.sequence != self._moment[0]:
                self.saturated = History(len(now.saturated), self._spacing)
            self.saturated.add(snapshot.update, np.array(now.saturated))
        if snapshot.update > 0:  # before the first update there was no step
            self.ratios.add(snapshot.update, now.ratio)
        self.now, self._moment = now, moment
        return True

    def limit_at(self, update: float) -> float:
        """To what a gradient is clipped at ``update``, counted from 1; inf for no clipping."""
        return self._changed_to[max(0, bisect.bisect_right(self._changed_at, update) - 1)]

    def limits_at(self, updates: Array) -> Array:
        """(m,) the same at each of ``updates`` (m,)."""
        places = np.searchsorted(np.array(self._changed_at), updates, side="right") - 1
        return np.array(self._changed_to)[np.maximum(places, 0)]

    def threshold(self, right: float) -> tuple[Array, Array]:
        """The limit as a line of steps up to the update ``right``: places and values, NaN where it is off."""
        begins = np.array(self._changed_at, dtype=float) - 0.5
        ends = np.append(begins[1:], max(right, begins[-1]))
        x = np.stack((begins, ends), axis=1).ravel()
        values = np.repeat(np.array(self._changed_to), 2)
        return x, np.where(np.isfinite(values), values, np.nan)

    def _extend(self, scalars: Sequence[Scalars]) -> None:
        norms = np.concatenate([part.grad_norm for part in scalars])
        limits = np.concatenate([part.clip_norm for part in scalars])
        clipped = norms + ROUNDING > limits
        before = self.limits.values[-1] if len(self.limits) else self._changed_to[0]
        changes = np.flatnonzero(limits != np.append(before, limits[:-1]))
        for place in changes.tolist():
            self._change(len(self.limits) + place + 1, float(limits[place]))
        self.norms.extend(norms)
        self.limits.extend(limits)
        self.clipped.extend(np.where(clipped, norms, np.nan))
        self.clipped_count += int(clipped.sum())

    def _change(self, update: int, limit: float) -> None:
        if update == self._changed_at[-1]:
            self._changed_to[-1] = limit
        else:
            self._changed_at.append(update)
            self._changed_to.append(limit)
