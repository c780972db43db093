"""A network with weights that were drawn, and the names of its first layer."""

from __future__ import annotations

import numpy as np

from rnn.model.cells import Cell
from rnn.model.network import Network

FIRST = ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "rnn.bias_hh_l0"]


def drawn(
    cell: Cell | None = None, widths: tuple[int, ...] = (3,), inputs: int = 2, outputs: int = 4
) -> Network:
    network = Network(inputs, widths, outputs, cell=cell)
    network.parameters.vector[:] = np.random.default_rng(0).standard_normal(network.parameters.vector.size)
    return network
