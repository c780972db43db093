"""The one function that the program calls: it gets the address of a record, and does what stands there."""

from __future__ import annotations

from typing import Any

from numba import from_dtype, types

from rnn.training.engines.compiled.call import CALL, PROBLEM
from rnn.training.engines.compiled.kernels.burst import burst
from rnn.training.engines.compiled.kernels.compiling import compile_alone, inlined, kernel
from rnn.training.engines.compiled.kernels.instructions import array_at
from rnn.training.engines.compiled.layout import LAYER, PLAN
from rnn.training.engines.compiled.loading import MachineCode
from rnn.training.engines.compiled.problem import Problem

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


@kernel
def entry(address: int) -> None:
    """Make the call whose record of CALL lies there."""
    call = calls(address, 1)[0]
    both = problems(call.problems, 2)
    call.done, call.code = burst(
        problem_of(both[0]),
        problem_of(both[1]),
        floats(call.parameters, call.weights),
        floats(call.before, call.weights),
        floats(call.average, call.weights),
        floats(call.square, call.weights),
        floats(call.rates, call.updates),
        (call.clip_norm, call.clip_value, call.weight_decay),
        floats(call.losses, call.updates),
        floats(call.norms, call.updates),
        floats(call.measured, 2 * call.epochs),
        call.tolerance,
        call.place,
        call.passes,
        call.an_epoch,
        call.made,
        call.truncation,
    )


def machine_code() -> MachineCode:
    """Compile it."""
    return compile_alone(entry, types.void(types.intp))
