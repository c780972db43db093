"""What a cell is: named weights, a forward pass over time, and the way of the gradient back through it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from rnn.array import Array
from rnn.model.nonlinearities import Nonlinearity

Weights = Mapping[str, Array]
State = tuple[Array, ...]
Slopes = tuple[Array, ...]
Role = Literal["input", "recurrent", "bias"]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something in a layer that can be watched over time.

    Attributes:
        name: its key in a snapshot, such as ``h`` or ``input gate``.
        symbol: its letter in the equations.
        nonlinearity: what it came out of, for its range and where it is saturated; None for a sum or product.
        bound: what a sum or a product cannot exceed in absolute value; infinite where there is no such limit.
        into: what a sum is put through on its way out, as an LSTM's cell state c through tanh; or None.
    """

    name: str
    symbol: str
    nonlinearity: Nonlinearity | None
    bound: float = math.inf
    into: Nonlinearity | None = None

    @property
    def limits(self) -> tuple[float, float]:
        """The least and the greatest value that it can have, infinite where there is none."""
        g = self.nonlinearity
        return (-self.bound, self.bound) if g is None else (g.low, g.high)


@dataclass(frozen=True, slots=True, eq=False)
class CellTape:
    """What a cell's forward pass leaves for its backward pass.

    Attributes:
        x: (T, B, D) the input.
        states: each (T+1, B, H), from what it began with on: the hidden state h, then an LSTM's cell state c.
        signals: all that can be watched, by the names of the cell's signals: the states (T+1, B, H), and
            gates (T, B, H).
        work: what else the way back needs, each (T, B, …), the cell's own affair.
    """

    x: Array
    states: State
    signals: Mapping[str, Array]
    work: tuple[Array, ...] = ()

    @property
    def h(self) -> Array:
        """(T+1, B, H) the hidden states."""
        return self.states[0]

    def until(self, end: int) -> CellTape:
        """The first ``end`` time steps of it."""
        signals = {
            name: signal[: end + 1] if len(signal) > len(self.x) else signal[:end]
            for name, signal in self.signals.items()
        }
        states = tuple(state[: end + 1] for state in self.states)
        return CellTape(self.x[:end], states, signals, tuple(array[:end] for array in self.work))


class Cell:
    """One layer's unit, without its weights, which are handed to it.

    Attributes:
        title: its name in the form.
        nonlinearities: the names in NONLINEARITIES that it can be made with, the usual one first.
        blocks: what each block of H columns of ``Wx``, ``Wh`` and ``b`` belongs to, side by side; one empty
            name for a cell without gates.
        gates: g, how many there are, which follows from ``blocks``.
        states: how many arrays its state has, one or two, the hidden state first.
        roles: which weights it has and what each of them is, for the initializer, in the order of ``shapes``;
            ``Wx`` and ``Wh`` are every cell's.
        signals: what can be watched, the arrays of the state first, in their order.
    """

    title: ClassVar[str]
    nonlinearities: ClassVar[tuple[str, ...]] = ("tanh",)
    blocks: ClassVar[tuple[str, ...]] = ("",)
    gates: ClassVar[int] = 1
    states: ClassVar[int] = 1
    roles: ClassVar[Mapping[str, Role]] = {"Wx": "input", "Wh": "recurrent", "b": "bias"}
    signals: tuple[Signal, ...]

    def __init_subclass__(cls) -> None:
        cls.gates = len(cls.blocks)

    def __init__(self, nonlinearity: str = "tanh") -> None:
        self.nonlinearity = nonlinearity

    @property
    def of_one_sum(self) -> Nonlinearity | None:
        """g where h_t = g(x_t Wx + h_{t-1} Wh + b); None where a state comes about in any other way, so that
        nothing is said of it that follows from this equation.
        """
        return None

    @property
    def symbols(self) -> tuple[str, ...]:
        """The letter of each array of the state."""
        return tuple(signal.symbol for signal in self.signals[: self.states])

    def shapes(self, inputs: int, width: int) -> dict[str, tuple[int, ...]]:
        """The shape of each weight for D = ``inputs`` and H = ``width``."""
        columns = self.gates * width
        usual = {"Wx": (inputs, columns), "Wh": (width, columns), "b": (columns,)}
        return {name: shape for name, shape in usual.items() if name in self.roles}

    def start(self, batch: int, width: int) -> State:
        """The zero state, each array (B, H)."""
        return tuple(np.zeros((batch, width)) for _ in range(self.states))

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        """Unroll over ``x`` (T, B, D) from the state ``start``."""
        raise NotImplementedError

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        """What the way back needs to know of all steps, each (T, B, …): the derivatives that the forward pass
        has fixed.
        """
        raise NotImplementedError

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        """Pull gradients back from s_{t+1} to s_t, counted from 0: a vector-Jacobian product.

        It is linear in the gradients, so that any number of them can be pulled back at once, side by side in
        the axis of a batch of one sequence.

        Arguments:
            slopes: of the whole tape.
            state: the gradient of each array of s_{t+1}, (B, H). What one array passes on to another, as an
                LSTM's h to its c, is added in place.
            da: (B, gH), is filled with the gradient of the sums of the step.

        Returns:
            What each array of s_t gets, (B, H).
        """
        raise NotImplementedError

    def recurrent(self, slopes: Slopes, da: Array, t: int | slice) -> Array:
        """The gradient of h_{t-1} Wh at a step or at some, from that of the sums ``da``."""
        return da

    def weight_gradient(self, name: str, tape: CellTape, slopes: Slopes, da: Array, steps: slice) -> Array:
        """The gradient of the weight ``name``, in its shape: every one of ``steps`` adds to it.

        ∂L/∂Wx = Σ_t x_tᵀ ∂L/∂a_t,   ∂L/∂Wh = Σ_t h_{t-1}ᵀ ∂L/∂a_t,   ∂L/∂b = Σ_t ∂L/∂a_t

        Arguments:
            da: (n, B, gH) that of the sums at these n steps, counted from 0.
        """
        if name == "b":
            return np.asarray(da.sum(axis=(0, 1)))
        h, x = tape.h[:-1][steps], tape.x[steps]
        fed, pulled = (x, da) if name == "Wx" else (h, self.recurrent(slopes, da, steps))
        return np.asarray(_rows(fed).T.dot(_rows(pulled)))

    def backward(
        self, weights: Weights, tape: CellTape, dh_above: Array, truncation: int | None
    ) -> tuple[Array, State, dict[str, Array]]:
        """Backpropagate through time.

        Arguments:
            dh_above: (T, B, H) what the layer above, or the loss, adds to ∂L/∂h_t at t = 1 … T.
            truncation: k, so that no gradient passes from step k+1 to step k, from 2k+1 to 2k, …; None lets
                it pass everywhere.

        Returns:
            ∂L/∂x (T, B, D); for each array of the state its ∂L/∂s_t (T+1, B, H) for t = 0 … T, everything
            that t leads to included, the arrays of the state before it held; and ∂L/∂θ of each weight.
        """
        T, B, H = dh_above.shape
        slopes = self.slopes(weights, tape)
        states = tuple(np.zeros((T + 1, B, H)) for _ in range(self.states))
        states[0][1:] = dh_above
        da = np.empty((T, B, self.gates * H))
        at = list(zip(*states, strict=True))  # the state of each time step
        for t in reversed(range(T)):
            before = self.step_back(weights, slopes, t, at[t + 1], da[t])
            if t == 0 or truncation is None or t % truncation:
                for state, part in zip(at[t], before, strict=True):
                    state[...] += part
        dx = _rows(da).dot(weights["Wx"].T).reshape(tape.x.shape)
        return dx, states, {k: self.weight_gradient(k, tape, slopes, da, slice(None)) for k in weights}


def _rows(array: Array) -> Array:
    """(n, B, …) as (n·B, …)."""
    return array.reshape(-1, array.shape[-1])


def chunks(T: int, truncation: int | None) -> Iterator[tuple[int, int]]:
    """The runs of time steps that a gradient passes through, [begin, end) from 0, the last one first."""
    length = truncation or T
    for begin in range((T - 1) // length * length, -1, -length):
        yield begin, min(begin + length, T)
