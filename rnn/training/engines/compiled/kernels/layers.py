"""What all cells share: the product with the input, and the gradients of the weights."""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels import gru, lstm, vanilla
from rnn.training.engines.compiled.kernels.compiling import NONE, ONE, inlined, part
from rnn.training.engines.compiled.kernels.packing import pack, transpose, unpack
from rnn.training.engines.compiled.kernels.products import (
    Rows,
    add_product,
    add_product_transposed,
    clear,
    everywhere,
    from_column,
)
from rnn.training.engines.compiled.kernels.vectors import LANES, load, store

VANILLA, GRU, LSTM = range(3)


@part
def gates_of(cell: int) -> int:
    """g, the blocks of columns of a weight."""
    if cell == VANILLA:
        return 1
    return 3 if cell == GRU else 4


@part
def pack_layer(memory: Any, cell: int, layer: Any, parameters: Any, index: int) -> None:
    """Copy a layer's weights into memory, as they are and transposed."""
    D, H, padded = layer.inputs, layer.width, layer.padded
    gates, shift = gates_of(cell), ONE if cell == GRU else NONE
    wide, narrow = layer.wide, layer.narrow
    pack(memory, Rows(layer.Wx, wide), parameters, layer.vector_Wx, D, gates, H, padded, shift)
    pack(memory, Rows(layer.Wh, wide), parameters, layer.vector_Wh, H, gates, H, padded, NONE)
    pack(memory, Rows(layer.b, wide), parameters, layer.vector_b, ONE, gates, H, padded, shift)
    columns = gates * padded
    transpose(memory, Rows(layer.Wh, wide), Rows(layer.WhT, narrow), H, columns)
    if index > 0:
        transpose(memory, Rows(layer.Wx, wide), Rows(layer.WxT, layer.below), D, columns)
    if cell == GRU:
        pack(memory, Rows(layer.bn, narrow), parameters, layer.vector_bn, ONE, ONE, H, padded, NONE)


@part
def unpack_layer(memory: Any, cell: int, layer: Any, gradient: int) -> None:
    """Copy the gradients of a layer's weights to their places in the whole gradient."""
    D, H, padded = layer.inputs, layer.width, layer.padded
    gates, shift = gates_of(cell), ONE if cell == GRU else NONE
    wide = layer.wide
    unpack(memory, Rows(layer.gWx, wide), gradient + layer.vector_Wx, D, gates, H, padded, shift)
    unpack(memory, Rows(layer.gWh, wide), gradient + layer.vector_Wh, H, gates, H, padded, NONE)
    unpack(memory, Rows(layer.gb, wide), gradient + layer.vector_b, ONE, gates, H, padded, shift)
    if cell == GRU:
        unpack(memory, Rows(layer.gbn, wide), gradient + layer.vector_bn, ONE, ONE, H, padded, NONE)


@inlined
def sums(cell: int, layer: Any, begin: int, B: int) -> Rows:
    """Where x_t Wx + b of the steps from ``begin`` on belong; a vanilla cell has them in the place of h_t."""
    if cell == VANILLA:
        return Rows(layer.h + (begin + 1) * B * layer.narrow, layer.narrow)
    return Rows(layer.a + begin * B * layer.wide, layer.wide)


@part
def feed(memory: Any, cell: int, layer: Any, x: Rows, begin: int, end: int, B: int) -> None:
    """x_t Wx + b of some time steps; ``x`` are the inputs from ``begin`` on."""
    columns = layer.in_blocks * layer.padded
    Wx, b = Rows(layer.Wx, layer.wide), everywhere(layer.b)
    add_product(memory, x, Wx, b, sums(cell, layer, begin, B), (end - begin) * B, columns, layer.inputs)


@part
def feed_symbols(
    memory: Any, cell: int, layer: Any, symbols: Any, N: int, numbers: Any, begin: int, end: int, B: int
) -> None:
    """The same where x is one-hot: x_t Wx is the row of Wx with the symbol's number.

    Arguments:
        numbers: (B,) the sequences.
    """
    to = sums(cell, layer, begin, B)
    for t in range(begin, end):
        for b in range(B):
            at = to.at + ((t - begin) * B + b) * to.row
            row = layer.Wx + symbols[t * N + numbers[b]] * layer.wide
            for j in range(0, layer.in_blocks * layer.padded, LANES):
                store(memory, at + j, load(memory, row + j) + load(memory, layer.b + j))


@part
def unroll(memory: Any, cell: int, g: int, layer: Any, begin: int, end: int, B: int) -> None:
    """The states of some time steps."""
    if cell == VANILLA:
        vanilla.forward(memory, layer, g, begin, end, B)
    elif cell == GRU:
        gru.forward(memory, layer, begin, end, B)
    else:
        lstm.forward(memory, layer, begin, end, B)


@part
def begin_backward(memory: Any, cell: int, layer: Any, B: int) -> None:
    """Nothing comes from behind the last step."""
    clear(memory, layer.later, B * layer.narrow)
    if cell == LSTM:
        clear(memory, layer.dc, B * layer.narrow)


@part
def unroll_back(memory: Any, plan: Any, layer: Any, begin: int, end: int, B: int, truncation: int) -> None:
    """∂L/∂a of some time steps from their ∂L/∂h."""
    zeros = everywhere(plan.zeros)
    if plan.cell == VANILLA:
        vanilla.backward(memory, zeros, layer, plan.g, begin, end, B, truncation)
    elif plan.cell == GRU:
        gru.backward(memory, layer, begin, end, B, truncation)
    else:
        lstm.backward(memory, zeros, layer, begin, end, B, truncation)


@inlined
def so_far(plan: Any, gradient: Rows, is_first: bool) -> Rows:
    """What a part of a gradient is added to: to nothing where it is the first part."""
    if is_first:
        return everywhere(plan.zeros)
    return gradient


@part
def add_gradients(memory: Any, plan: Any, layer: Any, begin: int, end: int, B: int, is_first: bool) -> None:
    """∂L/∂Wh += h_{t-1}ᵀ ∂L/∂a,   ∂L/∂b += Σ ∂L/∂a"""
    columns, rows = layer.in_blocks * layer.padded, (end - begin) * B
    da, one = Rows(layer.da, layer.wide), everywhere(plan.one)
    gWh, gb = Rows(layer.gWh, layer.wide), Rows(layer.gb, layer.wide)
    h = Rows(layer.h + begin * B * layer.narrow, layer.narrow)
    reached = from_column(da, layer.padded if plan.cell == GRU else NONE)
    add_product_transposed(memory, h, reached, so_far(plan, gWh, is_first), gWh, layer.width, columns, rows)
    add_product_transposed(memory, one, da, so_far(plan, gb, is_first), gb, ONE, columns, rows)
    if plan.cell == GRU:
        gbn, dm = Rows(layer.gbn, layer.narrow), from_column(da, 3 * layer.padded)
        add_product_transposed(memory, one, dm, so_far(plan, gbn, is_first), gbn, ONE, layer.padded, rows)


@part
def add_input_gradient(memory: Any, plan: Any, layer: Any, x: Rows, rows: int, is_first: bool) -> None:
    """∂L/∂Wx += xᵀ ∂L/∂a"""
    gWx, da = Rows(layer.gWx, layer.wide), Rows(layer.da, layer.wide)
    columns = layer.in_blocks * layer.padded
    add_product_transposed(memory, x, da, so_far(plan, gWx, is_first), gWx, layer.inputs, columns, rows)


@part
def add_symbol_gradient(
    memory: Any, layer: Any, symbols: Any, N: int, numbers: Any, begin: int, end: int, B: int, is_first: bool
) -> None:
    """The same where x is one-hot: ∂L/∂a_t adds to the row with the symbol's number."""
    if is_first:
        clear(memory, layer.gWx, layer.inputs * layer.wide)
    for t in range(begin, end):
        for b in range(B):
            at = layer.da + ((t - begin) * B + b) * layer.wide
            row = layer.gWx + symbols[t * N + numbers[b]] * layer.wide
            for j in range(0, layer.in_blocks * layer.padded, LANES):
                store(memory, row + j, load(memory, row + j) + load(memory, at + j))


@part
def pass_down(memory: Any, plan: Any, layer: Any, below: Any, rows: int) -> None:
    """∂L/∂h of the layer below = ∂L/∂a Wxᵀ"""
    inner = layer.in_blocks * layer.padded
    da, WxT = Rows(layer.da, layer.wide), Rows(layer.WxT, below.narrow)
    dh = Rows(below.dh, below.narrow)
    add_product(memory, da, WxT, everywhere(plan.zeros), dh, rows, below.padded, inner)


@part
def keep_states(memory: Any, cell: int, layer: Any, T: int, B: int) -> None:
    """The last states become the first ones of the next update."""
    last = T * B * layer.narrow
    for j in range(0, B * layer.narrow, LANES):
        store(memory, layer.h + j, load(memory, layer.h + last + j))
        if cell == LSTM:
            store(memory, layer.c + j, load(memory, layer.c + last + j))


@part
def clear_states(memory: Any, cell: int, layer: Any, B: int) -> None:
    """The first states are zero."""
    clear(memory, layer.h, B * layer.narrow)
    if cell == LSTM:
        clear(memory, layer.c, B * layer.narrow)
