"""What W_h does to a state and to a gradient: its eigenvalues and singular values, and those of each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array, frozen
from rnn.model.cells import State
from rnn.model.network import Network, Tape
from rnn.observing.probes.moment import Moment

Complex = NDArray[np.complex128]


@dataclass(frozen=True, slots=True, eq=False)
class LayerSpectrum:
    """One layer's recurrent weights; a cell with gates has one W_h for each.

    Attributes:
        eigenvalues: (g, H) of each W_h, the largest in absolute value first.
        singular_values: (g, H), the largest first.
        mean_slope: the mean over units and time steps of ∂h_t/∂a_t, of the state by its sum: of g′ where
            h = g(a), for tanh of 1 − h²; None in a cell with gates.
    """

    eigenvalues: Complex
    singular_values: Array
    mean_slope: float | None

    @property
    def radii(self) -> Array:
        """(g,) the spectral radius ρ of each W_h."""
        return np.asarray(np.abs(self.eigenvalues[:, 0]))

    @property
    def sigma_max(self) -> Array:
        """(g,) the largest singular value of each W_h."""
        return self.singular_values[:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """The spectra of all layers.

    Attributes:
        update: when they were measured.
        layers: lowest first.
        blocks: what each of a layer's W_h belongs to; one empty name where there is one.
    """

    update: int
    layers: tuple[LayerSpectrum, ...]
    blocks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Jacobians:
    """The Jacobians of the steps of the displayed sequence, in the top layer, of the whole state (h, and c).

    Attributes:
        update: when they were measured.
        singular_values: (T, S) of ∂s_t/∂s_{t−1}, the largest first; row 0 is that of the first step.
        to_last: (T,) ‖∂s_T/∂s_t‖₂, 1 at the last.
    """

    update: int
    singular_values: Array
    to_last: Array


def spectrum(moment: Moment) -> Spectrum:
    """Eigenvalues and singular values of every W_h, in O(H³)."""
    network = moment.network
    return Spectrum(
        moment.update,
        tuple(_layer(network, moment.tape, layer) for layer in range(len(network.widths))),
        network.cell.blocks,
    )


def jacobians(moment: Moment) -> Jacobians:
    """The step Jacobians of the top layer, in O(T H³)."""
    network, tape = moment.network, moment.tape.until(moment.end)
    top = len(network.widths) - 1
    values, to_last = step_jacobians(network, tape, top, moment.end, lambda _: moment.breathe())
    return Jacobians(moment.update, frozen(values), frozen(to_last))


def step_jacobians(
    network: Network, tape: Tape, layer: int, end: int, told: Callable[[str], object] = lambda text: None
) -> tuple[Array, Array]:
    """The singular values (T, S) of ∂s_t/∂s_{t−1} for t = 1 … T, and ‖∂s_E/∂s_t‖₂ for t = 1 … E, the step
    ``end``.

    S = H, or 2H for an LSTM's (h, c). The input from the layer below is held.

    Arguments:
        tape: of one sequence.
        told: is told which step is come to on the way back, in a few words.
    """
    weights, cell, H = network.parameters.group(f"l{layer}"), network.cell, network.widths[layer]
    slopes = cell.slopes(weights, tape.cells[layer])
    size, T = cell.states * H, len(tape.output)
    da = np.empty((size, cell.gates * H))
    values, to_last, reach = np.empty((T, size)), np.empty(end), np.eye(size)
    for t in range(T - 1, -1, -1):
        told(f"The Jacobians of layer {layer + 1}, back to time step {t + 1:,}")
        # Each row of the identity is one gradient by one entry of the state after the step.
        step = np.hstack(cell.step_back(weights, slopes, t, _split(np.eye(size), H), da))
        values[t] = _singular_values(step[None])
        if t < end:
            to_last[t] = _spectral_norm(reach)
            reach = reach @ step
    return values, to_last


def _layer(network: Network, tape: Tape, layer: int) -> LayerSpectrum:
    eigenvalues, singular_values = spectra_of(network, layer)
    slope = _mean_slope(network, tape, layer) if network.cell.gates == 1 else None
    return LayerSpectrum(frozen(eigenvalues), frozen(singular_values), slope)


def _mean_slope(network: Network, tape: Tape, layer: int) -> float:
    """The mean of ∂h_t/∂a_t: what the sums get back from a gradient by h that is 1 everywhere."""
    cell, of_layer = network.cell, tape.cells[layer]
    if cell.of_one_sum is not None:
        return float(cell.of_one_sum.slope(of_layer.h[1:]).mean())
    weights = network.parameters.group(f"l{layer}")
    slopes, sums = cell.slopes(weights, of_layer), np.empty_like(of_layer.h[1:])
    for t, da in enumerate(sums):
        by_h, *others = (np.zeros_like(state[t]) for state in of_layer.states)
        cell.step_back(weights, slopes, t, (by_h + 1.0, *others), da)
    return float(sums.mean())


def spectra_of(network: Network, layer: int) -> tuple[Complex, Array]:
    """The eigenvalues (g, H) of each W_h of a layer, the largest in absolute value first, and its singular
    values (g, H), the largest first; NaN where a weight is not finite.
    """
    H = network.widths[layer]
    blocks = network.parameters[f"l{layer}.Wh"].reshape(H, network.cell.gates, H).swapaxes(0, 1)
    finite = np.isfinite(blocks).all()
    eigenvalues = (
        np.linalg.eigvals(blocks).astype(complex) if finite else np.full(blocks.shape[:2], np.nan + 0j)
    )
    order = np.argsort(-np.abs(eigenvalues), axis=1, kind="stable")
    return np.take_along_axis(eigenvalues, order, axis=1), _singular_values(blocks)


def _singular_values(matrices: NDArray[Any]) -> Array:
    """(n, m) of matrices (n, m, m), the largest first; NaN where one is not finite."""
    if np.isfinite(matrices).all():
        return np.asarray(np.linalg.svd(matrices, compute_uv=False))
    values = np.full(matrices.shape[:2], np.nan)
    sound = np.isfinite(matrices).all(axis=(1, 2))
    values[sound] = np.linalg.svd(matrices[sound], compute_uv=False)
    return values


def _spectral_norm(matrix: Array) -> float:
    """The largest singular value, from the matrix's product with itself, which is faster than all of them."""
    largest = float(np.abs(matrix).max())
    if largest == 0.0 or not np.isfinite(largest):
        return 0.0 if largest == 0.0 else np.nan
    scaled = matrix / largest  # or the squares could be too large, or too small
    return float(largest * np.sqrt(np.linalg.eigvalsh(scaled @ scaled.T)[-1]))


def _split(rows: Array, width: int) -> State:
    """(n, S) as the arrays of a state, each (n, H), which may be written to."""
    return tuple(rows[:, begin : begin + width].copy() for begin in range(0, rows.shape[1], width))
