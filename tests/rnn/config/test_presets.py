"""The presets: each file is whole, and each run shows what its name says for nearly every seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import rnn.config.presets
from rnn.array import Array
from rnn.config import read_config
from rnn.config.presets import load_preset, presets, starting_config
from rnn.data.tasks import TASKS
from rnn.errors import ConfigError, DataError
from rnn.observing.probes import Flow
from rnn.observing.probes.flow import LayerFlow
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer

GRADIENTS = ["vanishing", "exploding", "clipped", "edge-of-chaos"]
NAMES = [
    "article",
    "article-adam",
    "article-carried",
    *GRADIENTS,
    "adding",
    "copy-memory",
    "temporal-order",
    "text",
]
SECONDS = 10.0
SEEDS = range(20)
NEARLY_ALL = 18


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the window shows of one run in its first ten seconds.

    Attributes:
        flows: of the first and of the last sequence, evenly spaced in time from before the first update on.
        mse, grad_norm: (K,) of every update.
    """

    flows: tuple[tuple[LayerFlow, LayerFlow], ...]
    mse: Array
    grad_norm: Array

    def verdicts(self) -> list[str | None]:
        """Of the first sequence, which is the one on display."""
        return [flow.verdict for flow, _ in self.flows]


@cache
def shown(name: str, seed: int, moments: int, spectral_radius: float | None = None) -> Shown:
    """Ten seconds of a preset at its pace, with another seed and perhaps another ρ."""
    preset = load_preset(name)
    assert preset.pace is not None
    changes = {"seed": seed} | ({} if spectral_radius is None else {"model.spectral_radius": spectral_radius})
    trainer = Trainer(preset.config.with_values(changes))
    flows, mse, grad_norm = [flows_of(trainer)], [], []
    updates = round(preset.pace * SECONDS)
    for _ in range(moments):
        scalars = trainer.advance(updates // moments)
        mse.append(scalars.loss)
        grad_norm.append(scalars.grad_norm)
        flows.append(flows_of(trainer))
    assert trainer.update == updates
    return Shown(tuple(flows), np.concatenate(mse), np.concatenate(grad_norm))


def flows_of(trainer: Trainer) -> tuple[LayerFlow, LayerFlow]:
    first, last = (
        trainer.snapshot(SnapshotRequest(sequence, probes=frozenset({"flow"}))).probe(Flow)
        for sequence in (0, trainer.batches.count - 1)
    )
    assert first is not None
    assert last is not None
    return first.layers[0], last.layers[0]


def left(flow: LayerFlow) -> float:
    assert flow.left is not None
    return flow.left


def test_the_presets_are_offered_in_order() -> None:
    assert [preset.name for preset in presets()] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_whole_and_survives_the_round_trip(name: str, tmp_path: Path) -> None:
    preset = load_preset(name)
    assert preset == next(other for other in presets() if other.name == name)
    assert preset.title
    assert preset.watch.endswith(".")
    assert len(preset.watch) < 280
    if preset.pace is not None:
        updates = preset.config.training.epochs * Trainer(preset.config).updates_an_epoch
        assert 8 <= updates / preset.pace <= 180
    file = tmp_path / "run.toml"
    file.write_text(preset.config.to_toml(), encoding="utf-8")
    assert read_config(file) == preset.config


def test_titles_differ() -> None:
    assert len({preset.title for preset in presets()}) == len(NAMES)


def test_clipped_is_exploding_but_for_the_clip_norm() -> None:
    clipped, exploding = load_preset("clipped").config, load_preset("exploding").config
    assert exploding.training.clip_norm is None
    assert clipped.training.clip_norm == 7.0
    assert clipped.with_values({"training.clip_norm": None}) == exploding


def test_edge_of_chaos_is_vanishing_but_for_the_spectral_radius() -> None:
    edge, vanishing = load_preset("edge-of-chaos").config, load_preset("vanishing").config
    assert edge.model.initializer == "orthogonal"
    assert edge.model.spectral_radius == 1.0
    assert edge.with_values({"model.spectral_radius": vanishing.model.spectral_radius}) == vanishing


def test_the_article_is_learned_by_nearly_every_seed_and_begins_at_one_epoch_a_second() -> None:
    preset = load_preset("article")
    assert preset.pace == 100.0
    assert (preset.config.model.layers, preset.config.model.initializer) == ((4,), "uniform")
    assert preset.config.training.learning_rate == 0.2
    learned = 0
    for seed in range(100):
        trainer = Trainer(preset.config.with_values({"seed": seed, "task.validation_sequences": 0}))
        epochs = trainer.advance().epochs
        assert trainer.update == 900
        learned += epochs[5].train_loss < 0.035 and epochs[8].train_loss < 0.03
    assert learned >= 95


@pytest.mark.parametrize(("name", "below"), [("article-adam", 0.011), ("article-carried", 0.0005)])
def test_the_article_is_learned_better_with_adam_and_better_still_with_a_carried_state(
    name: str, below: float
) -> None:
    preset = load_preset(name)
    for seed in range(6):
        result = Trainer(preset.config.with_values({"seed": seed})).advance().epochs[8]
        assert result.train_loss < below
        assert result.validation_loss is not None
        assert result.validation_loss < below


@pytest.mark.parametrize("seed", range(6))
def test_vanishing_keeps_less_than_a_billionth_all_through_and_yet_learns(seed: int) -> None:
    run = shown("vanishing", seed, moments=10)
    for flow in (flow for pair in run.flows for flow in pair):
        assert len(flow.last) == 40
        assert flow.verdict == "vanishing"
        assert flow.factor == pytest.approx(0.52, abs=0.05)
        assert left(flow) < 1e-9
    assert run.mse[:10].mean() > 0.1
    assert run.mse[-50:].mean() < 0.002


@pytest.mark.parametrize("seed", range(6))
def test_edge_of_chaos_is_steady_all_through_and_learns(seed: int) -> None:
    run = shown("edge-of-chaos", seed, moments=10)
    for flow in (flow for pair in run.flows for flow in pair):
        assert len(flow.last) == 40
        assert flow.verdict == "steady"
        assert flow.factor is not None
        assert 0.91 < flow.factor < 1.0
        assert left(flow) > 0.03
    assert run.mse[-50:].mean() < 0.001


def test_exploding_grows_the_gradient_more_than_a_hundredfold_at_the_start() -> None:
    for seed in SEEDS:
        for flow in shown("exploding", seed, moments=20).flows[0]:
            assert len(flow.last) == 10
            assert flow.verdict == "exploding"
            assert left(flow) > 100.0


def test_exploding_says_so_for_two_seconds_and_longer() -> None:
    verdicts = [shown("exploding", seed, moments=20).verdicts() for seed in SEEDS]
    assert all(verdict.count("exploding") >= 2 for verdict in verdicts)
    assert sum(verdict[:6].count("exploding") >= 3 for verdict in verdicts) >= NEARLY_ALL
    assert sum("exploding" in verdict[4:] for verdict in verdicts) >= NEARLY_ALL


def test_exploding_leaps_past_10_within_ten_updates_and_ends_saturated() -> None:
    runs = [shown("exploding", seed, moments=20) for seed in SEEDS]
    assert all(run.mse[0] < 5.0 for run in runs)
    assert sum((run.mse[:10] > 10.0).any() for run in runs) >= NEARLY_ALL
    assert sum(run.mse[-1] > 1e3 * run.mse[0] for run in runs) >= NEARLY_ALL
    assert sum(run.grad_norm.max() > 1e2 * run.grad_norm[0] for run in runs) >= NEARLY_ALL
    assert sum(run.verdicts()[-1] == "vanishing" for run in runs) >= NEARLY_ALL


def test_what_explodes_is_the_gradient_and_not_the_learning_rate() -> None:
    for seed in SEEDS:
        calm = shown("exploding", seed, moments=1, spectral_radius=1.0)
        assert calm.verdicts() == ["steady", "steady"]
        assert calm.mse.max() < 2.0
        assert calm.mse[-1] < 0.1


def test_clipped_starts_as_exploding_does_bit_for_bit() -> None:
    for seed in SEEDS:
        clipped, exploding = shown("clipped", seed, moments=50), shown("exploding", seed, moments=20)
        np.testing.assert_array_equal(clipped.flows[0][0].last, exploding.flows[0][0].last)
        assert clipped.mse[0] == exploding.mse[0]
        assert clipped.grad_norm[0] == exploding.grad_norm[0] > 7.0


def test_clipped_stays_calm_and_learns_where_exploding_is_lost_after_as_many_updates() -> None:
    clipped = [shown("clipped", seed, moments=50) for seed in SEEDS]
    assert all(run.verdicts()[:3] == ["exploding"] * 3 for run in clipped)
    assert sum(run.mse.max() < 10.0 for run in clipped) >= NEARLY_ALL
    final = [run.mse[-10:].mean() for run in clipped]
    assert sum(mse < 0.03 for mse in final) >= NEARLY_ALL
    assert np.median(final) < 0.005
    config = load_preset("exploding").config
    lost = [
        Trainer(config.with_values({"seed": seed})).advance(len(clipped[0].mse)).loss[-1] for seed in SEEDS
    ]
    assert sum(mse > 1e6 for mse in lost) >= NEARLY_ALL


@pytest.mark.parametrize("name", GRADIENTS)
def test_the_seed_that_a_preset_begins_with_is_a_telling_one(name: str) -> None:
    run = shown(name, load_preset(name).config.seed, moments=20)
    if name == "exploding":
        assert run.verdicts()[:8] == ["exploding"] * 8
        assert run.mse[:10].max() > 100.0
        assert run.verdicts()[-1] == "vanishing"
    else:
        assert run.mse[-10:].mean() < 0.02


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("preset", ("[preset]", "[present]")),
        ("preset.titel", ('title = "', 'titel = "')),
        ("preset.pace", ("pace = 100", "")),
        ("preset.title", ('title = "Vanishing gradient"', "title = 7")),
        ("preset.order", ("order = 2", 'order = "second"')),
        ("preset.pace", ("pace = 100", 'pace = "slow"')),
        ("preset.pace", ("pace = 100", "pace = 0")),
        ("preset.pace", ("pace = 100", "pace = nan")),
        ("preset.epochs", ("pace = 100", "pace = 100\nepochs = 6")),
        ("preset.epochs", ("pace = 100", "pace = 100\nepochs = [6, 0]")),
        ("task", ("[task]", "[tasks]")),
        ("task.nose", ("noise =", "nose =")),
        ("model.initializer", ("orthogonal", "octagonal")),
        ("training.epochs", ("epochs = 40", "epochs = 0")),
        ("expected TOML", ("[task]", "[task")),
    ],
)
def test_a_mistake_in_a_preset_is_one_sentence_naming_file_and_key(
    key: str, change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (rnn.config.presets.FOLDER / "vanishing.toml").read_text(encoding="utf-8")
    assert change[0] in whole
    file = tmp_path / "mine.toml"
    file.write_text(whole.replace(*change), encoding="utf-8")
    monkeypatch.setattr(rnn.config.presets, "FOLDER", tmp_path)
    for ask in (presets, lambda: load_preset("mine")):
        with pytest.raises(DataError) as caught:
            ask()
        assert str(file) in str(caught.value)
        assert key in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["nothing", "../presets/article", ""])
def test_a_preset_that_is_not_there_is_answered_with_the_names(name: str) -> None:
    with pytest.raises(ConfigError, match=r"must be one of article, .*edge-of-chaos, .*text, not"):
        load_preset(name)


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_is_chosen_by_hand_begins_with_settings_that_learn_it(task: str) -> None:
    config = starting_config(task)
    assert config.task.name == task
    preset = load_preset(TASKS[task].preset).config
    assert config.model.layers == preset.model.layers
    assert config.training.optimizer == preset.training.optimizer
    if preset.task.name == task:
        assert config == preset


@pytest.mark.parametrize("task", ["two-sines", "square", "sawtooth", "damped", "chirp", "mackey-glass"])
def test_waves_without_a_preset_are_learned_far_better_than_by_repeating_the_last_value(task: str) -> None:
    trainer = Trainer(starting_config(task))
    simple = {line.label: line.loss for line in trainer.info().references}["repeat the last value"]
    loss = trainer.advance().epochs[-1].validation_loss
    assert loss is not None
    assert loss < 0.4 * simple


def test_one_bit_is_recalled_with_what_a_person_begins_with() -> None:
    epochs = Trainer(starting_config("recall")).advance().epochs
    assert epochs[-1].accuracy is not None
    assert epochs[-1].accuracy > 0.99
