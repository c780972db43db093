"""h_t = g(a_t),   a_t = x_t Wx + h_{t-1} Wh + b"""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import kernel, standalone
from rnn.training.engines.compiled.kernels.nonlinearities import activated, slope
from rnn.training.engines.compiled.kernels.products import Rows, add_product, clear, from_row
from rnn.training.engines.compiled.kernels.vectors import LANES, load, store


@kernel
def forward(memory: Any, layer: Any, g: int, begin: int, end: int, B: int) -> None:
    """Unroll over the time steps from ``begin`` to ``end``; x_t Wx + b stands where h_t will be."""
    standalone()
    Wh, h = Rows(layer.Wh, layer.wide), Rows(layer.h, layer.narrow)
    for t in range(begin, end):
        h_t = from_row(h, (t + 1) * B)
        add_product(memory, from_row(h, t * B), Wh, h_t, h_t, B, layer.padded, layer.width)
        for row in range(B):
            at = h_t.at + row * h_t.row
            for j in range(at, at + layer.padded, LANES):
                store(memory, j, activated(g, load(memory, j)))


@kernel
def backward(
    memory: Any, zeros: Rows, layer: Any, g: int, begin: int, end: int, B: int, truncation: int
) -> None:
    """Backpropagate from the step ``end`` to ``begin``; dh and da are those of these steps alone.

    ∂L/∂a_t = g′(a_t) ∘ (dh_t + later),   later ← ∂L/∂a_t Whᵀ
    """
    standalone()
    WhT, later = Rows(layer.WhT, layer.narrow), Rows(layer.later, layer.narrow)
    for t in range(end - 1, begin - 1, -1):
        da_t = Rows(layer.da + (t - begin) * B * layer.wide, layer.wide)
        for row in range(B):
            h_at = layer.h + ((t + 1) * B + row) * layer.narrow
            dh_at = layer.dh + ((t - begin) * B + row) * layer.narrow
            later_at = later.at + row * later.row
            da_at = da_t.at + row * da_t.row
            for j in range(0, layer.padded, LANES):
                dh = load(memory, dh_at + j) + load(memory, later_at + j)
                store(memory, da_at + j, dh * slope(g, load(memory, h_at + j)))
        if t % truncation != 0:
            add_product(memory, da_t, WhT, zeros, later, B, layer.padded, layer.width)
        else:
            clear(memory, later.at, B * later.row)
