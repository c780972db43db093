"""Many whole updates in one call: forward, loss, backward, clipping, the optimizer's step."""

from __future__ import annotations

import math
from typing import Any

from numba import float64, from_dtype, int64, njit, types, uint8

from rnn.engines.compiled.kernels import optimizers, readouts
from rnn.engines.compiled.kernels.compiling import part
from rnn.engines.compiled.kernels.layers import keep_states
from rnn.engines.compiled.kernels.passes import pack_all, run_backward, run_forward, unpack_all
from rnn.engines.compiled.layout import LAYER, PLAN

DONE, GRADIENT, WEIGHTS = range(3)  # how a burst ended: as asked, or by what was not finite


@part
def loss_of(memory: Any, plan: Any, y: Any, classes: Any, scored: Any, numbers: Any) -> float:
    """The loss as it is reported; the answers become ∂L/∂ŷ."""
    n = plan.steps * numbers.size
    if plan.masked != 0:
        n = readouts.scores(scored, plan.steps, plan.count, numbers)
    if plan.readout == readouts.SQUARED_ERROR:
        return 2.0 * readouts.squared_error(memory, plan, y, scored, numbers, n)
    return readouts.softmax_nll(memory, plan, classes, scored, numbers, n)


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


_given = types.Array(float64, 1, "C", readonly=True)
_given_numbers = types.Array(int64, 1, "C", readonly=True)
_given_mask = types.Array(uint8, 1, "C", readonly=True)
_SIGNATURE = types.UniTuple(int64, 2)(
    float64[::1],
    types.Array(from_dtype(PLAN), 1, "C"),
    types.Array(from_dtype(LAYER), 1, "C"),
    float64[::1],
    float64[::1],
    float64[::1],
    float64[::1],
    _given,
    _given_numbers,
    _given,
    _given_numbers,
    _given_mask,
    _given_numbers,
    _given,
    _given,
    float64[::1],
    float64[::1],
    int64,
    int64,
    int64,
)


@njit(_SIGNATURE, nogil=True, cache=True, error_model="numpy")
def burst(
    memory: Any,
    plans: Any,
    layers: Any,
    parameters: Any,
    before: Any,
    average: Any,
    square: Any,
    x: Any,
    symbols: Any,
    y: Any,
    classes: Any,
    scored: Any,
    numbers: Any,
    rates: Any,
    limits: Any,
    losses: Any,
    norms: Any,
    position: int,
    made: int,
    truncation: int,
) -> tuple[int, int]:
    """As many updates as there are ``rates``, fewer where one fails.

    Arguments:
        memory, plans, layers: of a `Layout`.
        parameters: (P,) are changed.
        before: (P,) becomes the parameters before the last update.
        average, square: (P,) what the optimizer remembers.
        x, symbols: (T·N·D,) or (T·N,) the inputs of all sequences; the one that is not used is empty.
        y, classes: (T·N·O,) or (T·N,) the targets.
        scored: (T·N,) whether a time step counts; empty where all do.
        numbers: (N,) the sequences in the order of the updates.
        limits: the clipping's norm and value, infinite for none, and the weight decay.
        losses, norms: as long as the rates, are filled.
        position: the updates of the epoch that were made.
        made: those of the whole run.
        truncation: k.

    Returns:
        How many updates were made, and DONE, GRADIENT or WEIGHTS.
    """
    plan = plans[0]
    for update in range(rates.size):
        first = (position + update) * plan.batch
        batch = numbers[first : min(first + plan.batch, plan.count)]
        pack_all(memory, plan, layers, parameters)
        run_forward(memory, plan, layers, x, symbols, batch)
        loss = loss_of(memory, plan, y, classes, scored, batch)
        run_backward(memory, plan, layers, symbols, batch, truncation)
        unpack_all(memory, plan, layers)
        size = optimizers.norm(memory, plan.gradient, plan.parameters)
        if not (math.isfinite(loss) and math.isfinite(size)):
            optimizers.copy(parameters, before)
            return update, GRADIENT
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
            return update, WEIGHTS
        if plan.carried != 0:
            for index in range(layers.size):
                keep_states(memory, plan.cell, layers[index], plan.steps, batch.size)
        losses[update], norms[update] = loss, size
    return rates.size, DONE
