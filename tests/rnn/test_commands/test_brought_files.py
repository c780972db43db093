"""train on data and weights that a person brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.cells import CELLS
from rnn.config import read_config
from rnn.network import Network
from rnn.trainer import Trainer
from rnn.weights import save_weights, to_torch
from tests.rnn.cases import GOLDEN, golden, write_data
from tests.rnn.test_commands.tables import QUICK, Train, all_bytes, column, rows

WEIGHTS, DATA = str(GOLDEN / "article_weights.npz"), str(GOLDEN / "article_data.npz")


def test_files_that_a_person_brings_give_the_reference_run(train: Train) -> None:
    arguments = ("--data", DATA, "--weights", WEIGHTS, "--set", "training.learning_rate=0.1")
    assert train(*arguments, "--epochs", 3, "--out", "run")[0] == 0
    reference = golden("article_training")
    updates = rows("run/updates.csv")
    np.testing.assert_allclose(column(updates, "mse"), reference["sgd.mse"][:3].ravel(), rtol=0, atol=1e-8)
    norms = reference["sgd.grad_norm"][:3].ravel()
    np.testing.assert_allclose(column(updates, "grad_norm"), norms, rtol=0, atol=1e-8)
    assert [row[2] for row in rows("run/epochs.csv")[1:]] == ["", "", ""]
    assert read_config("run/run.toml").model.layers == (10,)


def test_a_later_run_can_start_from_the_weights_of_an_earlier_one(train: Train) -> None:
    train(*QUICK, "--out", "first")
    assert train(*QUICK, "--weights", "first/weights.npz", "--out", "second")[0] == 0
    longer = Trainer(read_config("first/run.toml").with_values({"training.epochs": 6}))
    scalars = longer.advance()
    assert column(rows("second/updates.csv"), "mse").tobytes() == scalars.loss[18:].tobytes()


@pytest.mark.parametrize("ending", [".npz", ".safetensors"])
def test_the_weights_bring_their_cell_and_their_layers(train: Train, ending: str) -> None:
    network = Network(1, (5, 3), 1, cell=CELLS["gru"]())
    network.initialize(np.random.default_rng(0), "glorot")
    save_weights(f"w{ending}", network)
    assert train(*QUICK, "--weights", f"w{ending}", "--out", "run")[0] == 0
    model = read_config("run/run.toml").model
    assert (model.cell, model.layers) == ("gru", (5, 3))
    assert train(*QUICK, "--weights", f"w{ending}", "--set", "model.cell=gru", "--out", "again")[0] == 0
    assert all_bytes("run") == all_bytes("again")
    still = ("--weights", f"w{ending}", "--set", "training.learning_rate=0", "--epochs", 1)
    assert train(*still, "--out", "still")[0] == 0
    with np.load("still/weights.npz") as written:
        for name, array in to_torch(network).items():
            np.testing.assert_array_equal(written[name], array)


def test_class_numbers_in_a_data_file_choose_their_readout(train: Train) -> None:
    rng = np.random.default_rng(0)
    x, classes = rng.standard_normal((4, 5, 2)), rng.integers(3, size=(4, 5))
    write_data(Path("classes.npz"), x=x, y=classes, x_validation=x, y_validation=classes)
    write_data(Path("numbers.npz"), x=x, y=x)
    assert train("--data", "classes.npz", "--out", "classes")[0] == 0
    assert rows("classes/epochs.csv")[0] == ["epoch", "train_nll", "validation_nll", "accuracy"]
    by_name = ("task.name=data", "task.file=classes.npz", "model.readout=nll")
    assert train("--set", *by_name, "--out", "stated")[0] == 0
    assert all_bytes("classes") == all_bytes("stated")
    assert train("--config", "classes/run.toml", "--out", "again")[0] == 0
    assert all_bytes("classes") == all_bytes("again")
    text = ["--preset", "text", "--set", "training.batch=1", "training.truncation=off"]
    assert train(*text, "--data", "numbers.npz", "--epochs", 1, "--out", "numbers")[0] == 0
    assert rows("numbers/updates.csv")[0] == ["epoch", "update", "mse", "grad_norm"]
    assert train("--config", "numbers/run.toml", "--data", "classes.npz", "--out", "other")[0] == 0
    assert read_config("other/run.toml").model.readout == "nll"


def test_validation_arrays_of_a_data_file_are_measured(train: Train) -> None:
    x = np.random.default_rng(0).standard_normal((3, 4, 2))
    write_data(Path("d.npz"), x=x, y=x[..., :1], x_validation=x, y_validation=x[..., :1])
    assert train("--data", "d.npz", "--epochs", 2, "--out", "run")[0] == 0
    trainer = Trainer(read_config("run/run.toml"))
    results = trainer.advance().epochs
    assert [row[2] for row in rows("run/epochs.csv")[1:]] == [repr(e.validation_loss) for e in results]
