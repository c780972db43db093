"""A network that was made without biases: they are zero, nothing learns them, and nothing shows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.observing.probes import GradientCheck, Lags, ParameterNorms
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from rnn.weights import from_torch, npz_bytes, to_torch
from tests.rnn.cases import write_data
from tests.rnn.weights.names import drawn


def without_biases(cell: str) -> Network:
    arrays = {name: a for name, a in to_torch(drawn(CELLS[cell](), (3, 2))).items() if "bias" not in name}
    return from_torch(arrays, "w.npz")


@pytest.fixture(params=list(CELLS))
def trainer(request: pytest.FixtureRequest, tmp_path: Path) -> Trainer:
    (tmp_path / "w.npz").write_bytes(npz_bytes(to_torch(without_biases(request.param))))
    rng = np.random.default_rng(2)
    arrays = {"x": rng.standard_normal((3, 6, 2)), "y": rng.standard_normal((3, 6, 4))}
    values = {
        "task.name": "data",
        "task.file": write_data(tmp_path / "d.npz", **arrays),
        "model.weights": str(tmp_path / "w.npz"),
        "training.optimizer": "rmsprop",
    }
    return Trainer(RunConfig().with_values(values))


@pytest.mark.parametrize("cell", CELLS)
def test_the_other_gradients_are_those_of_biases_at_zero(cell: str) -> None:
    network = without_biases(cell)
    full = Network(2, (3, 2), 4, cell=CELLS[cell]())
    full.parameters.vector[:] = network.parameters.vector
    rng = np.random.default_rng(3)
    x, dy = rng.standard_normal((5, 2, 2)), rng.standard_normal((5, 2, 4))
    ours = network.backward(network.forward(x), dy).parameters
    theirs = full.backward(full.forward(x), dy).parameters
    assert network.absent == {name for name in full.parameters if ".b" in name}
    assert full.absent == frozenset()
    for name, gradient in theirs.items():
        if name in network.absent:
            assert gradient.any()
            assert not ours[name].any()
        else:
            np.testing.assert_array_equal(ours[name], gradient)


def test_they_stay_at_zero_and_the_file_has_none(trainer: Trainer) -> None:
    before = trainer.network.parameters.vector.copy()
    trainer.advance(20)
    assert (trainer.network.parameters.vector != before).any()
    for name in trainer.network.absent:
        assert not trainer.network.parameters[name].any()
    assert {name for name in to_torch(trainer.network) if "bias" in name} == set()


def test_no_panel_is_given_them(trainer: Trainer) -> None:
    trainer.advance(3)
    probes = frozenset({"lags", "parameter_norms", "check"})
    moments = (trainer.snapshot(SnapshotRequest(probes=probes)) for _ in range(1_000))
    snapshot = next(moment for moment in moments if moment.complete)
    norms, lags = snapshot.probe(ParameterNorms), snapshot.probe(Lags)
    check = snapshot.probe(GradientCheck)
    assert norms is not None
    assert lags is not None
    assert check is not None
    names = set(trainer.network.present)
    assert set(norms.names) == names
    assert {row.name for row in check.rows} == names
    for row in check.rows:
        np.testing.assert_allclose(row.differences, row.backprop, rtol=1e-5, atol=1e-8)
    assert set(lags.parameters) == {name for name in names if not name.startswith("head.")}
    for parameter in lags.parameters:
        found = trainer.snapshot(SnapshotRequest(probes=probes, parameter=parameter)).probe(Lags)
        assert found is not None
        assert found.residual < 1e-10


def test_a_readout_alone_may_have_none() -> None:
    arrays = {name: a for name, a in to_torch(drawn()).items() if name != "head.bias"}
    network = from_torch(arrays, "w.npz")
    assert network.absent == {"head.b"}
    assert set(to_torch(network)) == set(arrays)
    assert network.parameters["l0.b"].any()
