"""The page that inspect prints: what was measured, and why the gradient goes where it goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.commands.inspect import main
from rnn.commands.train import main as train
from rnn.number_format import short
from rnn.weights import npz_bytes
from tests.rnn.cases import write_data
from tests.rnn.commands.test_inspect import files

Arrays = dict[str, Any]


class Page:
    """What inspect prints of a network on data, and its report."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def of(self, weights: Arrays, data: Arrays, *options: str) -> str:
        model = self.folder / "model.npz"
        model.write_bytes(npz_bytes(weights))
        file = write_data(self.folder / "data.npz", **data)
        out = str(self.folder / "report.npz")
        assert main([str(model), "--data", file, "--out", out, *options]) == 0
        self.report = np.load(out)
        return " ".join(self._capsys.readouterr().out.split())

    def of_case(self, name: str, *options: str) -> str:
        model, data = files(self.folder, name)
        with np.load(model) as arrays, np.load(data) as sequences:
            return self.of(dict(arrays), dict(sequences), *options)


@pytest.fixture
def page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Page:
    return Page(tmp_path, capsys)


def vanilla(scale: float = 0.5, H: int = 5, D: int = 2, O: int = 3, bias: float = 0.0) -> Arrays:  # noqa: E741
    rng = np.random.default_rng(3)
    q, _ = np.linalg.qr(rng.standard_normal((H, H)))
    return {
        "net.weight_ih_l0": rng.standard_normal((H, D)),
        "net.weight_hh_l0": scale * q,
        "net.bias_ih_l0": np.full(H, bias),
        "net.bias_hh_l0": np.zeros(H),
        "fc.weight": rng.standard_normal((O, H)),
        "fc.bias": np.zeros(O),
    }


def data(N: int = 4, T: int = 6, D: int = 2, O: int = 3) -> Arrays:  # noqa: E741
    rng = np.random.default_rng(4)
    return {"x": rng.standard_normal((N, T, D)), "y": rng.standard_normal((N, T, O))}


def test_it_says_which_readout_it_used_and_what_it_did_not(page: Page) -> None:
    beside = {"ln.weight": np.ones(5), "ln.bias": np.ones(5), "conv.weight": np.ones((5, 2, 3)), "epoch": 7}
    text = page.of(vanilla() | beside, data())
    first = "The units are taken as tanh, which the file does not tell. Vanilla (tanh), 1 layer of 5 units, "
    assert text.startswith(f"{first}2 inputs, 3 outputs, readout fc Not used: ")
    lacking = "the network as read has no convolution and no normalization."
    wanted = f"Not used: conv.weight, ln.bias, ln.weight; {lacking}"
    assert wanted in text
    assert "Not used" not in page.of(vanilla(), data())


def test_two_linear_layers_are_told_apart_by_name_also_where_one_is_called_head(page: Page) -> None:
    other = {"other.weight": np.ones((3, 5))}
    for name in ("fc", "fc.weight"):
        text = page.of(vanilla() | other, data(), "--head", name)
        assert "readout fc Not used: other.weight; " in text
        assert "grad.fc.weight" in page.report.files


def test_it_says_how_many_sequences_of_how_many_steps_it_read(page: Page) -> None:
    assert "Batch of 4 sequences of 6 time steps Recurrent" in page.of(vanilla(), data())
    swapped = {name: array.swapaxes(0, 1) for name, array in data().items()}
    assert "Batch of 6 sequences of 4 time steps Recurrent" in page.of(vanilla(), swapped)


def test_one_is_no_plural(page: Page) -> None:
    head = ("--head", "fc")  # which fits before the one unit as well
    text = page.of(vanilla(H=1, D=1, O=1), data(N=1, T=1, D=1, O=1) | {"h0_l0": np.ones((1, 1))}, *head)
    assert "1 layer of 1 unit, 1 input, 1 output," in text
    assert "Batch of 1 sequence of 1 time step " in text
    assert "a single time step has no way back" in text
    assert "beyond 0 time steps less than 5 % of the whole gradient is missing" in text
    two = page.of(vanilla(H=1, D=1, O=1), data(N=1, T=2, D=1, O=1), *head)
    assert " after 1 time step What happens" in two


def test_a_model_without_biases_has_no_gradient_of_them(page: Page) -> None:
    weights = {name: array for name, array in vanilla().items() if "bias" not in name}
    text = page.of(weights, data())
    assert "readout fc, no biases Batch" in text
    assert {name for name in page.report.files if name.startswith("grad.")} == {
        "grad.net.weight_ih_l0",
        "grad.net.weight_hh_l0",
        "grad.fc.weight",
    }
    half = {name: array for name, array in vanilla().items() if name != "fc.bias"}
    assert "no biases in the readout Batch" in page.of(half, data())
    assert "grad.net.bias_hh_l0" in page.report.files


def test_the_norm_is_that_over_all_arrays_as_a_clipping_threshold_meets_it(page: Page) -> None:
    text = page.of(vanilla(), data())
    sizes = {n: np.linalg.norm(page.report[n]) for n in page.report.files if n.startswith("grad.")}
    whole = np.sqrt(sum(size**2 for size in sizes.values()))
    largest = max(sizes, key=lambda name: sizes[name])
    part = f"the largest part {largest.removeprefix('grad.')} with "
    wanted = f"Norm of its gradient by all arrays {whole:.3g}, {part}"
    assert wanted in text


def by_mse_loss(weights: Arrays, sequences: Arrays) -> float:
    """The norm of the gradient of nn.MSELoss by all arrays of nn.RNN and nn.Linear, by differences."""
    Wx, Wh, bx, bh, W, b = (array.copy() for array in weights.values())
    x, y, mask = sequences["x"], sequences["y"], sequences.get("mask", np.ones(sequences["x"].shape[:2]))

    def loss() -> float:
        h, answers = np.zeros((len(x), len(Wh))), []
        for t in range(x.shape[1]):
            h = np.tanh(x[:, t] @ Wx.T + bx + h @ Wh.T + bh)
            answers.append(h @ W.T + b)
        return float(((np.stack(answers, 1) - y) ** 2)[mask > 0].mean())

    slopes = []
    for array in (Wx, Wh, bx, bh, W, b):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-5
            above = loss()
            array[place] = kept - 1e-5
            slopes.append((above - loss()) / 2e-5)
            array[place] = kept
    return float(np.linalg.norm(slopes))


@pytest.mark.parametrize(("O", "times"), [(1, "twice"), (2, "just"), (3, "2/3 of")])
def test_the_thresholds_are_those_at_which_pytorch_and_train_clip(page: Page, O: int, times: str) -> None:  # noqa: E741
    weights, sequences = vanilla(O=O, bias=0.3), data(O=O)
    text = page.of(weights, sequences)
    norm = short(by_mse_loss(weights, sequences), 3)
    assert f"nn.MSELoss is {times} this loss: clip_grad_norm_ below {norm} scales it down" in text
    folder, batch = page.folder, "training.batch=4"
    files = ["--data", str(folder / "data.npz"), "--weights", str(folder / "model.npz")]
    assert train([*files, "--epochs", "1", "--set", batch, "--out", str(folder / "run")]) == 0
    trained = float((folder / "run" / "updates.csv").read_text().splitlines()[1].split(",")[-1])
    assert f"clip_norm of train does so below {short(trained, 3)}, since bias_ih" in text
    assert short(trained, 3) != short(np.sqrt(sum((page.report[n] ** 2).sum() for n in gradients(page))), 3)


def gradients(page: Page) -> list[str]:
    return [name for name in page.report.files if name.startswith("grad.")]


def test_a_loss_over_some_steps_is_compared_with_one_over_the_same(page: Page) -> None:
    mask = np.zeros((4, 6))
    mask[:, 2:4] = 1
    weights, sequences = vanilla(), data() | {"mask": mask}
    text = page.of(weights, sequences)
    norm = short(by_mse_loss(weights, sequences), 3)
    assert f"nn.MSELoss over the scored time steps is 2/3 of this loss: clip_grad_norm_ below {norm} " in text


def test_a_norm_that_counts_no_bias_twice_is_that_of_train(page: Page) -> None:
    weights = {name: array for name, array in vanilla().items() if "bias" not in name}
    assert "clip_norm of train" not in page.of(weights, data())
    classes = {"x": data(2, 4)["x"], "y": np.array([[0, 0, 0, 1], [0, 1, 0, 2]])}
    text = page.of(vanilla(), classes)
    whole = np.sqrt(sum((page.report[name] ** 2).sum() for name in gradients(page)))
    assert f"with nn.CrossEntropyLoss, clip_grad_norm_ below {short(whole, 3)} scales it down" in text


def test_the_loss_stands_beside_that_of_answers_that_do_not_look(page: Page) -> None:
    sequences = data()
    y = sequences["y"].reshape(-1, 3)
    text = page.of(vanilla(), sequences)
    guess = ((y - y.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert f"always the mean of y {guess:.3f}: the network does no better" in text
    good = {**sequences, "y": np.load(page.folder / "report.npz")["output"].swapaxes(0, 1) + 0.01}
    text = page.of(vanilla(), good)
    y = good["y"].reshape(-1, 3)
    guess = ((y - y.mean(axis=0)) ** 2).sum(axis=1).mean()
    assert f"always the mean of y {guess:.3f}: the network is at under 0.1 % of that" in text


def test_class_numbers_stand_beside_ln_k_and_their_frequencies(page: Page) -> None:
    y = np.array([[0, 0, 0, 1], [0, 1, 0, 0]])
    text = page.of(vanilla(), {"x": data(2, 4)["x"], "y": y})
    entropy = -(0.75 * np.log(0.75) + 0.25 * np.log(0.25))
    assert f"every class equally likely {np.log(3):.3f}, the classes as often as in y {entropy:.4f}: " in text


def test_a_mask_counts_and_what_is_held_out_does_not(page: Page) -> None:
    sequences = data()
    mask = np.ones((4, 6), dtype=bool)
    mask[0, 4:] = False
    masked = sequences | {
        "mask": mask,
        "x_validation": np.ones((1, 2, 2)),
        "y_validation": np.ones((1, 2, 3)),
    }
    masked["y"] = np.where(mask[:, :, None], sequences["y"], np.nan)
    text = page.of(vanilla(), masked)
    assert "4 sequences of 6 time steps, scored at 22 of 24 time steps" in text
    assert "Gradient of the last scored time step's loss on its way back, sequence 0, 4 time steps" in text
    output = page.report["output"].swapaxes(0, 1)
    missed = ((output - sequences["y"]) ** 2).sum(axis=2)[mask]
    assert page.report["loss"] == pytest.approx(0.5 * missed.mean(), rel=1e-12)
    row = page.report["dLi_dhj_norm_l0"][3, :4]
    assert f"×{(row[0] / row[-1]) ** (1 / 3):.2f} per time step" in text


@pytest.mark.parametrize("scale", [8.0, 50.0])
def test_saturated_units_are_named_as_the_cause(page: Page, scale: float) -> None:
    text = page.of(vanilla(scale), data(T=12))
    h = page.report["hidden_l0"][:, 0]
    share = 100 * (1 - h**2 < 0.05).mean()
    assert share > 50
    assert text.lower().count("the units are saturated, so tanh passes on almost nothing.") == 1
    assert ("At each time step tanh passes on " in text) == (scale < 50.0)
    assert f"{share:.1f} % of units and time steps are saturated (|g′| under 0.05)." in text


def test_dead_relu_units_are_named_as_the_cause(page: Page) -> None:
    text = page.of(vanilla(bias=-50.0), data(), "--nonlinearity", "relu")
    assert text.startswith("Vanilla (relu), 1 layer of 5 units, ")  # which is stated, and not assumed
    assert "The units are inactive, so ReLU passes on almost nothing." in text
    assert "100 % of units and time steps are inactive." in text
    assert "saturated" not in text


def test_the_two_parts_of_the_factor_multiply_to_it(page: Page) -> None:
    text = page.of_case("vanilla_tanh_batch")
    row = page.report["dLi_dhj_norm_l0"][-1]
    words = text.split("At each time step tanh passes on ")[1].split()
    units, weights = (
        float(words[0]),
        float(text.split("and the weights multiply it by ")[1].split()[0].rstrip(".")),
    )
    assert units * weights == pytest.approx((row[0] / row[-1]) ** (1 / 24), abs=0.02)


def test_a_lower_layer_and_an_lstm_say_what_else_there_is(page: Page) -> None:
    text = page.of_case("lstm_stacked_text")
    why = text.split("What happens to that gradient on its way ")[1].split(" How far back ")[0]
    first, second = why.split(" layer 2 ")
    assert "It also comes down from the layer above at every time step." in first
    assert "It also comes down" not in second
    assert "The memory is c; h alone, with c held, looks as if more were forgotten." in second
    assert "The gates let through, on average: input 0." in second
    assert len(text) < 3000


def test_a_gradient_that_is_not_finite_has_no_horizon_and_says_why(page: Page) -> None:
    weights = vanilla(scale=1e200)
    text = page.of(weights, data(T=5), "--nonlinearity", "identity")
    assert "layer 1, h the gradient is not finite" in text
    assert "layer 1 the gradient is not finite" in text
    assert "no gradient" not in text
    assert "Its gradient by " in text


def test_a_gradient_too_small_for_a_float_keeps_its_rate_and_its_two_parts(page: Page) -> None:
    text = page.of(vanilla(scale=0.1), data(N=1, T=330), "--nonlinearity", "identity")
    row = page.report["dLi_dhj_norm_l0"][-1]
    assert row[0] == 0.0
    normal = int((row >= 2.0**-1022).sum()) - 1
    assert f"vanishing: ×0.10 per time step, too small for a float64 after {normal} time steps" in text
    assert "The units pass on all of it: the weights alone multiply it by 0.10 at each time step." in text


def test_an_exploding_gradient_is_so_many_times_as_large(page: Page) -> None:
    text = page.of(vanilla(scale=2.0), data(T=9), "--nonlinearity", "identity")
    assert "exploding: ×2.00 per time step, 260 times as large after 8 time steps" in text
    assert "The units pass on all of it: the weights alone multiply it by 2.00 at each time step." in text
