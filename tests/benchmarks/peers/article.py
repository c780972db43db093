"""The article's method: derivatives of every hidden state by every weight, carried forward step by step."""

from __future__ import annotations

from itertools import count

import numpy as np

from tests.benchmarks.peers.answering import Train, answer
from tests.benchmarks.peers.case import BATCHES, Array, Case


class Recursion:
    """One vanilla tanh layer under a linear readout, one sequence an update, plain gradient descent.

    It keeps ∂h_j/∂θ of all steps j so far, whole tensors, and multiplies every one of them with the Jacobian
    of each new step: O(T²) products of H×H×H. Its two errors are kept: the Jacobian is transposed, and the
    derivative of a step is among those that the Jacobian of that same step multiplies.
    """

    def __init__(self, arrays: dict[str, Array], rate: float) -> None:
        self.Wx, self.Wh = arrays["rnn.weight_ih_l0"].T.copy(), arrays["rnn.weight_hh_l0"].T.copy()
        self.b = arrays["rnn.bias_ih_l0"].copy()
        self.W, self.bo = arrays["head.weight"].T.copy(), arrays["head.bias"].copy()
        self.rate = rate

    def update(self, x: Array, y: Array) -> float:
        """One update on a sequence (T, 1); the mean square before it."""
        h = self.hidden(x)
        error = h @ self.W + self.bo - y
        by_Wx, by_Wh, by_b = self.gradients(x, h, error / len(x))
        by_W, by_bo = h.T @ (error / len(x)), error.sum(axis=0) / len(x)
        self.Wx -= self.rate * by_Wx.T
        self.Wh -= self.rate * by_Wh.T
        self.b -= self.rate * by_b
        self.W -= self.rate * by_W
        self.bo -= self.rate * by_bo
        return float((error * error).mean())

    def hidden(self, x: Array) -> Array:
        """(T, H) the hidden states, from a zero state on."""
        h = np.zeros((len(x) + 1, len(self.Wh)))
        for t, step in enumerate(x):
            h[t + 1] = np.tanh(np.matmul(step, self.Wx) + np.matmul(h[t], self.Wh) + self.b)
        return h[1:]

    def gradients(self, x: Array, h: Array, z: Array) -> list[Array]:
        """Those of Wx (H, D), Wh (H, H), both transposed, and b (H,), for z = ∂L/∂ŷ (T, 1)."""
        readout = self.W.T
        before = np.zeros(len(self.Wh))
        kept: list[list[Array]] = [[], [], []]
        sums: list[Array] = [np.zeros(1)] * 3
        for t, step in enumerate(x):
            slope = np.diag(1.0 - h[t] * h[t])
            jacobian = np.dot(slope, self.Wh)
            immediate = (np.tensordot(slope, step, axes=0), np.tensordot(slope, before, axes=0), slope)
            before = h[t]
            for which, derivative in enumerate(immediate):
                sums[which] = sums[which] + np.tensordot(z[t], np.dot(readout, derivative), axes=([0], [0]))
                kept[which].append(derivative)
                if t == 0:
                    continue
                kept[which] = [np.tensordot(jacobian, carried, axes=([1], [0])) for carried in kept[which]]
                for carried in kept[which]:
                    seen = np.tensordot(readout, carried, axes=([1], [0]))
                    sums[which] = sums[which] + np.tensordot(z[t], seen, axes=([0], [0]))
        return sums


def make(case: Case, arrays: dict[str, Array]) -> Train:
    assert (case.cell, case.optimizer, case.B) == ("vanilla", "sgd", 1)
    recursion = Recursion(arrays, case.rate)
    numbers = count()

    def train(updates: int) -> list[float]:
        losses = []
        for _ in range(updates):
            n = next(numbers) % BATCHES
            losses.append(recursion.update(arrays["x"][n, :, 0], arrays["y"][n, :, 0]))
        return losses

    return train


if __name__ == "__main__":
    answer(make, f"numpy {np.__version__}")
