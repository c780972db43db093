"""Files of the program, cut to every length, with every bit flipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn.config.presets import load_preset, presets
from rnn.files.seal import sealed
from rnn.weights import save_weights
from tests.rnn.config.test_run_file import DIGESTS, cuts_that_are_read
from tests.rnn.weights.test_files import ENDINGS, drawn, flips_that_are_read


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
def test_every_cut_of_a_run_toml_is_refused_or_the_same_run(name: str, tmp_path: Path) -> None:
    config = load_preset(name).config
    content = sealed(config.to_toml(), DIGESTS).encode()
    read = cuts_that_are_read(tmp_path / "run.toml", content)
    print(
        f"{name}: {len(content)} cuts, {len(content) - len(read)} refused, {len(read)} read as the same run"
    )
    assert {config for _, config in read} == {config}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_flip_of_a_bit_of_a_file_of_weights_is_refused_or_the_same(ending: str, tmp_path: Path) -> None:
    save_weights(file := tmp_path / f"w{ending}", drawn("gru"))
    bits = 8 * file.stat().st_size
    same, others = flips_that_are_read(file, range(bits))
    print(f"{ending}: {bits} flips, {same} read as the same weights, {others} as others, the rest refused")
    assert others == 0
