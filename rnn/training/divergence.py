"""Where a training came apart: the first time step and tensor that is not finite."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.network import Network, States, Tape


def first_nonfinite(
    network: Network, batch: Batch, start: States, truncation: int | None = None
) -> tuple[int | None, str]:
    """The first tensor that is not finite, and its time step from 1; None for a tensor without time.

    The update is done again, slowly, and looked at in the order in which it is computed: the hidden states,
    outputs and losses forward in time, then their gradients backward in time, then those of the weights.

    Arguments:
        batch: the one of the update that failed.
        start: the states it began with.
        truncation: as in `Network.backward`.
    """
    tape = network.forward(batch.x, start)
    if found := first_nonfinite_forward(network, tape, batch):
        return found
    _, dy = network.readout.loss(tape.output, batch)
    gradients = network.backward(tape, dy, truncation)
    for layer in reversed(range(len(network.widths))):
        for state, name in zip(gradients.states[layer], _names(network), strict=True):
            steps = np.flatnonzero(~_finite_steps(state[1:]))
            if steps.size:
                return int(steps[-1]) + 1, f"gradient of the {name} of layer {layer + 1}"
    for name, gradient in gradients.parameters.items():
        if not np.isfinite(gradient).all():
            return None, f"gradient of {name}"
    return None, "gradient norm"


def first_nonfinite_forward(network: Network, tape: Tape, batch: Batch) -> tuple[int, str] | None:
    """The same of a forward pass alone, states, output and losses; None where all are finite."""
    terms = network.readout.loss_terms(tape.output, batch)
    # The sum of the losses may overflow though each step has a finite part: at the step where it does so.
    sums = np.cumsum(network.readout.scale * batch.scores * terms)
    forward: list[tuple[str, Array]] = []
    for layer, cell in enumerate(tape.cells):
        for state, name in reversed(list(zip(cell.states, _names(network), strict=True))):
            forward.append((f"{name} of layer {layer + 1}", state[1:]))
    return _earliest([*forward, ("output", tape.output), ("loss", terms), ("loss", sums)])


def _names(network: Network) -> list[str]:
    """What each array of a layer's state is called."""
    signals = network.cell.signals[: network.cell.states]
    return ["hidden state" if signal.name == "h" else signal.name for signal in signals]


def first_nonfinite_weight(network: Network) -> str:
    """The name of the first weight that is not finite; at least one is not."""
    return next(name for name, weight in network.parameters.items() if not np.isfinite(weight).all())


def _earliest(tensors: list[tuple[str, Array]]) -> tuple[int, str] | None:
    found = [
        (int(np.argmin(finite)) + 1, name)
        for name, tensor in tensors
        if not (finite := _finite_steps(tensor)).all()
    ]
    return min(found, key=lambda pair: pair[0]) if found else None


def _finite_steps(tensor: Array) -> NDArray[np.bool_]:
    """Whether each time step (the first axis) is finite."""
    return np.asarray(np.isfinite(tensor).reshape(len(tensor), -1).all(axis=1))
