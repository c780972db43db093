"""Weights under PyTorch's names: there and back, and refused in one sentence."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from rnn.array import Array
from rnn.errors import DataError
from rnn.network import Network
from rnn.weights import AXES, from_torch, load_weights, npz_bytes, to_torch
from tests.rnn.cases import GOLDEN, golden, write_data


def drawn(inputs: int = 2, width: int = 3, outputs: int = 4) -> Network:
    network = Network(inputs, (width,), outputs)
    network.parameters.vector[:] = np.random.default_rng(0).standard_normal(network.parameters.vector.size)
    return network


def test_names_and_shapes_are_pytorchs() -> None:
    shapes = {name: array.shape for name, array in to_torch(drawn()).items()}
    assert shapes == {
        "rnn.weight_ih_l0": (3, 2),
        "rnn.weight_hh_l0": (3, 3),
        "rnn.bias_ih_l0": (3,),
        "rnn.bias_hh_l0": (3,),
        "head.weight": (4, 3),
        "head.bias": (4,),
    }
    assert list(shapes) == list(AXES)


def test_there_and_back_are_the_same_bits(tmp_path: Path) -> None:
    network = drawn()
    (tmp_path / "w.npz").write_bytes(npz_bytes(to_torch(network)))
    back = load_weights(tmp_path / "w.npz", 2, 4)
    assert back.widths == (3,)
    assert back.parameters.vector.tobytes() == network.parameters.vector.tobytes()


def test_what_is_written_out_computes_what_pytorch_would() -> None:
    network, arrays = drawn(), to_torch(drawn())
    x = np.random.default_rng(1).standard_normal((5, 1, 2))
    h = np.zeros(3)
    for t, output in enumerate(network.forward(x).output[:, 0]):
        h = np.tanh(
            arrays["rnn.weight_ih_l0"] @ x[t, 0]
            + arrays["rnn.bias_ih_l0"]
            + arrays["rnn.weight_hh_l0"] @ h
            + arrays["rnn.bias_hh_l0"]
        )
        np.testing.assert_allclose(output, arrays["head.weight"] @ h + arrays["head.bias"], rtol=1e-13)


def test_the_arrays_are_copies() -> None:
    network = drawn()
    for array in to_torch(network).values():
        array[...] = np.nan
    assert np.isfinite(network.parameters.vector).all()


def test_the_two_biases_add_up() -> None:
    arrays = to_torch(drawn())
    arrays["rnn.bias_hh_l0"] = np.array([1.0, 2.0, 3.0])
    network = from_torch(arrays, "w.npz")
    np.testing.assert_array_equal(network.parameters["l0.b"], arrays["rnn.bias_ih_l0"] + [1.0, 2.0, 3.0])


def test_the_article_weights_are_those_of_the_article_training() -> None:
    network = load_weights(GOLDEN / "article_weights.npz", 1, 1)
    reference = golden("article_training")
    for ours, theirs in (("l0.Wx", "Wx"), ("l0.Wh", "Wh"), ("l0.b", "b"), ("head.W", "Wy"), ("head.b", "by")):
        np.testing.assert_allclose(network.parameters[ours], reference[f"init.{theirs}"], rtol=1e-15)


def test_the_same_weights_are_the_same_bytes() -> None:
    assert npz_bytes(to_torch(drawn())) == npz_bytes(to_torch(drawn()))
    with np.load(io.BytesIO(npz_bytes(to_torch(drawn())))) as archive:
        assert archive.files == list(AXES)


@pytest.mark.parametrize("name", AXES)
def test_a_missing_array_is_named(name: str) -> None:
    arrays = to_torch(drawn())
    del arrays[name]
    with pytest.raises(DataError, match=rf"^w\.npz: expected an array {name} \("):
        from_torch(arrays, "w.npz")


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("rnn.weight_hh_l0", (3, 4), r"rnn.weight_hh_l0: expected the shape \(3, 3\), found \(3, 4\)"),
        ("rnn.weight_hh_l0", (12, 3), r"rnn.weight_hh_l0: expected the shape \(3, 3\), found \(12, 3\)"),
        ("rnn.bias_ih_l0", (1,), r"rnn.bias_ih_l0: expected the shape \(3,\), found \(1,\)"),
        ("rnn.bias_hh_l0", (4,), r"rnn.bias_hh_l0: expected the shape \(3,\), found \(4,\)"),
        ("head.weight", (4, 2), r"head.weight: expected the shape \(4, 3\), found \(4, 2\)"),
        ("head.bias", (1,), r"head.bias: expected the shape \(4,\), found \(1,\)"),
        ("head.bias", (4, 1), r"head.bias: expected the axes \(output\), found the shape \(4, 1\)"),
    ],
)
def test_a_wrong_shape_is_named(name: str, shape: tuple[int, ...], expected: str) -> None:
    arrays = to_torch(drawn()) | {name: np.ones(shape)}
    with pytest.raises(DataError, match=f"^w.npz, {expected}$"):
        from_torch(arrays, "w.npz")


@pytest.mark.parametrize("name", ["rnn.weight_ih_l1", "rnn.weight_ih_l0_reverse", "head.0.weight"])
def test_a_network_of_more_than_this_is_not_taken_in_part(name: str) -> None:
    with pytest.raises(DataError, match=f"w.npz, {name}: expected one layer"):
        from_torch(to_torch(drawn()) | {name: np.ones((3, 3))}, "w.npz")


def test_arrays_under_other_names_may_lie_beside_them() -> None:
    assert from_torch(to_torch(drawn()) | {"epoch": np.array(7)}, "w.npz").widths == (3,)


def test_weights_that_are_not_finite_are_refused() -> None:
    arrays = to_torch(drawn())
    arrays["head.weight"][2, 1] = np.nan
    with pytest.raises(
        DataError, match=r"^w\.npz, head\.weight at output 2, unit 1: expected a finite number$"
    ):
        from_torch(arrays, "w.npz")


def test_biases_whose_sum_is_not_finite_are_refused() -> None:
    large: dict[str, Array] = dict.fromkeys(("rnn.bias_ih_l0", "rnn.bias_hh_l0"), np.full(3, 1e308))
    with pytest.raises(DataError, match="expected a finite sum"):
        from_torch(to_torch(drawn()) | large, "w.npz")


def test_weights_for_other_data_are_refused(tmp_path: Path) -> None:
    file = write_data(tmp_path / "w.npz", **to_torch(drawn()))
    with pytest.raises(
        DataError, match=r"weight_ih_l0: expected as many inputs as the data has, 1, found 2$"
    ):
        load_weights(file, 1, 4)
    with pytest.raises(DataError, match=r"weight: expected as many outputs as the data has, 1, found 4$"):
        load_weights(file, 2, 1)
