"""Central differences, against which every gradient is held."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnn.array import Array
from rnn.model.batch import Batch
from rnn.model.network import Gradients, Network, States


def quantities(network: Network, gradients: Gradients, start: States) -> Iterator[tuple[str, Array, Array]]:
    """What the loss depends on: its name, its gradient by backpropagation, and its values."""
    for layer, state in enumerate(start):
        for number, values in enumerate(state):
            yield f"state {number} of layer {layer}", gradients.states[layer][number][0], values
    for name, weight in network.parameters.items():
        yield name, gradients.parameters[name], weight


def off_by(
    network: Network, analytic: Array, values: Array, batch: Batch, start: States
) -> tuple[float, float]:
    """The largest difference between ``analytic`` and the differences by ``values``, and what is allowed."""
    numeric = differences(network, values, batch, start)
    scale = max(np.linalg.norm(analytic), np.linalg.norm(numeric))
    loss = loss_of(network, batch, start)
    return float(np.abs(analytic - numeric).max()), float(1e-7 * scale + 1e-9 * max(1.0, abs(loss)))


def loss_of(network: Network, batch: Batch, start: States) -> float:
    return network.readout.loss(network.forward(batch.x, start).output, batch)[0]


def differences(network: Network, values: Array, batch: Batch, start: States) -> Array:
    """Central differences of the loss by each entry of ``values``, which is changed in place and back."""
    slopes = np.empty_like(values)
    flat, out = values.reshape(-1), slopes.reshape(-1)
    for index, value in enumerate(flat):
        flat[index] = value + 1e-6
        above = loss_of(network, batch, start)
        flat[index] = value - 1e-6
        out[index] = (above - loss_of(network, batch, start)) / 2e-6
        flat[index] = value
    return slopes
