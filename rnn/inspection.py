"""Everything that can be measured of one network, on one batch of data, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.batch import Batch
from rnn.network import Network, States, Tape
from rnn.probes.flow import Flow, flow_of
from rnn.probes.norms import norms
from rnn.probes.parameter_norms import saturated
from rnn.probes.parts import by_lag, parts
from rnn.probes.spectrum import spectra_of, step_jacobians
from rnn.weights import Names, gradients_in_torch_names

STATES = (("hidden", "dL_dh_norm", "dLi_dhj_norm"), ("cell", "dL_dc_norm", "dLi_dcj_norm"))


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Named figures, time first; those of one layer end in ``_l0``, ``_l1``, …

    Attributes:
        arrays: the figures of the whole batch and of one sequence, as the reference cases name them.
        of_data: what else was found with data; None without.
    """

    arrays: Mapping[str, NDArray[np.generic]]
    of_data: OfData | None = None


@dataclass(frozen=True, slots=True, eq=False)
class OfData:
    """What a summary says beside the arrays.

    Attributes:
        count, steps: N sequences of T time steps.
        scores: how many of all these steps are scored.
        sequence: the number of the one that is looked at by itself, from 0.
        flow: the gradient on its way back through it, up to its last scored step.
        saturated: for each layer the share of its units and time steps there that hardly move with their
            sums; None for a cell with gates.
        gates: for each layer the mean of each gate there, by name.
        trained_norm: the norm of the gradient of the batch's loss by the arrays that training here has,
            with one bias where PyTorch has two.
        guesses: the reported loss of answers that do not look at the input, by what they are.
    """

    count: int
    steps: int
    scores: int
    sequence: int
    flow: Flow
    saturated: tuple[float, ...] | None
    gates: tuple[Mapping[str, float], ...]
    trained_norm: float
    guesses: Mapping[str, float]


def of_weights(network: Network) -> dict[str, NDArray[np.generic]]:
    """The eigenvalues and singular values of each W_h, (H,), or (g, H) for a cell with g gates."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for layer in range(len(network.widths)):
        eigenvalues, values = spectra_of(network, layer)
        one = network.cell.gates == 1
        arrays[f"eigenvalues_weight_hh_l{layer}"] = eigenvalues[0] if one else eigenvalues
        arrays[f"singular_values_weight_hh_l{layer}"] = values[0] if one else values
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
    trained_norm = float(norms(gradients.parameters.vector[None])[0])
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
        arrays[f"grad.{names.own(name)}"] = of_parameter.copy()  # their buffer is used again
    arrays |= _of_lags(network, batch, start, dy)
    alone = _alone(network, batch, start, dy, sequence)
    arrays |= _of_sequence(network, *alone)
    arrays |= of_weights(network)
    for name in [name for name in arrays if name.endswith("_l0") and len(network.widths) == 1]:
        if name.startswith(("lag_", "jacobian_", "dhT_", "eigenvalues_", "singular_")):
            arrays[name.removesuffix("_l0")] = arrays.pop(name)
    return Report(arrays, _of_data(network, batch, *alone, sequence, trained_norm=trained_norm))


def _of_data(
    network: Network, batch: Batch, tape: Tape, dy: Array, sequence: int, *, trained_norm: float
) -> OfData:
    T, N, _ = batch.x.shape
    end = T if batch.scored is None else int(np.flatnonzero(batch.scored[:, sequence])[-1]) + 1
    gates = [signal.name for signal in network.cell.signals if signal.name.endswith(" gate")]
    return OfData(
        count=N,
        steps=T,
        scores=int(batch.scores),
        sequence=sequence,
        flow=flow_of(network, tape, dy, end),
        saturated=saturated(network, tape.until(end)),
        gates=tuple({name: float(cell.signals[name][:end].mean()) for name in gates} for cell in tape.cells),
        trained_norm=trained_norm,
        guesses=guesses(network, batch),
    )


def guesses(network: Network, batch: Batch) -> dict[str, float]:
    """The reported loss of answers that do not look at the input, by what they are."""
    y = batch.y.reshape(-1, *batch.y.shape[2:]) if batch.scored is None else batch.y[batch.scored]
    if not network.readout.classes:
        missed = (y - y.mean(axis=0)) ** 2
        return {"always the mean of y": float(missed.sum(axis=1).mean())}
    shares = np.bincount(y) / len(y)
    shares = shares[shares > 0.0]
    return {
        "every class equally likely": float(np.log(network.outputs)),
        "the classes as often as in y": float(-(shares * np.log(shares)).sum()) + 0.0,
    }


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
