"""train, from its arguments to its files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from rnn.commands.run_files import NAMES
from rnn.commands.train import main
from rnn.config import RunConfig, read_config
from rnn.config.presets import load_preset
from rnn.training.trainer import Trainer
from rnn.weights import to_torch
from tests.rnn.cases import GOLDEN, write_data
from tests.rnn.commands.tables import QUICK, Train, column, rows

WEIGHTS, DATA = str(GOLDEN / "article_weights.npz"), str(GOLDEN / "article_data.npz")


def test_one_epoch_of_one_update_is_counted_in_the_singular(train: Train) -> None:
    _, said = train("--set", "task.sequences=1", "--epochs", 1, "--out", "one")
    assert said.splitlines()[-1].startswith("Trained 1 epoch, 1 update in ")
    _, said = train("--set", "task.sequences=2", "--epochs", 1, "--out", "two")
    assert said.splitlines()[-1].startswith("Trained 1 epoch, 2 updates in ")


def test_it_writes_four_files_with_all_that_the_trainer_gives(train: Train) -> None:
    code, said = train("--preset", "article", "--seed", 5, *QUICK, "--out", "a/b")
    assert code == 0
    assert said.splitlines()[-1].startswith("Trained 3 epochs, 18 updates in ")
    assert said.endswith("; everything is in a/b.\n")
    assert sorted(os.listdir("a/b")) == sorted(NAMES)

    config = load_preset("article").config.with_values(
        {"seed": 5, "task.sequences": 6, "task.validation_sequences": 2, "training.epochs": 3}
    )
    written = read_config("a/b/run.toml")
    assert written == config.with_values({"engine": written.engine})
    assert written.engine != "auto"  # but the one that ran
    trainer = Trainer(written)
    scalars = trainer.advance()

    updates = rows("a/b/updates.csv")
    assert updates[0] == ["epoch", "update", "mse", "grad_norm"]
    assert [row[:2] for row in updates[1:]] == [[str(i // 6 + 1), str(i + 1)] for i in range(18)]
    assert column(updates, "mse").tobytes() == scalars.loss.tobytes()
    assert column(updates, "grad_norm").tobytes() == scalars.grad_norm.tobytes()

    epochs = rows("a/b/epochs.csv")
    assert epochs[0] == ["epoch", "train_mse", "validation_mse"]
    assert epochs[1:] == [[str(e.epoch), repr(e.train_loss), repr(e.validation_loss)] for e in scalars.epochs]

    with np.load("a/b/weights.npz") as written:
        expected = to_torch(trainer.network)
        assert written.files == list(expected)
        assert all(written[name].tobytes() == array.tobytes() for name, array in expected.items())


def test_without_preset_and_config_it_is_the_article(train: Train) -> None:
    train("--out", "run")
    written = read_config("run/run.toml")
    assert written.with_values({"engine": "auto"}) == load_preset("article").config == RunConfig()
    assert len(rows("run/updates.csv")) == 901


def test_the_summary_tells_perplexity_and_accuracy(train: Train) -> None:
    recall = ("task.name=recall", "task.delay=2", "task.sequences=8", "task.validation_sequences=7")
    _, said = train("--set", *recall, "--epochs", 1, "--out", "run")
    (result,) = Trainer(read_config("run/run.toml")).advance().epochs
    assert result.validation_loss is not None
    assert result.accuracy is not None
    train_loss, loss = result.train_loss, result.validation_loss
    assert said.splitlines()[-1].partition("), ")[2] == (
        f"train nll {train_loss:.4g} (perplexity {np.exp(train_loss):.4g}), "
        f"validation nll {loss:.4g} (perplexity {np.exp(loss):.4g}), "
        f"accuracy {100 * result.accuracy:.4g} %; everything is in run."
    )


@pytest.mark.parametrize(
    ("arguments", "key", "value"),
    [
        (["--epochs", "2"], "training.epochs", 2),
        (["--seed", "7"], "seed", 7),
        (["--epochs", "2", "--set", "training.epochs=1"], "training.epochs", 1),
        (["--set", "training.epochs=1", "--epochs", "2"], "training.epochs", 1),
        (["--seed", "7", "--set", "seed=8", "--set", "seed=9"], "seed", 9),
        (["--set", "seed=8", "task.noise=0.5"], "task.noise", 0.5),
        (["--set=seed=8"], "seed", 8),
        (["--set", "training.clip_norm=off"], "training.clip_norm", None),
        (["--set", " training.clip_norm = 3 "], "training.clip_norm", 3.0),
        (["--config", "c.toml"], "training.clip_norm", 0.5),
        (["--config", "c.toml", "--set", "training.clip_norm=off"], "training.clip_norm", None),
        (["--config", "c.toml", "--epochs", "2"], "training.epochs", 2),
        (["--config", "c.toml", "--data", DATA], "task.carry_state", True),
        (["--config", "c.toml", "--data", DATA, "--set", "task.carry_state=off"], "task.carry_state", False),
        (["--config", "c.toml", "--weights", WEIGHTS], "model.layers", (10,)),
        (["--weights", "none.npz", "--set", "model.weights=off"], "model.weights", None),
        (["--weights", WEIGHTS, "--set", "model.layers=10"], "model.layers", (10,)),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else None,
)
def test_what_comes_last_wins(train: Train, arguments: list[str], key: str, value: object) -> None:
    Path("c.toml").write_text(
        "[task]\ncarry_state = true\n[model]\nlayers = 6\n[training]\nclip_norm = 0.5\nepochs = 1\n"
    )
    assert train(*arguments, "--out", "run")[0] == 0
    assert read_config("run/run.toml").values()[key] == value


def test_a_divergence_writes_what_was_trained_and_says_where(train: Train) -> None:
    wild = ["--set", "model.layers=16", "training.learning_rate=1e6", "--epochs", "100"]
    code, said = train(*wild, "--out", "run")
    assert code == 3
    last = said.splitlines()[-1]
    trainer = Trainer(read_config("run/run.toml"))
    scalars = trainer.advance()
    assert trainer.divergence is not None
    assert last == f"{trainer.divergence} Everything up to there is in run."
    assert last.startswith(
        f"Training diverged in epoch {trainer.divergence.epoch}, update {trainer.update + 1}"
    )
    assert column(rows("run/updates.csv"), "mse").tobytes() == scalars.loss.tobytes()
    assert len(rows("run/epochs.csv")) - 1 == len(scalars.epochs)
    with np.load("run/weights.npz") as weights:
        assert all(np.isfinite(weights[name]).all() for name in weights.files)


def test_a_divergence_in_the_first_update_writes_empty_tables(train: Train) -> None:
    write_data(Path("d.npz"), x=np.ones((2, 3, 1)), y=np.full((2, 3, 1), 1e200))
    code, said = train("--data", "d.npz", "--out", "run")
    assert code == 3
    assert "epoch 1, update 1, time step 1: the loss is not finite" in said
    assert Path("run/updates.csv").read_text() == "epoch,update,mse,grad_norm\n"
    assert Path("run/epochs.csv").read_text() == "epoch,train_mse,validation_mse\n"


def test_the_help_tells_every_setting_and_can_be_printed_everywhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ending:
        main(["--help"])
    assert ending.value.code == 0
    text = capsys.readouterr().out
    assert text.isascii()
    options = ("--preset", "--config", "--out", "--epochs", "--seed", "--data", "--weights", "--set")
    assert all(f"\n  {option} " in text for option in options)
    assert "examples:" in text
    assert "130" in text
    assert "one that does not apply must be left at its default" in text
