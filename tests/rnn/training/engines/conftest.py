"""The kernels for the tests that call them, from where their machine code is kept."""

from __future__ import annotations

import pytest

from rnn.training.engines.compiled import cache
from rnn.training.engines.compiled.readiness import Preparation


@pytest.fixture(scope="session")
def kernels() -> None:
    """Have them compiled or loaded; the program's own state stays off, so that other tests train in NumPy."""
    preparation = Preparation(cache.KERNELS, cache.places)
    preparation.start()
    state = preparation.wait(300.0)
    assert state.name == "ready", state.reason
