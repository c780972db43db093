"""run.toml tells when it was cut; what a person wrote or changed is read as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnn.config import RunConfig, read_config
from rnn.config.presets import load_preset
from rnn.config.toml import toml_value
from rnn.errors import DataError, ScopeError
from rnn.files.seal import sealed

# The settings of each task in files without the two lines, in their order. No new one belongs here: it
# belongs to NEWER in rnn/config/run_file.py.
OF_A_WAVE = "sequences length span noise validation_sequences carry_state"
OLD_TASKS = {
    "sine": OF_A_WAVE,
    "two-sines": f"{OF_A_WAVE} second_frequency second_amplitude",
    "square": OF_A_WAVE,
    "sawtooth": OF_A_WAVE,
    "damped": f"{OF_A_WAVE} damping strike",
    "chirp": f"{OF_A_WAVE} end_frequency sweep",
    "mackey-glass": "sequences length interval tau noise validation_sequences carry_state",
    "series": "file column length held_out scaling carry_state",
    "data": "file carry_state",
    "adding": "delay sequences validation_sequences",
    "copy-memory": "delay recalled symbols sequences validation_sequences",
    "temporal-order": "shortest delay sequences validation_sequences",
    "recall": "delay noise sequences validation_sequences",
    "text": "file length held_out characters carry_state",
}
OLD_MODEL = "cell nonlinearity layers readout initializer spectral_radius weights head"
OLD_TRAINING = (
    "optimizer learning_rate schedule step_epochs step_factor warmup_epochs weight_decay clip_norm "
    "clip_value batch truncation shuffle epochs"
)

DIGESTS = {"weights.npz": f"{64 * '0'} of 4 bytes", "updates.csv": None}


def old_lines(task: str) -> list[str]:
    """A whole file of ``task`` as it was before the two lines."""
    values = RunConfig().with_values({"task.name": task}).values()
    tables = {"task": f"name {OLD_TASKS[task]}", "model": OLD_MODEL, "training": OLD_TRAINING}
    lines = ["seed = 0", 'engine = "auto"']
    for table, names in tables.items():
        lines += ["", f"[{table}]", *(f"{n} = {toml_value(values[f'{table}.{n}'])}" for n in names.split())]
    return lines


def cuts_that_are_read(file: Path, content: bytes) -> list[tuple[int, RunConfig]]:
    """The lengths to which ``content`` may be cut so that it is still read, and as what."""
    found = []
    for length in range(len(content)):
        file.write_bytes(content[:length])
        try:
            found.append((length, read_config(file)))
        except ScopeError:
            continue
    return found


@pytest.mark.parametrize("name", ["temporal-order"])
def test_every_cut_of_a_run_toml_is_refused_but_that_of_the_last_line_end(name: str, tmp_path: Path) -> None:
    config = load_preset(name).config
    content = sealed(config.to_toml(), DIGESTS, "is lost").encode()
    assert cuts_that_are_read(tmp_path / "run.toml", content) == [(len(content) - 1, config)]


def test_a_run_toml_can_be_edited(tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    written = sealed(RunConfig().to_toml(), {})
    edited = f"# mine\n\n{written}".replace("\n", "\r\n").replace("epochs = 9", "epochs = 8 # fewer")
    file.write_bytes(edited.encode())
    assert read_config(file) == RunConfig().with_values({"training.epochs": 8})
    file.write_text("\n".join(line for line in written.splitlines() if "shuffle" not in line))
    assert read_config(file) == RunConfig()
    file.write_text("\n".join(written.splitlines()[:-1]))
    with pytest.raises(DataError, match=r"run\.toml: is not whole: expected # end as the last line"):
        read_config(file)


@pytest.mark.parametrize("task", OLD_TASKS)
def test_a_file_without_the_two_lines_is_cut_where_it_ends_after_the_first_table(
    task: str, tmp_path: Path
) -> None:
    file = tmp_path / "run.toml"
    lines = old_lines(task)
    file.write_text("\n".join(lines))
    assert read_config(file) == RunConfig().with_values({"task.name": task})
    for count in range(lines.index("[model]") + 1, len(lines)):
        file.write_text("\n".join(lines[:count]))
        with pytest.raises(DataError, match=r": is not whole: every setting is there up to "):
            read_config(file)


@pytest.mark.parametrize(
    "text",
    [
        "# nothing yet\n",
        "seed = 3",
        'seed = 3\nengine = "numpy"\n[task]\nname = "sine"\nsequences = 20\n',
        'seed = 3\n[task]\nname = "adding"\n[model]\ncell = "gru"\n',
        '[model]\ncell = "gru"\n[training]\nepochs = 3\n',
        'seed = 3\nengine = "numpy"\n[training]\noptimizer = "adam"\n',
    ],
)
def test_a_config_of_few_settings_is_no_cut_one(text: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(text)
    read_config(tmp_path / "mine.toml")


@pytest.mark.parametrize("text", ["", "\n", "#", "# rnn-scope"])
def test_a_file_that_says_nothing_is_not_whole(text: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(DataError, match="is not whole"):
        read_config(tmp_path / "run.toml")
