"""The loss of every time step sent back by itself: what each of them adds to every gradient before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnn.array import Array
from rnn.model.batch import Classes
from rnn.model.cells import State
from rnn.model.network import Network, Tape
from rnn.observing.probes.norms import norms


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


@dataclass(frozen=True, slots=True, eq=False)
class Lag:
    """What the losses n steps after each step send back to it, in one layer of a batch; its arrays live until
    the next lag is measured.

    Attributes:
        state: for each array s of the state (T−n, B, H), ∂L_{j+n}/∂s_j in row j.
        sums: (T−n, B, gH) ∂L_{j+n}/∂a_j of the sums.
    """

    state: State
    sums: Array


def lag_by_lag(
    network: Network, tape: Tape, dy: Array, truncation: int | None = None, first: int = 0
) -> Iterator[list[Lag]]:
    """Backpropagate the loss of every step by itself, n = 0 … T−1 steps far, in O(T² H²).

    What all losses have sent n steps back is pulled one step further at once, as the rows of one matrix:
    v_{n+1, j−1} = J_jᵀ v_{n, j}, and in a lower layer what the layer above sends down at the same step too.

    Arguments:
        dy: (T, B, O) ∂L/∂ŷ, whose row i is all that L_i depends on.
        truncation: as in `Network.backward`.
        first: the step, counted from 0, to go back to; what comes out begins with it.

    Returns:
        For each n one of each layer, lowest first.
    """
    T, B, _ = dy[first:].shape
    layers = [_Layer(network, tape, layer, first) for layer in range(len(network.widths))]
    layers[-1].state[0][:] = dy[first:].reshape(T * B, -1) @ network.parameters["head.W"].T
    steps = np.repeat(np.arange(first, first + T), B)
    for n in range(T):
        rows = (T - n) * B
        for layer, above in zip(reversed(layers), [None, *reversed(layers)], strict=False):
            layer.pull_back(rows, above)
        yield [layer.lag(T - n, B) for layer in layers]
        for layer in layers:
            layer.step_back(B, steps[:rows], truncation)


class _Layer:
    """One layer on the way back: rows of gradients, side by side for all steps and all sequences.

    Attributes:
        slopes: each (1, T·B, …), as if all rows were sequences of one step.
        state: each (T·B, H), the gradients by the state after each step.
        before: those by the state before it.
        da: (T·B, gH) those by its sums.
    """

    def __init__(self, network: Network, tape: Tape, layer: int, first: int) -> None:
        self.cell, H = network.cell, network.widths[layer]
        self.weights = network.parameters.group(f"l{layer}")
        slopes = (slope[first:] for slope in self.cell.slopes(self.weights, tape.cells[layer]))
        T, B, _ = tape.cells[layer].x[first:].shape
        self.slopes = tuple(slope.reshape(1, T * B, *slope.shape[2:]) for slope in slopes)
        self.state = self.before = tuple(np.zeros((T * B, H)) for _ in range(self.cell.states))
        self.da = np.empty((T * B, self.cell.gates * H))

    def pull_back(self, rows: int, above: _Layer | None) -> None:
        """Of the first ``rows``, after the layer ``above`` has sent down what this one passed on to it."""
        if above is not None:
            self.state[0][:rows] += above.da[:rows].dot(above.weights["Wx"].T)
        slopes = tuple(slope[:, :rows] for slope in self.slopes)
        state = tuple(array[:rows] for array in self.state)
        self.before = self.cell.step_back(self.weights, slopes, 0, state, self.da[:rows])

    def lag(self, steps: int, sequences: int) -> Lag:
        rows = steps * sequences
        state = tuple(array[:rows].reshape(steps, sequences, -1) for array in self.state)
        return Lag(state, self.da[:rows].reshape(steps, sequences, -1))

    def step_back(self, sequences: int, steps: Classes, truncation: int | None) -> None:
        """Go on to the steps before; the first of all has none, and truncation lets nothing pass to some."""
        for array, before in zip(self.state, self.before, strict=True):
            if truncation is not None:
                before[steps % truncation == 0] = 0.0
            array[: len(before) - sequences] = before[sequences:]


def parts(
    network: Network,
    tape: Tape,
    dy: Array,
    truncation: int | None = None,
    first: int = 0,
    *,
    breathe: Callable[[], object] = lambda: None,
) -> list[LayerParts]:
    """The loss of every step of one sequence sent back by itself; the rest is as in `lag_by_lag`.

    Arguments:
        breathe: is called after each lag.
    """
    T = len(dy) - first
    cell = network.cell
    norms_of = [[np.full((T, T), np.nan) for _ in range(cell.states)] for _ in network.widths]
    sums = [np.zeros((T, T, cell.gates * H)) for H in network.widths]
    for n, lags in enumerate(lag_by_lag(network, tape, dy, truncation, first)):
        at = np.arange(T - n)
        for layer, lag in enumerate(lags):
            for of_state, gradient in zip(norms_of[layer], lag.state, strict=True):
                of_state[at + n, at] = norms(gradient)
            sums[layer][n, : T - n] = lag.sums[:, 0]
        breathe()
    return [LayerParts(tuple(each), of_sums) for each, of_sums in zip(norms_of, sums, strict=True)]


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
        steps, da = slice(first, first + T - n), sums[n, : T - n, None]
        contributions[n] = network.cell.weight_gradient(weight, cell, slopes, da, steps)
    return contributions
