"""Who taught whom and how far back it learns, as a run shows them: against the whole gradient."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.observing.probes import Lags, Pairs
from rnn.observing.probes.pairs import BYTES, longest
from rnn.observing.probes.parts import by_lag, parts
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import small, write_data

ASKED = frozenset({"pairs", "lags"})

PARAMETERS = [
    (cell, name)
    for cell, kind in EVERY_CELL.items()
    for name in ("l0.Wx", "l0.Wh", "l0.b", "l1.Wh")
    if name[3:] in kind().shapes(1, 1)
]


def measured(config: RunConfig, updates: int = 3, **request: Any) -> tuple[Trainer, Pairs, Lags]:
    trainer = Trainer(config)
    trainer.advance(updates)
    snapshot = trainer.snapshot(SnapshotRequest(probes=ASKED, **request))
    found, lags = snapshot.probe(Pairs), snapshot.probe(Lags)
    assert found is not None
    assert lags is not None
    return trainer, found, lags


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize(("cell", "name"), PARAMETERS)
@pytest.mark.parametrize("truncation", [None, 2])
def test_the_lags_of_any_parameter_add_up_to_its_gradient(
    cell: str, name: str, truncation: int | None
) -> None:
    config = small(model__cell=cell, model__layers="4,3", training__truncation=truncation)
    trainer, _, lags = measured(config, parameter=name)
    batch = trainer.data.train.batch(slice(0, 1))
    tape = trainer.network.forward(batch.x)
    _, dy = trainer.network.readout.loss(tape.output, batch)
    whole = np.linalg.norm(trainer.network.backward(tape, dy, truncation).parameters[name])
    assert lags.parameter == name
    assert lags.residual < 1e-10
    assert lags.whole == pytest.approx(whole, rel=1e-12)
    assert lags.running[-1] == pytest.approx(whole, rel=1e-10)
    assert lags.left[-1] <= 1e-10 * whole
    assert lags.norms[0] == pytest.approx(lags.running[0], rel=1e-12)


def test_the_horizon_is_the_smallest_lag_from_which_on_five_percent_are_left() -> None:
    _, _, lags = measured(
        small(task__length=31, model__initializer="orthogonal", model__spectral_radius=0.5), updates=7
    )
    horizon = lags.horizon
    assert horizon is not None
    assert 0 < horizon < lags.steps
    assert (lags.left[horizon:] <= 0.05 * lags.whole).all()
    assert lags.left[horizon - 1] > 0.05 * lags.whole


def test_what_truncation_keeps_from_the_training_makes_up_for_the_whole_gradient() -> None:
    config = small(task__length=13, training__learning_rate=0.0)
    _, whole_pairs, whole = measured(config)
    _, cut_pairs, cut = measured(config.with_values({"training.truncation": 4}))
    assert whole.cut is None
    assert cut.cut is not None
    # No pair more than three steps apart lies within a chunk of four.
    np.testing.assert_array_equal(cut.norms[4:], 0.0)
    np.testing.assert_allclose(cut.cut[4:], whole.norms[4:], rtol=1e-10)
    assert cut.cut[0] == 0.0
    np.testing.assert_array_equal(cut_pairs.layers[0][0], whole_pairs.layers[0][0])
    assert whole_pairs.trained().sum() == 12 * 13 // 2
    assert cut_pairs.trained().sum() == 3 * (4 * 5 // 2)


def test_a_parameter_that_is_not_there_gives_way_to_the_recurrent_weights_of_the_top_layer() -> None:
    _, _, lags = measured(small(model__layers="3,2"), parameter="l7.Wx")
    assert lags.parameter == "l1.Wh"
    assert lags.parameters == ("l0.Wx", "l0.Wh", "l0.b", "l1.Wx", "l1.Wh", "l1.b")


def test_steps_after_the_last_scored_one_are_left_out(tmp_path: Path) -> None:
    mask = np.array([[0, 1, 0, 1, 0, 0]])
    rng = np.random.default_rng(0)
    file = write_data(tmp_path / "m.npz", x=rng.random((1, 6, 1)), y=rng.random((1, 6, 1)), mask=mask)
    _, found, lags = measured(RunConfig().with_values({"task.name": "data", "task.file": file}))
    (norms,) = found.layers[0]
    assert norms.shape == (4, 4)
    np.testing.assert_array_equal(norms[0, 0], 0.0)
    assert (norms[3] > 0.0).all()
    assert lags.steps == 4
    assert lags.residual < 1e-10


def test_a_very_long_sequence_is_taken_apart_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    assert longest(64) ** 2 * 64 * 8 <= BYTES
    config = small(task__length=41)
    _, whole, _ = measured(config)
    monkeypatch.setattr(sys.modules["rnn.observing.probes.pairs"], "BYTES", 20**2 * 4 * 8.0)
    _, last, lags = measured(config)
    assert last.first == 21
    np.testing.assert_array_equal(last.layers[0][0], whole.layers[0][0][20:, 20:])
    assert lags.last_only
    assert lags.steps == 20


def test_a_very_long_sequence_is_cut_where_training_cuts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """21 steps are left out, no multiple of 6: the cuts lie where they do in the whole sequence."""
    truncation, T = 6, 40
    config = small(task__length=T + 1, training__learning_rate=0.0)
    trainer, _, _ = measured(config)
    batch = trainer.data.train.batch(slice(0, 1))
    tape = trainer.network.forward(batch.x)
    _, dy = trainer.network.readout.loss(tape.output, batch)
    (found,) = parts(trainer.network, tape, dy, first=21)
    sums = found.sums
    chunk = np.arange(21, T) // truncation
    lag, step = np.indices(sums.shape[:2])
    later = np.minimum(lag + step, len(chunk) - 1)
    known = (chunk[step] == chunk[later])[:, :, None]
    monkeypatch.setattr(sys.modules["rnn.observing.probes.pairs"], "BYTES", 19**2 * 4 * 8.0)
    _, pairs, lags = measured(config.with_values({"training.truncation": truncation}))
    assert lags.cut is not None
    assert (pairs.first, lags.steps) == (22, 19)
    for shown, kept in ((lags.norms, np.where(known, sums, 0.0)), (lags.cut, np.where(known, 0.0, sums))):
        expected = by_lag(trainer.network, tape, kept, "l0.Wh")
        np.testing.assert_allclose(shown, np.sqrt((expected**2).sum(axis=(1, 2))), rtol=1e-10, atol=1e-300)
    assert (lags.norms[truncation:] == 0.0).all()
    assert lags.cut[1:3].min() > 0.0
    assert lags.norms[1:3].min() > 0.0
    of_steps = chunk[:, None] == chunk
    np.testing.assert_array_equal(pairs.trained(), of_steps & np.tri(19, dtype=bool))
    assert chunk[2] != chunk[3]  # 24 is the first cut


def test_after_a_divergence_nothing_is_raised() -> None:
    trainer = Trainer(small(model__layers=16, training__learning_rate=1e6, training__epochs=100))
    trainer.advance()
    trainer.network.parameters["l0.Wh"][...] = 1e308
    snapshot = trainer.snapshot(SnapshotRequest(probes=frozenset({"pairs", "lags", "spectrum", "jacobians"})))
    assert snapshot.probe(Lags) is not None


def test_what_is_left_of_a_gradient_by_lag_is_the_radius_to_that_power_in_an_orthogonal_network() -> None:
    linear = {"model__nonlinearity": "identity", "model__initializer": "orthogonal", "task__length": 21}
    _, fading, _ = measured(small(**linear, model__spectral_radius=0.8), updates=0)
    np.testing.assert_allclose(fading.kept(0), 0.8 ** np.arange(20), rtol=1e-10)
    assert fading.faded(0) == 11  # 0.8¹⁰ = 0.107, 0.8¹¹ = 0.086
    _, lasting, _ = measured(small(**linear, model__spectral_radius=0.95), updates=0)
    assert lasting.faded(0) is None  # 0.95¹⁹ = 0.377


def test_what_is_left_counts_only_the_losses_that_reach_so_far_back(tmp_path: Path) -> None:
    mask = np.array([[0, 1, 0, 1, 0, 0]])
    rng = np.random.default_rng(0)
    file = write_data(tmp_path / "m.npz", x=rng.random((1, 6, 1)), y=rng.random((1, 6, 1)), mask=mask)
    _, found, _ = measured(RunConfig().with_values({"task.name": "data", "task.file": file}))
    (norms,) = found.layers[0]
    near = (norms[1, 0] + norms[3, 2]) / (norms[1, 1] + norms[3, 3])
    np.testing.assert_allclose(
        found.kept(0), [1.0, near, norms[3, 1] / norms[3, 3], norms[3, 0] / norms[3, 3]], rtol=1e-12
    )
