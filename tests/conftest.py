"""What every test stands on: no screen, one BLAS thread before numpy is loaded, and a fresh start."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[name] = "1"

# The same examples in every run, on a busy machine too.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C end a worker at once: an exception in the midst of Qt crashes it with many words."""
    if hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def added_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry has the cells that people add as well, for configs that name them."""
    from rnn.model.cells import CELLS
    from tests.rnn.added_cells import ADDED

    for name, cell in ADDED.items():
        monkeypatch.setitem(CELLS, name, cell)


@pytest.fixture(autouse=True)
def step(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The preparation of the compiled step as a program finds it: nobody has started it yet."""
    from rnn.training.engines.compiled import cache, readiness

    fresh = readiness.Preparation(cache.KERNELS, cache.places)
    monkeypatch.setattr(readiness, "STEP", fresh)
    yield fresh
    fresh.stop()
