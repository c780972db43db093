"""Who taught whom: how much the loss of each step changes with the state of each step before it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.parts import LayerParts, parts

BYTES = 64e6
FEWEST = 16
FADED = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """‖∂L_i/∂s_j‖ for the last T time steps of the displayed sequence, in each layer.

    Attributes:
        first: the time step, counted from 1, that row and column 0 stand for: 1 but in a very long sequence.
        layers: for each layer, and each array s of its state (h, then an LSTM's c), (T, T) with the step i of
            the loss as the row and the step j of the state as the column; NaN where j > i. No truncation
            stops it.
        truncation: k, where training lets no gradient pass from step k+1 to step k, …; None lets it pass.
    """

    first: int
    layers: tuple[tuple[Array, ...], ...]
    truncation: int | None

    def trained(self) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
        """(T, T) the pairs that training knows of: those that no truncation parts."""
        T = len(self.layers[0][0])
        known = np.tri(T, dtype=bool)
        if self.truncation is not None:
            chunk = (np.arange(T) + self.first - 1) // self.truncation
            known &= chunk[:, None] == chunk
        return known

    def kept(self, layer: int, state: int = 0) -> Array:
        """(T,) what is left n steps back: Σ_i ‖∂L_i/∂s_{i−n}‖ / Σ_i ‖∂L_i/∂s_i‖ over the losses i > n.

        NaN where these losses have no gradient at all.
        """
        norms = self.layers[layer][state]
        T = len(norms)
        row, column = np.tril_indices(T)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            at_lag = np.bincount(row - column, weights=norms[row, column], minlength=T)
            # The losses that reach n steps back are those of the rows from n on.
            own = np.cumsum(norms.diagonal()[::-1])[::-1]
            return np.asarray(at_lag / own)

    def faded(self, layer: int, state: int = 0) -> int | None:
        """The smallest lag from which on at most a tenth is left; None where that much is left to the end."""
        left = np.flatnonzero(~(self.kept(layer, state) <= FADED))
        lag = int(left[-1]) + 1 if left.size else 0
        return lag if lag < len(self.layers[layer][state]) else None


def pairs(moment: Moment) -> Pairs:
    """Measure every pair of time steps up to the last that is scored, in O(T² H²)."""
    first, of_layers = parts_of(moment)
    layers = tuple(tuple(frozen(norms) for norms in layer.norms) for layer in of_layers)
    return Pairs(first + 1, layers, moment.truncation)


def parts_of(moment: Moment) -> tuple[int, list[LayerParts]]:
    """The step, counted from 0, that they begin with, and the parts of each layer; measured once a moment."""
    if "parts" not in moment.shared:
        network, end = moment.network, moment.end
        _, dy = network.readout.loss(moment.tape.output, moment.batch)
        first = max(0, end - longest(sum(network.widths) * network.cell.gates))
        tape = moment.tape.until(end)
        moment.shared["parts"] = first, parts(network, tape, dy[:end], first=first, breathe=moment.breathe)
    found: tuple[int, list[LayerParts]] = moment.shared["parts"]
    return found


def longest(columns: int) -> int:
    """How many time steps can be taken apart within `BYTES`, for so many sums a step over all layers."""
    return max(FEWEST, int(math.sqrt(BYTES / (8.0 * columns))))
