"""What the kernels read of sequences, and where they compute on them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from rnn.array import Array
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.network import Network
from rnn.training.engines.compiled.layout import Layout


class Problem(NamedTuple):
    """Sequences in batches, flat, and a memory for one batch.

    Attributes:
        memory, plan, layers: of a `Layout`.
        x, symbols: (T·N·D,) or (T·N,) the inputs of all sequences; the one that is not used is empty.
        y, classes: (T·N·O,) or (T·N,) the targets.
        scored: (T·N,) whether a time step counts; empty where all do.
        numbers: (N,) the sequences in the order of the batches.
        absent: (A,) where in the network's vector the biases are that it does not have.
    """

    memory: Array
    plan: Any
    layers: Any
    x: Any
    symbols: Any
    y: Any
    classes: Any
    scored: Any
    numbers: Any
    absent: Any

    def in_order(self, numbers: Any) -> Problem:
        """The same with the sequences in another order (N,).

        Raises:
            ValueError: it has another length; a kernel would read somewhere else.
            IndexError: so would a number that is none of a sequence.
        """
        if np.shape(numbers) != self.numbers.shape:
            raise ValueError(f"an order {np.shape(numbers)} does not fit {self.numbers.size} sequences")
        return self._replace(numbers=_numbers(numbers, self.numbers.size))


def posed(network: Network, sequences: Sequences, batches: Batches, layout: Layout) -> Problem:
    """The problem of these sequences, in their own order.

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
    if sequences.scored is not None and sequences.scored.shape != shape:
        raise ValueError(f"a mask {sequences.scored.shape} does not fit sequences {shape}")
    if batches.count != sequences.count:
        raise ValueError(f"batches of {batches.count} sequences do not fit {sequences.count}")
    given: Mapping[str, Any] = {
        "x" if sequences.symbols is None else "symbols": (
            _flat(sequences.x, np.float64)
            if sequences.symbols is None
            else _numbers(sequences.x, sequences.symbols)
        ),
        "classes" if network.readout.classes else "y": (
            _numbers(sequences.y, network.outputs)
            if network.readout.classes
            else _flat(sequences.y, np.float64)
        ),
    }
    mask = np.empty(0, dtype=np.bool_) if sequences.scored is None else sequences.scored
    nothing, none = _flat([], np.float64), _flat([], np.int64)
    return Problem(
        layout.memory,
        layout.plan,
        layout.layers,
        given.get("x", nothing),
        given.get("symbols", none),
        given.get("y", nothing),
        given.get("classes", none),
        _flat(mask, np.bool_).view(np.uint8),
        _flat(np.argsort(batches.updates_of(), kind="stable"), np.int64),
        _flat(_absent(network), np.int64),
    )


def _absent(network: Network) -> Any:
    shapes = network.parameters.shapes.items()
    are = [np.full(math.prod(shape), name in network.absent) for name, shape in shapes]
    return np.flatnonzero(np.concatenate(are))


def _numbers(array: Any, below: int) -> Any:
    """Whole numbers from 0 on and below that limit, flat."""
    flat = _flat(array, np.int64)
    if flat.size and not 0 <= flat.min() <= flat.max() < below:
        raise IndexError(f"a number is out of range: all must be from 0 to {below - 1}")
    return flat


def _flat(array: Any, kind: Any) -> Any:
    """``array`` as a flat one of this kind that cannot be written to, copied only where it must be."""
    flat = np.ascontiguousarray(array, dtype=kind).reshape(-1).view()
    flat.flags.writeable = False
    return flat
