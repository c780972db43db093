"""Matrix products in flat memory, out of tiles that stay in registers and panels that stay in the cache."""

from __future__ import annotations

from typing import Any, NamedTuple

from rnn.training.engines.compiled.kernels.compiling import NONE, ONE, inlined, kernel, standalone
from rnn.training.engines.compiled.kernels.tiles import make_tile
from rnn.training.engines.compiled.kernels.vectors import LANES, load, same, store, total, where_first

WIDE = 4 if LANES == 8 else 2  # as many vectors as the registers hold for four rows
PANEL = 128  # so many rows of M are read again and again while they are in the cache

_tile_4_wide = make_tile(4, WIDE)
_tile_4_2 = make_tile(4, 2)
_tile_4_1 = make_tile(4, 1, chains=2)
_tile_1_wide = make_tile(1, WIDE, chains=2)
_tile_1_2 = make_tile(1, 2, chains=4)
_tile_1_1 = make_tile(1, 1, chains=4)


class Rows(NamedTuple):
    """A matrix in flat memory.

    Attributes:
        at: where it begins.
        row: how far each row lies behind the one before; 0 for the same row everywhere.
    """

    at: int
    row: int


@inlined
def everywhere(at: int) -> Rows:
    """The same row again and again."""
    return Rows(at, NONE)


@inlined
def from_row(matrix: Rows, row: int) -> Rows:
    """The rows of ``matrix`` from this one on."""
    return Rows(matrix.at + row * matrix.row, matrix.row)


@inlined
def from_column(matrix: Rows, column: int) -> Rows:
    """The columns of ``matrix`` from this one on."""
    return Rows(matrix.at + column, matrix.row)


@kernel
def clear(memory: Any, at: int, count: int) -> None:
    """Zeros, a multiple of LANES."""
    standalone()
    for j in range(at, at + count, LANES):
        store(memory, j, same(0.0))


@inlined
def add_product(
    memory: Any, A: Rows, M: Rows, start: Rows, C: Rows, rows: int, columns: int, inner: int
) -> None:
    """C = start + A M, A (rows, inner), M (inner, columns); ``columns`` is a multiple of LANES.

    ``start`` may be C itself.
    """
    if rows == 1:
        _one_row(memory, A.at, ONE, M, start.at, C.at, columns, inner)
    else:
        _add_product(memory, A.at, A.row, ONE, M, start, C, rows, columns, inner)


@inlined
def add_product_transposed(
    memory: Any, A: Rows, M: Rows, start: Rows, C: Rows, rows: int, columns: int, inner: int
) -> None:
    """C = start + Aᵀ M, A (inner, rows), M (inner, columns); ``columns`` is a multiple of LANES."""
    if rows == 1:
        _one_row(memory, A.at, A.row, M, start.at, C.at, columns, inner)
    else:
        _add_product(memory, A.at, ONE, A.row, M, start, C, rows, columns, inner)


@kernel
def _one_row(memory: Any, a: int, a_step: int, M: Rows, i: int, c: int, columns: int, inner: int) -> None:
    """The same for an A of one row, whose columns are ``a_step`` apart."""
    standalone()
    m, row = M.at, M.row
    column = 0
    while columns - column >= WIDE * LANES:
        _tile_1_wide(memory, a, 0, a_step, m + column, row, i + column, 0, c + column, 0, inner)
        column += WIDE * LANES
    while columns - column >= 2 * LANES:
        _tile_1_2(memory, a, 0, a_step, m + column, row, i + column, 0, c + column, 0, inner)
        column += 2 * LANES
    while columns - column >= LANES:
        _tile_1_1(memory, a, 0, a_step, m + column, row, i + column, 0, c + column, 0, inner)
        column += LANES


@kernel
def add_dots(memory: Any, A: Rows, M: Rows, start: int, C: Rows, rows: int, columns: int, inner: int) -> None:
    """C = start + A Mᵀ for a few columns, A (rows, inner), M (columns, inner), each row from the same start.

    Behind ``inner`` the rows of M are zero up to a whole vector, and those of A are anything.
    """
    standalone()
    whole = (inner - 1) // LANES * LANES
    for row in range(rows):
        for column in range(columns):
            a, m = A.at + row * A.row, M.at + column * M.row
            last = where_first(inner - whole, load(memory, a + whole), same(0.0))
            sums = last * load(memory, m + whole)
            for k in range(0, whole, LANES):
                sums = sums + load(memory, a + k) * load(memory, m + k)
            memory[C.at + row * C.row + column] = memory[start + column] + total(sums)


@kernel
def _add_product(
    memory: Any,
    a: int,
    a_row: int,
    a_step: int,
    M: Rows,
    start: Rows,
    C: Rows,
    rows: int,
    columns: int,
    inner: int,
) -> None:
    """C = start + A M for an A whose rows are ``a_row`` and whose columns are ``a_step`` apart."""
    standalone()
    at, row = start.at, start.row
    for first in range(0, inner, PANEL):
        count = min(PANEL, inner - first)
        _panel(
            memory,
            a + first * a_step,
            a_row,
            a_step,
            from_row(M, first),
            Rows(at, row),
            C,
            rows,
            columns,
            count,
        )
        at, row = C.at, C.row


@kernel
def _panel(
    memory: Any,
    a: int,
    a_row: int,
    a_step: int,
    M: Rows,
    start: Rows,
    C: Rows,
    rows: int,
    columns: int,
    inner: int,
) -> None:
    """The same for so few rows of M that a few of its columns stay in the cache."""
    standalone()
    m, m_row = M.at, M.row
    fours = rows - rows % 4
    column = 0
    while column < columns:
        left = (columns - column) // LANES
        i, i_row, c, c_row = start.at + column, start.row, C.at + column, C.row
        if left >= WIDE:
            for r in range(0, fours, 4):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_4_wide(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            for r in range(fours, rows):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_1_wide(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            column += WIDE * LANES
        elif left >= 2:
            for r in range(0, fours, 4):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_4_2(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            for r in range(fours, rows):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_1_2(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            column += 2 * LANES
        else:
            for r in range(0, fours, 4):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_4_1(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            for r in range(fours, rows):
                ar, ir, cr = a + r * a_row, i + r * i_row, c + r * c_row
                _tile_1_1(memory, ar, a_row, a_step, m + column, m_row, ir, i_row, cr, c_row, inner)
            column += LANES
