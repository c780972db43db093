"""What the norms panel has been given of a run: every update's gradient, and the parameters at moments."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gui.panels.plots.history import History, usual_spacing
from gui.panels.plots.pyramid import Pyramid
from rnn.array import Array
from rnn.observing.probes.parameter_norms import ParameterNorms
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

ROUNDING = 1e-6  # a clipped gradient is divided by its norm and this


class NormsRecord:
    """Norms by update; all of the whole gradient's, and a thinned history of the parameters'.

    Attributes:
        info: the run; None before the first.
        norms: of the gradient of every update, before clipping.
        limit: to what a gradient is clipped now where it is above; inf for no clipping.
        clipped: ``norms`` of the updates that were clipped, NaN at the others.
        clipped_count: how many these are.
        clips_elements: whether each element of any of them was brought to a limit of its own.
        now: the parameters at the newest moment.
        ratios: ‖step‖ / ‖weight‖ of each parameter, by update.
        saturated: of each layer the share that is saturated in the displayed sequence, by update.
    """

    def __init__(self) -> None:
        self.begin(None)

    def begin(self, info: RunInfo | None) -> None:
        """Forget what was measured, for the run ``info``."""
        self.info = info
        self.norms, self.clipped = Pyramid(), Pyramid()
        self.clipped_count = 0
        self.clips_elements = False
        self.now: ParameterNorms | None = None
        self._spacing = 1 if info is None else usual_spacing(info)
        self.ratios = self.saturated = History(0, self._spacing)
        self._moment: tuple[int, int] | None = None
        self._changed_at = [1]
        self._changed_to = [math.inf]

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

    @property
    def limit(self) -> float:
        return self._changed_to[-1]

    def limits_at(self, updates: Array) -> Array:
        """(m,) to what gradients were clipped at each of ``updates`` (m,), from 1; inf for no clipping."""
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
        changes, first = np.flatnonzero(limits != np.append(self.limit, limits[:-1])), scalars[0].first
        for place in changes.tolist():
            self._change(first + place, float(limits[place]))
        self.norms.extend(norms, first)
        self.clipped.extend(np.where(clipped, norms, np.nan), first)
        self.clipped_count += int(clipped.sum())
        self.clips_elements |= any(part.clip_value is not None for part in scalars if len(part.loss))

    def _change(self, update: int, limit: float) -> None:
        if update == self._changed_at[-1]:
            self._changed_to[-1] = limit
        else:
            self._changed_at.append(update)
            self._changed_to.append(limit)
