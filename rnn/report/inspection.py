"""Everything that can be measured of one network, on one batch of data, by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.network import Network, States
from rnn.observing.probes.flow import Flow, flow_of
from rnn.observing.probes.norms import norms
from rnn.observing.probes.parameter_norms import saturated
from rnn.observing.probes.parts import lag_by_lag, parts
from rnn.observing.probes.rates import rate
from rnn.observing.probes.spectrum import spectra_of, step_jacobians
from rnn.weights import Names, gradients_in_torch_names

Arrays = dict[str, NDArray[np.generic]]

STATES = (("hidden", "dL_dh_norm"), ("cell", "dL_dc_norm"))
OF_BATCH = ("loss", "loss_torch", "loss_terms", "output", *sum(STATES, ()), "dL_doutput_norm", "grad")
OF_LAGS = ("lag_contribution_weight_hh_norm", "lag_left_weight_hh_norm")
OF_PAIRS = ("dLi_dhj_norm", "dLi_dcj_norm")
OF_JACOBIANS = ("jacobian_singular_values", "dhT_dhj_spectral_norm")
OF_WEIGHTS = ("eigenvalues_weight_hh", "singular_values_weight_hh")
ALL = (*OF_BATCH, *OF_LAGS, *OF_PAIRS, *OF_JACOBIANS, *OF_WEIGHTS)
_WITHOUT_LAYER = (*OF_LAGS, *OF_JACOBIANS, *OF_WEIGHTS)  # where there is one layer only


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Named figures, time first; those of one layer end in ``_l0``, ``_l1``, …

    Attributes:
        arrays: the figures of the whole batch and of one sequence, as the reference cases name them.
        of_data: what else was found with data; None without.
    """

    arrays: Mapping[str, NDArray[np.generic]]
    of_data: OfData | None = None

    def of_layer(self, name: str, layer: int) -> NDArray[np.generic] | None:
        """A figure of one layer, whose name may do without it; None where it was not measured."""
        return self.arrays.get(f"{name}_l{layer}", self.arrays.get(name))


@dataclass(frozen=True, slots=True, eq=False)
class OfData:
    """What a summary says beside the arrays.

    Attributes:
        count, steps: N sequences of T time steps.
        scores: how many of all these steps are scored.
        sequence: the number of the one that is looked at by itself, from 0.
        loss: of the batch.
        gradients: the norm of its gradient by each array, as the model names them.
        trained_norm: the norm of its gradient by the arrays that training here has, with one bias where
            PyTorch has two.
        guesses: the reported loss of answers that do not look at the input, by what they are.
        flow: the gradient on its way back through the one sequence, up to its last scored step.
        factors: for each layer, of every sequence that has one, the mean factor per time step of the same.
        saturated: for each layer the share of the sequence's units and time steps that hardly move with their
            sums; None for a cell with gates.
        gates: for each layer the mean of each gate there, by name.
    """

    count: int
    steps: int
    scores: int
    sequence: int
    loss: float
    gradients: Mapping[str, float]
    trained_norm: float
    guesses: Mapping[str, float]
    flow: Flow
    factors: tuple[Array, ...]
    saturated: tuple[float, ...] | None
    gates: tuple[Mapping[str, float], ...]


class _Subject:
    """A network and its batch, gone through once.

    Attributes:
        tape, dy: of the whole batch, with ∂L/∂ŷ (T, N, O).
        alone, dy_alone: of the one sequence, whose losses keep their weight in the batch.
        ends, end: the last scored step of each sequence, and of the one, counted from 1.
    """

    def __init__(
        self,
        network: Network,
        batch: Batch,
        start: States,
        sequence: int,
        *,
        names: Names,
        told: Callable[[str], object],
    ) -> None:
        self.network, self.batch, self.sequence, self.names, self.told = network, batch, sequence, names, told
        told("The batch")
        self.tape = network.forward(batch.x, start)
        self.loss, self.dy = network.readout.loss(self.tape.output, batch)
        self.gradients = network.backward(self.tape, self.dy)
        start_alone = [tuple(array[[sequence]] for array in state) for state in start]
        self.alone = network.forward(batch.only(sequence).x, start_alone)
        self.dy_alone = self.dy[:, [sequence]]
        self.ends = len(self.dy) - batch.mask[::-1].argmax(axis=0)
        self.end = int(self.ends[sequence])
        self.layers = range(len(network.widths))


def bare(name: str) -> str:
    """The name of an array of the report without its layer."""
    return re.sub(r"_l\d+$", "", name)


def names_of(network: Network) -> tuple[str, ...]:
    """The names without a layer of all that a report on ``network`` holds with data."""
    one_state = network.cell.states == 1
    return tuple(name for name in ALL if not (one_state and name in (*STATES[1], OF_PAIRS[1])))


def of_weights(network: Network, wanted: Collection[str] = ALL) -> Report:
    """What the weights alone tell: the eigenvalues and singular values of each W_h, (H,), or (g, H) for a
    cell with g gates.
    """
    return Report(_named(network, _of_weights(network), wanted))


def inspect(
    network: Network,
    batch: Batch,
    start: States,
    sequence: int,
    names: Names,
    *,
    wanted: Collection[str] = ALL,
    told: Callable[[str], object] = lambda text: None,
) -> Report:
    """Measure ``network`` on ``batch``, all of whose sequences form one loss.

    Loss, output, states, gradients and lags are of the whole batch. The rest is of one sequence of it, whose
    losses keep their weight in the batch.

    Arguments:
        start: the states that the sequences begin in, each array (B, H).
        sequence: its number, from 0.
        names: what the model calls its parameters.
        wanted: what is to be measured, in names with their layer or without; ``grad`` is by every parameter.
        told: is told what is measured now, in a few words.
    """
    subject = _Subject(network, batch, start, sequence, names=names, told=told)
    groups: Mapping[tuple[str, ...], Callable[[_Subject], Arrays]] = {
        OF_LAGS: _of_lags,
        OF_PAIRS: _of_pairs,
        OF_JACOBIANS: _of_jacobians,
        OF_WEIGHTS: lambda subject: _of_weights(subject.network),
    }
    arrays = _of_batch(subject)
    of_data = _of_data(subject, arrays)
    for group, measure in groups.items():
        if not {bare(name) for name in wanted}.isdisjoint(group):
            arrays |= measure(subject)
    return Report(_named(network, arrays, wanted), of_data)


def _named(network: Network, arrays: Arrays, wanted: Collection[str]) -> Arrays:
    """Those of ``arrays`` that are wanted, under the names that they have with so many layers."""
    found: Arrays = {}
    for name, array in arrays.items():
        if {name, bare(name), name.partition(".")[0]}.isdisjoint(wanted):
            continue
        one = len(network.widths) == 1 and bare(name) in _WITHOUT_LAYER
        found[bare(name) if one else name] = array
    return found


def _of_weights(network: Network) -> Arrays:
    arrays: Arrays = {}
    for layer in range(len(network.widths)):
        for name, found in zip(OF_WEIGHTS, spectra_of(network, layer), strict=True):
            arrays[f"{name}_l{layer}"] = found[0] if network.cell.gates == 1 else found
    return arrays


def _of_batch(subject: _Subject) -> Arrays:
    network, tape, gradients = subject.network, subject.tape, subject.gradients
    arrays: Arrays = {
        "loss": np.array(subject.loss),
        "loss_torch": np.array(network.readout.torch_scale(network.outputs) * subject.loss),
        "loss_terms": network.readout.loss_terms(tape.output, subject.batch),
        "output": tape.output,
    }
    for layer in subject.layers:
        pairs = zip(STATES, tape.cells[layer].states, gradients.states[layer], strict=False)
        for (name, total), state, gradient in pairs:
            arrays[f"{name}_l{layer}"] = state[1:]
            arrays[f"{total}_l{layer}"] = norms(gradient[1:, subject.sequence])
        arrays[f"dL_doutput_norm_l{layer}"] = norms(gradients.outputs[layer][:, subject.sequence])
    for name, of_parameter in gradients_in_torch_names(network, gradients.parameters).items():
        arrays[f"grad.{subject.names.own(name)}"] = of_parameter
    return arrays


def _of_lags(subject: _Subject) -> Arrays:
    """(T,) and (T+1,) of each layer: the norms of the parts of ∂L/∂W_h by lag, each summed over the batch,
    and of what is missing of it without any, and with one more after the other.
    """
    network, tape, dy = subject.network, subject.tape, subject.dy
    T, layers = len(dy), subject.layers
    left = [subject.gradients.parameters[f"l{k}.Wh"].copy() for k in layers]
    slopes = [network.cell.slopes(network.parameters.group(f"l{k}"), tape.cells[k]) for k in layers]
    of_parts, of_rest = (np.empty((len(layers), T + more)) for more in (0, 1))
    of_rest[:, 0] = [_norm(each) for each in left]
    for n, lags in enumerate(lag_by_lag(network, tape, dy)):
        subject.told(f"The gradient of Wₕ by lag, {n + 1:,} of {T:,}")
        for k, lag in enumerate(lags):
            part = network.cell.weight_gradient("Wh", tape.cells[k], slopes[k], lag.sums, slice(0, T - n))
            left[k] -= part
            of_parts[k, n], of_rest[k, n + 1] = _norm(part), _norm(left[k])
    found = zip(OF_LAGS, (of_parts, of_rest), strict=True)
    return {f"{name}_l{k}": of_layers[k] for name, of_layers in found for k in layers}


def _of_pairs(subject: _Subject) -> Arrays:
    subject.told("The loss of each time step by itself")
    found = enumerate(parts(subject.network, subject.alone, subject.dy_alone))
    pairs = ((layer, zip(OF_PAIRS, of_layer.norms, strict=False)) for layer, of_layer in found)
    return {f"{name}_l{layer}": array for layer, named in pairs for name, array in named}


def _of_jacobians(subject: _Subject) -> Arrays:
    arrays: Arrays = {}
    for layer in subject.layers:
        found = step_jacobians(subject.network, subject.alone, layer, subject.end, subject.told)
        arrays |= {f"{name}_l{layer}": array for name, array in zip(OF_JACOBIANS, found, strict=True)}
    return arrays


def _of_data(subject: _Subject, arrays: Arrays) -> OfData:
    network, tape, end = subject.network, subject.alone, subject.end
    gates = [signal.name for signal in network.cell.signals if signal.name.endswith(" gate")]
    gradients = {
        name.removeprefix("grad."): _norm(a) for name, a in arrays.items() if name.startswith("grad.")
    }
    return OfData(
        count=subject.batch.x.shape[1],
        steps=subject.batch.x.shape[0],
        scores=int(subject.batch.scores),
        sequence=subject.sequence,
        loss=subject.loss,
        gradients=gradients,
        trained_norm=_norm(subject.gradients.parameters.vector),
        guesses=guesses(network, subject.batch),
        flow=flow_of(network, tape, subject.dy_alone, end),
        factors=_factors(subject),
        saturated=saturated(network, tape.until(end)),
        gates=tuple({name: float(cell.signals[name][:end].mean()) for name in gates} for cell in tape.cells),
    )


def _factors(subject: _Subject) -> tuple[Array, ...]:
    """For each layer, of every sequence that has one, the mean factor per time step of the gradient of its
    last scored step's loss.
    """
    only_last = np.zeros_like(subject.dy)
    places = subject.ends - 1, np.arange(len(subject.ends))
    only_last[places] = subject.dy[places]
    found = []
    for states in subject.network.backward(subject.tape, only_last).states:
        T, N, H = states[-1][1:].shape
        sizes = norms(states[-1][1:].reshape(T * N, H)).reshape(T, N)
        rates = (rate(sizes[:end, number]) for number, end in enumerate(subject.ends))
        found.append(np.array([each.factor for each in rates if each is not None]))
    return tuple(found)


def guesses(network: Network, batch: Batch) -> dict[str, float]:
    """The reported loss of answers that do not look at the input, by what they are."""
    y = batch.y[batch.mask]
    if not network.readout.classes:
        missed = (y - y.mean(axis=0)) ** 2
        return {"always the mean of y": float(missed.sum(axis=1).mean())}
    shares = np.bincount(y) / len(y)
    shares = shares[shares > 0.0]
    return {
        "every class equally likely": float(np.log(network.outputs)),
        "the classes as often as in y": float(-(shares * np.log(shares)).sum()) + 0.0,
    }


def _norm(array: NDArray[np.generic]) -> float:
    return float(norms(array[None])[0])  # type: ignore[arg-type]
