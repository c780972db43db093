"""Networks to be checked, and a check of them from beginning to end."""

from __future__ import annotations

import numpy as np

from rnn.array import Array
from rnn.model.batch import Mask, Target
from rnn.model.network import Network, States
from rnn.model.readout import READOUTS
from rnn.observing.probes.check import check
from rnn.observing.probes.check_result import GradientCheck
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.observing.probes.test_flow import moment_of


def some_network(
    seed: int,
    widths: tuple[int, ...],
    cell: str = "vanilla",
    nonlinearity: str = "tanh",
    *,
    readout: str = "mse",
    gain: float = 0.7,
) -> Network:
    """A network of two inputs and three outputs with weights around zero."""
    network = Network(2, widths, 3, cell=EVERY_CELL[cell](nonlinearity), readout=READOUTS[readout])
    vector = network.parameters.vector
    vector[:] = gain * np.random.default_rng(seed).standard_normal(vector.size)
    return network


def some_target(network: Network, T: int, seed: int) -> tuple[Array, Target]:
    """Inputs and targets of one sequence."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((T, 1, network.inputs))
    if network.readout.classes:
        return x, rng.integers(network.outputs, size=(T, 1))
    return x, rng.standard_normal((T, 1, network.outputs))


def checked(
    network: Network,
    sequence: tuple[Array, Target],
    *,
    start: States | None = None,
    truncation: int | None = None,
    scored: Mask | None = None,
) -> GradientCheck:
    """The whole check."""
    moment = moment_of(network, *sequence, start, truncation=truncation, scored=scored)
    for _ in range(10_000):
        found = check(moment)
        if found.complete:
            return found
    raise AssertionError("the check goes on and on")
