"""The network unrolled over the displayed sequence: each step's states, and each part of each gradient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from rnn.array import Array, frozen
from rnn.model.batch import Mask, Target
from rnn.model.cells import Cell, State
from rnn.observing.probes.moment import Moment


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """The gradient of one loss on its way back through one layer, ∂L/∂s_t for t = 0 … T.

    Attributes:
        total: for each array s of the state (T+1, H), along every path from s_t to the loss.
        passed: for each of them (T+1, H), the part that comes from step t+1; zero at T, and where truncation
            stops it.
        own: for each of them (T+1, H), the part that comes in at step t itself: for h from the loss of that
            step or from the layer above, for an LSTM's c from its h. ``passed`` + ``own`` is ``total``.
        sums: (T, gH) ∂L/∂a_t of the sums inside the cell, t = 1 … T.
    """

    total: State
    passed: State
    own: State
    sums: Array


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """One frozen moment of the displayed sequence.

    Attributes:
        update: how many updates were complete when it was measured.
        sequence: the number of the sequence, counted from 0.
        cell: what the layers are made of.
        end: its last scored time step, counted from 1.
        truncation: after how many time steps training stops the gradient; None lets it pass.
        x, y, scored, output: (T, D), (T, O) or (T,), (T,), (T, O), as in a snapshot.
        loss_terms: (T,) the part of each time step in the loss that is trained on; they add up to it.
        signals: for each layer, by the names of the cell's signals, states (T+1, H) and gates (T, H).
        weights: all weights, by their names in the network.
        last: for each layer, the way of the last scored step's loss alone, no truncation stopping it.
        whole: for each layer, that of the whole loss as it is trained on: truncation stops it.
    """

    update: int
    sequence: int
    cell: Cell
    end: int
    truncation: int | None
    x: Array
    y: Target
    scored: Mask
    output: Array
    loss_terms: Array
    signals: tuple[Mapping[str, Array], ...]
    weights: Mapping[str, Array]
    last: tuple[Way, ...]
    whole: tuple[Way, ...]

    @property
    def steps(self) -> int:
        """T."""
        return len(self.x)

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of units of each layer."""
        return tuple(layer["h"].shape[1] for layer in self.signals)


def unrolled(moment: Moment) -> Unrolled:
    """Send both losses back together, step by step and layer by layer, and keep every part."""
    network, tape, batch = moment.network, moment.tape, moment.batch
    readout = network.readout
    _, dy = readout.loss(tape.output, batch)
    last, whole = _ways(moment, dy[:, 0])
    return Unrolled(
        update=moment.update,
        sequence=moment.sequence,
        cell=network.cell,
        end=moment.end,
        truncation=moment.truncation,
        x=frozen(batch.x[:, 0]),
        y=frozen(batch.y[:, 0]),
        scored=frozen(batch.mask[:, 0]),
        output=frozen(tape.output[:, 0]),
        loss_terms=frozen(readout.loss_terms(tape.output, batch)),
        signals=tuple(
            MappingProxyType({name: frozen(signal[:, 0]) for name, signal in cell.signals.items()})
            for cell in tape.cells
        ),
        weights=MappingProxyType({name: frozen(weight) for name, weight in network.parameters.items()}),
        last=last,
        whole=whole,
    )


def _ways(moment: Moment, dy: Array) -> tuple[tuple[Way, ...], tuple[Way, ...]]:
    """The ways of the last step's loss and of the whole loss, ``dy`` (T, O) being ∂L/∂ŷ."""
    network, truncation = moment.network, moment.truncation
    T, end = len(dy), moment.end - 1
    layers = [_Layer(moment, layer, T) for layer in range(len(network.widths))]
    heads = np.zeros((T, 2, network.widths[-1]))
    heads[:, 1] = dy @ network.parameters["head.W"].T
    heads[end, 0] = heads[end, 1]
    for t in range(T - 1, -1, -1):
        stops = truncation is not None and t > 0 and t % truncation == 0
        above = heads[t]
        for layer in reversed(layers):
            above = layer.step_back(t, above, stops)
    return tuple(layer.way(0) for layer in layers), tuple(layer.way(1) for layer in layers)


class _Layer:
    """One layer on the way back; row 0 is the last step's loss, row 1 the whole.

    Attributes:
        passed, own, total: for each array of the state (T+1, 2, H).
        sums: (T, 2, gH).
    """

    def __init__(self, moment: Moment, layer: int, T: int) -> None:
        self.cell, H = moment.network.cell, moment.network.widths[layer]
        self.weights = moment.network.parameters.group(f"l{layer}")
        self.slopes = self.cell.slopes(self.weights, moment.tape.cells[layer])
        self.passed, self.own, self.total = (
            tuple(np.zeros((T + 1, 2, H)) for _ in range(self.cell.states)) for _ in range(3)
        )
        self.sums = np.zeros((T, 2, self.cell.gates * H))

    def step_back(self, t: int, above: Array, stops: bool) -> Array:
        """From step t+1 to step t, ``above`` (2, H) coming in; returns what the layer below gets."""
        self.own[0][t + 1] = above
        for total, passed in zip(self.total, self.passed, strict=True):
            total[t + 1] = passed[t + 1]
        self.total[0][t + 1] += above
        at = tuple(total[t + 1] for total in self.total)
        before = self.cell.step_back(self.weights, self.slopes, t, at, self.sums[t])
        for own, total, passed in list(zip(self.own, self.total, self.passed, strict=True))[1:]:
            own[t + 1] = total[t + 1] - passed[t + 1]
        for passed, part in zip(self.passed, before, strict=True):
            passed[t] = part
            if stops:
                passed[t, 1] = 0.0
        if t == 0:
            for total, passed in zip(self.total, self.passed, strict=True):
                total[0] = passed[0]
        return np.asarray(self.sums[t].dot(self.weights["Wx"].T))

    def way(self, row: int) -> Way:
        total, passed, own = (
            tuple(frozen(array[:, row]) for array in state) for state in (self.total, self.passed, self.own)
        )
        return Way(total=total, passed=passed, own=own, sums=frozen(self.sums[:, row]))
