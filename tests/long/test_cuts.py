"""A run.toml of every preset, cut to every length."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn.config import run_text
from rnn.presets import load_preset, presets
from tests.rnn.test_run_file import cuts_that_are_read


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
def test_every_cut_is_refused_or_the_same_run(name: str, tmp_path: Path) -> None:
    config = load_preset(name).config
    content = run_text(config, ["a note"]).encode()
    read = cuts_that_are_read(tmp_path / "run.toml", content)
    print(
        f"{name}: {len(content)} cuts, {len(content) - len(read)} refused, {len(read)} read as the same run"
    )
    assert {config for _, config in read} == {config}
