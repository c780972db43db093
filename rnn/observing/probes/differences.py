"""Central differences of the loss, by the very forward pass that is trained."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import numpy as np

from rnn.array import Array
from rnn.model.batch import Batch, Mask
from rnn.model.network import Network, States, Tape

STEP = 1e-6
WORK = 4_000_000  # multiplications from one pause to the next


def central_difference(
    network: Network,
    entry: tuple[str, int],
    batch: Batch,
    chunks: Sequence[tuple[int, int]],
    held: Sequence[States],
) -> Generator[None, None, float]:
    """(L(θ + δ) − L(θ − δ)) / 2δ with δ = 1e-6; pauses while it works.

    NaN where a ReLU is at work on one side and not on the other: the difference steps over its kink.

    Arguments:
        network: a copy that may be changed; it is as before when all is done.
        entry: the name of a parameter, and the number of the entry in it, counted row by row.
        chunks: the runs of time steps [begin, end) that a gradient passes through, the first one first.
        held: for each of them the states that it begins in, whatever the weights.
    """
    name, number = entry
    weight = network.parameters[name].reshape(-1)
    value = weight[number]
    weight[number] = value + STEP
    above, on_above = yield from _loss(network, batch, chunks, held)
    weight[number] = value - STEP
    below, on_below = yield from _loss(network, batch, chunks, held)
    weight[number] = value
    return (above - below) / (2.0 * STEP) if np.array_equal(on_above, on_below) else float("nan")


def rounding(network: Network, tape: Tape, dy: Array) -> float:
    """What the rounding of ŷ = h W + b leaves in such a quotient: ε Σ |∂L/∂ŷ| (|h| |W| + |b|) / δ.

    Large answers that cancel are rounded by more than the loss that comes of them.
    """
    W, b = np.abs(network.parameters["head.W"]), np.abs(network.parameters["head.b"])
    sums = np.abs(tape.cells[-1].h[1:]) @ W + b
    return float(np.finfo(np.float64).eps * (np.abs(dy) * sums).sum() / STEP)


def _loss(
    network: Network, batch: Batch, chunks: Sequence[tuple[int, int]], held: Sequence[States]
) -> Generator[None, None, tuple[float, Mask]]:
    """The loss, and which ReLUs are at work."""
    size = network.parameters.vector.size
    steps = max(1, WORK // size)
    outputs: list[Array] = []
    on: list[Mask] = [np.zeros(0, dtype=bool)]
    for (begin, end), start in zip(chunks, held, strict=True):
        states = start
        for first in range(begin, end, steps):
            tape = network.forward(batch.x[first : min(first + steps, end)], states)
            states = tape.final
            outputs.append(tape.output)
            if network.cell.nonlinearity == "relu":
                on += [(cell.h[1:] > 0.0).ravel() for cell in tape.cells]
            yield
    loss, _ = network.readout.loss(np.concatenate(outputs), batch)
    return loss, np.concatenate(on)
