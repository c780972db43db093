"""Layers of cells under a linear readout: forward, and backward through time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from rnn.array import Array
from rnn.cells import CELLS, CellTape, Vanilla
from rnn.errors import ConfigError
from rnn.initializers import INITIALIZERS, spectral_radius
from rnn.parameters import Parameters
from rnn.readout import READOUTS, SquaredError

States = list[Array]


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """What a forward pass leaves.

    Attributes:
        cells: the tape of each layer, lowest first.
        output: (T, B, O) the answers ŷ.
    """

    cells: list[CellTape]
    output: Array

    @property
    def final(self) -> States:
        """The last hidden state (B, H) of each layer."""
        return [cell.h[-1] for cell in self.cells]


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """What a backward pass gives.

    Attributes:
        parameters: ∂L/∂θ under the names of the network's parameters.
        dh: for each layer ∂L/∂h_t (T+1, B, H), t = 0 … T, total: along every path from h_t to the loss.
    """

    parameters: Parameters
    dh: list[Array]


class Network:
    """A stack of recurrent layers and a readout over the top one.

    Attributes:
        widths: the number of units of each layer, lowest first.
        cell, readout: the classes that it is made of.
        parameters: ``l0.Wx``, ``l0.Wh``, ``l0.b``, ``l1.Wx``, …, ``head.W``, ``head.b``.
    """

    def __init__(
        self,
        inputs: int,
        widths: Sequence[int],
        outputs: int,
        *,
        cell: type[Vanilla] = CELLS["vanilla"],
        readout: type[SquaredError] = READOUTS["mse"],
    ) -> None:
        self.cell, self.readout = cell, readout
        self.inputs, self.widths, self.outputs = inputs, tuple(widths), outputs
        shapes: dict[str, tuple[int, ...]] = {}
        below = inputs
        for layer, width in enumerate(self.widths):
            shapes |= {f"l{layer}.{name}": shape for name, shape in self.cell.shapes(below, width).items()}
            below = width
        shapes |= {f"head.{name}": shape for name, shape in self.readout.shapes(below, outputs).items()}
        self.parameters = Parameters(shapes)
        self._layers = [self.parameters.group(f"l{layer}") for layer in range(len(self.widths))]
        self._head = self.parameters.group("head")
        self._gradient = Parameters(shapes)
        self._into = [self._gradient.group(f"l{layer}") for layer in range(len(self.widths))]
        self._into_head = self._gradient.group("head")

    def initialize(self, rng: Generator, initializer: str, radius: float | None = None) -> None:
        """Draw all weights anew.

        Arguments:
            initializer: a name in INITIALIZERS.
            radius: rescale each W_h to this measured spectral radius ρ; None leaves it as drawn.

        Raises:
            ConfigError: a W_h with ρ = 0 cannot be rescaled.
        """
        draw = INITIALIZERS[initializer]
        for layer in self._layers:
            layer["Wx"][...] = draw.input_weight(rng, layer["Wx"].shape)
            layer["Wh"][...] = draw.recurrent_weight(rng, layer["Wh"].shape)
            layer["b"][...] = draw.bias(rng, layer["b"].shape)
            if radius is not None:
                drawn = spectral_radius(layer["Wh"])
                if drawn == 0.0 and radius > 0.0:
                    raise ConfigError("model.spectral_radius", "cannot be reached: W_h was drawn with ρ = 0")
                layer["Wh"] *= radius / drawn if drawn else 1.0
        self._head["W"][...] = draw.readout_weight(rng, self._head["W"].shape)
        self._head["b"][...] = draw.bias(rng, self._head["b"].shape)

    def start(self, batch: int) -> States:
        """The zero state (B, H) of each layer."""
        return [np.zeros((batch, width)) for width in self.widths]

    def forward(self, x: Array, start: States | None = None) -> Tape:
        """Unroll over ``x`` (T, B, D) from the states ``start``, zero where None."""
        start = self.start(x.shape[1]) if start is None else start
        cells: list[CellTape] = []
        for weights, h0 in zip(self._layers, start, strict=True):
            cells.append(self.cell.forward(weights, x, h0))
            x = cells[-1].h[1:]
        T, B, H = x.shape
        output = x.reshape(T * B, H).dot(self._head["W"])
        output += self._head["b"]
        return Tape(cells, output.reshape(T, B, self.outputs))

    def backward(self, tape: Tape, dy: Array) -> Gradients:
        """Backpropagate ``dy`` = ∂L/∂ŷ (T, B, O) through all layers and all time steps.

        The gradients live in one buffer of this network, which the next call overwrites.
        """
        h = tape.cells[-1].h[1:]
        rows = dy.reshape(-1, self.outputs)
        np.dot(h.reshape(-1, self.widths[-1]).T, rows, out=self._into_head["W"])
        rows.sum(axis=0, out=self._into_head["b"])
        above = rows.dot(self._head["W"].T).reshape(h.shape)
        dh: list[Array] = []
        for weights, cell, into in zip(
            reversed(self._layers), reversed(tape.cells), reversed(self._into), strict=True
        ):
            above, states = self.cell.backward(weights, cell, above, into)
            dh.append(states)
        return Gradients(self._gradient, dh[::-1])
