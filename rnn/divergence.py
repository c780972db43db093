"""Where a training came apart: the first time step and tensor that is not finite."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.network import Network, States, Tape


def first_nonfinite(network: Network, x: Array, y: Array, start: States) -> tuple[int | None, str]:
    """The first tensor that is not finite, and its time step from 1; None for a tensor without time.

    The update is done again, slowly, and looked at in the order in which it is computed: the hidden states,
    outputs and losses forward in time, then their gradients backward in time, then those of the weights.

    Arguments:
        x, y: (T, B, D) and (T, B, O), the batch of the update that failed.
        start: the states (B, H) it began with.
    """
    tape = network.forward(x, start)
    if found := first_nonfinite_forward(network, tape, y):
        return found
    _, dy = network.readout.loss(tape.output, y)
    gradients = network.backward(tape, dy)
    for layer in reversed(range(len(network.widths))):
        steps = np.flatnonzero(~_finite_steps(gradients.dh[layer][1:]))
        if steps.size:
            return int(steps[-1]) + 1, f"gradient of the hidden state of layer {layer + 1}"
    for name, gradient in gradients.parameters.items():
        if not np.isfinite(gradient).all():
            return None, f"gradient of {name}"
    return None, "gradient norm"


def first_nonfinite_forward(network: Network, tape: Tape, y: Array) -> tuple[int, str] | None:
    """The same of a forward pass alone, states, output and losses; None where all are finite."""
    terms = network.readout.loss_terms(tape.output, y)
    # The sum of squares may overflow though each step has a finite part: at the step where it does so.
    squares = np.cumsum(2.0 * y.shape[0] * y.shape[1] * terms)
    forward = [(f"hidden state of layer {layer + 1}", cell.h[1:]) for layer, cell in enumerate(tape.cells)]
    return _earliest([*forward, ("output", tape.output), ("loss", terms), ("loss", squares)])


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
