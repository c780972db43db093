"""The loss along the gradient: what a step of any length against it would do, and where SGD's step ends."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from rnn.array import Array, frozen
from rnn.config import TrainingConfig
from rnn.model.batch import Classes
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.norms import norms
from rnn.observing.probes.ray import losses_along
from rnn.observing.probes.walk import walk
from rnn.optimizing.optimizers import clip_norm

MOST_POINTS, FEWEST_POINTS = 100, 48
WORK, STEP_WORK = 30_000_000, 2_000  # multiplications in all, and what a block of columns costs beside them
AT_REST = 3  # times as many where nothing waits for them
ROOM = 1.3  # the reach is at least so many times the longest step
LEAST_REACH = 0.01  # of ‖θ‖, so that a tiny step is seen on the curve that it is taken on
NEAR = 2.0  # times the step: how far a near view goes
REACH, NEAR_REACH = "line: reach", "line: near"


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
        sequence: the displayed one, counted from 0.
        batch: how many sequences the next update trains on.
        upcoming: (batch,) these, counted from 0; None where they are drawn by lot.
        carried: whether training hands the state on from the sequence before.
        training: how the network was trained then.
        distances: (K,) s, rising, from behind the weights of now to beyond every step; dense where the loss
            turns, in the whole as in the near view.
        losses: (K,) as the readout reports it; not finite where the network is not.
        loss: at s = 0.
        norm: ‖g‖, of the loss that is trained on.
        slope: of the reported loss at s = 0: −‖g‖ times the readout's scale, where no truncation turns g.
        reach: how far the line goes; it goes half as far the other way. 0 where there is no gradient to go
            along.
        near: how far a near view of the step goes; it goes half as far the other way, too.
        sgd: the step of plain SGD, η‖g‖ long, η being the learning rate of the next update.
        clipped: the same with g scaled down to ``clip_norm``; None where it is not.
    """

    update: int
    sequence: int
    batch: int
    upcoming: Classes | None
    carried: bool
    training: TrainingConfig
    distances: Array
    losses: Array
    loss: float
    norm: float
    slope: float
    reach: float
    near: float
    sgd: Step
    clipped: Step | None

    @property
    def step(self) -> Step:
        """The one that SGD takes."""
        return self.sgd if self.clipped is None else self.clipped


def line(moment: Moment) -> Line:
    """Walk along the gradient of the displayed sequence, in a few forward passes over many places at once."""
    network, training = moment.network, moment.training
    scale = network.readout.scale
    with np.errstate(all="ignore"):
        loss, dy = network.readout.loss(moment.tape.output, moment.batch)
        g = network.backward(moment.tape, dy, training.truncation).parameters.vector
        size = float(norms(g[None])[0])
        if not (math.isfinite(size) and size > 0.0):
            return _nowhere(moment, scale * loss, size)
        direction = g / -size
        exact = g if training.truncation is None else network.backward(moment.tape, dy).parameters.vector
        slope = scale * float(exact @ direction)
        (rate,) = training.learning_rates(np.array([moment.update]), moment.batches.updates).tolist()
        lengths = [rate * size]
        if training.clip_norm is not None and training.clip_norm < size:
            clip_norm(g, size, training.clip_norm)
            lengths.append(rate * float(norms(g[None])[0]))
        finite = [length for length in lengths if math.isfinite(length)]
        reach = _reach(moment, finite)
        near = _near(moment, lengths[-1], reach)
        losses = losses_along(network, direction, moment.batch, moment.start, scale, breathe=moment.breathe)
        found = walk(losses, scale * loss, (reach, near), finite, _points(moment))
        distances = np.array(sorted(found))
        heights = np.array([found[s] for s in distances.tolist()])
        steps = [Step(length, found.get(length, math.nan)) for length in lengths]
        return replace(
            _nowhere(moment, scale * loss, size),
            distances=frozen(distances),
            losses=frozen(heights),
            slope=slope,
            reach=reach,
            near=near,
            sgd=steps[0],
            clipped=steps[1] if len(steps) > 1 else None,
        )


def _nowhere(moment: Moment, loss: float, size: float) -> Line:
    """What is known of this moment where there is no gradient to go along."""
    batches, nothing = moment.batches, frozen(np.zeros(0))
    position = moment.update % batches.updates
    drawn = moment.training.shuffle and batches.updates > 1
    return Line(
        update=moment.update,
        sequence=moment.sequence,
        batch=batches.size_of(position),
        upcoming=None if drawn else np.arange(batches.count)[batches.numbers(position)],
        carried=batches.carried,
        training=moment.training,
        distances=nothing,
        losses=nothing,
        loss=loss,
        norm=size,
        slope=-size,
        reach=0.0,
        near=0.0,
        sgd=Step(size, loss if size == 0.0 else math.nan),
        clipped=None,
    )


def _reach(moment: Moment, lengths: list[float]) -> float:
    """A round number that holds the steps, and stays while it holds them well."""
    weights = float(norms(moment.network.parameters.vector[None])[0])
    needed = max([ROOM * max(lengths, default=0.0), LEAST_REACH * weights, 1e-300])
    before = moment.memory.get(REACH, 0.0)
    if not needed * 0.9 <= before <= 4.0 * needed:
        power = 10.0 ** math.floor(math.log10(needed))
        before = next(part * power for part in (1.0, 2.0, 5.0, 10.0) if part * power >= needed)
        moment.memory[REACH] = before
    return float(before)


def _near(moment: Moment, step: float, reach: float) -> float:
    """A round number about twice the step, which stays while it is; never more than the reach."""
    wanted = NEAR * step
    if not 0.0 < wanted < reach:
        return reach
    before = moment.memory.get(NEAR_REACH, 0.0)
    if not 0.7 * wanted <= before <= 1.6 * wanted:
        before = float(f"{wanted:.0e}")
        moment.memory[NEAR_REACH] = before
    return float(min(before or reach, reach))


def _points(moment: Moment) -> int:
    """At how many places the loss is measured: fewer where a forward pass is long."""
    network = moment.network
    blocks = network.cell.gates * len(network.widths)
    work = len(moment.batch.x) * (network.parameters.vector.size + STEP_WORK * blocks)
    more = AT_REST if moment.at_rest else 1
    return max(FEWEST_POINTS, min(more * MOST_POINTS, more * WORK // work))
