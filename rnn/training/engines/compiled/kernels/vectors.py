"""A few numbers side by side, as a register holds them: a type of compiled code, and what is done with it.

A vector is read from a flat array at an offset and written back to one; nothing checks the offset. Arithmetic
is written with operators, with a vector or a number on either side.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.registry import cpu_target
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import lower_builtin, models, register_model

from rnn.training.engines.compiled.kernels.instructions import ARRAY, instruction


def _lanes() -> int:
    """How many float64 one register holds of the processor that Numba compiles for."""
    _, _, told = cpu_target.target_context.codegen().magic_tuple()
    features = set(told.split(","))
    if {"+avx512f", "+avx512dq"} <= features:
        return 8
    return 4 if "+avx" in features else 2


LANES = _lanes()
# A product may be fused with the sum it goes into; nothing else that IEEE 754 says is given up.
FUSED = ("contract",)
_ALIGN = 8  # bytes
_INT, _INDEX = ir.IntType(64), ir.IntType(32)
_DOUBLES, _INTS = ir.VectorType(ir.DoubleType(), LANES), ir.VectorType(_INT, LANES)


class _Vector(types.Type):
    def __init__(self) -> None:
        super().__init__(name=f"vector{LANES}")


vector = _Vector()


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _DOUBLES)


def constant(number: float) -> Any:
    """The same number in every lane."""
    return ir.Constant(_DOUBLES, [number] * LANES)


def repeated(builder: Any, number: Any, kind: Any = _DOUBLES) -> Any:
    """A number in every lane."""
    unknown = ir.Constant(kind, ir.Undefined)
    one = builder.insert_element(unknown, number, ir.Constant(_INDEX, 0))
    return builder.shuffle_vector(one, unknown, ir.Constant(ir.VectorType(_INDEX, LANES), [0] * LANES))


def place(builder: Any, data: Any, at: Any) -> Any:
    """Where a vector begins in an array."""
    return builder.bitcast(builder.gep(data, [at]), _DOUBLES.as_pointer())


def read(builder: Any, data: Any, at: Any) -> Any:
    """A vector out of an array."""
    return builder.load(place(builder, data, at), align=_ALIGN)


def write(builder: Any, data: Any, at: Any, value: Any) -> None:
    """A vector into an array."""
    builder.store(value, place(builder, data, at), align=_ALIGN)


def call(builder: Any, name: str, result: Any, *arguments: Any) -> Any:
    """An operation that LLVM has under this name, for vectors or for a vector."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(builder.module.declare_intrinsic(f"llvm.{name}", fnty=kind), arguments)


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a b + c, rounded once where the processor does so as fast."""
    return call(builder, f"fmuladd.v{LANES}f64", _DOUBLES, a, b, c)


def _among_first(builder: Any, count: Any) -> Any:
    """Which lanes are among the first ``count``."""
    lanes = ir.Constant(_INTS, list(range(LANES)))
    return builder.icmp_signed("<", lanes, repeated(builder, count, _INTS))


@instruction(vector, ARRAY, types.intp)
def load(builder: Any, data: Any, at: Any) -> Any:
    """The LANES numbers of an array from ``at`` on."""
    return read(builder, data, at)


@instruction(types.void, ARRAY, types.intp, vector)
def store(builder: Any, data: Any, at: Any, value: Any) -> None:
    """Write a vector into an array from ``at`` on."""
    write(builder, data, at, value)


@instruction(vector, ARRAY, types.intp, types.intp)
def load_some(builder: Any, data: Any, at: Any, count: Any) -> Any:
    """The first ``count`` of them, zero in the other lanes; no more than these are touched."""
    which, align = _among_first(builder, count), ir.Constant(_INDEX, _ALIGN)
    name = f"masked.load.v{LANES}f64.p0"
    return call(builder, name, _DOUBLES, place(builder, data, at), align, which, constant(0.0))


@instruction(types.void, ARRAY, types.intp, types.intp, vector)
def store_some(builder: Any, data: Any, at: Any, count: Any, value: Any) -> None:
    """Write the first ``count`` lanes of a vector; no more than these are touched."""
    which, align = _among_first(builder, count), ir.Constant(_INDEX, _ALIGN)
    name = f"masked.store.v{LANES}f64.p0"
    call(builder, name, ir.VoidType(), value, place(builder, data, at), align, which)


@instruction(vector, types.float64)
def same(builder: Any, number: Any) -> Any:
    """A number in every lane."""
    return repeated(builder, number)


@instruction(vector, vector)
def root(builder: Any, x: Any) -> Any:
    """√x."""
    return call(builder, f"sqrt.v{LANES}f64", _DOUBLES, x)


@instruction(vector, vector)
def size(builder: Any, x: Any) -> Any:
    """|x|."""
    return call(builder, f"fabs.v{LANES}f64", _DOUBLES, x)


@instruction(vector, vector, vector)
def with_sign(builder: Any, x: Any, y: Any) -> Any:
    """|x| with the sign of y."""
    return call(builder, f"copysign.v{LANES}f64", _DOUBLES, x, y)


@instruction(vector, vector, vector, vector, vector)
def where_above(builder: Any, x: Any, y: Any, then: Any, other: Any) -> Any:
    """``then`` where x > y, ``other`` elsewhere and where one of the two is NaN."""
    return builder.select(builder.fcmp_ordered(">", x, y), then, other)


@instruction(vector, vector, vector, vector, vector)
def where_below(builder: Any, x: Any, y: Any, then: Any, other: Any) -> Any:
    """``then`` where x < y, ``other`` elsewhere and where one of the two is NaN."""
    return builder.select(builder.fcmp_ordered("<", x, y), then, other)


@instruction(vector, types.intp, vector, vector)
def where_first(builder: Any, count: Any, then: Any, other: Any) -> Any:
    """``then`` in the first ``count`` lanes, ``other`` in those behind."""
    return builder.select(_among_first(builder, count), then, other)


@instruction(vector, vector)
def two_to_the(builder: Any, shifted: Any) -> Any:
    """2ⁿ for n = ``shifted`` − 1.5 · 2⁵², a whole number whose bits stand lowest in it, |n| ≤ 1022."""
    bits = builder.bitcast(shifted, _INTS)
    exponent = builder.add(bits, ir.Constant(_INTS, [1023] * LANES))
    return builder.bitcast(builder.shl(exponent, ir.Constant(_INTS, [52] * LANES)), _DOUBLES)


@instruction(types.float64, vector)
def total(builder: Any, x: Any) -> Any:
    """The sum of all lanes, in halves: each lane with the one half the lanes away, and so on."""
    away = LANES // 2
    while away:
        other = [(lane + away) % LANES for lane in range(LANES)]
        which = ir.Constant(ir.VectorType(_INDEX, LANES), other)
        x = builder.fadd(x, builder.shuffle_vector(x, x, which))
        away //= 2
    return builder.extract_element(x, ir.Constant(_INDEX, 0))


@instruction(types.void, ARRAY, *[types.intp] * 4)
def transpose_square(builder: Any, data: Any, at: Any, row: Any, to: Any, to_row: Any) -> None:
    """Copy LANES rows of LANES numbers as columns; a row lies so far behind the one before.

    Two rows that are 1, 2, 4, … apart exchange each second number, pair of numbers, four numbers, ….
    """

    def beside(first: Any, length: Any, number: int) -> Any:
        return builder.add(first, builder.mul(length, _INT(number)))

    rows = [read(builder, data, beside(at, row, number)) for number in range(LANES)]
    apart = 1
    while apart < LANES:
        # A lane of the second of two rows is LANES further on.
        low = [lane if not lane & apart else LANES + lane - apart for lane in range(LANES)]
        high = [LANES + lane if lane & apart else lane + apart for lane in range(LANES)]
        for first in (number for number in range(LANES) if not number & apart):
            pair = rows[first], rows[first + apart]
            for number, lanes in ((first, low), (first + apart, high)):
                which = ir.Constant(ir.VectorType(_INDEX, LANES), lanes)
                rows[number] = builder.shuffle_vector(*pair, which)
        apart *= 2
    for number, numbers in enumerate(rows):
        write(builder, data, beside(to, to_row, number), numbers)


@instruction(types.float64, vector)
def largest(builder: Any, x: Any) -> Any:
    """The largest lane; NaN is passed over."""
    return call(builder, f"vector.reduce.fmax.v{LANES}f64", ir.DoubleType(), x)


def _arithmetic(operation: Any, name: str) -> None:
    """Make ``operation`` one of vectors, lane by lane."""
    kinds = [(vector, vector), (vector, types.float64), (types.float64, vector)]

    class _Rules(ConcreteTemplate):
        cases = tuple(signature(vector, *sides) for sides in kinds)

    infer_global(operation)(_Rules)

    def generate(_context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        x, y = (
            repeated(builder, value) if kind == types.float64 else value
            for kind, value in zip(sig.args, arguments, strict=True)
        )
        return getattr(builder, name)(x, y, flags=FUSED)

    for sides in kinds:
        lower_builtin(operation, *sides)(generate)


_arithmetic(operator.add, "fadd")
_arithmetic(operator.sub, "fsub")
_arithmetic(operator.mul, "fmul")
_arithmetic(operator.truediv, "fdiv")
