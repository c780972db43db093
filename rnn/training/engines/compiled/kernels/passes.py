"""A batch through the whole network: the weights in, the answers, and the gradient of every weight out."""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import NONE, ONE, inlined, part
from rnn.training.engines.compiled.kernels.layers import (
    add_gradients,
    add_input_gradient,
    add_symbol_gradient,
    begin_backward,
    feed,
    feed_symbols,
    pack_layer,
    pass_down,
    so_far,
    unpack_layer,
    unroll,
    unroll_back,
)
from rnn.training.engines.compiled.kernels.packing import pack, transpose, unpack, unpack_transposed
from rnn.training.engines.compiled.kernels.products import (
    Rows,
    add_dots,
    add_product,
    add_product_transposed,
    everywhere,
)

FEW = 4  # so few answers are sums along the rows of Wᵀ; a product would leave most lanes empty


@part
def pack_all(memory: Any, plan: Any, layers: Any, parameters: Any) -> None:
    """Copy all weights into memory."""
    for index in range(layers.size):
        pack_layer(memory, plan.cell, layers[index], parameters, index)
    top, O = layers[layers.size - 1], plan.outputs  # noqa: E741
    columns = plan.y_columns
    W = Rows(plan.W, plan.y_row)
    pack(memory, W, parameters, plan.vector_W, top.width, ONE, O, columns, NONE)
    transpose(memory, W, Rows(plan.WT, top.narrow), top.width, columns)
    pack(memory, Rows(plan.b, plan.y_row), parameters, plan.vector_b, ONE, ONE, O, columns, NONE)


@part
def unpack_all(memory: Any, plan: Any, layers: Any, absent: Any) -> None:
    """Copy all gradients to their places in the whole one; that of what is absent is zero."""
    for index in range(layers.size):
        unpack_layer(memory, plan.cell, layers[index], plan.gradient)
    top, O = layers[layers.size - 1], plan.outputs  # noqa: E741
    unpack_transposed(memory, Rows(plan.gWT, top.narrow), plan.gradient + plan.vector_W, top.width, O)
    unpack(
        memory, Rows(plan.gb, plan.y_row), plan.gradient + plan.vector_b, ONE, ONE, O, plan.y_columns, NONE
    )
    for j in range(absent.size):
        memory[plan.gradient + absent[j]] = 0.0


@part
def gather(memory: Any, plan: Any, x: Any, numbers: Any) -> None:
    """Copy the inputs of the sequences ``numbers`` (B,) side by side."""
    B, D = numbers.size, plan.inputs
    for t in range(plan.steps):
        for b in range(B):
            source = (t * plan.count + numbers[b]) * D
            target = plan.x + (t * B + b) * plan.x_row
            for j in range(D):
                memory[target + j] = x[source + j]


@inlined
def states(layer: Any, begin: int, B: int) -> Rows:
    """h_t of a layer from the step after ``begin`` on."""
    return Rows(layer.h + (begin + 1) * B * layer.narrow, layer.narrow)


@part
def answer(memory: Any, plan: Any, top: Any, begin: int, end: int, B: int) -> None:
    """ŷ_t = h_t W + b of some time steps."""
    rows = (end - begin) * B
    h, y = states(top, begin, B), Rows(plan.y + begin * B * plan.y_row, plan.y_row)
    if plan.outputs < FEW:
        WT = Rows(plan.WT, top.narrow)
        add_dots(memory, h, WT, plan.b, y, rows, plan.outputs, top.width)
    else:
        W = Rows(plan.W, plan.y_row)
        add_product(memory, h, W, everywhere(plan.b), y, rows, plan.y_columns, top.width)


@part
def run_forward(memory: Any, plan: Any, layers: Any, x: Any, symbols: Any, numbers: Any) -> None:
    """The states of all layers and the answers, a group of time steps after the other, each in the cache."""
    B, last = numbers.size, layers.size - 1
    if plan.symbols == 0:
        gather(memory, plan, x, numbers)
    for begin in range(0, plan.steps, plan.group):
        end = min(begin + plan.group, plan.steps)
        for index in range(last + 1):
            layer = layers[index]
            if index > 0:
                feed(memory, plan.cell, layer, states(layers[index - 1], begin, B), begin, end, B)
            elif plan.symbols != 0:
                feed_symbols(memory, plan.cell, layer, symbols, plan.count, numbers, begin, end, B)
            else:
                x_begin = Rows(plan.x + begin * B * plan.x_row, plan.x_row)
                feed(memory, plan.cell, layer, x_begin, begin, end, B)
            unroll(memory, plan.cell, plan.g, layer, begin, end, B)
        answer(memory, plan, layers[last], begin, end, B)


@part
def readout_back(memory: Any, plan: Any, top: Any, begin: int, end: int, B: int, is_first: bool) -> None:
    """∂L/∂W += hᵀ ∂L/∂ŷ,   ∂L/∂b += Σ ∂L/∂ŷ,   ∂L/∂h = ∂L/∂ŷ Wᵀ"""
    rows, O = (end - begin) * B, plan.outputs  # noqa: E741
    h, dy = states(top, begin, B), Rows(plan.y + begin * B * plan.y_row, plan.y_row)
    zeros, one = everywhere(plan.zeros), everywhere(plan.one)
    gWT, gb = Rows(plan.gWT, top.narrow), Rows(plan.gb, plan.y_row)
    add_product_transposed(memory, dy, h, so_far(plan, gWT, is_first), gWT, O, top.padded, rows)
    add_product_transposed(memory, one, dy, so_far(plan, gb, is_first), gb, ONE, plan.y_columns, rows)
    WT, dh = Rows(plan.WT, top.narrow), Rows(top.dh, top.narrow)
    add_product(memory, dy, WT, zeros, dh, rows, top.padded, O)


@part
def run_backward(memory: Any, plan: Any, layers: Any, symbols: Any, numbers: Any, truncation: int) -> None:
    """The gradient of every weight from ∂L/∂ŷ, a group of time steps after the other, the last one first."""
    B, T, last = numbers.size, plan.steps, layers.size - 1
    for index in range(last + 1):
        begin_backward(memory, plan.cell, layers[index], B)
    for begin in range((T - 1) // plan.group * plan.group, -1, -plan.group):
        end = min(begin + plan.group, T)
        is_first = end == T
        rows = (end - begin) * B
        readout_back(memory, plan, layers[last], begin, end, B, is_first)
        for index in range(last, -1, -1):
            layer = layers[index]
            unroll_back(memory, plan, layer, begin, end, B, truncation)
            add_gradients(memory, plan, layer, begin, end, B, is_first)
            if index > 0:
                below = layers[index - 1]
                add_input_gradient(memory, plan, layer, states(below, begin, B), rows, is_first)
                pass_down(memory, plan, layer, below, rows)
            elif plan.symbols != 0:
                add_symbol_gradient(memory, layer, symbols, plan.count, numbers, begin, end, B, is_first)
            else:
                x_begin = Rows(plan.x + begin * B * plan.x_row, plan.x_row)
                add_input_gradient(memory, plan, layer, x_begin, rows, is_first)
