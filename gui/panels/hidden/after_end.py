"""A veil over the time steps after the last one that counts."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QGraphicsRectItem

from gui.panels.plots.plot import Plot
from gui.theme import Theme

WORDS = "after the end"
DIMMED = 0.8
ABOVE_IMAGE = 1.5


class AfterEnd(QGraphicsRectItem):
    """Dims the columns of a plot of cells after a time step."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setZValue(ABOVE_IMAGE)
        self.setVisible(False)
        plot.add(self)

    def show_end(self, end: int, steps: int, rows: int) -> None:
        """Dim the time steps after ``end`` of ``steps``, over so many rows."""
        self.setVisible(end < steps)
        self.setRect(QRectF(end + 0.5, 0.5, steps - end, rows))

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self.setBrush(theme.faint(theme.surface, DIMMED))
