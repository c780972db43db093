"""What the tests of the window stand on: plots set up as the window sets them up, and patience."""

import pyqtgraph as pg

from tests.gui.windows import open_window, qtbot, settings  # noqa: F401

pg.setConfigOption("imageAxisOrder", "row-major")
