"""How the weights begin."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.model.cells.base import Role

Shape = tuple[int, ...]


class Initializer:
    """Draws the weights of one role each; this base is Glorot's, the others change what they are named for.

    Every shape is (inputs, outputs), as in ``x @ W``; a cell with gates asks for each gate's block by itself.
    """

    title: ClassVar[str] = "Glorot"

    def input_weight(self, rng: Generator, shape: Shape) -> Array:
        return _glorot(rng, shape)

    def recurrent_weight(self, rng: Generator, shape: Shape) -> Array:
        return _glorot(rng, shape)

    def readout_weight(self, rng: Generator, shape: Shape) -> Array:
        return _glorot(rng, shape)

    def bias(self, rng: Generator, shape: Shape) -> Array:
        return np.zeros(shape)


class Glorot(Initializer):
    """Uniform on ±√(6 / (inputs + outputs)), biases zero (Glorot and Bengio 2010, equation 16)."""


class Uniform(Initializer):
    """The article's: every weight and bias uniform on [0, 1)."""

    title = "Uniform on [0, 1)"

    def input_weight(self, rng: Generator, shape: Shape) -> Array:
        return rng.random(shape)

    recurrent_weight = readout_weight = bias = input_weight


class Orthogonal(Initializer):
    """W_h a random orthogonal matrix, uniform in the Haar measure (Saxe, McClelland and Ganguli 2014)."""

    title = "Orthogonal"

    def recurrent_weight(self, rng: Generator, shape: Shape) -> Array:
        q, r = np.linalg.qr(rng.standard_normal(shape))
        return np.asarray(q * np.sign(np.diag(r)))


class Identity(Initializer):
    """W_h the identity, so that at first a state is kept as it is (Le, Jaitly and Hinton 2015)."""

    title = "Identity"

    def recurrent_weight(self, rng: Generator, shape: Shape) -> Array:
        return np.eye(shape[0], shape[1])


class Gaussian(Initializer):
    """Every weight normal with variance 1 / inputs, so that ρ(W_h) is near 1; biases zero."""

    title = "Gaussian"

    def input_weight(self, rng: Generator, shape: Shape) -> Array:
        return rng.standard_normal(shape) / math.sqrt(shape[0])

    recurrent_weight = readout_weight = input_weight


def spectral_radius(matrix: Array) -> float:
    """ρ: the largest absolute value among the eigenvalues of ``matrix`` (H, H)."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _glorot(rng: Generator, shape: Shape) -> Array:
    limit = math.sqrt(6.0 / sum(shape))
    return rng.uniform(-limit, limit, shape)


def draw_cell(
    initializer: Initializer, rng: Generator, roles: Mapping[str, Role], weights: Mapping[str, Array]
) -> None:
    """Fill the weights of a cell in place, each by its role, block of H columns by block."""
    width = len(weights["Wh"])
    draws = {
        "input": initializer.input_weight,
        "recurrent": initializer.recurrent_weight,
        "bias": initializer.bias,
    }
    for name, weight in weights.items():
        for begin in range(0, weight.shape[-1], width):
            block = weight[..., begin : begin + width]
            block[...] = draws[roles[name]](rng, block.shape)


INITIALIZERS: dict[str, Initializer] = {
    "uniform": Uniform(),
    "glorot": Glorot(),
    "orthogonal": Orthogonal(),
    "identity": Identity(),
    "gaussian": Gaussian(),
}
