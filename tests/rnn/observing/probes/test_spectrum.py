"""Eigenvalues, singular values and step Jacobians: against PyTorch's, against formulas and differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.network import Network
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.observing.probes import Jacobians, Spectrum
from rnn.observing.probes.spectrum import step_jacobians
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import MANIFEST, golden, golden_network, golden_start, small

WITH_JACOBIANS = [name for name in MANIFEST if "jacobian_singular_values" in golden(name)]


def agree(ours: Array, reference: Array) -> None:
    np.testing.assert_allclose(ours, reference, rtol=1e-10, atol=1e-10 * np.abs(reference).max())


@pytest.mark.parametrize("name", WITH_JACOBIANS)
def test_the_step_jacobians_are_as_in_the_reference(name: str) -> None:
    case, network = golden(name), golden_network(name)
    start = [tuple(array[:1] for array in state) for state in golden_start(case)]
    tape = network.forward(case["x"][:, :1], start)
    values, to_last = step_jacobians(network, tape, 0, len(case["x"]))
    agree(values, case["jacobian_singular_values"])
    agree(to_last, case["dhT_dhj_spectral_norm"])


@pytest.mark.parametrize("name", WITH_JACOBIANS)
def test_the_eigenvalues_are_as_in_the_reference(name: str) -> None:
    case = golden(name)
    trainer = Trainer(small(model__layers=len(case["param.rnn.weight_hh_l0"])))
    trainer.network.parameters["l0.Wh"][...] = case["param.rnn.weight_hh_l0"].T
    found = trainer.snapshot(SnapshotRequest(probes=frozenset({"spectrum"}))).probe(Spectrum)
    assert found is not None
    ours, reference = found.layers[0].eigenvalues[0], case["eigenvalues_weight_hh"]
    assert np.abs(ours[:, None] - reference).min(axis=0).max() < 1e-10
    assert np.abs(ours[:, None] - reference).min(axis=1).max() < 1e-10
    assert found.layers[0].radii[0] == pytest.approx(np.abs(reference).max(), rel=1e-12)


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_step_jacobian_is_that_of_central_differences(cell: str) -> None:
    rng = np.random.default_rng(0)
    network = Network(2, (4,), 1, cell=EVERY_CELL[cell]())
    network.initialize(rng, "gaussian")
    x = rng.standard_normal((5, 1, 2))
    tape = network.forward(x)
    values, to_last = step_jacobians(network, tape, 0, 5)
    size, H = values.shape[1], 4

    def after(state: Array, first: int, last: int) -> Array:
        start = [tuple(state[None, begin : begin + H] for begin in range(0, size, H))]
        return np.hstack([array[0] for array in network.forward(x[first:last], start).final[0]])

    def jacobian(t: int, last: int) -> Array:
        at = np.hstack([array[t, 0] for array in tape.cells[0].states])
        steps = 1e-6 * np.eye(size)
        return np.array([(after(at + s, t, last) - after(at - s, t, last)) / 2e-6 for s in steps])

    for t in range(5):
        expected = np.linalg.svd(jacobian(t, t + 1), compute_uv=False)
        np.testing.assert_allclose(values[t], expected, atol=1e-8)
    for t in range(1, 5):
        assert to_last[t - 1] == pytest.approx(np.linalg.norm(jacobian(t, 5), 2), abs=1e-8)
    assert to_last[4] == 1.0


def test_a_linear_orthogonal_network_has_powers_of_rho() -> None:
    network = Network(1, (6,), 1, cell=EVERY_CELL["vanilla"]("identity"))
    network.initialize(np.random.default_rng(0), "orthogonal", 0.9)
    tape = network.forward(np.random.default_rng(1).standard_normal((21, 1, 1)))
    values, to_last = step_jacobians(network, tape, 0, 21)
    np.testing.assert_allclose(values, 0.9, rtol=1e-12)
    np.testing.assert_allclose(to_last, 0.9 ** np.arange(20, -1, -1), rtol=1e-12)


@pytest.mark.parametrize("nonlinearity", NONLINEARITIES)
@settings(max_examples=30)
@given(T=st.integers(1, 12), H=st.integers(1, 6), gain=st.floats(0.1, 3.0), seed=st.integers(0, 2**32 - 1))
def test_the_bound_is_never_crossed(nonlinearity: str, T: int, H: int, gain: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = Network(1, (H,), 1, cell=EVERY_CELL["vanilla"](nonlinearity))
    network.parameters.vector[:] = gain * rng.standard_normal(network.parameters.vector.size)
    tape = network.forward(rng.standard_normal((T, 1, 1)))
    _, to_last = step_jacobians(network, tape, 0, T)
    sigma = np.linalg.norm(network.parameters["l0.Wh"], 2) * NONLINEARITIES[nonlinearity].steepest
    assert (to_last <= sigma ** np.arange(T - 1, -1, -1) * (1.0 + 1e-12)).all()


def test_a_run_shows_the_spectra_of_every_layer_and_gate() -> None:
    trainer = Trainer(small(model__cell="lstm", model__layers="3,2"))
    snapshot = trainer.snapshot(SnapshotRequest(probes=frozenset({"spectrum", "jacobians"})))
    spectrum, jacobians = snapshot.probe(Spectrum), snapshot.probe(Jacobians)
    assert spectrum is not None
    assert jacobians is not None
    assert spectrum.blocks == ("input gate", "forget gate", "candidate", "output gate")
    assert [layer.eigenvalues.shape for layer in spectrum.layers] == [(4, 3), (4, 2)]
    assert spectrum.layers[0].mean_slope is None
    Wh = trainer.network.parameters["l1.Wh"]
    for gate in range(4):
        block = Wh[:, 2 * gate : 2 * gate + 2]
        np.testing.assert_allclose(
            spectrum.layers[1].singular_values[gate], np.linalg.svd(block, compute_uv=False), rtol=1e-12
        )
        assert spectrum.layers[1].radii[gate] == pytest.approx(np.abs(np.linalg.eigvals(block)).max())
    assert jacobians.singular_values.shape == (5, 4)


def test_the_mean_slope_of_tanh_is_the_mean_of_one_minus_the_square() -> None:
    trainer = Trainer(small())
    snapshot = trainer.snapshot(SnapshotRequest(probes=frozenset({"spectrum"})))
    spectrum = snapshot.probe(Spectrum)
    assert spectrum is not None
    assert spectrum.layers[0].mean_slope == pytest.approx(
        (1.0 - snapshot.signals[0]["h"][1:] ** 2).mean(), rel=1e-12
    )
