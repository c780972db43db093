"""The gradient on its way back through time as it was at the moments of a training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.panels.plots.history import History
from rnn.array import Array
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow

PARTED = 5.0  # pixels between two moments, from which on there is a gap
SHARE = 0.4  # of what lies between two moments: how far the column of each reaches at most


class FlowRecord:
    """log10 of ‖∂L_T/∂s_t‖ of one sequence, for every layer and state, by update.

    Attributes:
        history: a row a moment.
        end: T, the last scored time step; 0 before the first moment.
    """

    def __init__(self, spacing: int) -> None:
        self.history = History(0, spacing)
        self.end = 0
        self._states = 1

    def add(self, update: int, flow: Flow) -> None:
        """Keep ``flow`` as that of ``update``."""
        norms = [norms for layer in flow.layers for norms in states(layer)]
        if self.end == 0:
            self.end, self._states = flow.end, len(states(flow.layers[0]))
            self.history = History(len(norms) * flow.end, self.history.spacing)
        row = np.concatenate(norms)
        with np.errstate(divide="ignore"):
            self.history.add(update, np.log10(np.where(np.isfinite(row), row, np.nan)))

    def logs(self, layer: int, state: int, relative: bool = False) -> Array:
        """(n, T) log10 of one state's norms: −∞ for 0, NaN for what is not finite.

        Arguments:
            relative: as shares of the norm at the last step.
        """
        begin = (layer * self._states + state) * self.end
        logs = self.history.rows[:, begin : begin + self.end]
        if not relative:
            return logs
        with np.errstate(invalid="ignore"):
            return np.asarray(logs - logs[:, -1:])

    def seen_at(self, updates: Array, pixel: float) -> NDArray[np.intp]:
        """Which moment is seen at each of ``updates`` (m,), counted from 0; −1 in the gap between two.

        Moments so far apart that it shows, with ``pixel`` updates in a pixel, have a gap between them, a wide
        one where they are further apart than usual: a step from one column to the next is no event.
        """
        known = self.history.updates.astype(float)
        places = np.searchsorted(0.5 * (known[1:] + known[:-1]), updates)
        if len(known) < 2:
            return np.asarray(places)
        apart = np.diff(known)
        usual = max(float(np.median(apart)), pixel)
        parted = np.maximum(np.minimum(0.5 * usual, SHARE * apart), 0.5 * pixel)
        reach = np.where(apart < PARTED * pixel, 0.5 * apart, parted)
        left, right = np.append(reach[0], reach), np.append(reach, np.inf)
        offset = updates - known[places]
        return np.where((-left[places] <= offset) & (offset <= right[places]), places, -1)


def states(layer: LayerFlow) -> list[Array]:
    """The norms (T,) by each state that can be chosen, an LSTM's cell state first."""
    if layer.last_cell is None:
        return [layer.last]
    return [layer.last_cell, layer.last]
