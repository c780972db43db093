"""The losses: what an answer misses, and ∂L/∂ŷ in its place; and which answers are right."""

from __future__ import annotations

import math
from typing import Any

from rnn.training.engines.compiled.kernels.compiling import kernel, standalone
from rnn.training.engines.compiled.kernels.nonlinearities import exp
from rnn.training.engines.compiled.kernels.vectors import (
    LANES,
    largest,
    load,
    load_some,
    same,
    store,
    total,
    where_above,
    where_first,
)

SQUARED_ERROR, SOFTMAX_NLL = range(2)


@kernel
def scores(scored: Any, T: int, N: int, numbers: Any) -> int:
    """How many time steps of a batch count."""
    count = 0
    for t in range(T):
        for number in numbers:
            count += scored[t * N + number]
    return count


@kernel
def squared_error(memory: Any, plan: Any, y: Any, scored: Any, numbers: Any, n: int) -> float:
    """L = 1/(2n) Σ ‖ŷ − y‖² over the n scored time steps; the answers in memory become ∂L/∂ŷ = (ŷ − y)/n."""
    standalone()
    T, N, B, O = plan.steps, plan.count, numbers.size, plan.outputs  # noqa: E741
    squares = same(0.0)
    share = 1.0 / n
    for t in range(T):
        for b in range(B):
            number = numbers[b]
            at = plan.y + (t * B + b) * plan.y_row
            counts = plan.masked == 0 or scored[t * plan.count + number] != 0
            for j in range(0, O, LANES):
                error = load(memory, at + j) - load_some(y, (t * N + number) * O + j, min(LANES, O - j))
                if not counts:
                    error = same(0.0)
                squares = squares + error * error
                store(memory, at + j, error * share)
    return float(total(squares)) / (2 * n)


@kernel
def near(memory: Any, plan: Any, y: Any, scored: Any, numbers: Any, tolerance: float) -> int:
    """How many scored answers are no further from their targets than that, in each of their numbers."""
    standalone()
    right, B, O = 0, numbers.size, plan.outputs  # noqa: E741
    for t in range(plan.steps):
        for b in range(B):
            place = t * plan.count + numbers[b]
            if plan.masked == 0 or scored[place] != 0:
                at = plan.y + (t * B + b) * plan.y_row
                missed = 0
                for j in range(O):
                    if not abs(memory[at + j] - y[place * O + j]) <= tolerance:
                        missed += 1
                right += missed == 0
    return right


@kernel
def likeliest(memory: Any, plan: Any, classes: Any, scored: Any, numbers: Any) -> int:
    """How many scored answers give their class the largest logit; of equal ones the first is taken."""
    standalone()
    right, B = 0, numbers.size
    for t in range(plan.steps):
        for b in range(B):
            place = t * plan.count + numbers[b]
            if plan.masked == 0 or scored[place] != 0:
                at = plan.y + (t * B + b) * plan.y_row
                best = 0
                for j in range(1, plan.outputs):
                    if memory[at + j] > memory[at + best]:
                        best = j
                right += best == classes[place]
    return right


@kernel
def softmax_nll(memory: Any, plan: Any, classes: Any, scored: Any, numbers: Any, n: int) -> float:
    """L = −1/n Σ ln P(y_t); the logits in memory become ∂L/∂ŷ = (P − [class is y_t])/n."""
    standalone()
    loss, B = 0.0, numbers.size
    for t in range(plan.steps):
        for b in range(B):
            number = numbers[b]
            at = plan.y + (t * B + b) * plan.y_row
            if plan.masked != 0 and scored[t * plan.count + number] == 0:
                for j in range(0, plan.y_row, LANES):
                    store(memory, at + j, same(0.0))
            else:
                loss += _one_nll(memory, at, plan.outputs, classes[t * plan.count + number], 1.0 / n)
    return loss / n


@kernel
def _one_nll(memory: Any, at: int, O: int, chosen: int, share: float) -> float:  # noqa: E741
    """−ln P of the chosen class; the O logits from ``at`` on become ``share`` times the derivatives."""
    chosen_logit = memory[at + chosen]
    best = same(-math.inf)
    for j in range(0, O, LANES):
        best = _larger(best, where_first(O - j, load(memory, at + j), same(-math.inf)))
    most = largest(best)
    sums = same(0.0)
    for j in range(0, O, LANES):
        weights = where_first(O - j, exp(load(memory, at + j) - most), same(0.0))
        store(memory, at + j, weights)
        sums = sums + weights
    weight = total(sums)
    for j in range(0, O, LANES):
        store(memory, at + j, load(memory, at + j) * (share / weight))
    memory[at + chosen] -= share
    return math.log(weight) - float(chosen_logit - most)


@kernel
def _larger(x: Any, y: Any) -> Any:
    """The larger one of each lane; of a NaN in y the other."""
    return where_above(y, x, y, x)
