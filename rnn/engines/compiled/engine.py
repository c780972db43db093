"""The compiled engine: the same updates as in NumPy, many of them in one call that leaves Python free."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.batch import Classes
from rnn.batches import Batches
from rnn.config import TrainingConfig
from rnn.engines.base import Burst, Engine, Failure
from rnn.engines.compiled.layout import Layout
from rnn.engines.compiled.support import codes
from rnn.network import Network, States
from rnn.tasks import Sequences

SHARE = 0.5  # of the time that is left, for the next chunk of updates
FAILURES: dict[int, Failure | None] = {0: None, 1: "gradient", 2: "weights"}


class Compiled(Engine):
    """Updates by compiled functions, for every network and optimizer that `compiles`."""

    name = "compiled"
    title = "compiled"
    releases_gil = True

    def __init__(self, network: Network, sequences: Sequences, batches: Batches, optimizer: str) -> None:
        from rnn.engines.compiled.kernels.burst import burst

        self._burst = burst
        self._network, self._batches = network, batches
        known = codes(network, optimizer)
        assert known is not None
        self._layout = Layout(network, sequences, batches, known)
        self._data = _given(sequences, network)
        P = network.parameters.vector.size
        self.before = network.parameters.vector.copy()
        self._average, self._square = np.zeros(P), np.zeros(P)
        self._made = 0
        self._seconds = math.inf  # an update takes so long
        self._own_order = np.argsort(batches.updates_of(), kind="stable")
        self.begin_epoch(None)

    @property
    def gradient(self) -> Array:
        """(P,) the gradient of the last update, as it was handed to the optimizer."""
        return self._layout.gradient

    def begin_epoch(self, order: Classes | None) -> None:
        self._numbers = self._own_order if order is None else np.ascontiguousarray(order, dtype=np.int64)
        self._layout.clear_states()

    def states(self, position: int) -> States:
        return self._layout.states(self._batches.size_of(position), self._network.cell.states)

    def train(
        self,
        training: TrainingConfig,
        position: int,
        rates: Callable[[int, int], Array],
        updates: int,
        deadline: float,
    ) -> Burst:
        limits = _limits(training)
        truncation = training.truncation or int(self._layout.plan[0]["steps"])
        updates = min(updates, self._batches.updates - position)
        parts: list[Burst] = []
        done = 0
        now = time.perf_counter()
        while True:
            count = self._affordable(updates - done, deadline - now)
            parts.append(self._chunk(rates(position + done, count), limits, position + done, truncation))
            done += len(parts[-1].loss)
            begun, now = now, time.perf_counter()
            self._seconds = (now - begun) / count
            if parts[-1].failed or done >= updates or now + self._seconds > deadline:
                break
        return parts[0] if len(parts) == 1 else _joined(parts)

    def _affordable(self, most: int, seconds: float) -> int:
        """How many updates to make in one call, where so many are wanted and so much time is left."""
        if seconds == math.inf:
            return most
        return max(1, int(min(most, SHARE * seconds / self._seconds)))

    def _chunk(self, rates: Array, limits: Array, position: int, truncation: int) -> Burst:
        """Make an update at each of these learning rates, in one call."""
        layout = self._layout
        losses, norms = np.empty(len(rates)), np.empty(len(rates))
        made, code = self._burst(
            layout.memory,
            layout.plan,
            layout.layers,
            self._network.parameters.vector,
            self.before,
            self._average,
            self._square,
            *self._data,
            self._numbers,
            rates,
            limits,
            losses,
            norms,
            position,
            self._made,
            truncation,
        )
        self._made += made
        return Burst(losses[:made], norms[:made], FAILURES[code])


def _limits(training: TrainingConfig) -> Array:
    """The clipping's norm and value, infinite for none, and the weight decay."""
    norm, value = training.clip_norm, training.clip_value
    limits = (math.inf if limit is None else limit for limit in (norm, value))
    return np.array([*limits, training.weight_decay])


def _joined(parts: Sequence[Burst]) -> Burst:
    """One burst out of several that follow each other."""
    losses = np.concatenate([part.loss for part in parts])
    norms = np.concatenate([part.grad_norm for part in parts])
    return Burst(losses, norms, parts[-1].failed)


def _given(sequences: Sequences, network: Network) -> tuple[Any, Any, Any, Any, Any]:
    """The sequences as the kernels read them, flat: inputs, symbols, targets, classes, what is scored.

    Raises:
        ValueError: they are not what the network takes and gives; a kernel would read somewhere else.
        IndexError: so would a number that is beyond the alphabet or the classes.
    """
    shape = (sequences.steps, sequences.count)
    targets = shape if network.readout.classes else (*shape, network.outputs)
    if sequences.inputs != network.inputs or sequences.y.shape != targets:
        raise ValueError(
            f"inputs of {sequences.inputs} and targets {sequences.y.shape} do not fit the network"
        )
    numbers, whole, mask = np.empty(0), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
    x, symbols, y, classes = numbers, whole, numbers, whole
    if sequences.symbols is None:
        x = _flat(sequences.x, np.float64)
    else:
        symbols = _numbers(sequences.x, sequences.symbols)
    if network.readout.classes:
        classes = _numbers(sequences.y, network.outputs)
    else:
        y = _flat(sequences.y, np.float64)
    if sequences.scored is not None:
        mask = _flat(sequences.scored, np.bool_).view(np.uint8)
    return x, symbols, y, classes, mask


def _numbers(array: Any, below: int) -> Any:
    """Whole numbers from 0 on and below that limit, flat."""
    flat = _flat(array, np.int64)
    if flat.size and not 0 <= flat.min() <= flat.max() < below:
        raise IndexError(f"a number is out of range: all must be from 0 to {below - 1}")
    return flat


def _flat(array: Any, kind: Any) -> Any:
    """``array`` as a flat one of this kind, copied only where it must be."""
    return np.ascontiguousarray(array, dtype=kind).reshape(-1)


def warm_up() -> None:
    """Have the kernels compiled, or loaded from where their machine code is kept, by making an update."""
    network = Network(1, [1], 1)
    sequences = Sequences(np.zeros((1, 1, 1)), np.zeros((1, 1, 1)))
    engine = Compiled(network, sequences, Batches(1, 1, False), "sgd")
    engine.train(TrainingConfig(), 0, lambda _, count: np.zeros(count), 1, math.inf)
