"""How a gradient becomes a step: clipping, then an optimizer, on one flat vector of parameters."""

from __future__ import annotations

import math
from typing import ClassVar, Protocol

from rnn.array import Array


def clip_norm(gradient: Array, norm: float, limit: float) -> None:
    """Scale ``gradient`` (P,) in place so that its norm is at most ``limit``; its direction is kept.

    g · min(1, c / (‖g‖ + 1e-6)), over all parameters together (Pascanu, Mikolov and Bengio 2013,
    section 3.2; the 1e-6 is PyTorch's).
    """
    gradient *= min(1.0, limit / (norm + 1e-6))


def norm(vector: Array) -> float:
    """The Euclidean norm of ``vector`` (P,), inf or NaN where an entry is."""
    return math.sqrt(vector @ vector)


class Optimizer(Protocol):
    """Moves the parameters once for every gradient; one object for each run, since it may remember."""

    title: ClassVar[str]

    def __init__(self, size: int) -> None: ...

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        """Move ``parameters`` (P,) in place by the loss's ``gradient`` (P,), which may be overwritten."""


class Sgd:
    """Stochastic gradient descent: θ ← θ − η g."""

    title: ClassVar[str] = "SGD"

    def __init__(self, size: int) -> None:
        pass

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        gradient *= learning_rate
        parameters -= gradient


OPTIMIZERS: dict[str, type[Optimizer]] = {"sgd": Sgd}
