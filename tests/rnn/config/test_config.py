"""The config: it checks itself, is changed by full keys, and is the same after a TOML file."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.config import ModelConfig, RunConfig, TrainingConfig, live_keys, read_config
from rnn.data.tasks import TASKS
from rnn.errors import ConfigError, DataError, ScopeError
from rnn.model.cells import CELLS
from rnn.model.initializers import INITIALIZERS
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.settings import Settings, declarations

KEYS = [
    "seed",
    "engine",
    "task.name",
    "task.sequences",
    "task.length",
    "task.span",
    "task.noise",
    "task.validation_sequences",
    "task.carry_state",
    "model.cell",
    "model.nonlinearity",
    "model.layers",
    "model.readout",
    "model.initializer",
    "model.spectral_radius",
    "model.weights",
    "model.rnn",
    "model.head",
    "training.optimizer",
    "training.learning_rate",
    "training.schedule",
    "training.step_epochs",
    "training.step_factor",
    "training.warmup_epochs",
    "training.weight_decay",
    "training.clip_norm",
    "training.clip_value",
    "training.batch",
    "training.truncation",
    "training.shuffle",
    "training.epochs",
]
PARTS: list[type[Settings]] = [RunConfig, ModelConfig, TrainingConfig, *TASKS.values()]


def test_the_keys_are_these() -> None:
    assert list(RunConfig().values()) == KEYS


def test_the_defaults_are_the_article() -> None:
    values = RunConfig().values()
    assert (
        values
        | {
            "task.name": "sine",
            "task.sequences": 100,
            "task.length": 11,
            "task.span": 1.0,
            "task.noise": 0.008,
            "task.carry_state": False,
            "model.cell": "vanilla",
            "model.nonlinearity": "tanh",
            "model.layers": (4,),
            "model.readout": "mse",
            "model.initializer": "uniform",
            "model.spectral_radius": None,
            "training.optimizer": "sgd",
            "training.learning_rate": 0.2,
            "training.schedule": "constant",
            "training.weight_decay": 0.0,
            "training.clip_norm": None,
            "training.clip_value": None,
            "training.batch": 1,
            "training.truncation": None,
            "training.shuffle": False,
            "training.epochs": 9,
        }
        == values
    )


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_setting_explains_itself(part: type[Settings]) -> None:
    for name, declared, _ in declarations(part):
        assert declared.label, name
        assert declared.help.endswith("."), name
        assert declared.help.isascii(), f"the help of {name} cannot be printed everywhere"


def test_rate_decay_and_clips_are_live_and_nothing_else() -> None:
    live = {"learning_rate", "weight_decay", "clip_norm", "clip_value"}
    assert live_keys() == {f"training.{name}" for name in live}


def test_values_are_changed_by_their_full_keys_and_all_others_stay() -> None:
    config = RunConfig().with_values({"seed": "3", "task.noise": 0.5, "training.clip_norm": "1"})
    changed = {key: value for key, value in config.values().items() if RunConfig().values()[key] != value}
    assert changed == {"seed": 3, "task.noise": 0.5, "training.clip_norm": 1.0}
    assert RunConfig().seed == 0


def test_another_task_starts_from_its_own_defaults() -> None:
    sine = RunConfig().with_values({"task.carry_state": True, "task.noise": 1.0})
    data = sine.with_values({"task.name": "data", "task.file": "f.npz"})
    assert data.task.values() == {"file": "f.npz", "carry_state": False}
    assert data.with_values({"task.name": "sine"}).task == RunConfig().task
    same = sine.with_values({"task.name": "sine", "task.length": 5})
    assert same.task.values() == sine.task.values() | {"length": 5}


NO_SETTING = " is not a setting; keys are seed and engine, or begin with task, model or training and a point"
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"bar": 1}, f"bar{NO_SETTING}"),
    ({"": 1}, f"{NO_SETTING}"),
    ({"a.b.c": 1}, f"a.b.c{NO_SETTING}"),
    ({".seed": 1}, f".seed{NO_SETTING}"),
    ({"seed.x": 1}, f"seed.x{NO_SETTING}"),
    ({"training.rate": 1}, "training.rate is not a setting; here there are "
     f"{', '.join(TrainingConfig().values())}"),
    ({"task.file": "f"}, "task.file is not a setting; here there are "
     "sequences, length, span, noise, validation_sequences, carry_state"),
    ({"task.name": "foo"}, f"task.name must be one of {', '.join(TASKS)}, not 'foo'"),
    ({"task.name": ["sine"]}, f"task.name must be one of {', '.join(TASKS)}, not ['sine']"),
    ({"task.noise": -1}, "task.noise must be from 0 to 100, not -1"),
    ({"model.layers": "4" + ",4" * 32}, "model.layers must be at most 32 widths, not 33"),
    ({"model.cell": "x"}, f"model.cell must be one of {', '.join(CELLS)}, not 'x'"),
    ({"model.layers": 0}, "model.layers must be from 1 to 4,096, not 0"),
    ({"model.initializer": "x"}, f"model.initializer must be one of {', '.join(INITIALIZERS)}, not 'x'"),
    ({"model.weights": ""}, "model.weights must name an .npz or .safetensors file, or be off"),
    ({"training.optimizer": "x"}, f"training.optimizer must be one of {', '.join(OPTIMIZERS)}, not 'x'"),
    ({"training.clip_norm": 0}, f"training.clip_norm must be above 0 and at most {10**12:,} or off, not 0"),
    ({"training.epochs": 1.5}, "training.epochs must be a whole number, not 1.5"),
    ({"seed": -1}, "seed must be from 0 to 9,007,199,254,740,992, not -1"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=lambda part: str(part)[:30])
def test_a_wrong_setting_is_refused_in_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        RunConfig().with_values(changes)
    assert str(refusal.value) == sentence


FILES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda t: t.strip().lower() != "off"
)


@given(
    values=st.fixed_dictionaries(
        {
            "seed": st.integers(0, 2**53),
            "engine": st.sampled_from(("auto", "numpy", "compiled")),
            "task.noise": st.floats(0.0, 100.0),
            "task.span": st.floats(0.0, 1000.0, exclude_min=True),
            "task.carry_state": st.booleans(),
            "model.layers": st.lists(st.integers(1, 4096), min_size=1, max_size=4),
            "model.initializer": st.sampled_from(sorted(INITIALIZERS)),
            "model.spectral_radius": st.none() | st.floats(0.0, 100.0),
            "model.weights": st.none() | FILES,
            "training.learning_rate": st.floats(0.0, 1e6),
            "training.clip_norm": st.none() | st.floats(0.0, 1e12, exclude_min=True),
        }
    ),
    file=FILES,
    from_file=st.booleans(),
)
def test_a_toml_file_holds_every_config_exactly(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any], file: str, from_file: bool
) -> None:
    if from_file:
        values = {key: value for key, value in values.items() if key not in ("task.noise", "task.span")}
        values |= {"task.name": "data", "task.file": file}
    config = RunConfig().with_values(values)
    path = tmp_path_factory.getbasetemp() / "run.toml"
    path.write_text(config.to_toml(), encoding="utf-8", newline="")
    assert read_config(path) == config


def test_an_off_setting_is_written_as_off_and_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    assert 'clip_norm = "off"' in RunConfig().to_toml()
    (tmp_path / "c.toml").write_text("[training]\nepochs = 2\n")
    assert read_config(tmp_path / "c.toml") == RunConfig().with_values({"training.epochs": 2})


def test_the_files_that_a_run_reads_are_known() -> None:
    assert RunConfig().files() == {}
    config = RunConfig().with_values({"task.name": "data", "task.file": "d.npz", "model.weights": "w.npz"})
    assert config.files() == {"task.file": "d.npz", "model.weights": "w.npz"}


BROKEN: dict[str, tuple[bytes, str]] = {
    "no toml": (b"seed: 3\n", "expected TOML (Expected '=' after a key"),
    "not utf-8": (b"seed = 1 # \xff\n", "expected TOML ('utf-8' codec can't decode"),
    "nested without end": (b"a = " + b"[" * 100_000, "expected TOML ("),
    "a key twice": (b"seed = 1\nseed = 2\n", "expected TOML ("),
    "a part that is no table": (b"task = 3\n", "task: expected a table [task]"),
    "an unknown table": (b"[window]\nwidth = 3\n", "window.width is not a setting"),
    "a table in a table": (b"[task.noise]\na = 1\n", "task.noise must be a number, not {'a': 1}"),
    "a date": (b"seed = 2020-01-01\n", "seed must be a whole number, not datetime.date(2020, 1, 1)"),
    "not a number": (b"[training]\nlearning_rate = nan\n", "training.learning_rate must be a finite number"),
    "nothing of a width": (b"[model]\nlayers = []\n", "model.layers must name at least one width"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_refused_in_one_sentence(kind: str, tmp_path: Path) -> None:
    content, expected = BROKEN[kind]
    path = tmp_path / "c.toml"
    path.write_bytes(content)
    with pytest.raises(ScopeError) as refusal:
        read_config(path)
    text = str(refusal.value).removeprefix(f"{path}: ").removeprefix(f"{path}, ")
    assert text.startswith(expected)
    assert "\n" not in text


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file"):
        read_config(tmp_path / "none.toml")
    with pytest.raises(DataError, match="expected a file, found a folder"):
        read_config(tmp_path)


def test_a_config_cannot_be_changed_and_compares_by_value() -> None:
    with pytest.raises(AttributeError):
        RunConfig().seed = 2  # type: ignore[misc]
    assert RunConfig() == RunConfig()
    assert RunConfig() != RunConfig().with_values({"task.noise": math.pi})


DOES_NOT_APPLY: list[tuple[dict[str, Any], str]] = [
    ({"model.cell": "gru", "model.nonlinearity": "relu"},
     "model.nonlinearity must be tanh with the cell gru, not relu"),
    ({"model.spectral_radius": 0.9, "model.cell": "lstm"},
     "model.spectral_radius must be off with the cell lstm, which has several recurrent matrices, not 0.9"),
    ({"training.step_epochs": 3}, "training.step_epochs must be 10 with the schedule constant, not 3"),
    ({"training.schedule": "cosine", "training.warmup_epochs": 3},
     "training.warmup_epochs must be 1 with the schedule cosine, not 3"),
    ({"task.carry_state": True, "training.shuffle": True},
     "training.shuffle must be false where the state is carried, in the order of the series, not true"),
    ({"model.readout": "nll"}, "model.readout must be mse for the task sine, not nll"),
    ({"task.name": "text", "model.readout": "mse"}, "model.readout must be nll for the task text, not mse"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence"), DOES_NOT_APPLY, ids=lambda part: str(part)[:30])
def test_what_does_not_apply_is_refused_where_it_is_asked_for(changes: dict[str, Any], sentence: str) -> None:
    for order in (changes, dict(reversed(changes.items()))):
        with pytest.raises(ConfigError) as refusal:
            RunConfig().with_values(order)
        assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("before", "change", "after"),
    [
        (
            {"model.nonlinearity": "relu", "model.spectral_radius": 0.5},
            {"model.cell": "lstm"},
            {"model.nonlinearity": "tanh", "model.spectral_radius": None},
        ),
        (
            {"training.schedule": "step", "training.step_epochs": 2, "training.step_factor": 0.5},
            {"training.schedule": "warm-up"},
            {"training.step_epochs": 10, "training.step_factor": 0.1},
        ),
        ({"training.shuffle": True}, {"task.carry_state": True}, {"training.shuffle": False}),
        ({}, {"task.name": "text"}, {"model.readout": "nll"}),
        ({"task.name": "text"}, {"task.name": "sine"}, {"model.readout": "mse"}),
        ({"task.name": "data", "model.readout": "nll"}, {"task.file": "f.npz"}, {"model.readout": "nll"}),
    ],
)
def test_what_does_not_apply_any_more_goes_back_to_its_default(
    before: dict[str, Any], change: dict[str, Any], after: dict[str, Any]
) -> None:
    config = RunConfig().with_values(before).with_values(change)
    assert {key: config.values()[key] for key in after} == after


def test_a_config_says_why_a_setting_does_not_apply() -> None:
    gated = RunConfig().with_values({"model.cell": "gru"})
    assert gated.unless("model.nonlinearity") == "with the cell gru"
    assert RunConfig().unless("model.nonlinearity") is None
    assert RunConfig().unless("training.warmup_epochs") == "with the schedule constant"
    assert RunConfig().unless("seed") is None


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_task_goes_with_every_cell(task: str, cell: str) -> None:
    config = RunConfig().with_values({"task.name": task, "model.cell": cell, "model.layers": "3, 2"})
    assert config.model.readout in config.task.readouts()
    assert RunConfig().with_values(config.values()) == config


@pytest.mark.parametrize(
    ("task", "needed"), [("series", ["task.file"]), ("data", ["task.file"]), ("text", []), ("sine", [])]
)
def test_a_file_that_must_be_named_is_known(task: str, needed: list[str]) -> None:
    config = RunConfig().with_values({"task.name": task})
    assert [key for key, _ in config.files_needed()] == needed
    if needed:
        assert config.with_values({"task.file": "mine.npz"}).files_needed() == ()


@pytest.mark.parametrize(
    ("file", "other", "own"),
    [("task.file", "b.csv", ["task.column"]), ("model.weights", "b.npz", ["model.rnn", "model.head"])],
)
def test_what_was_said_of_a_file_is_forgotten_with_another_one(file: str, other: str, own: list[str]) -> None:
    task = {"task.name": "series"} if file == "task.file" else {}
    config = RunConfig().with_values({**task, file: "a.csv", **dict.fromkeys(own, "here")})
    assert [config.values()[key] for key in own] == ["here"] * len(own)
    same = config.with_values({file: os.path.abspath("a.csv")})
    assert [same.values()[key] for key in own] == ["here"] * len(own)
    assert [config.with_values({file: other}).values()[key] for key in own] == [""] * len(own)
    both = config.with_values({file: other, **dict.fromkeys(own, "there")})
    assert [both.values()[key] for key in own] == ["there"] * len(own)


def test_every_setting_that_belongs_to_a_file_names_one_in_its_section() -> None:
    parts = [*TASKS.values(), ModelConfig, TrainingConfig]
    found = [(part, declared.of) for part in parts for _, declared, _ in declarations(part) if declared.of]
    assert len(found) == 3
    for part, file in found:
        assert next(declared for name, declared, _ in declarations(part) if name == file).file
