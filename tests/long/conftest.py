"""What takes long: whole matrices, kills, fuzz and soak, run by name: ``python3 main.py test tests/long``.

The suite leaves this room out. Each test here drives a function that a test of the suite drives too, with a
slice of the cases: one code, two sizes. A test of the suite is ended after five minutes, as one that hangs;
here it takes as long as it takes.
"""

from __future__ import annotations

import faulthandler

import pytest

from tests.gui.windows import kept, open_window, qtbot, settings  # noqa: F401


@pytest.fixture(autouse=True)
def unlimited() -> None:
    faulthandler.cancel_dump_traceback_later()
