"""How a gradient becomes a step: clipping, then an optimizer, on flat vectors of P numbers."""

from __future__ import annotations

import math
from typing import Any

from rnn.training.engines.compiled.kernels.compiling import inlined, kernel, standalone
from rnn.training.engines.compiled.kernels.vectors import (
    LANES,
    load,
    load_some,
    root,
    same,
    store,
    store_some,
    total,
    where_above,
    where_below,
)

SGD, MOMENTUM, NESTEROV, RMSPROP, ADAM = range(5)

MOMENTUM_KEPT = 0.9  # μ
RMSPROP_DECAY, RMSPROP_EPSILON = 0.99, 1e-8  # α, ε
ADAM_BETA1, ADAM_BETA2, ADAM_EPSILON = 0.9, 0.999, 1e-8


@kernel
def copy(source: Any, to: Any) -> None:
    """The same numbers in another vector."""
    for j in range(source.size):
        to[j] = source[j]


@kernel
def norm(memory: Any, at: int, P: int) -> float:
    """√ Σ g²; the memory behind the P numbers holds zeros up to a whole vector."""
    standalone()
    squares = same(0.0)
    for j in range(0, P, LANES):
        g = load(memory, at + j)
        squares = squares + g * g
    return math.sqrt(total(squares))


@kernel
def clip_norm(memory: Any, at: int, P: int, size: float, limit: float) -> None:
    """g · min(1, c / (‖g‖ + 1e-6))"""
    standalone()
    factor = min(1.0, limit / (size + 1e-6))
    for j in range(0, P, LANES):
        store(memory, at + j, load(memory, at + j) * factor)


@kernel
def clip_value(memory: Any, at: int, P: int, limit: float) -> None:
    """max(−c, min(g, c))"""
    standalone()
    most, least = same(limit), same(-limit)
    for j in range(0, P, LANES):
        g = load(memory, at + j)
        g = where_above(g, most, most, g)
        store(memory, at + j, where_below(g, least, least, g))


@kernel
def decay(memory: Any, at: int, P: int, parameters: Any, factor: float) -> None:
    """g + λ θ"""
    standalone()
    for j in range(0, P, LANES):
        weights = load_some(parameters, j, min(LANES, P - j))
        store(memory, at + j, load(memory, at + j) + weights * factor)


@kernel
def step(
    optimizer: int,
    memory: Any,
    at: int,
    parameters: Any,
    before: Any,
    first: Any,
    second: Any,
    rate: float,
    steps: int,
) -> bool:
    """Move ``parameters`` by the gradient at ``at``, keep them as they were, and tell whether all are finite.

    Arguments:
        first, second: what the optimizer remembers, as long as the parameters.
        rate: η.
        steps: how many were made, this one included.
    """
    standalone()
    P = parameters.size
    scale, rate1 = 1.0, rate
    if optimizer == ADAM:
        scale = 1.0 / math.sqrt(1.0 - math.pow(ADAM_BETA2, float(steps)))
        rate1 = rate / (1.0 - math.pow(ADAM_BETA1, float(steps)))
    strange = same(0.0)
    for j in range(0, P, LANES):
        count = min(LANES, P - j)
        weights, g = load_some(parameters, j, count), load(memory, at + j)
        store_some(before, j, count, weights)
        if optimizer == SGD:
            weights = weights - g * rate
        elif optimizer == MOMENTUM:
            weights = weights - velocity(first, j, count, g) * rate
        elif optimizer == NESTEROV:
            weights = weights - (g + velocity(first, j, count, g) * MOMENTUM_KEPT) * rate
        elif optimizer == RMSPROP:
            square = load_some(first, j, count) * RMSPROP_DECAY + g * g * (1.0 - RMSPROP_DECAY)
            store_some(first, j, count, square)
            weights = weights - g * rate / (root(square) + RMSPROP_EPSILON)
        else:
            mean = load_some(first, j, count)
            mean = mean + (g - mean) * (1.0 - ADAM_BETA1)
            square = load_some(second, j, count) * ADAM_BETA2 + g * g * (1.0 - ADAM_BETA2)
            store_some(first, j, count, mean)
            store_some(second, j, count, square)
            weights = weights - mean / (root(square) * scale + ADAM_EPSILON) * rate1
        store_some(parameters, j, count, weights)
        strange = strange + (weights - weights)
    return bool(total(strange) == 0.0)


@inlined
def velocity(first: Any, j: int, count: int, g: Any) -> Any:
    """v ← μ v + g, a vector of it."""
    v = load_some(first, j, count) * MOMENTUM_KEPT + g
    store_some(first, j, count, v)
    return v
