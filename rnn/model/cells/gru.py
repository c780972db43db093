"""The gated recurrent unit, in PyTorch's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from rnn.array import Array
from rnn.model.cells.base import Cell, CellTape, Role, Signal, Slopes, State, Weights
from rnn.model.nonlinearities import NONLINEARITIES, logistic, logistic_slope, tanh_slope


class Gru(Cell):
    """The gated recurrent unit (Cho et al. 2014), with the reset gate behind the product, as in PyTorch.

    r_t, z_t = σ(x_t Wx + h_{t-1} Wh + b)   in the first two of three blocks of columns
    n_t = tanh(x_t Wx + b + r_t ∘ (h_{t-1} Wh + bn))   in the third
    h_t = (1 − z_t) ∘ n_t + z_t ∘ h_{t-1}
    """

    title: ClassVar[str] = "GRU"
    blocks: ClassVar[tuple[str, ...]] = ("reset gate", "update gate", "candidate")
    roles: ClassVar[Mapping[str, Role]] = {"Wx": "input", "Wh": "recurrent", "b": "bias", "bn": "bias"}
    signals = (
        Signal("h", "h", None, bound=1.0),
        Signal("reset gate", "r", NONLINEARITIES["logistic"]),
        Signal("update gate", "z", NONLINEARITIES["logistic"]),
        Signal("candidate", "n", NONLINEARITIES["tanh"]),
    )

    def shapes(self, inputs: int, width: int) -> dict[str, tuple[int, ...]]:
        return {**super().shapes(inputs, width), "bn": (width,)}

    def forward(self, weights: Weights, x: Array, start: State) -> CellTape:
        T, B, D = x.shape
        Wh, bn = weights["Wh"], weights["bn"]
        H = len(Wh)
        a = x.reshape(T * B, D).dot(weights["Wx"]).reshape(T, B, 3 * H)
        a += weights["b"]
        h = np.empty((T + 1, B, H))
        h[0] = start[0]
        hidden = np.empty((T, B, H))  # h_{t-1} Wh + bn in the third block, which r is multiplied with
        for t in range(T):
            recurrent = h[t].dot(Wh)
            gates, candidate = a[t, :, : 2 * H], a[t, :, 2 * H :]
            gates += recurrent[:, : 2 * H]
            logistic(gates, gates)
            np.add(recurrent[:, 2 * H :], bn, hidden[t])
            candidate += gates[:, :H] * hidden[t]
            np.tanh(candidate, candidate)
            z = gates[:, H:]
            h[t + 1] = candidate + z * (h[t] - candidate)
        signals = {
            "h": h,
            "reset gate": a[:, :, :H],
            "update gate": a[:, :, H : 2 * H],
            "candidate": a[:, :, 2 * H :],
        }
        return CellTape(x, (h,), signals, (a, hidden))

    def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
        """r and z, and what the gradient of each sum is for ∂L/∂h_t = 1."""
        a, hidden = tape.work
        H = len(weights["Wh"])
        r, z, n = a[:, :, :H], a[:, :, H : 2 * H], a[:, :, 2 * H :]
        by_n = (1.0 - z) * tanh_slope(n)
        by_z = (tape.h[:-1] - n) * logistic_slope(z)
        by_r = by_n * hidden * logistic_slope(r)
        return r, z, by_r, by_z, by_n

    def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
        """Backpropagate one step.

        ∂L/∂a_n = ∂L/∂h_t ∘ (1 − z) ∘ (1 − n²),   ∂L/∂a_z = ∂L/∂h_t ∘ (h_{t-1} − n) ∘ z(1 − z)
        ∂L/∂a_r = ∂L/∂a_n ∘ (h_{t-1} Wh + bn) ∘ r(1 − r)
        ∂L/∂h_{t-1} = ∂L/∂h_t ∘ z + [∂L/∂a_r, ∂L/∂a_z, ∂L/∂a_n ∘ r] Whᵀ
        """
        (dh,) = state
        _, z, by_r, by_z, by_n = slopes
        H = dh.shape[-1]
        np.multiply(dh, by_r[t], da[:, :H])
        np.multiply(dh, by_z[t], da[:, H : 2 * H])
        np.multiply(dh, by_n[t], da[:, 2 * H :])
        return (dh * z[t] + self.recurrent(slopes, da, t).dot(weights["Wh"].T),)

    def recurrent(self, slopes: Slopes, da: Array, t: int | slice) -> Array:
        r = slopes[0][t]
        recurrent = da.copy()
        recurrent[..., 2 * r.shape[-1] :] *= r
        return recurrent

    def weight_gradient(self, name: str, tape: CellTape, slopes: Slopes, da: Array, steps: slice) -> Array:
        if name != "bn":
            return super().weight_gradient(name, tape, slopes, da, steps)
        _, _, candidate = np.split(self.recurrent(slopes, da, steps), 3, axis=-1)
        return np.asarray(candidate.sum(axis=(0, 1)))
