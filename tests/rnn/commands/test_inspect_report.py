"""What is in the report of inspect, and what of it is asked for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main
from rnn.commands.progress import ProgressLine
from rnn.config import RunConfig
from rnn.model.batch import Batch
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.flow import Flow
from rnn.observing.probes.rates import rate
from rnn.observing.probes.spectrum import Jacobians
from rnn.observing.snapshot import SnapshotRequest
from rnn.report.inspection import ALL, bare
from rnn.report.opening import Wish, look
from rnn.training.trainer import Trainer
from tests.rnn.cases import MANIFEST, golden, golden_network, golden_start, write_data
from tests.rnn.commands.test_inspect import files, options


def report(folder: Path, model: Path, data: Path, *more: str) -> dict[str, Any]:
    out = folder / "report.npz"
    assert main([str(model), "--data", str(data), "--out", str(out), *more]) == 0
    return dict(np.load(out))


@pytest.mark.parametrize("name", ["vanilla_relu_stacked", "lstm_stacked_text"])
def test_what_the_layers_above_send_back_to_a_step_alone_is_the_gradient_by_their_input(
    name: str, tmp_path: Path
) -> None:
    found = report(tmp_path, *files(tmp_path, name), *options(name), "--sequence", "1")
    case, network, start = golden(name), golden_network(name), golden_start(golden(name))
    dy = network.readout.loss(found["output"], Batch(case["x"], case["y"]))[1][:, 1]
    top = len(network.widths) - 1
    np.testing.assert_allclose(
        found[f"dL_doutput_norm_l{top}"],
        np.linalg.norm(dy @ case["param.head.weight"], axis=1),
        rtol=1e-10,
    )
    # The layers above the first are a network of their own, whose input the first one's states are.
    above = Network(
        network.widths[0], network.widths[1:], network.outputs, cell=network.cell, readout=network.readout
    )
    for own in above.parameters:
        layer, dot, weight = own.partition(".")
        theirs = own if layer == "head" else f"l{int(layer[1:]) + 1}{dot}{weight}"
        above.parameters[own][...] = network.parameters[theirs]
    x = found["hidden_l0"].copy()

    def loss() -> float:
        tape = above.forward(x, start[1:] or None)
        return above.readout.loss(tape.output, Batch(x, case["y"]))[0]

    for step in (0, len(x) // 2, len(x) - 1):
        slopes = []
        for unit in range(x.shape[2]):
            kept = x[step, 1, unit]
            x[step, 1, unit] = kept + 1e-6
            more = loss()
            x[step, 1, unit] = kept - 1e-6
            slopes.append((more - loss()) / 2e-6)
            x[step, 1, unit] = kept
        assert found["dL_doutput_norm_l0"][step] == pytest.approx(np.linalg.norm(slopes), rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("name", ["gru_batch", "lstm_stacked_text"])
def test_the_loss_is_there_as_pytorch_defines_its_mean_too(name: str, tmp_path: Path) -> None:
    found = report(tmp_path, *files(tmp_path, name))
    case = golden(name)
    if MANIFEST[name]["loss"] == "mse":
        expected = ((found["output"] - case["y"]) ** 2).mean()
    else:
        shifted = np.exp(found["output"])
        chosen = np.take_along_axis(shifted, case["y"][:, :, None].astype(int), axis=2)[:, :, 0]
        expected = -np.log(chosen / shifted.sum(axis=2)).mean()
    assert found["loss_torch"] == pytest.approx(expected, rel=1e-12)


def test_the_figures_of_the_last_step_end_where_the_windows_do(tmp_path: Path) -> None:
    model, data = files(tmp_path, "lstm_batch")
    with np.load(data) as archive:
        arrays = dict(archive)
    mask = np.ones(arrays["y"].shape[:2])
    mask[1, -7:] = 0
    file = write_data(tmp_path / "masked.npz", **arrays, mask=mask)
    found = report(tmp_path, model, Path(file), "--sequence", "1")
    trainer = Trainer(look(Wish(str(model), file), RunConfig()).config(RunConfig()))
    request = SnapshotRequest(sequence=1, probes=frozenset({"jacobians", "flow"}))
    snapshot = trainer.snapshot(request)
    jacobians, flow = snapshot.probe(Jacobians), snapshot.probe(Flow)
    assert jacobians is not None
    assert flow is not None
    end = flow.end
    assert end == mask.shape[1] - 7
    np.testing.assert_array_equal(found["dhT_dhj_spectral_norm"], jacobians.to_last)
    np.testing.assert_array_equal(found["jacobian_singular_values"][:end], jacobians.singular_values)
    assert len(found["jacobian_singular_values"]) == mask.shape[1]


@pytest.mark.parametrize(
    "only", [("lag_left_weight_hh_norm",), ("loss", "dL_dh_norm"), ("hidden_l1", "grad"), ALL]
)
def test_only_what_is_named_is_measured_and_it_is_the_same(only: tuple[str, ...], tmp_path: Path) -> None:
    model, data = files(tmp_path, "lstm_stacked_text")
    whole = report(tmp_path, model, data)
    part = report(tmp_path, model, data, "--only", ", ".join(only))
    asked = {name for name in whole if {name, bare(name), name.partition(".")[0]} & set(only)}
    assert asked
    assert set(part) == asked
    for name, array in part.items():
        np.testing.assert_array_equal(array, whole[name])


def test_every_array_of_a_report_can_be_named(tmp_path: Path) -> None:
    model, data = files(tmp_path, "lstm_batch", prefix="core.", head="fc")
    whole = report(tmp_path, model, data)
    assert {bare(name).partition(".")[0] for name in whole} == set(ALL)
    for name in {bare(name) for name in whole}:
        part = report(tmp_path, model, data, "--only", name)
        assert {bare(each) for each in part} == {name}


@pytest.mark.parametrize("only", ["lags", "loss,", "loss,grad.fc.bias", "", "cell", "dLi_dcj_norm_l0"])
def test_a_name_that_is_not_in_the_report_is_refused(
    only: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, data = files(tmp_path, "gru_batch")
    out = tmp_path / "report.npz"
    assert main([str(model), "--data", str(data), "--only", only, "--out", str(out)]) == 2
    assert (
        "--only takes loss, loss_torch, loss_terms, output, hidden, dL_dh_norm, " in capsys.readouterr().err
    )
    assert main([str(model), "--only", "loss", "--out", str(out)]) == 2
    assert (
        "--only takes eigenvalues_weight_hh, singular_values_weight_hh, not 'loss'" in capsys.readouterr().err
    )
    assert not out.exists()


def test_a_page_tells_what_was_measured_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, data = files(tmp_path, "gru_batch")
    report(tmp_path, model, data, "--only", "loss")
    printed = capsys.readouterr().out
    assert "Loss of the batch" in printed
    assert "Gradient of the last time step's loss on its way back" in printed
    assert "Recurrent weights" not in printed
    assert "How far back it learns" not in printed


def test_the_batch_stands_beside_the_one_sequence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, data = files(tmp_path, "vanilla_tanh_batch")
    factors = []
    for sequence in range(4):
        found = report(tmp_path, model, data, "--sequence", str(sequence))
        of_sequence = rate(found["dLi_dhj_norm_l0"][-1])
        assert of_sequence is not None
        factors.append(of_sequence.factor)
    mean, spread = np.mean(factors), np.std(factors)
    printed = capsys.readouterr().out
    assert f"×{mean:.3f} ± {spread:.2g} per time step, mean and spread of 4 sequences of the batch" in printed


class Screen(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_of_a_terminal_that_is_gone_at_the_end() -> None:
    screen = Screen()
    line = ProgressLine(screen)
    line.pause = 0.0
    line.say_now_and_then("one of two")
    line.say_now_and_then("two")
    line.end()
    assert screen.getvalue() == "\rone of two\rtwo       \r   \r"
    elsewhere = io.StringIO()
    line = ProgressLine(elsewhere)
    line.say_now_and_then("too soon to say")
    line.end()
    assert elsewhere.getvalue() == ""


ADVICE: dict[str, tuple[str, dict[str, Any], tuple[str, ...], str]] = {
    "vanishing": (
        "vanilla_tanh_batch",
        {},
        (),
        "per time step on its way back: begin with an orthogonal Wₕ",
    ),
    "a gate": ("lstm_batch", {}, (), "begin with a bias of 1 to 3 there"),
    "exploding": (
        "vanilla_tanh_batch",
        {"rnn.weight_hh_l0": 1.5 * np.eye(12)},
        ("--nonlinearity", "identity"),
        "multiplied by 1.50 per time step on its way back: clip its norm",
    ),
    "steady": (
        "vanilla_tanh_batch",
        {"rnn.weight_hh_l0": np.eye(12)},
        ("--nonlinearity", "identity"),
        "multiplied by 1.00 per time step on its way back: where it does not learn, it is for another reason",
    ),
    "saturated": (
        "vanilla_tanh_batch",
        {"rnn.bias_ih_l0": np.full(12, 9.0)},
        (),
        "100 % of units and time steps are saturated: scale the inputs down",
    ),
    "too large": (
        "vanilla_tanh_batch",
        {"head.weight": np.full((3, 12), 1e200)},
        (),
        "The loss is not finite",
    ),
}


@pytest.mark.parametrize("kind", ADVICE)
def test_the_page_ends_with_what_to_try(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, changes, more, advice = ADVICE[kind]
    model, data = files(tmp_path, name)
    with np.load(model) as archive:
        model = Path(write_data(tmp_path / "changed.npz", **{**archive, **changes}))
    report(tmp_path, model, data, *more)
    end = " ".join(capsys.readouterr().out.partition("What to try")[2].split())
    assert advice in end


def test_every_readout_knows_pytorchs_mean() -> None:
    assert {name: readout.torch_scale(4) for name, readout in READOUTS.items()} == {"mse": 0.5, "nll": 1.0}
