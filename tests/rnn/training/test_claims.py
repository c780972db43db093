"""Files that say what the model they were brought for answers: a network that was read as another is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main as inspect
from rnn.commands.train import main as train
from rnn.config import RunConfig
from rnn.model.readout import log_softmax
from rnn.report.opening import NONLINEARITY, Wish, look
from rnn.training.trainer import Trainer
from tests.rnn.cases import MANIFEST, golden, write_data
from tests.rnn.report.test_opening import files

BASE = RunConfig()


def claims(name: str) -> tuple[Any, float]:
    """What the model of a reference case answers (N, T, O), and PyTorch's mean loss of it."""
    case = golden(name)
    scale = 2.0 / case["output"].shape[2] if MANIFEST[name]["loss"] == "mse" else 1.0
    return case["output"].swapaxes(0, 1), scale * float(case["loss"])


@pytest.mark.parametrize("name", ["gru_batch", "lstm_stacked_text", "vanilla_tanh_article"])
def test_a_network_that_answers_as_the_file_says_is_measured_and_trained(name: str, tmp_path: Path) -> None:
    output, loss = claims(name)
    shades = {"output": output.astype(np.float32), "loss": np.float32(loss)}
    for kept in (("output",), ("loss",), ("output", "loss")):
        wish = files(tmp_path, name, **{key: shades[key] for key in kept})
        assert inspect([wish.model, "--data", wish.data, "--out", str(tmp_path / "r.npz")]) == 0
        arguments = ["--data", wish.data, "--weights", wish.model, "--epochs", "1"]
        assert train([*arguments, "--out", str(tmp_path / "run")]) == 0
        found = look(wish, BASE)
        assert (found.difference, found.fits) == ("", True)
        assert Trainer(found.config(BASE)).info().difference == ""


@pytest.mark.parametrize("claimed", ["output", "loss"])
@pytest.mark.parametrize("name", ["gru_batch", "lstm_stacked_text"])
def test_another_network_is_refused_by_both_figures_and_may_be_looked_at(
    name: str, claimed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, loss = claims(name)
    scale = np.abs(output).max()
    for more, differs in ((0.5e-4, False), (2e-4, True)):
        other = output.copy()
        other[1, 2, 0] += more * scale
        claim: Any = other if claimed == "output" else loss * (1.0 + more)
        wish = files(tmp_path, name, **dict[str, Any]({claimed: claim}))
        report, run = tmp_path / "r.npz", tmp_path / "run"
        report.unlink(missing_ok=True)
        code = 2 if differs else 0
        assert inspect([wish.model, "--data", wish.data, "--out", str(report)]) == code
        assert report.exists() is not differs
        if differs:
            said = capsys.readouterr().err
            assert said.startswith(f"{wish.data}: {claimed} ")
            assert "in the network as it was read: that is another network" in said
            place = (1, 2, 0) if claimed == "output" else ()
            theirs, ours = np.asarray(claim)[place], np.asarray(output if place else loss)[place]
            assert f"is {theirs:.5f}"[:9].replace("-", "−") in said
            assert f" and {ours:.5f}"[:9].replace("-", "−") in said
            assert ("at sequence 1, time step 2, output 0, counted from 0, is" in said) == bool(place)
            assert train(["--data", wish.data, "--weights", wish.model, "--out", str(run)]) == 2
            assert not run.exists()
            found = look(wish, BASE)
            assert found.fits
            assert found.difference.startswith(claimed)
            assert Trainer(found.config(BASE)).info().difference == found.difference


def test_a_nonlinearity_that_was_assumed_is_told_as_the_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, loss = claims("vanilla_relu_stacked")
    wish = files(tmp_path, "vanilla_relu_stacked", loss=loss)
    arguments = [wish.model, "--data", wish.data, "--out", str(tmp_path / "r.npz")]
    assert inspect(arguments) == 2
    assert "that is another network. The units are taken as tanh, which the file does not tell.\n" in (
        capsys.readouterr().err
    )
    assert inspect([*arguments, "--nonlinearity", "relu"]) == 0
    assert look(wish, BASE).difference != ""
    assert look(Wish(wish.model, wish.data, {NONLINEARITY: "relu"}), BASE).difference == ""


def test_what_a_softmax_makes_of_its_logits_is_the_same_answer(tmp_path: Path) -> None:
    output, _ = claims("lstm_stacked_text")
    for form in (log_softmax(output), np.exp(log_softmax(output))):
        assert look(files(tmp_path, "lstm_stacked_text", output=form), BASE).difference == ""


def test_only_scored_answers_count_and_one_a_sequence_needs_no_steps(tmp_path: Path) -> None:
    output, _ = claims("gru_batch")
    N, T, O = output.shape  # noqa: E741
    mask = np.ones((N, T))
    mask[1, -3:] = 0
    padded = np.where(mask[:, :, None] > 0, output, np.nan)
    assert look(files(tmp_path, "gru_batch", mask=mask, output=padded), BASE).difference == ""
    unmasked = look(files(tmp_path, "gru_batch", output=padded), BASE)
    assert unmasked.difference.startswith("output at sequence 1")
    last = np.ones((N, O))
    assert look(files(tmp_path, "gru_batch", y=last, output=output[:, -1]), BASE).difference == ""
    assert look(files(tmp_path, "gru_batch", y=last, output=output[:, -2]), BASE).difference != ""


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (
            {"output": np.ones((4, 3, 2))},
            "data.npz, output: expected the shape (3, 18, 2), as the network answers",
        ),
        (
            {"output": np.array(["a"])},
            "data.npz, output: expected real numbers, found text of the shape (1,)",
        ),
        ({"loss": np.ones(4)}, "data.npz, loss: expected one number, found float64 of the shape (4,)"),
    ],
)
def test_claims_of_another_kind_are_refused(arrays: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert look(files(tmp_path, "gru_batch", **arrays), BASE).refusal.startswith(reason)


def test_a_network_that_is_drawn_claims_nothing(tmp_path: Path) -> None:
    case = golden("gru_batch")
    file = write_data(tmp_path / "d.npz", x=case["x"].swapaxes(0, 1), y=case["y"].swapaxes(0, 1), loss=1e9)
    assert train(["--data", file, "--epochs", "1", "--out", str(tmp_path / "run")]) == 0
