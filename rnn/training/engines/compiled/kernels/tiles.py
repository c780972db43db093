"""The innermost part of a matrix product: a tile of the result, a few rows of a few vectors in registers."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from rnn.training.engines.compiled.kernels.instructions import ARRAY, instruction
from rnn.training.engines.compiled.kernels.vectors import LANES, constant, fused, read, repeated, write

_INT = ir.IntType(64)


def make_tile(rows: int, columns: int, chains: int = 1) -> Any:
    """The operation that computes a tile of C = I + A M of so many rows and ``columns`` · LANES columns.

    C[r, j] = I[r, j] + Σ_k A[r, k] M[k, j]

    All lie in one flat array, each at its offset, and each row so far behind the one before; the columns of A
    are ``a_step`` apart, those of M, I and C are neighbours. I may be C itself.

    Arguments:
        chains: into how many sums that do not wait for each other the sum over k is divided.
    """
    cells = [(row, column) for row in range(rows) for column in range(columns)]

    @instruction(types.void, ARRAY, *[types.intp] * 10)
    def tile(
        builder: Any, data: Any, a: Any, a_row: Any, a_step: Any, m: Any, m_row: Any,
        i: Any, i_row: Any, c: Any, c_row: Any, K: Any,
    ) -> None:  # fmt: skip
        def at(first: Any, row: Any, length: Any, column: int = 0) -> Any:
            """The offset of a vector in a matrix."""
            offset = builder.add(first, builder.mul(row, length))
            return builder.add(offset, _INT(column * LANES)) if column else offset

        def add(sums: Any, k: Any) -> None:
            """Add what one k gives."""
            beside = [read(builder, data, at(m, k, m_row, column)) for column in range(columns)]
            for row in range(rows):
                number = builder.load(builder.gep(data, [at(at(a, _INT(row), a_row), k, a_step)]))
                factor = repeated(builder, number)
                for column in range(columns):
                    cell = sums[row, column]
                    builder.store(fused(builder, factor, beside[column], builder.load(cell)), cell)

        def for_each(begin: Any, end: Any, step: int) -> Any:
            return cgutils.for_range_slice(builder, begin, end, _INT(step), intp=_INT, inc=True)

        parts = [
            {cell: cgutils.alloca_once_value(builder, constant(0.0)) for cell in cells} for _ in range(chains)
        ]
        whole = builder.sub(K, builder.srem(K, _INT(chains)))
        with for_each(_INT(0), whole, chains) as (k, _):
            for number, sums in enumerate(parts):
                add(sums, builder.add(k, _INT(number)))
        if chains > 1:
            with for_each(whole, K, 1) as (k, _):
                add(parts[0], k)
        for row, column in cells:
            total = read(builder, data, at(i, _INT(row), i_row, column))
            ends = [builder.load(sums[row, column]) for sums in parts]
            while len(ends) > 1:
                ends = [builder.fadd(x, y) for x, y in zip(ends[::2], ends[1::2], strict=True)]
            write(builder, data, at(c, _INT(row), c_row, column), builder.fadd(total, ends[0]))

    return tile
