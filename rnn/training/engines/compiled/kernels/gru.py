"""The gated recurrent unit in PyTorch's form.

A row of sums has four blocks, [n, r, z, m] with m_t = h_{t-1} Whn + bn: the input reaches the first three,
the state the last three.
"""

from __future__ import annotations

from typing import Any

from rnn.training.engines.compiled.kernels.compiling import kernel, standalone
from rnn.training.engines.compiled.kernels.nonlinearities import logistic, logistic_slope, tanh, tanh_slope
from rnn.training.engines.compiled.kernels.products import Rows, add_product, clear, from_column, from_row
from rnn.training.engines.compiled.kernels.vectors import LANES, load, store


@kernel
def forward(memory: Any, layer: Any, begin: int, end: int, B: int) -> None:
    """Unroll over the time steps from ``begin`` to ``end``; the first three blocks of a hold x_t Wx + b.

    r_t, z_t = σ(a),   n_t = tanh(a_n + r_t ∘ m_t),   h_t = n_t + z_t ∘ (h_{t-1} − n_t)
    """
    standalone()
    padded, narrow = layer.padded, layer.narrow
    Wh, h = Rows(layer.Wh, layer.wide), Rows(layer.h, narrow)
    for t in range(begin, end):
        sums = Rows(layer.a + t * B * layer.wide, layer.wide)
        for row in range(B):
            for j in range(0, padded, LANES):
                store(memory, sums.at + row * sums.row + 3 * padded + j, load(memory, layer.bn + j))
        reached = from_column(sums, padded)
        add_product(memory, from_row(h, t * B), Wh, reached, reached, B, 3 * padded, layer.width)
        for row in range(B):
            at = sums.at + row * sums.row
            before = h.at + (t * B + row) * narrow
            after = before + B * narrow
            for j in range(0, padded, LANES):
                _gates(memory, at + j, padded, before + j, after + j)


@kernel
def _gates(memory: Any, at: int, block: int, before: int, after: int) -> None:
    """One vector of h_t, from the four blocks of its sums, which become n, r, z, m."""
    r = logistic(load(memory, at + block))
    z = logistic(load(memory, at + 2 * block))
    n = tanh(load(memory, at) + r * load(memory, at + 3 * block))
    store(memory, at, n)
    store(memory, at + block, r)
    store(memory, at + 2 * block, z)
    store(memory, after, n + z * (load(memory, before) - n))


@kernel
def backward(memory: Any, layer: Any, begin: int, end: int, B: int, truncation: int) -> None:
    """Backpropagate from the step ``end`` to ``begin``; dh and da are those of these steps alone.

    The blocks of da are ∂L/∂a_n, ∂L/∂a_r, ∂L/∂a_z and ∂L/∂m = ∂L/∂a_n ∘ r.
    later ← ∂L/∂h_t ∘ z + [∂L/∂a_r, ∂L/∂a_z, ∂L/∂m] Whᵀ
    """
    standalone()
    padded, narrow, wide = layer.padded, layer.narrow, layer.wide
    WhT, later = Rows(layer.WhT, narrow), Rows(layer.later, narrow)
    for t in range(end - 1, begin - 1, -1):
        da_t = Rows(layer.da + (t - begin) * B * wide, wide)
        for row in range(B):
            number = t * B + row
            a_at, h_at = layer.a + number * wide, layer.h + number * narrow
            dh_at = layer.dh + (number - begin * B) * narrow
            later_at, da_at = later.at + row * narrow, da_t.at + row * wide
            for j in range(0, padded, LANES):
                dh = load(memory, dh_at + j) + load(memory, later_at + j)
                passed = _gates_back(memory, dh, a_at + j, padded, h_at + j, da_at + j)
                store(memory, later_at + j, passed)
        if t % truncation != 0:
            add_product(memory, from_column(da_t, padded), WhT, later, later, B, padded, 3 * padded)
        else:
            clear(memory, later.at, B * narrow)


@kernel
def _gates_back(memory: Any, dh: Any, at: int, block: int, before: int, to: int) -> Any:
    """One vector of them, and ∂L/∂h_t ∘ z.

    ∂L/∂a_n = ∂L/∂h_t ∘ (1 − z) ∘ (1 − n²),   ∂L/∂a_z = ∂L/∂h_t ∘ (h_{t-1} − n) ∘ z (1 − z)
    ∂L/∂a_r = ∂L/∂a_n ∘ m ∘ r (1 − r)
    """
    n, r = load(memory, at), load(memory, at + block)
    z, m = load(memory, at + 2 * block), load(memory, at + 3 * block)
    dn = dh * ((1.0 - z) * tanh_slope(n))
    store(memory, to, dn)
    store(memory, to + block, dn * m * logistic_slope(r))
    store(memory, to + 2 * block, dh * ((load(memory, before) - n) * logistic_slope(z)))
    store(memory, to + 3 * block, dn * r)
    return dh * z
