"""The loss of every time step sent back by itself: what each of them adds to every gradient before it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnn.array import Array
from rnn.cells import Cell, State, Weights
from rnn.cells.base import Slopes
from rnn.network import Network, Tape
from rnn.probes.norms import norms


@dataclass(frozen=True, slots=True, eq=False)
class LayerParts:
    """What the losses of one sequence do in one layer, each by itself.

    Attributes:
        norms: for each array s of the state (T, T), ‖∂L_i/∂s_j‖ in row i and column j; NaN where j > i.
        sums: (T, T, gH) ∂L_i/∂a_j of the sums at step j, by the lag n = i − j and then by j; zero where
            j + n ≥ T.
    """

    norms: tuple[Array, ...]
    sums: Array


def parts(
    network: Network, tape: Tape, dy: Array, truncation: int | None = None, first: int = 0
) -> list[LayerParts]:
    """Backpropagate each row of ``dy`` by itself, all at once, in O(T² H²).

    Going back from step t to the one before, the gradients of all losses from t on are pulled back together,
    as the rows of one matrix.

    Arguments:
        tape: of one sequence.
        dy: (T, 1, O) ∂L/∂ŷ, whose row i is all that L_i depends on.
        truncation: as in `Network.backward`.
        first: the step, counted from 0, to go back to; what comes out begins with it.

    Returns:
        One for each layer, lowest first.
    """
    T = len(dy) - first
    layers = [_Layer.made(network, tape, layer, T) for layer in range(len(network.widths))]
    heads = dy[first:, 0] @ network.parameters["head.W"].T
    for t in range(T - 1, -1, -1):
        stops = truncation is not None and t > 0 and (first + t) % truncation == 0
        above: Array | None = None
        for layer in reversed(layers):
            if above is None:
                layer.state[0][t] += heads[t]
            else:
                layer.state[0][t:] += above
            above = layer.step_back(t, first, stops)
    return [LayerParts(tuple(layer.norms), layer.sums) for layer in layers]


@dataclass(slots=True, eq=False)
class _Layer:
    """One layer on the way back.

    Attributes:
        state: each (T, H), row i the gradient of L_i by that array of the state at the step that it is at.
    """

    cell: Cell
    weights: Weights
    slopes: Slopes
    state: State
    norms: list[Array]
    sums: Array

    @classmethod
    def made(cls, network: Network, tape: Tape, layer: int, T: int) -> _Layer:
        weights = network.parameters.group(f"l{layer}")
        cell, H = network.cell, network.widths[layer]
        return cls(
            cell=cell,
            weights=weights,
            slopes=cell.slopes(weights, tape.cells[layer]),
            state=tuple(np.zeros((T, H)) for _ in range(cell.states)),
            norms=[np.full((T, T), np.nan) for _ in range(cell.states)],
            sums=np.zeros((T, T, cell.gates * H)),
        )

    def step_back(self, t: int, first: int, stops: bool) -> Array:
        """From step t to the one before, or to nothing where it stops; returns what the layer below gets."""
        rows = tuple(array[t:] for array in self.state)
        da = self.sums[: len(rows[0]), t]
        before = self.cell.step_back(self.weights, self.slopes, first + t, rows, da)
        for norms_of, array in zip(self.norms, rows, strict=True):
            norms_of[t:, t] = norms(array)
        for array, part in zip(self.state, before, strict=True):
            array[t:] = 0.0 if stops else part
        return np.asarray(da.dot(self.weights["Wx"].T))


def by_lag(network: Network, tape: Tape, sums: Array, name: str) -> Array:
    """(T, …) the part of ∂L/∂θ that came through exactly n step Jacobians, n = 0 … T−1.

    ∂L/∂θ = Σ_n G_n,   G_n = Σ_j (∂a_j/∂θ)ᵀ ∂L_{j+n}/∂a_j: to each step j the loss n steps after it.

    Arguments:
        tape: of one sequence.
        sums: (T, T, gH) as in `LayerParts`, of the layer of the parameter and the last T steps of the tape.
        name: a parameter of a layer, such as ``l0.Wh``.
    """
    layer, _, weight = name.partition(".")
    cell = tape.cells[int(layer.removeprefix("l"))]
    slopes = network.cell.slopes(network.parameters.group(layer), cell)
    T = len(sums)
    first = len(cell.x) - T
    contributions = np.empty((T, *network.parameters[name].shape))
    for n in range(T):
        steps = slice(first, first + T - n)
        network.cell.sum_up(weight, cell, slopes, sums[n, : T - n, None], steps=steps, out=contributions[n])
    return contributions
