"""The gradient on its way back through time as it was at the moments of a training."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.panels.plots.history import History
from rnn.array import Array
from rnn.probes import Flow
from rnn.probes.flow import LayerFlow


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

    def nearest(self, updates: Array) -> NDArray[np.intp]:
        """Which of the moments are nearest to ``updates`` (m,), counted from 0."""
        known = self.history.updates
        return np.asarray(np.searchsorted(0.5 * (known[1:] + known[:-1]), updates))


def states(layer: LayerFlow) -> list[Array]:
    """The norms (T,) by each state that can be chosen, an LSTM's cell state first."""
    if layer.last_cell is None:
        return [layer.last]
    return [layer.last_cell, layer.last]
