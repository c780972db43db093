"""The loss along a line: true losses at true distances, the steps of the trainer itself, and the cliff."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from rnn.config.presets import load_preset
from rnn.model.cells import Vanilla
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.line import Line, line
from rnn.observing.probes.moment import Moment
from rnn.observing.probes.ray import _one_by_one, losses_along
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import small
from tests.rnn.observing.probes.checking import some_network, some_target
from tests.rnn.observing.probes.test_flow import moment_of

REQUEST = SnapshotRequest(probes=frozenset({"line"}))


def moment(network: Network, T: int = 6, seed: int = 0, **training: Any) -> Moment:
    x, y = some_target(network, T, seed)
    found = moment_of(network, x, y)
    return dataclasses.replace(found, training=dataclasses.replace(found.training, **training))


def measured(trainer: Trainer) -> Line:
    found = trainer.snapshot(REQUEST).probe(Line)
    assert found is not None
    return found


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("readout", READOUTS)
def test_every_loss_is_that_of_the_moved_network(cell: str, readout: str) -> None:
    network = some_network(1, (4, 3), cell, readout=readout)
    at = moment(network)
    here = network.parameters.vector.copy()
    found = line(at)
    np.testing.assert_array_equal(network.parameters.vector, here)
    _, dy = network.readout.loss(at.tape.output, at.batch)
    g = network.backward(at.tape, dy).parameters.vector.copy()
    assert found.norm == pytest.approx(np.linalg.norm(g), rel=1e-12)
    for s, loss in zip(found.distances[::7].tolist(), found.losses[::7].tolist(), strict=True):
        network.parameters.vector[:] = here - s * g / np.linalg.norm(g)
        moved = network.readout.loss(network.forward(at.batch.x).output, at.batch)[0]
        assert loss == pytest.approx(network.readout.scale * moved, rel=1e-10)


@pytest.mark.parametrize("truncation", [None, 2])
def test_the_slope_is_that_of_central_differences(truncation: int | None) -> None:
    network = some_network(2, (5,))
    at = moment(network, truncation=truncation)
    found = line(at)
    _, dy = network.readout.loss(at.tape.output, at.batch)
    g = network.backward(at.tape, dy, truncation).parameters.vector.copy()
    here, losses = network.parameters.vector.copy(), []
    for s in (1e-6, -1e-6):
        network.parameters.vector[:] = here - s * g / np.linalg.norm(g)
        losses.append(2.0 * network.readout.loss(network.forward(at.batch.x).output, at.batch)[0])
    assert found.slope == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-6)
    if truncation is None:
        assert found.slope == pytest.approx(-2.0 * found.norm, rel=1e-12)
    else:
        assert found.slope != pytest.approx(-2.0 * found.norm, rel=1e-3)


@pytest.mark.parametrize("clip_norm", [None, 0.05, 1e6])
@pytest.mark.parametrize("schedule", ["constant", "warm-up"])
def test_the_step_is_the_one_that_the_trainer_takes(clip_norm: float | None, schedule: str) -> None:
    changes: dict[str, Any] = {"training.schedule": schedule}
    if clip_norm is not None:
        changes["training.clip_norm"] = clip_norm
    trainer = Trainer(small().with_values(changes))
    found = measured(trainer)
    assert (found.clipped is None) == (clip_norm != 0.05)
    before = trainer.network.parameters.vector.copy()
    loss = trainer.advance(1).loss[0]
    moved = np.linalg.norm(trainer.network.parameters.vector - before)
    assert found.loss == pytest.approx(loss, rel=1e-12)
    assert found.step.length == pytest.approx(moved, rel=1e-12)
    assert found.step.loss == pytest.approx(measured(trainer).loss, rel=1e-12)


def test_places_are_dense_where_the_loss_turns() -> None:
    trainer = Trainer(load_preset("exploding").config)
    trainer.advance(4)
    found, network = measured(trainer), trainer.network
    assert len(found.distances) <= 3 * 100
    assert (np.diff(found.distances) > 0.0).all()
    assert (found.distances[0], found.distances[-1]) == (-0.5 * found.reach, found.reach)
    assert {0.0, found.step.length} <= set(found.distances.tolist())
    batch = trainer.data.train.batch(slice(0, 1))
    tape = network.forward(batch.x)
    g = network.backward(tape, network.readout.loss(tape.output, batch)[1]).parameters.vector.copy()
    here, even = network.parameters.vector.copy(), []
    for s in np.linspace(-0.5 * found.reach, found.reach, len(found.distances)):
        network.parameters.vector[:] = here - s * g / np.linalg.norm(g)
        even.append(2.0 * network.readout.loss(network.forward(batch.x).output, batch)[0])
    jumps, even_jumps = (np.abs(np.diff(np.log(losses))).max() for losses in (found.losses, even))
    assert jumps < 0.7 * even_jumps


def test_the_near_view_is_as_dense_as_the_whole_one() -> None:
    trainer = Trainer(load_preset("edge-of-chaos").config)
    trainer.advance(200)
    found = measured(trainer)
    assert 1.2 * found.step.length <= found.near <= 3.2 * found.step.length < found.reach
    within = found.distances[(found.distances >= -0.5 * found.near) & (found.distances <= found.near)]
    assert (within[0], within[-1]) == (-0.5 * found.near, found.near)
    assert len(within) >= 25
    assert np.diff(within).max() <= 0.1 * found.near


@pytest.mark.parametrize(
    ("cell", "nonlinearity"),
    [(cell, g) for cell in EVERY_CELL for g in EVERY_CELL[cell].nonlinearities],
)
@pytest.mark.parametrize("readout", READOUTS)
def test_side_by_side_is_the_same_as_one_by_one(cell: str, nonlinearity: str, readout: str) -> None:
    network = some_network(3, (4, 3), cell, nonlinearity, readout=readout)
    at = moment(network, T=7)
    scored = np.array([True, False, True, True, False, True, True])[:, None]
    batch = dataclasses.replace(at.batch, scored=scored)
    rng = np.random.default_rng(0)
    direction = rng.normal(size=network.parameters.vector.size)
    start = [tuple(0.3 * rng.normal(size=array.shape) for array in state) for state in network.start(1)]
    distances = np.array([-2.0, -0.1, 1e-6, 0.3, 5.0])
    ours, own = (
        make(network, direction, batch, start, 3.0)(distances) for make in (losses_along, _one_by_one)
    )
    np.testing.assert_allclose(ours, own, rtol=1e-11)
    assert len(set(ours.tolist())) == len(distances)


def test_a_cell_of_ones_own_has_a_line_too() -> None:
    class Other(Vanilla):
        pass

    network = Network(2, (4,), 3, cell=Other())
    network.parameters.vector[:] = some_network(1, (4,)).parameters.vector
    ours, own = line(moment(some_network(1, (4,)))), line(moment(network))
    np.testing.assert_allclose(own.losses, ours.losses, rtol=1e-11)


def test_it_tells_which_sequences_the_next_update_trains_on() -> None:
    trainer = Trainer(small().with_values({"training.batch": 2}))
    for update in range(trainer.updates_an_epoch + 1):
        found = measured(trainer)
        begin = 2 * (update % trainer.updates_an_epoch)
        assert found.upcoming is not None
        assert found.upcoming.tolist() == list(range(begin, min(begin + 2, trainer.data.train.count)))
        assert (found.update, found.batch, found.sequence) == (update, len(found.upcoming), 0)
        trainer.advance(1)
    shuffled = measured(Trainer(small().with_values({"training.batch": 2, "training.shuffle": True})))
    assert (shuffled.upcoming, shuffled.batch) == (None, 2)


def test_losses_that_are_not_finite_stay_in_the_line_and_its_edge_is_found() -> None:
    network = some_network(4, (4,), nonlinearity="relu", gain=2.0)
    found = line(moment(network, T=40, learning_rate=1e6))
    lost = ~np.isfinite(found.losses)
    assert lost.any()
    assert np.isfinite(found.losses).sum() > 10
    edges = np.flatnonzero(lost[1:] != lost[:-1])
    assert (np.diff(found.distances)[edges] <= 4e-4 * found.reach).all()


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_no_gradient_or_none_that_is_finite_has_no_line(cell: str) -> None:
    network = some_network(0, (3,), cell)
    network.parameters.vector[:] = 0.0
    x = np.zeros((3, 1, 2))
    zero = line(moment_of(network, x, np.zeros((3, 1, 3))))
    assert (zero.norm, zero.reach, len(zero.distances)) == (0.0, 0.0, 0)
    network.parameters["head.W"][...] = np.nan
    assert line(moment_of(network, x, np.ones((3, 1, 3)))).reach == 0.0


def test_the_reach_holds_the_steps_and_stays_while_they_change_little() -> None:
    network = some_network(6, (4,))
    at = moment(network, learning_rate=0.5)
    first = line(at)
    memory = at.memory
    reaches = []
    for rate in (0.5, 0.55, 0.45, 0.35):
        later = dataclasses.replace(at, training=dataclasses.replace(at.training, learning_rate=rate))
        assert later.memory is memory
        reaches.append(line(later).reach)
    assert set(reaches) == {first.reach}
    assert first.reach >= 1.1 * first.step.length
    long = line(dataclasses.replace(at, training=dataclasses.replace(at.training, learning_rate=500.0)))
    assert long.reach >= 1.1 * long.step.length
