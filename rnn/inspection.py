"""Everything that can be measured of one network, on one batch of data, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.batch import Batch
from rnn.network import Network, States, Tape
from rnn.probes.norms import norms
from rnn.probes.parts import by_lag, parts
from rnn.probes.spectrum import step_jacobians
from rnn.weights import Names, gradients_in_torch_names

STATES = (("hidden", "dL_dh_norm", "dLi_dhj_norm"), ("cell", "dL_dc_norm", "dLi_dcj_norm"))


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Named figures, time first; those of one layer end in ``_l0``, ``_l1``, …

    Attributes:
        arrays: the figures of the whole batch and of one sequence, as the reference cases name them.
        sequence: the number of that sequence, from 0; None without data.
        steps: T, the time steps; 0 without data.
    """

    arrays: Mapping[str, NDArray[np.generic]]
    sequence: int | None
    steps: int


def of_weights(network: Network) -> dict[str, NDArray[np.generic]]:
    """The eigenvalues and singular values of each W_h, (H,), or (g, H) for a cell with g gates."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for layer, width in enumerate(network.widths):
        blocks = network.parameters[f"l{layer}.Wh"].reshape(width, -1, width).swapaxes(0, 1)
        eigenvalues = np.linalg.eigvals(blocks).astype(complex)
        values = np.linalg.svd(blocks, compute_uv=False)
        arrays[f"eigenvalues_weight_hh_l{layer}"] = eigenvalues[0] if len(blocks) == 1 else eigenvalues
        arrays[f"singular_values_weight_hh_l{layer}"] = values[0] if len(blocks) == 1 else values
    return arrays


def inspect(network: Network, batch: Batch, start: States, sequence: int, names: Names) -> Report:
    """Measure ``network`` on ``batch``, all of whose sequences form one loss.

    Loss, output, states, gradients and lags are of the whole batch. The rest is of one sequence of it, whose
    losses keep their weight in the batch.

    Arguments:
        start: the states that the sequences begin in, each array (B, H).
        sequence: its number, from 0.
        names: what the model calls its parameters.
    """
    tape = network.forward(batch.x, start)
    loss, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy)
    arrays: dict[str, NDArray[np.generic]] = {
        "loss": np.array(loss),
        "loss_terms": network.readout.loss_terms(tape.output, batch),
        "output": tape.output,
    }
    for layer in range(len(network.widths)):
        pairs = zip(STATES, tape.cells[layer].states, gradients.states[layer], strict=False)
        for (name, total, _), state, gradient in pairs:
            arrays[f"{name}_l{layer}"] = state[1:]
            arrays[f"{total}_l{layer}"] = norms(gradient[1:, sequence])
    for name, of_parameter in gradients_in_torch_names(network, gradients.parameters).items():
        arrays[f"grad.{names.own(name)}"] = of_parameter
    arrays |= _of_lags(network, batch, start, dy)
    arrays |= _of_sequence(network, *_alone(network, batch, start, dy, sequence))
    arrays |= of_weights(network)
    for name in [name for name in arrays if name.endswith("_l0") and len(network.widths) == 1]:
        if name.startswith(("lag_", "jacobian_", "dhT_", "eigenvalues_", "singular_")):
            arrays[name.removesuffix("_l0")] = arrays.pop(name)
    return Report(arrays, sequence, len(batch.x))


def _of_lags(network: Network, batch: Batch, start: States, dy: Array) -> dict[str, NDArray[np.generic]]:
    """(T,) of each layer: the norms of the parts of ∂L/∂W_h by lag, each summed over the batch."""
    T = len(batch.x)
    totals = [
        np.zeros((T, *network.parameters[f"l{layer}.Wh"].shape)) for layer in range(len(network.widths))
    ]
    for number in range(batch.x.shape[1]):
        tape, alone = _alone(network, batch, start, dy, number)
        for layer, found in enumerate(parts(network, tape, alone)):
            totals[layer] += by_lag(network, tape, found.sums, f"l{layer}.Wh")
    arrays: dict[str, NDArray[np.generic]] = {}
    for layer, total in enumerate(totals):
        whole = total.sum(axis=0)
        left = whole - np.concatenate([np.zeros_like(total[:1]), np.cumsum(total, axis=0)])
        arrays[f"lag_contribution_weight_hh_norm_l{layer}"] = norms(total)
        arrays[f"lag_left_weight_hh_norm_l{layer}"] = norms(left)
    return arrays


def _of_sequence(network: Network, tape: Tape, dy: Array) -> dict[str, NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {}
    for layer, found in enumerate(parts(network, tape, dy)):
        for (_, _, name), of_state in zip(STATES, found.norms, strict=False):
            arrays[f"{name}_l{layer}"] = of_state
        values, to_last = step_jacobians(network, tape, layer, len(dy))
        arrays[f"jacobian_singular_values_l{layer}"] = values
        arrays[f"dhT_dhj_spectral_norm_l{layer}"] = to_last
    return arrays


def _alone(network: Network, batch: Batch, start: States, dy: Array, number: int) -> tuple[Tape, Array]:
    """The forward pass over one sequence of the batch, and its part (T, 1, O) of ∂L/∂ŷ."""
    part = slice(number, number + 1)
    tape = network.forward(batch.x[:, part], [tuple(array[part] for array in state) for state in start])
    return tape, dy[:, part]
