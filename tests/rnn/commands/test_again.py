"""A run runs again from its run.toml, bit for bit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rnn.config import read_config
from rnn.training.trainer import Trainer
from tests.rnn.cases import GOLDEN
from tests.rnn.commands.tables import QUICK, Train, all_bytes, column, rows

WEIGHTS, DATA = str(GOLDEN / "article_weights.npz"), str(GOLDEN / "article_data.npz")


def test_its_run_toml_runs_again_bit_for_bit(train: Train) -> None:
    train("--preset", "article", *QUICK, "--set", "model.initializer=gaussian", "seed=9", "--out", "first")
    assert train("--config", "first/run.toml", "--out", "second")[0] == 0
    assert all_bytes("first") == all_bytes("second")


EVERYTHING = {
    "gru shuffled": "model.cell=gru model.layers=4,3 training.optimizer=adam training.schedule=cosine "
    "training.shuffle=true training.batch=4",
    "lstm carried": "model.cell=lstm training.optimizer=rmsprop training.schedule=step "
    "training.step_epochs=1 task.carry_state=true training.batch=4 training.truncation=3",
    "relu": "model.nonlinearity=relu model.initializer=identity training.optimizer=nesterov "
    "training.learning_rate=0.01 training.schedule=warm-up training.weight_decay=0.001 "
    "training.clip_value=0.1",
    "momentum": "model.layers=3,3,3 model.spectral_radius=0.9 training.optimizer=momentum "
    "training.learning_rate=0.02 training.clip_norm=0.5 training.batch=6",
    "adding": "task.name=adding task.delay=6 task.sequences=12 task.validation_sequences=4 training.batch=5",
    "copy-memory": "task.name=copy-memory task.delay=3 task.sequences=12 task.validation_sequences=4 "
    "model.cell=gru training.batch=12",
    "text": "task.name=text task.characters=400 task.length=20 model.cell=lstm task.carry_state=on "
    "training.batch=3",
}


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_kind_of_run_runs_again_bit_for_bit_in_whatever_order_it_was_set(
    train: Train, name: str
) -> None:
    pairs = ["task.sequences=9", "task.validation_sequences=2"] if "task.name" not in EVERYTHING[name] else []
    pairs += [*EVERYTHING[name].split(), "training.epochs=3"]
    assert train("--set", *pairs, "--out", "first")[0] == 0
    assert train("--set", *pairs[::-1], "--out", "reversed")[0] == 0
    assert train("--config", "first/run.toml", "--out", "again")[0] == 0
    assert all_bytes("first") == all_bytes("reversed") == all_bytes("again")
    trainer = Trainer(read_config("first/run.toml"))
    scalars = trainer.advance()
    updates, epochs = rows("first/updates.csv"), rows("first/epochs.csv")
    loss = trainer.network.readout.column
    assert column(updates, loss).tobytes() == scalars.loss.tobytes()
    n = trainer.updates_an_epoch
    assert column(updates, "epoch").tolist() == [1 + i // n for i in range(3 * n)]
    assert column(epochs, f"train_{loss}").tolist() == [e.train_loss for e in scalars.epochs]
    assert column(epochs, f"validation_{loss}").tolist() == [e.validation_loss for e in scalars.epochs]
    if "accuracy" in epochs[0]:
        assert column(epochs, "accuracy").tolist() == [e.accuracy for e in scalars.epochs]


def test_a_run_on_files_runs_again_from_another_folder(train: Train, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("d.npz").write_bytes(Path(DATA).read_bytes())
    Path("w.npz").write_bytes(Path(WEIGHTS).read_bytes())
    assert train("--data", "d.npz", "--weights", "./w.npz", "--epochs", 1, "--out", "first")[0] == 0
    assert read_config("first/run.toml").files() == {
        "task.file": os.path.abspath("d.npz"),
        "model.weights": os.path.abspath("w.npz"),
    }
    os.mkdir("elsewhere")
    monkeypatch.chdir("elsewhere")
    assert train("--config", "../first/run.toml", "--out", "../second")[0] == 0
    assert all_bytes("../first") == all_bytes("../second")


def test_it_can_run_again_in_place(train: Train) -> None:
    train(*QUICK, "--out", "run")
    before = all_bytes("run")
    assert train("--config", "run/run.toml", "--out", "run")[0] == 0
    assert all_bytes("run") == before
