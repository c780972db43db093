"""Every preset, by both engines, goes on from every cut bit for bit."""

from __future__ import annotations

import pytest

from rnn.config.presets import load_preset, presets
from rnn.training.engines import ENGINES
from tests.rnn.cuts import assert_goes_on_from_every_cut
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")
MOST = {"numpy": 3_000, "compiled": float("inf")}  # updates; the whole of each preset takes minutes in NumPy


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_preset_goes_on_from_every_cut(engine: str, name: str) -> None:
    stages = assert_goes_on_from_every_cut(load_preset(name).config, ENGINES[engine], MOST[engine])
    assert stages > 2
    print(f"{name}, {engine}: {stages} stages")
