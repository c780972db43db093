"""A triangle of pairs of time steps in colours, with what training does not know, and a cross of frames."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen

from gui.panels.pairs.image import Levels, colours, shades
from gui.panels.pairs.marks import Cross, borders
from gui.panels.pairs.rowless import Rowless
from gui.panels.plots.hatch import Cells, Hatch
from gui.panels.plots.plot import Plot
from gui.theme import Theme
from rnn.array import Array
from rnn.model.batch import Mask

NO_CELLS: Cells = np.zeros((0, 0), dtype=bool)


class Triangle:
    """Everything that is drawn in the plot; rows are losses, downwards, and columns states.

    Attributes:
        image: the norms.
        hatch: the pairs that training does not know.
        border: the line around them.
        cross: the row and the column that a person points at.
        rowless: the word for rows without a loss.
    """

    def __init__(self, plot: Plot) -> None:
        self.image = pg.ImageItem(axisOrder="row-major")
        self.hatch = Hatch()
        self.border = pg.PlotCurveItem()
        self.cross = Cross()
        for layer, item in enumerate((self.image, self.hatch, self.border, self.cross)):
            item.setZValue(layer)
            plot.add(item)
        self.rowless = Rowless(plot)

    def clear(self) -> None:
        """Draw nothing."""
        self.image.clear()
        self.hatch.set_cells(NO_CELLS)
        self.border.setData([], [])
        self.cross.set_steps(1, 0)
        self.rowless.draw(np.zeros(0, dtype=bool), 1)

    def draw(self, norms: Array, span: Levels, first: int, trained: Cells, truncation: int | None) -> None:
        """Draw ``norms`` (T, T), whose row and column 0 are the step ``first``; hatch the not ``trained``."""
        last = first + len(norms) - 1
        self.image.setImage(shades(norms, span), autoLevels=False, levels=(0, 255))
        self.image.setRect(QRectF(first - 0.5, first - 0.5, len(norms), len(norms)))
        self.hatch.set_cells(np.tri(len(norms), dtype=bool) & ~trained)
        self.hatch.setPos(first - 1.0, first - 1.0)
        self.border.setData(*borders(first, last, len(norms) + first if truncation is None else truncation))
        self.cross.set_steps(first, last)

    def name_empty_rows(self, scored: Mask, first: int) -> None:
        """Say where there is no loss, of the rows from ``first`` on; after each change of what is in view."""
        self.rowless.draw(~scored, first)

    def apply_theme(self, theme: Theme) -> None:
        self.image.setLookupTable(colours(theme))
        self.hatch.set_colour(theme.faint(theme.surface, 0.75))
        self.border.setPen(border_pen(theme))
        self.rowless.apply_theme(theme)


def border_pen(theme: Theme) -> QPen:
    """The pen of the line where training stops."""
    return theme.pen(theme.text, 2.0)
