"""The article's unit: a nonlinearity of the input and of the state before."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.cells.base import Cell, CellTape, Signal, Slopes, State, Weights
from rnn.model.nonlinearities import NONLINEARITIES, Nonlinearity


class Vanilla(Cell):
    """h_t = g(x_t Wx + h_{t-1} Wh + b)   (Elman 1990)."""

    title: ClassVar[str] = "Vanilla"
    nonlinearities: ClassVar[tuple[str, ...]] = tuple(NONLINEARITIES)

    def __init__(self, nonlinearity: str = "tanh") -> None:
        super().__init__(nonlinearity)
        self._g = NONLINEARITIES[nonlinearity]
        self.signals = (Signal("h", "h", self._g),)

    @property
    def of_one_sum(self) -> Nonlinearity | None:
        return self._g if type(self) is Vanilla else None

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        T, B, D = x.shape
        Wh = weights["Wh"]
        H = len(Wh)
        a = x.reshape(T * B, D).dot(weights["Wx"]).reshape(T, B, H)
        a += weights["b"]
        h = np.empty((T + 1, B, H))
        h[0] = start[0]
        state, g = h[0], self._g.apply
        for a_t, h_t in zip(a, h[1:], strict=True):
            np.add(a_t, state.dot(Wh), a_t)
            state = g(a_t, h_t)
        return CellTape(x, (h,), {"h": h})

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        return (self._g.slope(tape.h[1:]),)

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        """∂L/∂a_t = g′(a_t) ∘ ∂L/∂h_t,   ∂L/∂h_{t-1} = ∂L/∂a_t Whᵀ"""
        np.multiply(state[0], slopes[0][t], da)
        return (da.dot(weights["Wh"].T),)
