"""The long short-term memory, in PyTorch's form."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.cells.base import Cell, CellTape, Signal, Slopes, State, Weights
from rnn.model.nonlinearities import NONLINEARITIES, logistic, logistic_slope, tanh_slope


class Lstm(Cell):
    """Long short-term memory with a forget gate (Hochreiter and Schmidhuber 1997; Gers et al. 2000).

    i_t, f_t, o_t = σ(x_t Wx + h_{t-1} Wh + b)   in the first, second and fourth of four blocks of columns
    g_t = tanh(x_t Wx + h_{t-1} Wh + b)   in the third
    c_t = f_t ∘ c_{t-1} + i_t ∘ g_t,   h_t = o_t ∘ tanh(c_t)
    """

    title: ClassVar[str] = "LSTM"
    blocks: ClassVar[tuple[str, ...]] = ("input gate", "forget gate", "candidate", "output gate")
    states: ClassVar[int] = 2
    signals = (
        Signal("h", "h", None, bound=1.0),
        Signal("cell state", "c", None, into=NONLINEARITIES["tanh"]),
        Signal("input gate", "i", NONLINEARITIES["logistic"]),
        Signal("forget gate", "f", NONLINEARITIES["logistic"]),
        Signal("candidate", "g", NONLINEARITIES["tanh"]),
        Signal("output gate", "o", NONLINEARITIES["logistic"]),
    )

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        T, B, D = x.shape
        Wh = weights["Wh"]
        H = len(Wh)
        a = x.reshape(T * B, D).dot(weights["Wx"]).reshape(T, B, 4 * H)
        a += weights["b"]
        h, c = np.empty((T + 1, B, H)), np.empty((T + 1, B, H))
        h[0], c[0] = start
        squashed = np.empty((T, B, H))  # tanh(c_t)
        for t in range(T):
            row = a[t]
            row += h[t].dot(Wh)
            logistic(row[:, : 2 * H], row[:, : 2 * H])
            np.tanh(row[:, 2 * H : 3 * H], row[:, 2 * H : 3 * H])
            logistic(row[:, 3 * H :], row[:, 3 * H :])
            np.multiply(row[:, H : 2 * H], c[t], c[t + 1])
            c[t + 1] += row[:, :H] * row[:, 2 * H : 3 * H]
            np.tanh(c[t + 1], squashed[t])
            np.multiply(row[:, 3 * H :], squashed[t], h[t + 1])
        signals = {
            "h": h,
            "cell state": c,
            "input gate": a[:, :, :H],
            "forget gate": a[:, :, H : 2 * H],
            "candidate": a[:, :, 2 * H : 3 * H],
            "output gate": a[:, :, 3 * H :],
        }
        return CellTape(x, (h, c), signals, (a, squashed))

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        """f, what the gradient of each sum is for ∂L/∂c_t = 1, of the last for ∂L/∂h_t = 1, and ∂h_t/∂c_t."""
        (_, c), (a, squashed) = tape.states, tape.work
        H = len(weights["Wh"])
        i, f = a[:, :, :H], a[:, :, H : 2 * H]
        g, o = a[:, :, 2 * H : 3 * H], a[:, :, 3 * H :]
        by_i, by_f, by_g = g * logistic_slope(i), c[:-1] * logistic_slope(f), i * tanh_slope(g)
        return f, by_i, by_f, by_g, squashed * logistic_slope(o), o * tanh_slope(squashed)

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        """Backpropagate one step, h and c as two states of their own.

        ∂L/∂c_t ← ∂L/∂c_t + ∂L/∂h_t ∘ o ∘ (1 − tanh²(c_t)),   ∂L/∂c_{t-1} = ∂L/∂c_t ∘ f_t
        ∂L/∂a_i = ∂L/∂c_t ∘ g ∘ i(1 − i),   ∂L/∂a_f = ∂L/∂c_t ∘ c_{t-1} ∘ f(1 − f)
        ∂L/∂a_g = ∂L/∂c_t ∘ i ∘ (1 − g²),   ∂L/∂a_o = ∂L/∂h_t ∘ tanh(c_t) ∘ o(1 − o)
        ∂L/∂h_{t-1} = ∂L/∂a_t Whᵀ
        """
        dh, dc = state
        f, by_i, by_f, by_g, by_o, by_h = slopes
        H = dh.shape[-1]
        dc += dh * by_h[t]
        np.multiply(dc, by_i[t], da[:, :H])
        np.multiply(dc, by_f[t], da[:, H : 2 * H])
        np.multiply(dc, by_g[t], da[:, 2 * H : 3 * H])
        np.multiply(dh, by_o[t], da[:, 3 * H :])
        return da.dot(weights["Wh"].T), dc * f[t]
