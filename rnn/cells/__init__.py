"""What is unrolled over time, one file a cell."""

from rnn.cells.vanilla import CellTape, Vanilla, Weights

CELLS = {"vanilla": Vanilla}

__all__ = ["CELLS", "CellTape", "Vanilla", "Weights"]
