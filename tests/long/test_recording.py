"""Every preset, by both engines, comes again to any update bit for bit, and so does all that is measured."""

from __future__ import annotations

import pytest

from rnn.config.presets import load_preset, presets
from rnn.training.engines import ENGINES
from tests.rnn.recording.recorded import assert_exact
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")
EPOCHS = {
    "text": 2,
    "temporal-order": 2,
    "copy-memory": 2,
    "adding": 1,
}  # in NumPy, where all would take hours


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
@pytest.mark.parametrize("engine", ENGINES)
def test_any_update_of_a_preset_is_had_again(engine: str, name: str) -> None:
    config = load_preset(name).config
    if engine == "numpy":
        config = config.with_values({"training.epochs": EPOCHS.get(name, config.training.epochs)})
    recording = assert_exact(config, ENGINES[engine], spacing=0.08, looks=True, most=16)
    print(f"{name}, {engine}: {recording.update:,} updates, {len(recording.checkpoints)} checkpoints")
