"""Layers of cells under a linear readout: forward, and backward through time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from numpy.random import Generator

from rnn.array import Array
from rnn.model.cells import Cell, CellTape, State, Vanilla
from rnn.model.initializers import INITIALIZERS, draw_cell, spectral_radius
from rnn.model.parameters import Parameters
from rnn.model.readout import Readout, SquaredError

States = list[State]


@dataclass(frozen=True, slots=True, eq=False)
class Tape:
    """What a forward pass leaves.

    Attributes:
        cells: the tape of each layer, lowest first.
        output: (T, B, O) the answers ŷ; for a softmax its logits.
    """

    cells: list[CellTape]
    output: Array

    @property
    def final(self) -> States:
        """The last state of each layer, each array (B, H)."""
        return [tuple(state[-1] for state in cell.states) for cell in self.cells]

    def until(self, end: int) -> Tape:
        """The first ``end`` time steps of it."""
        return Tape([cell.until(end) for cell in self.cells], self.output[:end])


@dataclass(frozen=True, slots=True, eq=False)
class Gradients:
    """What a backward pass gives.

    Attributes:
        parameters: ∂L/∂θ under the names of the network's parameters.
        states: for each layer, and each array s of its state, ∂L/∂s_t (T+1, B, H), t = 0 … T, total: along
            every path from s_t to the loss, the other arrays of the state held.
        outputs: for each layer (T, B, H) what the layers above send back to h_t, t = 1 … T, at that very
            step, without what comes back through later steps.
    """

    parameters: Parameters
    states: list[State]
    outputs: list[Array]

    @property
    def dh(self) -> list[Array]:
        """∂L/∂h_t (T+1, B, H) of each layer."""
        return [state[0] for state in self.states]


class Network:
    """A stack of recurrent layers and a readout over the top one.

    Attributes:
        widths: the number of units of each layer, lowest first.
        cell: what each layer is made of.
        readout: the class of the readout.
        parameters: ``l0.Wx``, ``l0.Wh``, ``l0.b``, ``l1.Wx``, …, ``head.W``, ``head.b``.
        absent: the names of those that it does not have, as a model that was made without biases: they are
            zero, and so is their gradient.
    """

    def __init__(
        self,
        inputs: int,
        widths: Sequence[int],
        outputs: int,
        *,
        cell: Cell | None = None,
        readout: type[Readout] = SquaredError,
        absent: Collection[str] = (),
    ) -> None:
        self.cell: Cell = Vanilla() if cell is None else cell
        self.readout = readout
        self.absent = frozenset(absent)
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

    def twin(self, cell: Cell | None = None) -> Network:
        """Another one like it, with the same weights in arrays of its own.

        Arguments:
            cell: one with the same weights, in the place of its own.
        """
        twin = Network(
            self.inputs,
            self.widths,
            self.outputs,
            cell=self.cell if cell is None else cell,
            readout=self.readout,
            absent=self.absent,
        )
        twin.parameters.vector[:] = self.parameters.vector
        return twin

    @property
    def present(self) -> dict[str, Array]:
        """The parameters that it has."""
        return {name: weight for name, weight in self.parameters.items() if name not in self.absent}

    def initialize(self, rng: Generator, initializer: str, radius: float | None = None) -> None:
        """Draw all weights anew.

        Arguments:
            initializer: a name in INITIALIZERS.
            radius: rescale each W_h to this measured spectral radius ρ, for a cell with one block of columns;
                None leaves it as drawn.

        Raises:
            ValueError: a W_h with ρ = 0 cannot be rescaled.
        """
        draw = INITIALIZERS[initializer]
        for layer in self._layers:
            draw_cell(draw, rng, self.cell.roles, layer)
            if radius is not None:
                drawn = spectral_radius(layer["Wh"])
                if drawn == 0.0 and radius > 0.0:
                    raise ValueError("the recurrent weights were drawn with ρ = 0")
                layer["Wh"] *= radius / drawn if drawn else 1.0
        self._head["W"][...] = draw.readout_weight(rng, self._head["W"].shape)
        self._head["b"][...] = draw.bias(rng, self._head["b"].shape)

    def start(self, batch: int) -> States:
        """The zero state of each layer for so many sequences."""
        return [self.cell.start(batch, width) for width in self.widths]

    def forward(self, x: Array, start: States | None = None) -> Tape:
        """Unroll over ``x`` (T, B, D) from the states ``start``, zero where None."""
        start = self.start(x.shape[1]) if start is None else start
        cells: list[CellTape] = []
        for weights, state in zip(self._layers, start, strict=True):
            cells.append(self.cell.forward(weights, x, state))
            x = cells[-1].h[1:]
        T, B, H = x.shape
        output = x.reshape(T * B, H).dot(self._head["W"])
        output += self._head["b"]
        return Tape(cells, output.reshape(T, B, self.outputs))

    def backward(self, tape: Tape, dy: Array, truncation: int | None = None) -> Gradients:
        """Backpropagate ``dy`` = ∂L/∂ŷ (T, B, O) through all layers, and through time.

        ∂L/∂W = Σ_t h_tᵀ ∂L/∂ŷ_t,   ∂L/∂b = Σ_t ∂L/∂ŷ_t,   ∂L/∂h_t = ∂L/∂ŷ_t Wᵀ + what comes from step t+1

        Arguments:
            truncation: k, so that no gradient passes from step k+1 to step k, from 2k+1 to 2k, … in any
                layer; None lets it pass everywhere (Williams and Peng 1990).
        """
        h = tape.cells[-1].h[1:]
        rows = dy.reshape(-1, self.outputs)
        found = {"head.W": h.reshape(-1, self.widths[-1]).T.dot(rows), "head.b": rows.sum(axis=0)}
        dh = rows.dot(self._head["W"].T).reshape(h.shape)
        states: list[State] = []
        outputs: list[Array] = []
        for layer in reversed(range(len(self.widths))):
            outputs.append(dh)
            dh, of_states, weights = self.cell.backward(
                self._layers[layer], tape.cells[layer], dh, truncation
            )
            states.append(of_states)
            found |= {f"l{layer}.{name}": gradient for name, gradient in weights.items()}
        gradient = Parameters(self.parameters.shapes)
        for name in self.present:
            gradient[name][...] = found[name]
        return Gradients(gradient, states[::-1], outputs[::-1])
