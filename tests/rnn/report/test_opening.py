"""Somebody's own network: what its files hold, whether they fit, and the run that begins with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main as inspect
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.files.safetensors import safetensors_bytes
from rnn.model.cells import CELLS, Vanilla
from rnn.observing.snapshot import SnapshotRequest
from rnn.report.opening import CELL, HEAD, NONLINEARITY, OPEN, RNN, Found, Wish, is_data, look
from rnn.training.trainer import Trainer
from rnn.weights import npz_bytes, save_weights
from tests.rnn.cases import MANIFEST, golden, write_data

ARTICLE = load_preset("article").config.with_values({"seed": 5})


def files(folder: Path, name: str, prefix: str = "rnn.", head: str = "head", **arrays: Any) -> Wish:
    """A reference case as a person would bring it; an array that is None is left out."""
    case = golden(name)
    weights = {
        key.removeprefix("param.").replace("rnn.", prefix).replace("head.", f"{head}."): array
        for key, array in case.items()
        if key.startswith("param.")
    }
    (folder / "model.safetensors").write_bytes(safetensors_bytes(weights))
    data: dict[str, Any] = {"x": case["x"].swapaxes(0, 1), "y": case["y"].swapaxes(0, 1)}
    data |= {key: array for key, array in case.items() if key.startswith(("h0_l", "c0_l"))} | arrays
    kept = {key: array for key, array in data.items() if array is not None}
    return Wish(str(folder / "model.safetensors"), write_data(folder / "data.npz", **kept))


def test_what_the_files_hold_is_said_and_what_they_decide_is_in_the_run(tmp_path: Path) -> None:
    found = look(files(tmp_path, "gru_batch", prefix="net.encoder.", head="decode"), ARTICLE)
    case = MANIFEST["gru_batch"]
    assert (found.refusal, found.fits) == ("", True)
    widths, inputs, outputs = case["layer_widths"], case["D"], case["O"]
    assert (
        found.model
        == f"GRU, 1 layer of {widths[0]} units, {inputs} inputs, {outputs} outputs, readout decode"
    )
    T, N, _ = golden("gru_batch")["x"].shape
    assert found.data.startswith(f"{N} sequences of {T} time steps, {inputs} inputs, {outputs} outputs")
    assert found.data.endswith("beginning in h0_l0")
    config = found.config(ARTICLE)
    assert config.files() == {"task.file": found.wish.data, "model.weights": found.wish.model}
    values = config.values()
    assert (values["model.cell"], values["model.layers"]) == ("gru", tuple(widths))
    assert (values["training.batch"], values["training.optimizer"], values["seed"]) == (N, "adam", 5)
    trainer = Trainer(config)
    assert trainer.config == config
    np.testing.assert_array_equal(
        trainer.network.parameters["l0.Wh"], golden("gru_batch")["param.rnn.weight_hh_l0"].T
    )


@pytest.mark.parametrize("sequence", [0, 2])
@pytest.mark.parametrize("name", ["vanilla_tanh_batch", "gru_batch", "lstm_batch"])
def test_what_is_shown_of_a_sequence_is_what_inspect_measures_of_it(
    name: str, sequence: int, tmp_path: Path
) -> None:
    wish = files(tmp_path, name)
    trainer = Trainer(look(wish, ARTICLE).config(ARTICLE))
    request = SnapshotRequest(sequence=sequence, probes=frozenset({"flow", "pairs", "lags"}))
    probes: Any = trainer.snapshot(request).probes
    with np.load(wish.data) as archive:
        alone = {key: archive[key][sequence : sequence + 1] for key in archive.files}
    one = write_data(tmp_path / "one.npz", **alone)
    assert inspect([wish.model, "--data", one, "--out", str(tmp_path / "one_report.npz")]) == 0
    report = np.load(tmp_path / "one_report.npz")
    np.testing.assert_allclose(probes["flow"].layers[0].total, report["dL_dh_norm_l0"], rtol=1e-10)
    np.testing.assert_allclose(
        np.tril(probes["pairs"].layers[0][0]), np.nan_to_num(report["dLi_dhj_norm_l0"]), rtol=1e-10
    )
    np.testing.assert_allclose(
        probes["lags"].norms, report["lag_contribution_weight_hh_norm"], rtol=1e-10, atol=1e-14
    )
    # In the whole batch the losses of one sequence have one part in N of their weight.
    whole = [wish.model, "--data", wish.data, "--sequence", str(sequence), "--out", str(tmp_path / "w.npz")]
    assert inspect(whole) == 0
    batch = np.load(tmp_path / "w.npz")
    np.testing.assert_allclose(
        probes["flow"].layers[0].total, trainer.data.train.count * batch["dL_dh_norm_l0"], rtol=1e-10
    )


def test_classes_are_learned_with_a_softmax_and_need_not_all_be_in_the_file(tmp_path: Path) -> None:
    name = "lstm_stacked_text"
    few = np.minimum(golden(name)["y"].swapaxes(0, 1), 2)
    found = look(files(tmp_path, name, y=few), ARTICLE)
    assert found.refusal == ""
    assert "3 classes" in found.data
    trainer = Trainer(found.config(ARTICLE))
    assert (trainer.config.model.readout, trainer.network.outputs, trainer.info().outputs) == ("nll", 6, 6)
    many = look(files(tmp_path, name, y=few + 9), ARTICLE)
    assert (
        "expected at least 12 outputs, since classes count from 0 and the data has class 11, found 6"
        in many.refusal
    )


def test_without_data_the_task_and_the_training_stay_where_the_network_fits(tmp_path: Path) -> None:
    base = load_preset("vanishing").config
    fitting = {
        "rnn.weight_ih_l0": np.ones((8, 1)),
        "rnn.weight_hh_l0": np.eye(8),
        "head.weight": np.ones((1, 8)),
    }
    model = tmp_path / "model.npz"
    model.write_bytes(npz_bytes(fitting))
    found = look(Wish(str(model), stated={NONLINEARITY: "relu"}), base)
    config = found.config(base)
    assert (config.task, config.training) == (base.task, base.training)
    assert (config.model.layers, config.model.nonlinearity) == ((8,), "relu")
    Trainer(config)
    other = look(replace(files(tmp_path, "gru_batch"), data=""), base)
    assert not other.fits
    expected = "The task “Noisy sine” has 1 input and 1 output, the network 2 inputs and 2 outputs"
    assert other.refusal == f"{expected}; name the data that it is for."


def test_the_nonlinearity_is_asked_for_where_a_cell_has_several(tmp_path: Path) -> None:
    wish = files(tmp_path, "vanilla_relu_stacked")
    found = look(wish, ARTICLE)
    assert (found.chosen[NONLINEARITY], found.choices[NONLINEARITY]) == ("tanh", Vanilla.nonlinearities)
    chosen = look(replace(wish, stated={NONLINEARITY: "relu"}), ARTICLE)
    assert chosen.chosen[NONLINEARITY] == "relu"
    assert "Vanilla (relu)" in chosen.model
    case, trainer = golden("vanilla_relu_stacked"), Trainer(chosen.config(ARTICLE))
    output = trainer.snapshot(SnapshotRequest(sequence=1)).output
    np.testing.assert_allclose(output, case["output"][:, 1], rtol=1e-10)
    gated = look(files(tmp_path, "gru_batch"), ARTICLE)
    assert {key: len(names) for key, names in gated.choices.items()} == dict.fromkeys(OPEN, 1)


def test_a_readout_is_chosen_among_several_linear_layers(tmp_path: Path) -> None:
    wish = files(tmp_path, "gru_batch", head="answer")
    case = golden("gru_batch")
    arrays = {key.removeprefix("param."): a for key, a in case.items() if key.startswith("param.")}
    arrays = {key.replace("head.", "answer.").replace("rnn.", "core."): a for key, a in arrays.items()}
    (tmp_path / "model.safetensors").write_bytes(
        safetensors_bytes(arrays | {"other.weight": arrays["answer.weight"] * 2.0})
    )
    open_still = look(wish, ARTICLE)
    assert (open_still.choices[HEAD], open_still.chosen, open_still.fits) == (
        ("answer", "other"),
        {RNN: "core"},
        False,
    )
    assert open_still.refusal.endswith("; choose the one that takes the states in the row “Linear layer”.")
    assert "several linear layers fit, answer, other; " in open_still.refusal
    chosen = look(replace(wish, stated={HEAD: "other"}), ARTICLE)
    assert (chosen.refusal, chosen.chosen[HEAD]) == ("", "other")
    trainer = Trainer(chosen.config(ARTICLE))
    np.testing.assert_array_equal(trainer.network.parameters["head.W"], 2.0 * arrays["answer.weight"].T)
    assert RunConfig().with_values(trainer.config.values()) == trainer.config


def test_what_the_model_does_not_have_and_what_is_not_used_is_said(tmp_path: Path) -> None:
    wish = files(tmp_path, "gru_batch", prefix="core.", head="answer")
    case = golden("gru_batch")
    arrays = {key.removeprefix("param."): a for key, a in case.items() if key.startswith("param.")}
    arrays = {key.replace("head.", "answer.").replace("rnn.", "core."): a for key, a in arrays.items()}
    bare = {name: array for name, array in arrays.items() if "bias" not in name}
    (tmp_path / "model.safetensors").write_bytes(safetensors_bytes(bare | {"norm.weight": np.ones(3)}))
    found = look(wish, ARTICLE)
    said = "readout answer, no biases. Not used: norm.weight; the network as read has no normalization"
    assert found.model.endswith(said)
    trainer = Trainer(found.config(ARTICLE))
    trainer.advance(2)
    save_weights(tmp_path / "after.npz", trainer.network, trainer.names)
    with np.load(tmp_path / "after.npz") as saved:
        assert set(saved.files) == set(bare)


def test_a_cell_is_chosen_where_the_shapes_fit_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Twin(Vanilla):
        title = "Twin"

    monkeypatch.setitem(CELLS, "twin", Twin)
    wish = files(tmp_path, "vanilla_tanh_batch")
    found = look(wish, ARTICLE)
    assert (found.chosen[CELL], found.choices[CELL]) == ("vanilla", ("vanilla", "twin"))
    chosen = look(replace(wish, stated={CELL: "twin"}), ARTICLE)
    assert (chosen.chosen[CELL], chosen.config(ARTICLE).model.cell) == ("twin", "twin")
    assert type(Trainer(chosen.config(ARTICLE)).network.cell) is Twin


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "x of another width": (
        {"x": np.ones((4, 25, 5))},
        "model.safetensors, rnn.weight_ih_l0: expected as many inputs as the data has, 5, found 2.",
    ),
    "a start of another width": (
        {"h0_l0": np.ones((4, 3))},
        "data.npz, h0_l0: expected the shape (4, 12) as in the network, found (4, 3).",
    ),
    "a start of too few sequences": (
        {"h0_l0": np.ones((3, 12))},
        "data.npz, h0_l0: expected 4 sequences as in x, found 3.",
    ),
    "a start of another cell": (
        {"c0_l0": np.ones((4, 12))},
        "data.npz, c0_l0: is not among the states that this network begins in: h0_l0.",
    ),
    "a start that is not finite": (
        {"h0_l0": np.full((4, 12), np.inf)},
        "data.npz, h0_l0 at sequence 0, unit 0, counted from 0: expected a finite number, found inf.",
    ),
    "no x": ({"x": None}, "data.npz: expected an array x (sequence, time step, input), found h0_l0, y."),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_does_not_fit_is_one_sentence_and_no_run(kind: str, tmp_path: Path) -> None:
    arrays, sentence = REFUSED[kind]
    found = look(files(tmp_path, "vanilla_tanh_batch", **arrays), ARTICLE)
    assert (found.refusal, found.fits, dict(found.changes)) == (sentence, False, {})
    assert found.model.startswith("The units are taken as tanh, which the file does not tell. Vanilla (tanh)")


def test_files_that_cannot_be_used_at_all_are_one_sentence(tmp_path: Path) -> None:
    wish = files(tmp_path, "vanilla_tanh_batch")
    swapped = look(Wish(wish.data, wish.data), ARTICLE)
    assert (
        swapped.refusal
        == "data.npz: expected a name that ends in weight_ih_l0 or weight_ih, found h0_l0, x, y."
    )
    assert swapped.data != ""
    missing = look(Wish(str(tmp_path / "gone.npz"), wish.data), ARTICLE)
    assert missing.refusal == "gone.npz: there is no such file."
    assert look(Wish("", wish.data), ARTICLE).fits is False
    assert look(Wish(), ARTICLE) == Found(Wish())


def test_a_file_of_sequences_is_told_from_one_of_a_network(tmp_path: Path) -> None:
    wish = files(tmp_path, "gru_batch")
    weights = write_data(tmp_path / "weights.npz", **{"rnn.weight_ih_l0": np.ones((3, 1))})
    assert [is_data(file) for file in (wish.data, wish.model, weights, str(tmp_path / "gone.npz"))] == [
        True,
        False,
        False,
        False,
    ]
