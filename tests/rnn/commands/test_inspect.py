"""inspect: a model of one's own, measured without a window, against the reference cases."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main
from rnn.commands.interrupts import requests_to_end
from rnn.files.safetensors import safetensors_bytes
from rnn.weights import npz_bytes
from tests.rnn.cases import MANIFEST, golden, write_data

UNTRUNCATED = [name for name, case in MANIFEST.items() if case["truncation"] is None]
NOT_MEASURED = ("param.", "x", "y", "h0_l", "c0_l")


def files(folder: Path, name: str, prefix: str = "rnn.", head: str = "head") -> tuple[Path, Path]:
    """A reference case as a person would bring it: the model, and the data with its states."""
    case = golden(name)
    weights = {
        key.removeprefix("param.").replace("rnn.", prefix).replace("head.", f"{head}."): array
        for key, array in case.items()
        if key.startswith("param.")
    }
    model = folder / "model.npz"
    model.write_bytes(npz_bytes(weights))
    data: dict[str, Any] = {"x": case["x"].swapaxes(0, 1), "y": case["y"].swapaxes(0, 1)}
    data |= {key: array for key, array in case.items() if key.startswith(("h0_l", "c0_l"))}
    return model, Path(write_data(folder / "data.npz", **data))


def options(name: str) -> list[str]:
    nonlinearity = MANIFEST[name]["nonlinearity"]
    return [] if nonlinearity in (None, "tanh") else ["--nonlinearity", nonlinearity]


@pytest.mark.parametrize("name", UNTRUNCATED)
def test_every_figure_of_a_reference_case_is_in_the_report(name: str, tmp_path: Path) -> None:
    model, data = files(tmp_path, name)
    out = tmp_path / "report.npz"
    assert main([str(model), "--data", str(data), "--out", str(out), *options(name)]) == 0
    case, report = golden(name), np.load(out)
    wanted = [key for key in case if not key.startswith(NOT_MEASURED)]
    assert len(wanted) > 8
    for key in wanted:
        ours: Any = report[key]
        reference: Any = case[key]
        if key.startswith("eigenvalues"):
            ours, reference = np.sort_complex(ours), np.sort_complex(reference)
        scale = np.nanmax(np.abs(reference))
        np.testing.assert_allclose(ours, reference, rtol=1e-10, atol=1e-10 * scale, err_msg=key)


def test_prefixes_and_the_name_of_the_readout_are_found_and_kept(tmp_path: Path) -> None:
    model, data = files(tmp_path, "gru_batch", prefix="net.encoder.", head="decode")
    out = tmp_path / "report.npz"
    assert main([str(model), "--data", str(data), "--out", str(out)]) == 0
    report, case = np.load(out), golden("gru_batch")
    np.testing.assert_allclose(report["grad.net.encoder.bias_hh_l0"], case["grad.rnn.bias_hh_l0"], rtol=1e-9)
    np.testing.assert_allclose(report["grad.decode.weight"], case["grad.head.weight"], rtol=1e-9)


def test_a_safetensors_file_gives_the_same(tmp_path: Path) -> None:
    model, data = files(tmp_path, "lstm_batch")
    other = tmp_path / "model.safetensors"
    other.write_bytes(safetensors_bytes(dict(np.load(model))))
    for file in (model, other):
        out = tmp_path / f"{file.suffix[1:]}_report.npz"
        assert main([str(file), "--data", str(data), "--out", str(out), "--sequence", "2"]) == 0
    first, second = (np.load(tmp_path / f"{kind}_report.npz") for kind in ("npz", "safetensors"))
    assert first.files == second.files
    for name in first.files:
        np.testing.assert_array_equal(first[name], second[name])


def test_another_sequence_is_looked_at_and_the_batch_stays(tmp_path: Path) -> None:
    model, data = files(tmp_path, "vanilla_tanh_batch")
    reports = []
    for sequence in ("0", "3"):
        out = tmp_path / f"{sequence}.npz"
        assert main([str(model), "--data", str(data), "--out", str(out), "--sequence", sequence]) == 0
        reports.append(np.load(out))
    first, last = reports
    for name in ("loss", "lag_contribution_weight_hh_norm", "grad.rnn.weight_hh_l0"):
        np.testing.assert_array_equal(first[name], last[name])
    assert (first["dL_dh_norm_l0"] != last["dL_dh_norm_l0"]).all()


def test_without_data_the_weights_alone_are_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, _ = files(tmp_path, "lstm_stacked_text")
    out = tmp_path / "report.npz"
    assert main([str(model), "--out", str(out)]) == 0
    report = np.load(out)
    assert set(report.files) == {
        f"{name}_weight_hh_l{layer}" for name in ("eigenvalues", "singular_values") for layer in (0, 1)
    }
    assert report["eigenvalues_weight_hh_l0"].shape == (4, 10)
    printed = capsys.readouterr().out
    assert "LSTM, 2 layers of 10, 6 units, 6 inputs, 6 outputs" in printed
    assert "layer 2, forget gate" in printed


def test_the_summary_says_rate_horizon_and_loss(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, data = files(tmp_path, "vanilla_tanh_batch")
    assert main([str(model), "--data", str(data), "--out", str(tmp_path / "r.npz")]) == 0
    printed = capsys.readouterr().out
    case = golden("vanilla_tanh_batch")
    row = case["dLi_dhj_norm_l0"][-1]
    factor = (row[0] / row[-1]) ** (1 / 24)
    assert f"vanishing: ×{factor:.2f} per time step, " in printed
    assert f"mse {2 * float(case['loss']):.3f}" in printed
    whole, *rest = np.load(tmp_path / "r.npz")["lag_left_weight_hh_norm"]
    left = np.array(rest)
    assert whole == pytest.approx(np.linalg.norm(case["grad.rnn.weight_hh_l0"]), rel=1e-10)
    assert len(left) == 25
    assert left[-1] < 1e-10 * whole
    enough = next(n for n in range(25) if (left[n:] <= 0.05 * whole).all())
    assert 0 < enough < 24
    assert f"beyond {enough} time steps less than 5 % of the whole gradient is missing" in printed
    assert len(printed.splitlines()) < 60


def test_tables_hold_the_same_numbers(tmp_path: Path) -> None:
    model, data = files(tmp_path, "vanilla_tanh_article")
    folder = tmp_path / "tables"
    arguments = [str(model), "--data", str(data), "--out", str(tmp_path / "r.npz"), "--csv", str(folder)]
    assert main(arguments) == 0
    report = np.load(tmp_path / "r.npz")
    assert {file.stem for file in folder.iterdir()} == set(report.files)
    table = np.genfromtxt(folder / "jacobian_singular_values.csv", delimiter=",", names=True)
    np.testing.assert_array_equal(table["value_0"], report["jacobian_singular_values"][:, 0])


REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], list[str], str]] = {
    "a name that is missing": ({"rnn.weight_hh_l0": None}, {}, [], "weight_hh_l0"),
    "no recurrent layer": ({"rnn.weight_ih_l0": None}, {}, [], "expected a name that ends in weight_ih_l0"),
    "a shape that does not fit": ({"rnn.weight_hh_l0": np.ones((9, 12))}, {}, [], "rnn.weight_hh_l0"),
    "a NaN": ({"head.bias": np.array([0.0, np.nan, 1.0])}, {}, [], "head.bias at output 1"),
    "two readouts": (
        {"head.weight": None, "a.weight": np.ones((3, 12)), "b.weight": np.ones((3, 12))},
        {},
        [],
        "several linear layers fit, a, b; name the one that takes the states with --head",
    ),
    "two readouts, one of which is called head": (
        {"fc1.weight": np.ones((12, 12))},
        {},
        [],
        "several linear layers fit, fc1, head, and a head of several that follow on each other cannot be ",
    ),
    "a head of several layers": (
        {
            "head.weight": None,
            "head.bias": None,
            "head.0.weight": np.ones((12, 12)),
            "head.3.weight": np.ones((3, 12)),
        },
        {},
        ["--head", "head.3"],
        "head.3.weight: is one of 2 linear layers that follow on each other, head.0, head.3",
    ),
    "several recurrent modules": (
        {f"other.weight_{each}_l0": np.ones((12, 12)) for each in ("ih", "hh")},
        {},
        [],
        "of which one alone can be read; name it with --rnn.",
    ),
    "a readout that is turned": (
        {"head.weight": np.ones((12, 3))},
        {},
        [],
        "head.weight: expected the shape (outputs, 12), found (12, 3), which looks transposed",
    ),
    "input weights that are turned": (
        {"rnn.weight_ih_l0": np.ones((2, 12))},
        {},
        [],
        "expected the shape (12, inputs) for Vanilla, found (2, 12), which looks transposed",
    ),
    "a readout that is not there": ({}, {}, ["--head", "decoder"], "decoder.weight"),
    "x of another width": ({}, {"x": np.ones((4, 25, 5))}, [], "expected 2 inputs as in the model, found 5"),
    "y of another length": ({}, {"y": np.ones((4, 24, 3))}, [], "expected 4 sequences of 25 time steps"),
    "y of another width": (
        {},
        {"y": np.ones((4, 25, 2))},
        [],
        "y: expected 3 outputs as in the model, found 2",
    ),
    "a start of another width": ({}, {"h0_l0": np.ones((4, 3))}, [], "h0_l0: expected the shape (4, 12)"),
    "an array that is not known": ({}, {"z": np.ones(3)}, [], "z: is not among the arrays"),
    "no x": ({}, {"x": None}, [], "expected an array x"),
    "no y": (
        {},
        {"y": None},
        [],
        "(sequence, time step, output), (sequence, output) or (sequence), or of class numbers, found ",
    ),
    "class numbers with an axis too many": (
        {},
        {"y": np.ones((4, 25, 1), dtype=int)},
        [],
        "found 1; class numbers are integers (sequence, time step) or (sequence)",
    ),
    "classes that count from 1": (
        {},
        {"y": np.tile([1, 2, 3, 1, 2], (4, 5))},
        [],
        "y at sequence 0, time step 2, counted from 0: "
        "expected one of the model's classes, 0 to 2, since they count from 0; "
        "found 3.",
    ),
    "classes that pad": (
        {},
        {"y": np.full((4, 25), -100)},
        [],
        "y at sequence 0, time step 0, counted from 0: "
        "expected a class number from 0 to 65,535, found -100; a mask says "
        "which time steps are not scored.",
    ),
    "a mask of another length": ({}, {"mask": np.ones((4, 24))}, [], "mask: expected 4 sequences of 25"),
    "a nonlinearity of another cell": (
        {"rnn.weight_hh_l0": np.ones((48, 12))}
        | {name: np.ones((48, 2)) for name in ("rnn.weight_ih_l0",)}
        | {f"rnn.bias_{each}_l0": np.ones(48) for each in ("ih", "hh")},
        {},
        ["--nonlinearity", "relu"],
        "--nonlinearity is tanh in LSTM, not relu.",
    ),
    "another cell": (
        {},
        {},
        ["--cell", "lstm"],
        "rnn.weight_hh_l0: expected the shape of the cell lstm, found that of Vanilla",
    ),
    "another loss": ({}, {}, ["--loss", "nll"], "--loss nll needs y as integers, which are class numbers"),
    "a sequence that is not there": ({}, {}, ["--sequence", "4"], "--sequence must be from 0 to 3, not 4"),
    "a strange ending": ({}, {}, ["--out", "report.txt"], "--out must end in .npz"),
}


@pytest.mark.parametrize(("option", "value"), [("--sequence", "0"), ("--loss", "nll")])
def test_what_needs_data_is_refused_without(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, _ = files(tmp_path, "vanilla_tanh_batch")
    assert main([str(model), option, value, "--out", str(tmp_path / "r.npz")]) == 2
    assert capsys.readouterr().err.startswith(f"{option} needs --data; ")
    assert not (tmp_path / "r.npz").exists()


def everything(folder: Path) -> list[str]:
    return sorted(str(place.relative_to(folder)) for place in folder.rglob("*"))


@pytest.mark.parametrize(
    ("out", "tables", "reason"),
    [
        ("folder.npz", "new", "folder.npz: expected a file or nothing, found a folder"),
        ("new/below/report.npz", "file", "file: expected a folder, but there is a file in its way"),
        ("file/report.npz", "new", "file: expected a folder, but there is a file in its way"),
        ("report.npz", "file/below", "below: expected a folder, but there is a file in its way"),
    ],
)
def test_where_one_place_cannot_be_written_nothing_is(
    out: str, tables: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, data = files(tmp_path, "vanilla_tanh_article")
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "file").write_bytes(b"mine")
    before = everything(tmp_path)
    places = ["--out", str(tmp_path / out), "--csv", str(tmp_path / tables)]
    assert main([str(model), "--data", str(data), *places]) == 2
    assert f"{reason}.\n" in capsys.readouterr().err
    assert everything(tmp_path) == before


@pytest.mark.parametrize("number", requests_to_end())
def test_asked_to_end_in_the_midst_of_writing_it_writes_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    model, data = files(tmp_path, "gru_batch")
    (tmp_path / "report.npz").write_bytes(b"old")
    command = [str(model), "--data", str(data), "--out", str(tmp_path / "report.npz"), "--csv", str(tmp_path)]
    replace = os.replace

    def and_asked_to_end(source: str, target: str) -> None:
        replace(source, target)
        signal.raise_signal(number)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", and_asked_to_end)
        assert main(command) == 128 + number
    written = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert main(command) == 0
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == written


def test_tables_of_another_report_are_not_mixed_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tables"
    arguments = ["--out", str(tmp_path / "r.npz"), "--csv", str(folder)]
    for name, code in (("lstm_batch", 0), ("lstm_batch", 0), ("gru_batch", 2)):
        model, data = files(tmp_path, name)
        before = {file: file.read_bytes() for file in folder.glob("*")}
        assert main([str(model), "--data", str(data), *arguments]) == code
    assert "cell_l0.csv: is of another report and would be mixed with this one; " in capsys.readouterr().err
    assert {file: file.read_bytes() for file in folder.glob("*")} == before
    for file in folder.glob("*"):
        file.unlink()
    (folder / "mine.csv").write_bytes(b"1,2")  # no table of ours
    assert main([str(model), "--data", str(data), *arguments]) == 0


@pytest.mark.parametrize("kind", REFUSED)
def test_a_mistake_is_one_sentence_and_nothing_is_written(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights, arrays, more, sentence = REFUSED[kind]
    model, data = files(tmp_path, "vanilla_tanh_batch")
    for file, changes in ((model, weights), (data, arrays)):
        with np.load(file) as archive:
            content = {name: archive[name] for name in archive.files} | changes
        file.write_bytes(npz_bytes({name: array for name, array in content.items() if array is not None}))
    out = tmp_path / "report.npz"
    assert (
        main([str(model), "--data", str(data), "--out", str(out), "--csv", str(tmp_path / "t"), *more]) == 2
    )
    printed = capsys.readouterr()
    assert printed.out == ""
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data.npz", "model.npz"]


def test_the_help_says_how_sequences_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "counted from 0: sequence 1 of the window is 0" in " ".join(capsys.readouterr().out.split())


def test_no_name_of_an_array_commands_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, data = files(tmp_path, "gru_batch", head="\x1b[31mred\x07")
    assert main([str(model), "--data", str(data), "--out", str(tmp_path / "r.npz")]) == 0
    out = capsys.readouterr().out
    assert "readout \\x1b[31mred\\x07" in out
    assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize("prefix", ["../../out.", "/out.", "up/../../../out.", "C:\\out.", "….", "rnn."])
def test_no_name_of_an_array_leads_out_of_the_folder_of_the_tables(prefix: str, tmp_path: Path) -> None:
    model, data = files(tmp_path, "gru_batch")
    other = tmp_path / "model.safetensors"
    weights = {name.replace("rnn.", prefix): array for name, array in np.load(model).items()}
    other.write_bytes(safetensors_bytes(weights))
    out, folder = tmp_path / "r.npz", tmp_path / "a" / "b" / "tables"
    assert main([str(other), "--data", str(data), "--out", str(out), "--csv", str(folder)]) == 0
    written = {file for file in tmp_path.rglob("*") if file.is_file()} - {model, other, data, out}
    assert {file.parent for file in written} == {folder}
    assert len(written) == len(np.load(out).files)
