"""Long short-term memory.

A row of sums has four blocks, [i, f, g, o]: input gate, forget gate, candidate, output gate.
"""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import kernel, standalone
from rnn.training.engines.compiled.kernels.nonlinearities import logistic, logistic_slope, tanh, tanh_slope
from rnn.training.engines.compiled.kernels.products import Rows, add_product, clear, from_row
from rnn.training.engines.compiled.kernels.vectors import LANES, load, store


@kernel
def forward(memory: Any, layer: Any, begin: int, end: int, B: int) -> None:
    """Unroll over the time steps from ``begin`` to ``end``; a holds x_t Wx + b.

    i, f, o = σ(a),   g = tanh(a),   c_t = f ∘ c_{t-1} + i ∘ g,   h_t = o ∘ tanh(c_t)
    """
    standalone()
    padded = layer.padded
    Wh = Rows(layer.Wh, layer.wide)
    a, h = Rows(layer.a, layer.wide), Rows(layer.h, layer.narrow)
    for t in range(begin, end):
        sums = from_row(a, t * B)
        add_product(memory, from_row(h, t * B), Wh, sums, sums, B, 4 * padded, layer.width)
        for row in range(B):
            before, after = (t * B + row) * h.row, ((t + 1) * B + row) * h.row
            at = sums.at + row * sums.row
            for j in range(0, padded, LANES):
                c = _gates(memory, at + j, padded, layer.c + before + j)
                squashed = tanh(c)
                store(memory, layer.c + after + j, c)
                store(memory, layer.squashed + before + j, squashed)
                store(memory, layer.h + after + j, load(memory, at + 3 * padded + j) * squashed)


@kernel
def _gates(memory: Any, at: int, block: int, before: int) -> Any:
    """One vector of c_t, from the four blocks of its sums, which become the gates."""
    i, f = logistic(load(memory, at)), logistic(load(memory, at + block))
    g, o = tanh(load(memory, at + 2 * block)), logistic(load(memory, at + 3 * block))
    store(memory, at, i)
    store(memory, at + block, f)
    store(memory, at + 2 * block, g)
    store(memory, at + 3 * block, o)
    return f * load(memory, before) + i * g


@kernel
def backward(memory: Any, zeros: Rows, layer: Any, begin: int, end: int, B: int, truncation: int) -> None:
    """Backpropagate from the step ``end`` to ``begin``; dh and da are those of these steps alone.

    later ← ∂L/∂a_t Whᵀ,   dc ← ∂L/∂c_t ∘ f_t
    """
    standalone()
    padded, narrow, wide = layer.padded, layer.narrow, layer.wide
    WhT, later = Rows(layer.WhT, narrow), Rows(layer.later, narrow)
    for t in range(end - 1, begin - 1, -1):
        da_t = Rows(layer.da + (t - begin) * B * wide, wide)
        for row in range(B):
            number = t * B + row
            a_at, c_at, squashed_at = (
                layer.a + number * wide,
                layer.c + number * narrow,
                layer.squashed + number * narrow,
            )
            dh_at = layer.dh + (number - begin * B) * narrow
            later_at, dc_at, da_at = later.at + row * narrow, layer.dc + row * narrow, da_t.at + row * wide
            for j in range(0, padded, LANES):
                dh = load(memory, dh_at + j) + load(memory, later_at + j)
                squashed = load(memory, squashed_at + j)
                dc = load(memory, dc_at + j)
                dc = _gates_back(memory, dh, dc, squashed, a_at + j, padded, c_at + j, da_at + j)
                store(memory, dc_at + j, dc)
        if t % truncation != 0:
            add_product(memory, da_t, WhT, zeros, later, B, padded, 4 * padded)
        else:
            clear(memory, later.at, B * narrow)
            clear(memory, layer.dc, B * narrow)


@kernel
def _gates_back(
    memory: Any, dh: Any, dc: Any, squashed: Any, at: int, block: int, before: int, to: int
) -> Any:
    """One vector of ∂L/∂a, and ∂L/∂c_t ∘ f.

    ∂L/∂c_t += ∂L/∂h_t ∘ o ∘ (1 − tanh²(c_t))
    ∂L/∂a_i = ∂L/∂c_t ∘ g ∘ i (1 − i),   ∂L/∂a_f = ∂L/∂c_t ∘ c_{t-1} ∘ f (1 − f)
    ∂L/∂a_g = ∂L/∂c_t ∘ i ∘ (1 − g²),   ∂L/∂a_o = ∂L/∂h_t ∘ tanh(c_t) ∘ o (1 − o)
    """
    i, f = load(memory, at), load(memory, at + block)
    g, o = load(memory, at + 2 * block), load(memory, at + 3 * block)
    dc = dc + dh * (o * tanh_slope(squashed))
    store(memory, to, dc * (g * logistic_slope(i)))
    store(memory, to + block, dc * (load(memory, before) * logistic_slope(f)))
    store(memory, to + 2 * block, dc * (i * tanh_slope(g)))
    store(memory, to + 3 * block, dh * (squashed * logistic_slope(o)))
    return dc * f
