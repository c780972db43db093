"""train on data and weights that a person brings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.config import read_config
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.training.trainer import Trainer
from rnn.weights import Names, named_weights, npz_bytes, save_weights, to_torch
from tests.rnn.cases import GOLDEN, golden, write_data
from tests.rnn.commands.tables import QUICK, Train, all_bytes, column, rows

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


def lstm() -> dict[str, np.ndarray]:
    """The weights of an LSTM as somebody's own module names them."""
    network = Network(2, (2, 3), 4, cell=CELLS["lstm"]())
    network.initialize(np.random.default_rng(0), "glorot")
    return named_weights(network, Names("net.lstm.", "fc"))


def sequences(**changes: object) -> str:
    rng = np.random.default_rng(1)
    arrays = {"x": rng.standard_normal((3, 5, 2)), "y": rng.standard_normal((3, 5, 4))}
    return write_data(Path("d.npz"), **arrays | changes)


def test_trained_weights_keep_the_names_of_their_model(train: Train) -> None:
    Path("w.npz").write_bytes(npz_bytes(lstm()))
    arguments = ("--data", sequences(), "--weights", "w.npz", "--epochs", 2)
    assert train(*arguments, "--out", "run")[0] == 0
    with np.load("run/weights.npz") as written:
        assert set(written.files) == set(lstm())
        assert (written["fc.weight"] != lstm()["fc.weight"]).all()
    # And they are a model to begin from.
    assert train("--data", "d.npz", "--weights", "run/weights.npz", "--epochs", 1, "--out", "on")[0] == 0


@pytest.mark.parametrize("missing", ["bias", "fc.bias", "bias_"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_biases_that_a_model_does_not_have_are_not_learned_and_not_written(
    train: Train, missing: str, decay: float
) -> None:
    weights = {name: array for name, array in lstm().items() if missing not in name}
    Path("w.npz").write_bytes(npz_bytes(weights))
    settings = (
        "--set",
        "training.optimizer=adam",
        f"training.weight_decay={decay}",
        "training.clip_norm=0.1",
    )
    arguments = ("--data", sequences(), "--weights", "w.npz", "--epochs", 3, *settings)
    code, said = train(*arguments, "--out", "run")
    assert code == 0
    assert "(compiled)" in said
    with np.load("run/weights.npz") as written:
        assert set(written.files) == set(weights)
        assert all((written[name] != weights[name]).any() for name in weights if "bias_hh" not in name)
    trainer = Trainer(read_config("run/run.toml"))
    trainer.advance()
    assert trainer.network.absent
    assert not any(trainer.network.parameters[name].any() for name in trainer.network.absent)
    # What clipping measures is the gradient by what is there.
    first = column(rows("run/updates.csv"), "grad_norm")[0]
    begun = Trainer(read_config("run/run.toml"))
    batch = begun.data.train.batch(begun.batches.numbers(0))
    tape = begun.network.forward(batch.x)
    gradient = begun.network.backward(tape, begun.network.readout.loss(tape.output, batch)[1]).parameters
    assert first == pytest.approx(
        np.sqrt(sum((gradient[name] ** 2).sum() for name in begun.network.present)), rel=1e-12
    )


def test_what_is_in_the_file_and_is_not_used_is_said(train: Train) -> None:
    Path("w.npz").write_bytes(npz_bytes(lstm() | {"ln.weight": np.ones(2)}))
    code, said = train("--data", sequences(), "--weights", "w.npz", "--epochs", 1, "--out", "run")
    assert code == 0
    assert said.startswith("Not used: ln.weight; the network as read has no normalization.\n")


def test_a_linear_layer_is_named_as_the_readout_where_there_are_several(train: Train) -> None:
    Path("w.npz").write_bytes(npz_bytes(lstm() | {"other.weight": np.ones((4, 3))}))
    arguments = ("--data", sequences(), "--weights", "w.npz", "--epochs", 1)
    code, said = train(*arguments, "--out", "none")
    assert (code, Path("none").exists()) == (2, False)
    assert "several linear layers fit, fc, other; name the one that takes the states with model.head" in said
    assert train(*arguments, "--set", "model.head=fc", "--out", "run")[0] == 0
    assert read_config("run/run.toml").model.head == "fc"


def test_one_of_several_recurrent_modules_is_trained_alone_and_that_is_said(train: Train) -> None:
    beside = {name.replace("lstm", "other"): array for name, array in lstm().items() if "fc" not in name}
    Path("w.npz").write_bytes(npz_bytes(lstm() | beside))
    arguments = ("--data", sequences(), "--weights", "w.npz", "--epochs", 1)
    code, said = train(*arguments, "--out", "none")
    assert (code, Path("none").exists()) == (2, False)
    assert "holds several recurrent modules, net.lstm, net.other, of which one alone can be read" in said
    code, said = train(*arguments, "--set", "model.rnn=net.lstm", "--out", "run")
    assert code == 0
    assert said.startswith("net.lstm is taken alone, on its own input and from zero, without net.other.")
    assert read_config("run/run.toml").model.rnn == "net.lstm"
    with np.load("run/weights.npz") as written:
        assert set(written.files) == set(lstm())


def test_a_nonlinearity_that_no_file_tells_is_said_to_be_assumed(train: Train) -> None:
    network = Network(2, (3,), 4)
    network.initialize(np.random.default_rng(0), "glorot")
    Path("w.npz").write_bytes(npz_bytes(named_weights(network)))
    arguments = ("--data", sequences(), "--weights", "w.npz", "--epochs", 1)
    assert train(*arguments, "--out", "run")[1].startswith("The units are taken as tanh, which the ")
    stated = train(*arguments, "--set", "model.nonlinearity=relu", "--out", "stated")
    assert stated[0] == 0
    assert "taken as" not in stated[1]


def test_a_model_may_know_more_classes_than_the_data_show(train: Train) -> None:
    Path("w.npz").write_bytes(npz_bytes(lstm()))
    arguments = ("--weights", "w.npz", "--epochs", 1)
    for number in (0, 3):
        file = sequences(y=np.full((3, 5), number))
        assert train("--data", file, *arguments, "--out", f"of{number}")[0] == 0
    code, said = train("--data", sequences(y=np.full((3, 5), 4)), *arguments, "--out", "of4")
    assert (code, Path("of4").exists()) == (2, False)
    wanted = (
        "fc.weight: expected at least 5 outputs, since classes count from 0 and the data has class 4, found 4"
    )
    assert wanted in said


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
