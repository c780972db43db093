"""Small problems that both engines train on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.config import TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.batch import Classes
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.training.engines.base import Burst, Engine

CELLS_AND_G = [("vanilla", g) for g in ("tanh", "relu", "logistic", "identity")] + [
    ("gru", "tanh"),
    ("lstm", "tanh"),
]
GAIN = 1.2  # of the recurrent weights: above 1.5 the dynamics may be chaotic, and agreement ends


@dataclass(frozen=True, slots=True)
class Problem:
    """What is trained, on what, and how it is cut into updates."""

    cell: str = "vanilla"
    g: str = "tanh"
    readout: str = "mse"
    widths: tuple[int, ...] = (5,)
    T: int = 6
    N: int = 7
    B: int = 3
    D: int = 3
    O: int = 2  # noqa: E741
    carried: bool = False
    masked: bool = False
    once: bool = False  # of the time steps exactly one is scored, the same one of each sequence
    symbols: bool = False
    absent: tuple[str, ...] = ()  # the biases that there are not
    seed: int = 0

    @property
    def batches(self) -> Batches:
        return Batches(self.N, min(self.B, self.N), self.carried)

    def sequences(self) -> Sequences:
        rng = np.random.default_rng(self.seed)
        x: Any = rng.normal(size=(self.T, self.N, self.D))
        if self.symbols:
            x = rng.integers(0, self.D, (self.T, self.N))
        y: Any = rng.normal(size=(self.T, self.N, self.O))
        if self.readout == "nll":
            y = rng.integers(0, self.O, (self.T, self.N))
        scored = None
        if self.masked:
            scored = rng.random((self.T, self.N)) < 0.5
            scored[-1] = True
        if self.once:
            scored = np.zeros((self.T, self.N), dtype=bool)
            scored[rng.integers(self.T)] = True
        return Sequences(x, y, scored, symbols=self.D if self.symbols else None)

    def network(self) -> Network:
        cell = CELLS[self.cell](self.g)
        network = Network(
            self.D, self.widths, self.O, cell=cell, readout=READOUTS[self.readout], absent=self.absent
        )
        rng = np.random.default_rng(self.seed + 1)
        for name, weight in network.parameters.items():
            weight[...] = 0.0 if name in self.absent else drawn(rng, name, weight.shape)
        return network

    def engine(self, kind: type[Engine], optimizer: str = "sgd") -> tuple[Network, Engine]:
        network = self.network()
        return network, kind(network, self.sequences(), self.batches, optimizer)


def drawn(rng: Generator, name: str, shape: tuple[int, ...]) -> Array:
    """Gaussian weights, the recurrent ones of a gain."""
    if len(shape) == 1:
        return rng.normal(size=shape) * 0.3
    return rng.normal(size=shape) * (GAIN if name.endswith("Wh") else 1.0) / math.sqrt(shape[0])


def trained(
    engine: Engine,
    batches: Batches,
    *,
    training: TrainingConfig | None = None,
    epochs: int = 1,
    rate: float = 0.05,
    orders: Iterable[Classes | None] = (),
) -> Burst:
    """Train for some epochs, each in one burst; stop where something is not finite."""
    training = TrainingConfig() if training is None else training
    bursts: list[Burst] = []
    given = iter(orders)
    for _ in range(epochs):
        engine.begin_epoch(next(given, None))
        with np.errstate(all="ignore"):
            burst = engine.train(
                training, 0, lambda _, count: np.full(count, rate), batches.updates, 1, deadline=math.inf
            )
        bursts.append(burst)
        if burst.failed is not None:
            break
    losses, norms = ([getattr(burst, name) for burst in bursts] for name in ("loss", "grad_norm"))
    return Burst(np.concatenate(losses), np.concatenate(norms), bursts[-1].failed)


def difference(found: Array, wanted: Array) -> float:
    """The largest difference, as a part of the largest entry; of nothing but zeros, the difference itself."""
    return float(np.abs(found - wanted).max() / (np.abs(wanted).max() or 1.0))
