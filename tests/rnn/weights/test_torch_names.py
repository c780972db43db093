"""Weights under PyTorch's names, there and back for every cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.errors import DataError
from rnn.model.cells import CELLS, Vanilla
from rnn.model.cells.base import Role
from rnn.model.readout import SoftmaxNll
from rnn.weights import from_torch, to_torch
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import CELL_NAMES, GOLDEN, MANIFEST, golden, golden_network, golden_start
from tests.rnn.weights.names import FIRST, drawn

HEAD = ["head.weight", "head.bias"]


@pytest.mark.parametrize(("name", "gates"), [("vanilla", 1), ("gru", 3), ("lstm", 4)])
def test_names_and_shapes_are_pytorchs(name: str, gates: int) -> None:
    arrays = to_torch(drawn(CELLS[name](), (3, 5)))
    assert {name: array.shape for name, array in arrays.items()} == {
        "rnn.weight_ih_l0": (gates * 3, 2),
        "rnn.weight_hh_l0": (gates * 3, 3),
        "rnn.bias_ih_l0": (gates * 3,),
        "rnn.bias_hh_l0": (gates * 3,),
        "rnn.weight_ih_l1": (gates * 5, 3),
        "rnn.weight_hh_l1": (gates * 5, 5),
        "rnn.bias_ih_l1": (gates * 5,),
        "rnn.bias_hh_l1": (gates * 5,),
        "head.weight": (4, 5),
        "head.bias": (4,),
    }
    assert list(arrays) == [*FIRST, *(name.replace("l0", "l1") for name in FIRST), *HEAD]


@pytest.mark.parametrize("name", MANIFEST)
def test_the_reference_weights_come_back_as_they_were(name: str) -> None:
    case, network = golden(name), golden_network(name)
    assert type(network.cell) is CELLS[CELL_NAMES[MANIFEST[name]["cell"]]]
    assert network.widths == tuple(MANIFEST[name]["layer_widths"])
    back = to_torch(network)
    given_names = [key.removeprefix("param.") for key in case if key.startswith("param.")]
    assert sorted(back) == sorted(given_names)
    for key in given_names:
        if "bias_" not in key:
            np.testing.assert_array_equal(back[key], case[f"param.{key}"])
    for layer, width in enumerate(network.widths):
        ih, hh = f"rnn.bias_ih_l{layer}", f"rnn.bias_hh_l{layer}"
        ours, theirs = back[ih] + back[hh], case[f"param.{ih}"] + case[f"param.{hh}"]
        np.testing.assert_allclose(ours, theirs, rtol=1e-15)
        if CELL_NAMES[MANIFEST[name]["cell"]] == "gru":
            np.testing.assert_array_equal(back[ih][2 * width :], case[f"param.{ih}"][2 * width :])
            np.testing.assert_array_equal(back[hh][2 * width :], case[f"param.{hh}"][2 * width :])
            assert not back[hh][: 2 * width].any()


@pytest.mark.parametrize("name", [name for name in MANIFEST if MANIFEST[name]["truncation"] is None])
def test_there_and_back_they_compute_what_pytorch_does(name: str) -> None:
    case, network = golden(name), golden_network(name)
    again = from_torch(to_torch(network), name, nonlinearity=network.cell.nonlinearity)
    output = again.forward(case["x"], golden_start(case)).output
    np.testing.assert_allclose(output, case["output"], rtol=1e-12, atol=1e-12 * np.abs(output).max())


@pytest.mark.parametrize("cell", EVERY_CELL)
@settings(max_examples=20)
@given(
    inputs=st.integers(1, 5),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=4),
    outputs=st.integers(1, 5),
)
def test_there_and_back_are_the_same_bits(cell: str, inputs: int, widths: list[int], outputs: int) -> None:
    network = drawn(EVERY_CELL[cell](), tuple(widths), inputs, outputs)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(CELLS, cell, EVERY_CELL[cell])
        back = from_torch(to_torch(network), "w.npz", cell=cell)
    assert (type(back.cell), back.widths, back.inputs, back.outputs) == (
        EVERY_CELL[cell],
        tuple(widths),
        inputs,
        outputs,
    )
    assert back.parameters.vector.tobytes() == network.parameters.vector.tobytes()


def test_the_nonlinearity_and_the_readout_are_those_that_are_asked_for() -> None:
    network = from_torch(to_torch(drawn()), "w.npz", nonlinearity="relu", readout=SoftmaxNll)
    assert (network.cell.nonlinearity, network.readout) == ("relu", SoftmaxNll)
    gated = from_torch(to_torch(drawn(CELLS["lstm"]())), "w.npz", nonlinearity="relu")
    assert gated.cell.nonlinearity == "tanh"


def test_the_arrays_are_copies() -> None:
    network = drawn(CELLS["gru"]())
    for array in to_torch(network).values():
        array[...] = np.nan
    assert np.isfinite(network.parameters.vector).all()


def test_the_two_biases_add_up() -> None:
    arrays = to_torch(drawn())
    arrays["rnn.bias_hh_l0"] = np.array([1.0, 2.0, 3.0])
    network = from_torch(arrays, "w.npz")
    np.testing.assert_array_equal(network.parameters["l0.b"], arrays["rnn.bias_ih_l0"] + [1.0, 2.0, 3.0])


def test_the_candidate_of_a_gru_keeps_its_two_biases_apart() -> None:
    arrays = to_torch(drawn(CELLS["gru"]()))
    arrays["rnn.bias_ih_l0"], arrays["rnn.bias_hh_l0"] = np.arange(9.0), np.arange(9.0) * 10
    before = arrays["rnn.bias_hh_l0"].copy()
    parameters = from_torch(arrays, "w.npz").parameters
    np.testing.assert_array_equal(parameters["l0.b"], [0, 11, 22, 33, 44, 55, 6, 7, 8])
    np.testing.assert_array_equal(parameters["l0.bn"], [60, 70, 80])
    np.testing.assert_array_equal(arrays["rnn.bias_hh_l0"], before)


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_module_without_biases_has_ours_at_zero(cell: str) -> None:
    network = drawn(CELLS[cell](), (3, 2))
    arrays = {name: array for name, array in to_torch(network).items() if "bias" not in name}
    back = from_torch(arrays, "w.npz", cell=cell).parameters
    for name, view in network.parameters.items():
        if ".b" in name:
            assert not back[name].any()
        else:
            np.testing.assert_array_equal(back[name], view)


def test_the_article_weights_are_those_of_the_article_training() -> None:
    with np.load(GOLDEN / "article_weights.npz") as archive:
        network = from_torch(dict(archive), "w.npz")
    reference = golden("article_training")
    for ours, theirs in (("l0.Wx", "Wx"), ("l0.Wh", "Wh"), ("l0.b", "b"), ("head.W", "Wy"), ("head.b", "by")):
        np.testing.assert_allclose(network.parameters[ours], reference[f"init.{theirs}"], rtol=1e-15)


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", ">f8", ">f4"])
def test_floats_of_every_size_are_read(kind: str) -> None:
    arrays = {name: array.astype(kind) for name, array in to_torch(drawn(CELLS["gru"]())).items()}
    network = from_torch(arrays, "w.npz")
    np.testing.assert_array_equal(network.parameters["l0.Wx"], arrays["rnn.weight_ih_l0"].T.astype(float))
    assert network.parameters.vector.dtype == np.float64


def test_arrays_under_other_names_may_lie_beside_them() -> None:
    assert from_torch(to_torch(drawn()) | {"epoch": np.array(7)}, "w.npz").widths == (3,)


class Leaky(Vanilla):
    """A cell with a weight that PyTorch has no name for."""

    roles: ClassVar[Mapping[str, Role]] = {**Vanilla.roles, "leak": "bias"}

    def shapes(self, inputs: int, width: int) -> dict[str, tuple[int, ...]]:
        return {**super().shapes(inputs, width), "leak": (width,)}


def test_a_cell_with_a_weight_of_its_own_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "leaky", Leaky)
    network = drawn(Leaky(), (3, 2))
    arrays = to_torch(network)
    assert arrays["rnn.leak_l1"].shape == (2,)
    back = from_torch(arrays, "w.npz")
    assert type(back.cell) is Leaky
    assert back.parameters.vector.tobytes() == network.parameters.vector.tobytes()
    del arrays["rnn.leak_l1"]
    with pytest.raises(DataError, match=r"^w\.npz: expected an array rnn.leak_l1 "):
        from_torch(arrays, "w.npz")


def test_of_two_cells_of_the_same_shapes_it_is_the_one_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other(Vanilla):
        pass

    monkeypatch.setitem(CELLS, "other", Other)
    arrays = to_torch(drawn(Other()))
    assert type(from_torch(arrays, "w.npz").cell) is Vanilla
    assert type(from_torch(arrays, "w.npz", cell="other").cell) is Other
    assert type(from_torch(to_torch(drawn(CELLS["gru"]())), "w.npz", cell="other").cell) is CELLS["gru"]
