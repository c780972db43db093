"""The equations of the cells and the readouts written anew, for complex numbers and many copies at once.

Nothing here is shared with the forward pass that is trained, so that agreeing with it says something.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.cells import Cell, Vanilla
from rnn.model.cells.gru import Gru
from rnn.model.cells.lstm import Lstm
from rnn.model.network import Network
from rnn.model.readout import Readout, SoftmaxNll, SquaredError

Numbers: TypeAlias = NDArray[Any]
Entries: TypeAlias = NDArray[np.int64]
Values = tuple[Numbers, ...]


class Networks(Protocol):
    """K networks of the same shape side by side."""

    def times(self, rows: Numbers, name: str) -> Numbers:
        """Row k (I,) times the matrix ``name`` (I, J) of network k: (K, J); (1, J) while all are the same."""

    def bias(self, name: str) -> Numbers:
        """The vectors ``name``, (K, J), or (1, J) where all are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """K copies of a network's weights that differ from it in one entry each.

    Attributes:
        weights: all of the network's weights, by name.
        name: the one whose entries are changed.
        entries: (K,) which entry of it each copy changes, counted row by row.
        steps: (K,) what is added to it.
    """

    weights: Mapping[str, Array]
    name: str
    entries: Entries
    steps: Numbers

    def times(self, rows: Numbers, name: str) -> Numbers:
        weight = self.weights[name]
        product = rows.real @ weight + 1j * (rows.imag @ weight) if np.iscomplexobj(rows) else rows @ weight
        if name == self.name:
            copy, (i, j) = np.arange(len(self.entries)), np.unravel_index(self.entries, weight.shape)
            product = np.tile(product, (len(copy) // len(product), 1)).astype(np.complex128)
            product[copy, j] += self.steps * np.broadcast_to(rows, (len(copy), len(weight)))[copy, i]
        return np.asarray(product)

    def bias(self, name: str) -> Numbers:
        row = self.weights[name]
        if name != self.name:
            return row[None]
        rows = np.tile(row, (len(self.entries), 1)).astype(np.complex128)
        rows[np.arange(len(rows)), self.entries] += self.steps
        return rows


Step = Callable[[Networks, Cell, str, Numbers, Values], Values]


def losses(
    network: Network, copies: Networks, batch: Batch, chunks: Sequence[tuple[int, int]], held: Sequence[Any]
) -> Generator[None, None, Numbers]:
    """The loss (K,) of each copy for one sequence; pauses after each time step.

    Arguments:
        network: whose equations they are, which must be `known`.
        batch: of one sequence.
        chunks: the runs of time steps [begin, end) that a gradient passes through, the first one first.
        held: for each chunk the states that it begins in, whatever the weights.
    """
    step = EQUATIONS[type(network.cell)]
    answers: list[Numbers] = []
    for (begin, end), start in zip(chunks, held, strict=True):
        states: list[Values] = list(start)
        for t in range(begin, end):
            below: Numbers = batch.x[t]
            for layer, state in enumerate(states):
                states[layer] = step(copies, network.cell, f"l{layer}", below, state)
                below = states[layer][0]
            answers.append(copies.times(below, "head.W") + copies.bias("head.b"))
            yield
    of_step = LOSSES[network.readout]
    scored = np.flatnonzero(batch.mask[:, 0])
    total = sum(of_step(answers[t], batch.y[t, 0]) for t in scored.tolist())
    return np.asarray(total) / len(scored)


def known(network: Network) -> bool:
    """Whether its equations are written here."""
    cell = network.cell
    return type(cell) in EQUATIONS and network.readout in LOSSES and cell.nonlinearity in FUNCTIONS


def no_complex_step(network: Network) -> str | None:
    """Why the loss has no derivative by complex steps; None where it has one."""
    if not known(network):
        return "the equations are not known here"
    if network.cell.nonlinearity == "relu":
        return "ReLU has a kink, complex steps need a smooth function"
    return None


def _vanilla(copies: Networks, cell: Cell, layer: str, x: Numbers, state: Values) -> Values:
    """h_t = g(W_x x_t + W_h h_{t-1} + b)"""
    (h,) = state
    a = copies.times(x, f"{layer}.Wx") + copies.times(h, f"{layer}.Wh") + copies.bias(f"{layer}.b")
    return (FUNCTIONS[cell.nonlinearity](a),)


def _gru(copies: Networks, cell: Cell, layer: str, x: Numbers, state: Values) -> Values:
    """The equations of torch.nn.GRU, whose b_hr and b_hz are in b_ir and b_iz."""
    (h,) = state
    of_x = copies.times(x, f"{layer}.Wx") + copies.bias(f"{layer}.b")
    x_r, x_z, x_n = np.split(of_x, 3, axis=1)
    h_r, h_z, h_n = np.split(copies.times(h, f"{layer}.Wh"), 3, axis=1)
    r, z = _logistic(x_r + h_r), _logistic(x_z + h_z)
    n = FUNCTIONS[cell.nonlinearity](x_n + r * (h_n + copies.bias(f"{layer}.bn")))
    return ((1.0 - z) * n + z * h,)


def _lstm(copies: Networks, cell: Cell, layer: str, x: Numbers, state: Values) -> Values:
    """The equations of torch.nn.LSTM with one bias for its two."""
    h, c = state
    a = copies.times(x, f"{layer}.Wx") + copies.times(h, f"{layer}.Wh") + copies.bias(f"{layer}.b")
    i, f, g, o = np.split(a, 4, axis=1)
    c = _logistic(f) * c + _logistic(i) * FUNCTIONS[cell.nonlinearity](g)
    return _logistic(o) * np.tanh(c), c


def _logistic(a: Numbers) -> Numbers:
    """1 / (1 + e^(−a)), or e^a / (1 + e^a) where that would overflow."""
    positive = a.real > 0.0
    small = np.exp(np.where(positive, -a, a))
    return np.where(positive, 1.0, small) / (1.0 + small)


def _relu(a: Numbers) -> Numbers:
    """max(a, 0), of real numbers only."""
    return np.asarray(np.maximum(a, 0.0))


def _squared_error(answer: Numbers, target: Array) -> Numbers:
    """½ Σ (ŷ − y)²"""
    miss = answer - target
    return np.asarray(0.5 * (miss * miss).sum(axis=1))


def _softmax_nll(answer: Numbers, target: int) -> Numbers:
    """ln Σ_j exp ŷ_j − ŷ_y"""
    top = answer.real.max(axis=1)
    return np.asarray(np.log(np.exp(answer - top[:, None]).sum(axis=1)) + top - answer[:, target])


FUNCTIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "tanh": np.tanh,
    "relu": _relu,
    "logistic": _logistic,
    "identity": np.copy,
}
EQUATIONS: dict[type[Cell], Step] = {Vanilla: _vanilla, Gru: _gru, Lstm: _lstm}
LOSSES: dict[type[Readout], Callable[[Numbers, Any], Numbers]] = {
    SquaredError: _squared_error,
    SoftmaxNll: _softmax_nll,
}
