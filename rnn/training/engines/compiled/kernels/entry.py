"""The one function that the program calls: it gets the address of a record, and does what stands there.

Whole epochs in one call: forward, loss, backward, clipping, the optimizer's step; then the validation.
"""

from __future__ import annotations

import math
from typing import Any

from numba import from_dtype, types

from rnn.training.engines.compiled.call import CALL, PROBLEM
from rnn.training.engines.compiled.kernels import optimizers, readouts
from rnn.training.engines.compiled.kernels.compiling import (
    NONE,
    compile_alone,
    inlined,
    kernel,
    part,
    standalone,
)
from rnn.training.engines.compiled.kernels.instructions import array_at
from rnn.training.engines.compiled.kernels.layers import clear_states, keep_states
from rnn.training.engines.compiled.kernels.passes import pack_all, run_backward, run_forward, unpack_all
from rnn.training.engines.compiled.layout import LAYER, PLAN
from rnn.training.engines.compiled.loading import MachineCode
from rnn.training.engines.compiled.problem import Problem

DONE, GRADIENT, WEIGHTS, VALIDATION = range(4)  # how a burst ended: as asked, or by what was not finite

floats = array_at(types.float64)
integers = array_at(types.int64)
truths = array_at(types.uint8)
plans, layers = array_at(from_dtype(PLAN)), array_at(from_dtype(LAYER))
calls, problems = array_at(from_dtype(CALL)), array_at(from_dtype(PROBLEM))


@inlined
def problem_of(given: Any) -> Any:
    """The problem that a record of PROBLEM tells of."""
    return Problem(
        floats(given.memory, given.memory_size),
        plans(given.plan, given.plan_size),
        layers(given.layers, given.layers_size),
        floats(given.x, given.x_size),
        integers(given.symbols, given.symbols_size),
        floats(given.y, given.y_size),
        integers(given.classes, given.classes_size),
        truths(given.scored, given.scored_size),
        integers(given.numbers, given.numbers_size),
        integers(given.absent, given.absent_size),
    )


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
def condition(memory: Any, plan: Any, parameters: Any, size: float, call: Any) -> None:
    """Clip the gradient and add the weight decay, each where it is asked for."""
    P = plan.parameters
    if call.clip_norm < math.inf:
        optimizers.clip_norm(memory, plan.gradient, P, size, call.clip_norm)
    if call.clip_value < math.inf:
        optimizers.clip_value(memory, plan.gradient, P, call.clip_value)
    if call.weight_decay != 0.0:
        optimizers.decay(memory, plan.gradient, P, parameters, call.weight_decay)


@kernel
def burst(call: Any, problem: Any, held_out: Any) -> tuple[int, int]:
    """So many passes, fewer where one fails: the updates of an epoch, its validation, those of the next one.

    Arguments:
        call: a record of CALL.
        problem, held_out: what is trained on, and what is measured on; the same where there is no validation.

    Returns:
        How many passes were made, and DONE, GRADIENT, WEIGHTS or VALIDATION.
    """
    parameters, before = floats(call.parameters, call.weights), floats(call.before, call.weights)
    average, square = floats(call.average, call.weights), floats(call.square, call.weights)
    rates, losses = floats(call.rates, call.updates), floats(call.losses, call.updates)
    norms, measured = floats(call.norms, call.updates), floats(call.measured, 2 * call.epochs)
    place, passes, truncation = call.place, call.passes, call.truncation
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
        right = NONE if trains else right_of(now, batch, call.tolerance)
        n = scores_of(now, batch)
        loss = loss_of(now, batch, n)
        if trains:
            run_backward(memory, plan, layers, now.symbols, batch, truncation)
            unpack_all(memory, plan, layers, now.absent)
            size = optimizers.norm(memory, plan.gradient, plan.parameters)
            if not (math.isfinite(loss) and math.isfinite(size)):
                optimizers.copy(parameters, before)
                return done, GRADIENT
            condition(memory, plan, parameters, size, call)
            finite = optimizers.step(
                plan.optimizer,
                memory,
                plan.gradient,
                parameters,
                before,
                average,
                square,
                rates[update],
                call.made + update + 1,
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
        if place == call.an_epoch:
            begin(problem)
            begin(held_out)
            now = problem
            place = 0
            epoch += 1
    return passes, DONE


@kernel
def entry(address: int) -> None:
    """Make the call whose record of CALL lies there."""
    call = calls(address, 1)[0]
    both = problems(call.problems, 2)
    call.done, call.code = burst(call, problem_of(both[0]), problem_of(both[1]))


def machine_code() -> MachineCode:
    """Compile it."""
    return compile_alone(entry, types.void(types.intp))
