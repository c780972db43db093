"""What the tests of the window stand on: plots as it sets them up, patience, and nothing kept unseen."""

import pyqtgraph as pg

from tests.gui.windows import kept, none_left, open_window, qtbot, settings  # noqa: F401

pg.setConfigOption("imageAxisOrder", "row-major")
