"""The article's unit: a tanh of the input and of the state before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from rnn.array import Array

Weights = Mapping[str, Array]


@dataclass(frozen=True, slots=True, eq=False)
class CellTape:
    """What a cell's forward pass leaves for its backward pass.

    Attributes:
        x: (T, B, D) the input.
        h: (T+1, B, H) the hidden states, h[0] the one it began with.
    """

    x: Array
    h: Array


class Vanilla:
    """h_t = tanh(x_t Wx + h_{t-1} Wh + b)   (Elman 1990)."""

    title: ClassVar[str] = "Vanilla tanh"

    @staticmethod
    def shapes(inputs: int, width: int) -> dict[str, tuple[int, ...]]:
        """The shape of each weight for D = ``inputs`` and H = ``width``."""
        return {"Wx": (inputs, width), "Wh": (width, width), "b": (width,)}

    @staticmethod
    def forward(weights: Weights, x: Array, h0: Array) -> CellTape:
        """Unroll over ``x`` (T, B, D) from the state ``h0`` (B, H)."""
        T, B, D = x.shape
        Wh = weights["Wh"]
        H = len(Wh)
        a = x.reshape(T * B, D).dot(weights["Wx"]).reshape(T, B, H)
        a += weights["b"]
        h = np.empty((T + 1, B, H))
        h[0] = h0
        state, tanh = h[0], np.tanh
        for a_t, h_t in zip(a, h[1:], strict=True):
            np.add(a_t, state.dot(Wh), a_t)
            state = tanh(a_t, h_t)
        return CellTape(x, h)

    @staticmethod
    def backward(weights: Weights, tape: CellTape, dh_above: Array, into: Weights) -> tuple[Array, Array]:
        """Backpropagate through time.

        ∂L/∂a_t     = (1 − h_t²) ∘ ∂L/∂h_t
        ∂L/∂h_{t-1} = ∂L/∂a_t Whᵀ + what step t−1 gets from above

        Arguments:
            dh_above: (T, B, H) what the layer above, or the loss, adds to ∂L/∂h_t at t = 1 … T.
            into: the gradients of the weights are written here.

        Returns:
            ∂L/∂x (T, B, D), and ∂L/∂h_t (T+1, B, H) for t = 0 … T, everything that t leads to included.
        """
        x, h = tape.x, tape.h
        T, B, H = dh_above.shape
        WhT = weights["Wh"].T
        da = h[1:] * h[1:]  # becomes 1 − h², and ∂L/∂a_t one step after the other
        np.subtract(1.0, da, da)
        dh = np.empty((T + 1, B, H))
        dh[0] = 0.0
        dh[1:] = dh_above
        dh_t, multiply, add = dh[T], np.multiply, np.add
        for da_t, dh_before in zip(da[::-1], dh[-2::-1], strict=True):
            multiply(da_t, dh_t, da_t)
            dh_t = add(dh_before, da_t.dot(WhT), dh_before)
        rows = da.reshape(T * B, H)
        np.dot(x.reshape(T * B, -1).T, rows, out=into["Wx"])
        np.dot(h[:-1].reshape(T * B, H).T, rows, out=into["Wh"])
        rows.sum(axis=0, out=into["b"])
        return rows.dot(weights["Wx"].T).reshape(x.shape), dh
