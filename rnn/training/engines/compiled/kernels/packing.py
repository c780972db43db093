"""Weights between the network's vector and memory, where each row is filled up to whole vectors.

In the vector a weight of g gates is a row of g blocks of H columns; in memory each block has a whole number
of vectors of its own, with zeros behind its H columns, and block b may stand at (b + shift) mod g.
"""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import inlined, kernel, standalone
from rnn.training.engines.compiled.kernels.products import Rows
from rnn.training.engines.compiled.kernels.vectors import (
    LANES,
    load,
    load_some,
    store,
    store_some,
    transpose_square,
)


@inlined
def _block(gate: int, gates: int, shift: int) -> int:
    """(gate + shift) mod gates"""
    moved = gate + shift
    return moved if moved < gates else moved - gates


@kernel
def pack(
    memory: Any, to: Rows, vector: Any, at: int, rows: int, gates: int, H: int, padded: int, shift: int
) -> None:
    """Copy a weight (rows, gH) out of ``vector``."""
    standalone()
    for row in range(rows):
        for gate in range(gates):
            target = to.at + row * to.row + _block(gate, gates, shift) * padded
            source = at + (row * gates + gate) * H
            for j in range(0, H, LANES):
                store(memory, target + j, load_some(vector, source + j, min(LANES, H - j)))


@kernel
def transpose(memory: Any, source: Rows, to: Rows, rows: int, columns: int) -> None:
    """Copy a matrix (rows, columns) as its transpose; ``columns`` is a multiple of LANES."""
    standalone()
    whole = rows - rows % LANES
    for column in range(0, columns, LANES):
        target = to.at + column * to.row
        for row in range(0, whole, LANES):
            transpose_square(memory, source.at + row * source.row + column, source.row, target + row, to.row)
        for row in range(whole, rows):
            for j in range(LANES):
                memory[target + j * to.row + row] = memory[source.at + row * source.row + column + j]


@kernel
def unpack(
    memory: Any, source: Rows, at: int, rows: int, gates: int, H: int, padded: int, shift: int
) -> None:
    """Copy the gradient of a weight to where it has no gaps, from ``at`` on."""
    standalone()
    for row in range(rows):
        for gate in range(gates):
            first = source.at + row * source.row + _block(gate, gates, shift) * padded
            target = at + (row * gates + gate) * H
            for j in range(0, H, LANES):
                store_some(memory, target + j, min(LANES, H - j), load(memory, first + j))


@kernel
def unpack_transposed(memory: Any, source: Rows, at: int, rows: int, columns: int) -> None:
    """Copy the transposed gradient of a weight (rows, columns) to where it has no gaps, from ``at`` on."""
    standalone()
    for column in range(columns):
        for row in range(rows):
            memory[at + row * columns + column] = memory[source.at + column * source.row + row]
