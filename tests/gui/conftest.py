"""What the tests of the window stand on: plots as it sets them up, patience, and nothing kept unseen."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pyqtgraph as pg
import pytest

from gui.failures import log
from tests.gui.windows import open_window, qtbot, settings  # noqa: F401

pg.setConfigOption("imageAxisOrder", "row-major")


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The tracebacks of what failed and was kept; a test that plants an error takes them out."""
    found: list[str] = []

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.exc_text or record.getMessage())

    monkeypatch.setattr(log.log, "filters", [log.Once()])
    monkeypatch.setattr(log.log, "handlers", [Reader()])
    yield found
    assert found == []
