"""Whole epochs in one call: forward, loss, backward, clipping, the optimizer's step; then the validation."""

from __future__ import annotations

import math
from typing import Any

from rnn.training.engines.compiled.kernels import optimizers, readouts
from rnn.training.engines.compiled.kernels.compiling import NONE, inlined, kernel, part, standalone
from rnn.training.engines.compiled.kernels.layers import clear_states, keep_states
from rnn.training.engines.compiled.kernels.passes import pack_all, run_backward, run_forward, unpack_all

DONE, GRADIENT, WEIGHTS, VALIDATION = range(4)  # how a burst ended: as asked, or by what was not finite


@part
def batch_of(problem: Any, number: int) -> Any:
    """The sequences of a batch."""
    plan = problem.plan[0]
    first = number * plan.batch
    return problem.numbers[first : min(first + plan.batch, plan.count)]


@inlined
def scores_of(problem: Any, batch: Any) -> Any:
    """How many time steps of a batch count."""
    plan = problem.plan[0]
    if plan.masked != 0:
        return readouts.scores(problem.scored, plan.steps, plan.count, batch)
    return plan.steps * batch.size


@part
def loss_of(problem: Any, batch: Any, n: int) -> float:
    """The loss over n scored time steps as it is reported; the answers become ∂L/∂ŷ."""
    memory, plan = problem.memory, problem.plan[0]
    if plan.readout == readouts.SQUARED_ERROR:
        return 2.0 * readouts.squared_error(memory, plan, problem.y, problem.scored, batch, n)
    return readouts.softmax_nll(memory, plan, problem.classes, problem.scored, batch, n)


@part
def right_of(problem: Any, batch: Any, tolerance: float) -> int:
    """How many scored answers are right."""
    memory, plan = problem.memory, problem.plan[0]
    if plan.readout == readouts.SQUARED_ERROR:
        return readouts.near(memory, plan, problem.y, problem.scored, batch, tolerance)
    return readouts.likeliest(memory, plan, problem.classes, problem.scored, batch)


@part
def go_on(problem: Any, batch: Any) -> None:
    """Where states are carried, the next batch begins in the last ones of this one."""
    plan = problem.plan[0]
    if plan.carried != 0:
        for index in range(problem.layers.size):
            keep_states(problem.memory, plan.cell, problem.layers[index], plan.steps, batch.size)


@kernel
def begin(problem: Any) -> None:
    """Begin in the zero state."""
    standalone()
    plan = problem.plan[0]
    for index in range(problem.layers.size):
        clear_states(problem.memory, plan.cell, problem.layers[index], plan.batch)


@part
def condition(memory: Any, plan: Any, parameters: Any, size: float, limits: Any) -> None:
    """Clip the gradient and add the weight decay, each where it is asked for."""
    P = plan.parameters
    if limits[0] < math.inf:
        optimizers.clip_norm(memory, plan.gradient, P, size, limits[0])
    if limits[1] < math.inf:
        optimizers.clip_value(memory, plan.gradient, P, limits[1])
    if limits[2] != 0.0:
        optimizers.decay(memory, plan.gradient, P, parameters, limits[2])


@kernel
def burst(
    problem: Any,
    held_out: Any,
    parameters: Any,
    before: Any,
    average: Any,
    square: Any,
    rates: Any,
    limits: Any,
    losses: Any,
    norms: Any,
    measured: Any,
    tolerance: float,
    place: int,
    passes: int,
    an_epoch: int,
    made: int,
    truncation: int,
) -> tuple[int, int]:
    """So many passes, fewer where one fails: the updates of an epoch, its validation, those of the next one.

    Arguments:
        problem, held_out: what is trained on, and what is measured on; the same where there is no validation.
        parameters: (P,) are changed.
        before: (P,) becomes the parameters before the last update.
        average, square: (P,) what the optimizer remembers.
        rates: (K,) the learning rate of each update.
        limits: the clipping's norm and value, infinite for none, and the weight decay.
        losses, norms: (K,) are filled.
        measured: (2E+2,) for each epoch the held-out loss and the right answers; the first two are what was
            measured so far, the last two become it.
        tolerance: how far a number may be from its target and be right.
        place: the passes of the epoch that were made.
        passes: how many to make.
        an_epoch: how many passes one has, of both kinds.
        made: the updates of the whole run that were made.
        truncation: k.

    Returns:
        How many passes were made, and DONE, GRADIENT, WEIGHTS or VALIDATION.
    """
    updates = (problem.plan[0].count + problem.plan[0].batch - 1) // problem.plan[0].batch
    update = epoch = 0
    now = problem if place < updates else held_out
    for done in range(passes):
        trains = place < updates
        number = place if trains else place - updates
        memory, plan, layers, batch = now.memory, now.plan[0], now.layers, batch_of(now, number)
        if trains or number == 0:
            pack_all(memory, plan, layers, parameters)
        run_forward(memory, plan, layers, now.x, now.symbols, batch)
        right = NONE if trains else right_of(now, batch, tolerance)
        n = scores_of(now, batch)
        loss = loss_of(now, batch, n)
        if trains:
            run_backward(memory, plan, layers, now.symbols, batch, truncation)
            unpack_all(memory, plan, layers, now.absent)
            size = optimizers.norm(memory, plan.gradient, plan.parameters)
            if not (math.isfinite(loss) and math.isfinite(size)):
                optimizers.copy(parameters, before)
                return done, GRADIENT
            condition(memory, plan, parameters, size, limits)
            finite = optimizers.step(
                plan.optimizer,
                memory,
                plan.gradient,
                parameters,
                before,
                average,
                square,
                rates[update],
                made + update + 1,
            )
            if not finite:
                return done, WEIGHTS
            losses[update], norms[update] = loss, size
            update += 1
        else:
            measured[2 * epoch] += loss * (n / plan.scores)
            measured[2 * epoch + 1] += right
            if not math.isfinite(measured[2 * epoch]):
                return done, VALIDATION
        go_on(now, batch)
        place += 1
        if place == updates:
            now = held_out
        if place == an_epoch:
            begin(problem)
            begin(held_out)
            now = problem
            place = 0
            epoch += 1
    return passes, DONE
