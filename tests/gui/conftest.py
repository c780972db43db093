"""What the tests of the window stand on: plots set up as the window sets them up."""

import pyqtgraph as pg

pg.setConfigOption("imageAxisOrder", "row-major")
