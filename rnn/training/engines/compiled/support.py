"""What the compiled engine covers, by the codes that its kernels know it under."""

from __future__ import annotations

from rnn.model.cells import CELLS, Cell
from rnn.model.network import Network
from rnn.model.readout import Readout, SoftmaxNll, SquaredError
from rnn.optimizing.optimizers import OPTIMIZERS, Adam, Momentum, Nesterov, Optimizer, RmsProp, Sgd

_CELLS: dict[type[Cell], int] = {CELLS["vanilla"]: 0, CELLS["gru"]: 1, CELLS["lstm"]: 2}
_NONLINEARITIES = {"tanh": 0, "relu": 1, "logistic": 2, "identity": 3}
_READOUTS: dict[type[Readout], int] = {SquaredError: 0, SoftmaxNll: 1}
_OPTIMIZERS: dict[type[Optimizer], int] = {Sgd: 0, Momentum: 1, Nesterov: 2, RmsProp: 3, Adam: 4}


def compiles(network: Network, optimizer: str) -> bool:
    """Whether every part of the training is one that there is a kernel for."""
    return codes(network, optimizer) is not None


def codes(network: Network, optimizer: str) -> dict[str, int] | None:
    """The code of each part; None where one of them has none."""
    found = {
        "cell": _CELLS.get(type(network.cell)),
        "g": _NONLINEARITIES.get(network.cell.nonlinearity),
        "readout": _READOUTS.get(network.readout),
        "optimizer": _OPTIMIZERS.get(OPTIMIZERS[optimizer]),
    }
    known = {name: code for name, code in found.items() if code is not None}
    return known if len(known) == len(found) else None
