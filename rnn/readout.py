"""What turns a hidden state into an answer, and an answer into a loss."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from rnn.array import Array


class SquaredError:
    """A linear layer, and half the mean square of what it misses.

    ŷ_t = h_t W + b,   L = 1/(2 T B) Σ (ŷ − y)², summed over features
    """

    title: ClassVar[str] = "Squared error"

    @staticmethod
    def shapes(width: int, outputs: int) -> dict[str, tuple[int, ...]]:
        """The shape of each weight for H = ``width`` and O = ``outputs``."""
        return {"W": (width, outputs), "b": (outputs,)}

    @staticmethod
    def loss_terms(output: Array, y: Array) -> Array:
        """The part L_t (T,) of each time step in the loss of ``output`` (T, B, O); they add up to L."""
        T, B, _ = y.shape
        return np.asarray(((output - y) ** 2).sum(axis=(1, 2)) / (2 * T * B))

    @staticmethod
    def loss(output: Array, y: Array) -> tuple[float, Array]:
        """The loss L and ∂L/∂ŷ (T, B, O)."""
        T, B, _ = y.shape
        error = output - y
        flat = error.ravel()
        loss = float(flat @ flat) / (2 * T * B)
        error /= T * B
        return loss, error


READOUTS = {"mse": SquaredError}
