"""The loss along the gradient: what a step of any length against it would do, and where SGD's step ends."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnn.array import Array, frozen
from rnn.config import TrainingConfig
from rnn.network import Network
from rnn.optimizers import clip_norm
from rnn.probes.moment import Moment
from rnn.probes.norms import norms
from rnn.schedules import SCHEDULES

MOST_POINTS, FEWEST_POINTS = 72, 36
QUICK = 100  # time steps, times blocks of columns: a longer pass is made less often
NEAREST = 1e-3  # of the reach: the first place beside zero
FINEST = 2e-4  # of the reach: no two places are closer, but around the steps
ROOM = 1.3  # the reach is at least so many times the longest step
LEAST_REACH = 0.01  # of ‖θ‖, so that a tiny step is seen on the curve that it is taken on
LOGARITHMIC = 30.0  # a loss that spans more than this is looked at in decades
MEMORY = "line: reach"


@dataclass(frozen=True, slots=True)
class Step:
    """One step against the gradient.

    Attributes:
        length: how far it moves the weights.
        loss: as the readout reports it, at its end; not finite where it leads to nothing that is.
    """

    length: float
    loss: float


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The loss of the displayed sequence at θ − s·g/‖g‖, g being its gradient as it is trained on.

    Attributes:
        update: how many updates were complete when it was measured.
        training: how the network was trained then.
        distances: (K,) s, rising, from behind the weights of now to beyond every step; dense where the loss
            turns.
        losses: (K,) as the readout reports it; not finite where the network is not.
        loss: at s = 0.
        norm: ‖g‖, of the loss that is trained on.
        slope: of the reported loss at s = 0: −‖g‖ times the readout's scale, where no truncation turns g.
        reach: how far the line goes; it goes half as far the other way. 0 where there is no gradient to go
            along.
        sgd: the step of plain SGD, η‖g‖ long, η being the learning rate of the next update.
        clipped: the same with g scaled down to ``clip_norm``; None where it is not.
    """

    update: int
    training: TrainingConfig
    distances: Array
    losses: Array
    loss: float
    norm: float
    slope: float
    reach: float
    sgd: Step
    clipped: Step | None

    @property
    def step(self) -> Step:
        """The one that SGD takes."""
        return self.sgd if self.clipped is None else self.clipped


def line(moment: Moment) -> Line:
    """Walk along the gradient of the displayed sequence, in some dozens of forward passes."""
    network, training = moment.network, moment.training
    scale = network.readout.scale
    with np.errstate(all="ignore"):
        loss, dy = network.readout.loss(moment.tape.output, moment.batch)
        g = network.backward(moment.tape, dy, training.truncation).parameters.vector.copy()
        size = float(norms(g[None])[0])
        if not (math.isfinite(size) and size > 0.0):
            return _nowhere(moment, scale * loss, size)
        direction = g / -size
        exact = g if training.truncation is None else network.backward(moment.tape, dy).parameters.vector
        slope = scale * float(exact @ direction)
        rate = training.learning_rate * SCHEDULES[training.schedule].factor(
            training, moment.update, moment.batches.updates
        )
        lengths = [rate * size]
        if training.clip_norm is not None and training.clip_norm < size:
            clip_norm(g, size, training.clip_norm)
            lengths.append(rate * float(norms(g[None])[0]))
        reach = _reach(moment, [length for length in lengths if math.isfinite(length)])
        walk = _walk(_along(moment, direction), reach, lengths, _points(network, len(dy)))
        distances = np.array(sorted(walk))
        steps = [Step(length, walk.get(length, math.nan)) for length in lengths]
        return Line(
            update=moment.update,
            training=training,
            distances=frozen(distances),
            losses=frozen(np.array([walk[s] for s in distances.tolist()])),
            loss=scale * loss,
            norm=size,
            slope=slope,
            reach=reach,
            sgd=steps[0],
            clipped=steps[1] if len(steps) > 1 else None,
        )


def _nowhere(moment: Moment, loss: float, size: float) -> Line:
    nothing = frozen(np.zeros(0))
    return Line(
        update=moment.update,
        training=moment.training,
        distances=nothing,
        losses=nothing,
        loss=loss,
        norm=size,
        slope=-size,
        reach=0.0,
        sgd=Step(size, loss if size == 0.0 else math.nan),
        clipped=None,
    )


def _along(moment: Moment, direction: Array) -> Callable[[float], float]:
    """The reported loss after a step of some length in ``direction`` (P,), in a network of its own."""
    network = moment.network
    moved = Network(
        network.inputs, network.widths, network.outputs, cell=network.cell, readout=network.readout
    )
    here = network.parameters.vector

    def loss_at(s: float) -> float:
        np.multiply(direction, s, out=moved.parameters.vector)
        moved.parameters.vector += here
        output = moved.forward(moment.batch.x, moment.start).output
        return network.readout.scale * network.readout.loss(output, moment.batch)[0]

    return loss_at


def _reach(moment: Moment, lengths: list[float]) -> float:
    """A round number that holds the steps, and stays while it holds them well."""
    weights = float(norms(moment.network.parameters.vector[None])[0])
    needed = max([ROOM * max(lengths, default=0.0), LEAST_REACH * weights, 1e-300])
    before = moment.memory.get(MEMORY, 0.0)
    if not needed * 0.9 <= before <= 4.0 * needed:
        power = 10.0 ** math.floor(math.log10(needed))
        before = next(part * power for part in (1.0, 2.0, 5.0, 10.0) if part * power >= needed)
        moment.memory[MEMORY] = before
    return float(before)


def _points(network: Network, T: int) -> int:
    """At how many places the loss is measured: fewer where a forward pass is long."""
    work = T * network.cell.gates * len(network.widths)
    return max(FEWEST_POINTS, min(MOST_POINTS, int(MOST_POINTS * math.sqrt(QUICK / work))))


def _walk(
    loss_at: Callable[[float], float], reach: float, lengths: list[float], points: int
) -> dict[float, float]:
    """Losses by their distance: first at places whose spacing grows with it, then where the loss turns."""
    growing = reach * np.geomspace(NEAREST, 1.0, 10)
    places = {0.0, *growing.tolist(), *(-0.5 * growing[::-2]).tolist()}
    places |= {length for length in lengths if math.isfinite(length)}
    places |= {part * min(lengths) for part in (-1.0, -0.5, 0.25, 0.5, 0.75, 1.5, 2.0)}
    walk = {s: loss_at(s) for s in places if -0.5 * reach <= s <= reach}
    while len(walk) < points and (s := _coarsest(walk, reach)) is not None:
        walk[s] = loss_at(s)
    return walk


def _coarsest(walk: dict[float, float], reach: float) -> float | None:
    """The middle of the stretch that is drawn most coarsely; None where all are as fine as can be seen."""
    s = np.array(sorted(walk))
    heights = np.array([walk[place] for place in s.tolist()])
    finite = heights[np.isfinite(heights)]
    if len(finite) and finite.min() > 0.0 and finite.max() > LOGARITHMIC * finite.min():
        heights, finite = np.log(heights), np.log(finite)
    span = float(finite.max() - finite.min()) if len(finite) else 0.0
    widths = np.diff(s) / reach
    rises = np.abs(np.diff(heights)) / (span or 1.0)
    ends = np.isfinite(heights)
    rises = np.where(ends[1:] == ends[:-1], np.where(ends[1:], rises, 0.0), 1.0)
    coarseness = np.where(widths > FINEST, np.hypot(widths, rises), 0.0)
    widest = int(coarseness.argmax())
    return float(0.5 * (s[widest] + s[widest + 1])) if coarseness[widest] > 0.0 else None
