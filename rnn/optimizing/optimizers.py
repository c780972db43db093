"""How a gradient becomes a step: clipping, then an optimizer, on one flat vector of parameters.

The optimizers are PyTorch's, with its defaults.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from rnn.array import Array


def clip_norm(gradient: Array, norm: float, limit: float) -> None:
    """Scale ``gradient`` (P,) in place so that its norm is at most ``limit``; its direction is kept.

    g · min(1, c / (‖g‖ + 1e-6)), over all parameters together (Pascanu, Mikolov and Bengio 2013,
    section 3.2; the 1e-6 is PyTorch's).
    """
    gradient *= min(1.0, limit / (norm + 1e-6))


def clip_value(gradient: Array, limit: float) -> None:
    """Bring every element of ``gradient`` (P,) to ±``limit`` at most, in place; its direction changes."""
    np.clip(gradient, -limit, limit, out=gradient)


def norm(vector: Array) -> float:
    """The Euclidean norm of ``vector`` (P,), inf or NaN where an entry is."""
    return math.sqrt(vector @ vector)


class Optimizer:
    """Moves the parameters once for every gradient; one object for each run, since it may remember.

    Arguments:
        size: P, the number of parameters.
    """

    title: ClassVar[str]

    def __init__(self, size: int) -> None:
        self.size = size

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        """Move ``parameters`` (P,) in place by the loss's ``gradient`` (P,), which may be overwritten."""
        raise NotImplementedError

    @property
    def memory(self) -> dict[str, Any]:
        """What it remembers from one step to the next: copies of all its attributes."""
        return copy.deepcopy(vars(self))

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Go on from where another one of its kind had this memory."""
        vars(self).update(copy.deepcopy(dict(memory)))


class Sgd(Optimizer):
    """Stochastic gradient descent: θ ← θ − η g."""

    title = "SGD"

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        gradient *= learning_rate
        parameters -= gradient


class Momentum(Optimizer):
    """v ← μ v + g,   θ ← θ − η v   with μ = 0.9 (Polyak 1964; PyTorch's form)."""

    title = "Momentum"
    momentum: ClassVar[float] = 0.9

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._velocity = np.zeros(size)

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        self._velocity *= self.momentum
        self._velocity += gradient
        parameters -= learning_rate * self._velocity


class Nesterov(Momentum):
    """v ← μ v + g,   θ ← θ − η (g + μ v)   with μ = 0.9 (Sutskever et al. 2013; PyTorch's form)."""

    title = "Nesterov"

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        self._velocity *= self.momentum
        self._velocity += gradient
        gradient += self.momentum * self._velocity
        parameters -= learning_rate * gradient


class RmsProp(Optimizer):
    """s ← α s + (1 − α) g²,   θ ← θ − η g / (√s + ε)   with α = 0.99, ε = 1e-8 (Tieleman and Hinton 2012)."""

    title = "RMSprop"
    decay: ClassVar[float] = 0.99
    epsilon: ClassVar[float] = 1e-8

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._square = np.zeros(size)

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        self._square *= self.decay
        self._square += (1.0 - self.decay) * gradient * gradient
        parameters -= learning_rate * gradient / (np.sqrt(self._square) + self.epsilon)


class Adam(Optimizer):
    """m ← β₁ m + (1 − β₁) g,   s ← β₂ s + (1 − β₂) g²,   θ ← θ − η m̂ / (√ŝ + ε)

    with m̂ = m / (1 − β₁ᵗ), ŝ = s / (1 − β₂ᵗ), β₁ = 0.9, β₂ = 0.999, ε = 1e-8 (Kingma and Ba 2015).
    """

    title = "Adam"
    beta1: ClassVar[float] = 0.9
    beta2: ClassVar[float] = 0.999
    epsilon: ClassVar[float] = 1e-8

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._mean, self._square = np.zeros(size), np.zeros(size)
        self._steps = 0

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        self._steps += 1
        self._mean += (1.0 - self.beta1) * (gradient - self._mean)
        self._square *= self.beta2
        gradient *= gradient
        gradient *= 1.0 - self.beta2
        self._square += gradient
        root = np.sqrt(self._square)
        root /= math.sqrt(1.0 - self.beta2**self._steps)
        root += self.epsilon
        np.divide(self._mean, root, out=root)
        root *= learning_rate / (1.0 - self.beta1**self._steps)
        parameters -= root


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": Sgd,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RmsProp,
    "adam": Adam,
}
