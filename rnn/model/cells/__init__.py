"""What is unrolled over time, one file a cell."""

from rnn.model.cells.base import Cell, CellTape, Signal, State, Weights
from rnn.model.cells.gru import Gru
from rnn.model.cells.lstm import Lstm
from rnn.model.cells.vanilla import Vanilla

CELLS: dict[str, type[Cell]] = {"vanilla": Vanilla, "gru": Gru, "lstm": Lstm}

__all__ = ["CELLS", "Cell", "CellTape", "Gru", "Lstm", "Signal", "State", "Vanilla", "Weights"]
