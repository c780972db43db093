"""Where all that a burst works on lies: one flat memory, planned once for a network and its sequences.

Rows are filled up to whole vectors of 8 numbers, and a wide row has an odd number of them, so that the
rows of a matrix do not all fall into the same few places of the cache.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rnn.array import Array
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.cells import Cell, State
from rnn.model.network import Network, States

VECTOR = 8  # numbers: the most that a processor handles side by side
ROWS = 128  # of activations: so many are computed on while they are in the cache
ODD_FROM = 32  # numbers in a row

# What the kernels read of a layer; names of memory are those of the mathematics, and are offsets in it.
LAYER = np.dtype(
    [
        (name, np.int64)
        for name in (
            "inputs",  # D
            "width",  # H
            "padded",  # H filled up to whole vectors: the columns of a block
            "below",  # the length of a row of the input's width
            "narrow",  # the length of a row of h
            "wide",  # the length of a row of sums
            "in_blocks",  # how many blocks of a row of sums the input reaches: the first ones
            "vector_Wx",  # where the weights begin in the network's vector
            "vector_Wh",
            "vector_b",
            "vector_bn",
            "Wx",  # (D, blocks)
            "Wh",  # (H, blocks)
            "b",  # (blocks,)
            "bn",  # (H,)
            "WxT",  # (blocks, D)
            "WhT",  # (blocks, H)
            "gWx",  # ∂L/∂Wx, and so on
            "gWh",
            "gb",
            "gbn",
            "a",  # (T, B, blocks) the sums, then the gates; not of a vanilla cell
            "h",  # (T+1, B, H)
            "c",  # (T+1, B, H) of an LSTM
            "squashed",  # (T, B, H) its tanh(c)
            "dh",  # (group, B, H) ∂L/∂h_t but for what comes from later steps
            "da",  # (group, B, blocks) ∂L/∂a_t
            "later",  # (B, H) what comes from later steps
            "dc",  # (B, H)
        )
    ]
)
PLAN = np.dtype(
    [
        (name, np.int64)
        for name in (
            "cell",  # a code of support.py
            "g",  # the nonlinearity's
            "readout",
            "optimizer",
            "steps",  # T
            "group",  # how many of them are computed on together
            "batch",  # B, of every update but the last of an epoch
            "count",  # N
            "inputs",  # D
            "outputs",  # O
            "carried",  # whether states go on from one update to the next
            "symbols",  # whether the input is symbol numbers
            "masked",  # whether only some time steps count
            "scores",  # how many count in all sequences
            "parameters",  # P
            "x",  # (T, B, D) the input of a batch
            "x_row",
            "y",  # (T, B, O) the answers, then ∂L/∂ŷ
            "y_row",
            "y_columns",
            "vector_W",  # of the readout
            "vector_b",
            "W",  # (H, O)
            "WT",  # (O, H), with rows of zeros up to a whole vector
            "b",
            "gWT",
            "gb",
            "gradient",  # (P,) ∂L/∂θ in the order of the network's vector
            "zeros",  # a row
            "one",  # a single 1
        )
    ]
)


def padded(columns: int) -> int:
    """``columns`` filled up to whole vectors."""
    return -(-columns // VECTOR) * VECTOR


def row_length(columns: int) -> int:
    """How far one row of so many columns lies behind the one before."""
    filled = padded(columns)
    return filled + VECTOR if filled >= ODD_FROM and filled // VECTOR % 2 == 0 else filled


class Layout:
    """The plan of a memory, and the memory.

    Attributes:
        plan: (1,) of PLAN.
        layers: (L,) of LAYER.
        memory: flat.

    Arguments:
        codes: of `support.codes`.
    """

    def __init__(
        self, network: Network, sequences: Sequences, batches: Batches, codes: Mapping[str, int]
    ) -> None:
        self._used = 0
        self.plan = np.zeros(1, dtype=PLAN)
        self.layers = np.zeros(len(network.widths), dtype=LAYER)
        plan = self.plan[0]
        for name, code in codes.items():
            plan[name] = code
        plan["steps"], plan["batch"], plan["count"] = sequences.steps, batches.size, batches.count
        plan["group"] = min(sequences.steps, max(1, ROWS // batches.size))
        plan["inputs"], plan["outputs"] = network.inputs, network.outputs
        plan["carried"], plan["symbols"] = batches.carried, sequences.symbols is not None
        plan["masked"], plan["scores"] = sequences.scored is not None, sequences.scores
        starts = _starts(network)
        below = network.inputs
        for index, width in enumerate(network.widths):
            layer = self.layers[index]
            for name in ("Wx", "Wh", "b", "bn"):
                layer[f"vector_{name}"] = starts.get(f"l{index}.{name}", 0)
            self._place_layer(layer, network.cell, below, width, is_lowest=index == 0)
            below = width
        plan["vector_W"], plan["vector_b"] = starts["head.W"], starts["head.b"]
        self._place_ends(network, below)
        self.memory = _aligned(self._used)
        self.memory[plan["one"]] = 1.0

    @property
    def gradient(self) -> Array:
        """(P,) where the gradient lies."""
        at = int(self.plan[0]["gradient"])
        return self.memory[at : at + int(self.plan[0]["parameters"])]

    def states(self, batch: int, count: int) -> States:
        """Of each layer the states that the next update begins in, as many as a cell has, each (B, H)."""
        return [
            tuple(self._first_rows(int(layer[name]), layer, batch).copy() for name in ("h", "c")[:count])
            for layer in self.layers
        ]

    def begin_in(self, states: Sequence[State]) -> None:
        """Have the next update begin in these ``states``."""
        for layer, arrays in zip(self.layers, states, strict=True):
            for name, array in zip(("h", "c"), arrays, strict=False):
                self._first_rows(int(layer[name]), layer, len(array))[:] = array

    def clear_states(self) -> None:
        """Begin in the zero state."""
        batch = int(self.plan[0]["batch"])
        for layer in self.layers:
            self._first_rows(int(layer["h"]), layer, batch)[:] = 0.0
            if self._has_cell_state:
                self._first_rows(int(layer["c"]), layer, batch)[:] = 0.0

    def _first_rows(self, at: int, layer: np.void, batch: int) -> Array:
        narrow, width = int(layer["narrow"]), int(layer["width"])
        return self.memory[at : at + batch * narrow].reshape(batch, narrow)[:, :width]

    def _place_layer(self, layer: np.void, cell: Cell, inputs: int, width: int, *, is_lowest: bool) -> None:
        T, B = int(self.plan[0]["steps"]), int(self.plan[0]["batch"])
        group = int(self.plan[0]["group"])
        self._has_cell_state = cell.states > 1
        states = int(self._has_cell_state)
        filled = padded(width)
        columns = (4 if cell.gates > 1 else 1) * filled  # a GRU has h Wh + bn of the candidate by itself
        layer["inputs"], layer["width"], layer["padded"] = inputs, width, filled
        layer["below"], layer["narrow"], layer["wide"] = (row_length(n) for n in (inputs, width, columns))
        layer["in_blocks"] = cell.gates
        for name, rows, length in (
            ("Wx", inputs, columns),
            ("Wh", width, columns),
            ("b", 1, columns),
            ("bn", 1, width),
            ("WxT", 0 if is_lowest else columns, inputs),
            ("WhT", columns, width),
            ("gWx", inputs, columns),
            ("gWh", width, columns),
            ("gb", 1, columns),
            ("gbn", 1, width),
            ("a", T * B * (cell.gates > 1), columns),
            ("h", (T + 1) * B, width),
            ("c", (T + 1) * B * states, width),
            ("squashed", T * B * states, width),
            ("dh", group * B, width),
            ("da", group * B, columns),
            ("later", B, width),
            ("dc", B * states, width),
        ):
            layer[name] = self._rows(rows, length)

    def _place_ends(self, network: Network, below: int) -> None:
        """The places of what is not of a layer; ``below`` is the width of the top one."""
        plan, outputs = self.plan[0], network.outputs
        rows = int(plan["steps"]) * int(plan["batch"])
        plan["parameters"] = network.parameters.vector.size
        plan["x_row"], plan["y_row"] = row_length(network.inputs), row_length(outputs)
        plan["y_columns"] = padded(outputs)
        widest = max(outputs, *(int(max(layer["wide"], layer["below"])) for layer in self.layers))
        for name, count, length in (
            ("x", 0 if plan["symbols"] else rows, network.inputs),
            ("y", rows, outputs),
            ("W", below, outputs),
            ("gWT", outputs, below),
            ("WT", padded(outputs), below),
            ("b", 1, outputs),
            ("gb", 1, outputs),
            ("gradient", 1, int(plan["parameters"])),
            ("zeros", 1, widest),
            ("one", 1, 1),
        ):
            plan[name] = self._rows(count, length)

    def _rows(self, rows: int, columns: int) -> int:
        """Where so many rows begin, which are now taken."""
        at = self._used
        self._used += rows * row_length(columns)
        return at


def _starts(network: Network) -> dict[str, int]:
    """Where each weight begins in the network's vector."""
    starts: dict[str, int] = {}
    at = 0
    for name, shape in network.parameters.shapes.items():
        starts[name] = at
        at += int(np.prod(shape))
    return starts


def _aligned(size: int) -> Array:
    """``size`` zeros that begin where a line of the cache does."""
    spare: NDArray[np.float64] = np.zeros(size + VECTOR)
    skipped = -(spare.ctypes.data // 8) % VECTOR
    return spare[skipped : skipped + size]
