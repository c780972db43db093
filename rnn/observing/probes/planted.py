"""Errors as people make them, planted in a copy of the real backward pass: the check must find each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.model.cells import Cell, CellTape, State, Vanilla, Weights
from rnn.model.cells.base import Slopes
from rnn.model.cells.gru import Gru
from rnn.model.cells.lstm import Lstm
from rnn.model.network import Network, Tape
from rnn.model.nonlinearities import logistic_slope

SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Planted:
    """One error.

    Attributes:
        title: what is forgotten or wrong, given the cell.
        wrong: the parts of a cell's backward pass that the error changes, as a class to put before the
            cell's own.
        fits: whether it has a meaning in such a cell.
        harmless: why it changes nothing here, where that can be told from the network and the number of steps
            that a gradient passes through.
    """

    title: Callable[[Cell], str]
    wrong: type[Cell]
    fits: Callable[[Cell], bool]
    harmless: Callable[[Network, int], str | None]


def planted_gradient(
    name: str, network: Network, tape: Tape, dy: Array, truncation: int | None = None
) -> Array:
    """(P,) the flat gradient by the backward pass of ``network`` with the error ``name`` of PLANTED in it.

    Arguments:
        tape, dy, truncation: as in `Network.backward`.
    """
    cell = network.cell
    wrong: Any = type(f"Wrong{type(cell).__name__}", (PLANTED[name].wrong, type(cell)), {})
    return network.twin(wrong(cell.nonlinearity)).backward(tape, dy, truncation).parameters.vector


def why_the_same(name: str, network: Network, right: Array, planted: Array, passes: int) -> str | None:
    """Why the flat gradients ``right`` and ``planted`` are the same; None where they are not.

    Arguments:
        passes: the number of time steps that a gradient passes through at most.
    """
    if not np.abs(planted - right).max() <= SAME * np.abs(right).max():
        return None
    if not right.any():
        return "the whole gradient is zero"
    return (
        PLANTED[name].harmless(network, passes)
        or "so little comes back through time that it makes no difference"
    )


class _FlatSlope(Cell):
    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        right = super().slopes(weights, tape)
        return next(flat for kind, flat in FLAT.items() if isinstance(self, kind))(tape, right)


class _NoCarry(Cell):
    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        return tuple(np.zeros_like(part) for part in super().step_back(weights, slopes, t, state, da))


class _NoBias(Cell):
    def weight_gradient(self, name: str, tape: CellTape, slopes: Slopes, da: Array, steps: slice) -> Array:
        right = super().weight_gradient(name, tape, slopes, da, steps)
        return np.zeros_like(right) if name == "b" else right


class _Transposed(Cell):
    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        wrong = np.concatenate([block.T for block in _blocks(weights["Wh"])], axis=1)
        return super().step_back({**weights, "Wh": wrong}, slopes, t, state, da)


def _blocks(Wh: Array) -> list[Array]:
    """The square block (H, H) of each gate."""
    return np.split(Wh, Wh.shape[1] // len(Wh), axis=1)


def _flat_vanilla(_: CellTape, right: Slopes) -> Slopes:
    """As if h = a."""
    return (np.ones_like(right[0]),)


def _flat_gru(tape: CellTape, right: Slopes) -> Slopes:
    """As if n = a_n."""
    r, z, _, by_z, _ = right
    _, hidden = tape.work
    return r, z, (1.0 - z) * hidden * logistic_slope(r), by_z, 1.0 - z


def _flat_lstm(tape: CellTape, right: Slopes) -> Slopes:
    """As if h = o ∘ c."""
    return (*right[:-1], tape.signals["output gate"])


FLAT: dict[type[Cell], Callable[[CellTape, Slopes], Slopes]] = {
    Vanilla: _flat_vanilla,
    Gru: _flat_gru,
    Lstm: _flat_lstm,
}


def _slope_title(cell: Cell) -> str:
    if isinstance(cell, Gru):
        return "forget 1 − n² of the candidate"
    if isinstance(cell, Lstm):
        return "forget 1 − tanh²(c)"
    return "forget the slope 1 − h²" if cell.nonlinearity == "tanh" else "forget the slope g′"


def _slope_harmless(network: Network, _: int) -> str | None:
    return "every slope is 1" if isinstance(network.cell, Vanilla) else None


def _carry_harmless(_: Network, passes: int) -> str | None:
    return "the gradient passes through one time step only" if passes == 1 else None


def _transposed_harmless(network: Network, passes: int) -> str | None:
    if passes == 1:
        return _carry_harmless(network, passes)
    if max(network.widths) == 1:
        return "Wₕ is a single number"
    blocks = [block for layer in range(len(network.widths)) for block in _blocks(_Wh(network, layer))]
    return "Wₕ is symmetric" if all(np.array_equal(block, block.T) for block in blocks) else None


def _Wh(network: Network, layer: int) -> Array:
    return network.parameters[f"l{layer}.Wh"]


PLANTED: Mapping[str, Planted] = {
    "slope": Planted(_slope_title, _FlatSlope, lambda cell: type(cell) in FLAT, _slope_harmless),
    "carry": Planted(lambda _: "drop the carry through time", _NoCarry, lambda _: True, _carry_harmless),
    "bias": Planted(
        lambda _: "forget the input's bias",
        _NoBias,
        lambda cell: "b" in cell.shapes(1, 1),
        lambda network, passes: "the gradient of the bias is zero",
    ),
    "transpose": Planted(
        lambda _: "take the wrong transpose of Wₕ", _Transposed, lambda _: True, _transposed_harmless
    ),
}
