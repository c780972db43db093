"""Whole epochs in one compiled call: as in NumPy, and the same bits however they are divided."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.config import RunConfig
from rnn.training.engines import Choice
from rnn.training.engines.base import Engine
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.compiled.round import Round
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.scalars import EpochResult
from rnn.training.trainer import Trainer
from rnn.training.validation import STEPS_A_SLICE, HeldOut
from tests.rnn.cases import small
from tests.rnn.training.engines.engine_cases import CELLS_AND_G, Problem

pytestmark = pytest.mark.usefixtures("kernels")

HELD_OUT: dict[str, tuple[dict[str, Any], float | None]] = {
    "numbers": ({}, None),
    "numbers within a tolerance": ({"N": 100}, 1.5),
    "carried": ({"N": 11, "carried": True}, 1.0),
    "masks": ({"N": 100, "masked": True, "O": 9}, 2.0),
    "classes": ({"N": 100, "readout": "nll", "O": 11}, None),
    "symbols, classes and masks": (
        {"N": 100, "readout": "nll", "masked": True, "symbols": True, "carried": True},
        None,
    ),
    "one time step": ({"N": 700, "T": 1}, 1.0),
}


def engine_for(trainer: Trainer, kind: type[Engine]) -> Trainer:
    """The trainer with an engine of this kind, which it would choose at its first update."""
    trainer.use(Choice(kind))
    return trainer


def compiled(config: RunConfig, keep: frozenset[int] = frozenset()) -> Trainer:
    return engine_for(Trainer(config, keep), Compiled)


@pytest.mark.parametrize("kind", HELD_OUT)
@pytest.mark.parametrize(("cell", "g"), CELLS_AND_G)
def test_a_validation_is_that_of_numpy(cell: str, g: str, kind: str) -> None:
    values, tolerance = HELD_OUT[kind]
    problem = Problem(cell=cell, g=g, B=1, widths=(9, 4), **values)
    held_out = HeldOut(replace(problem, seed=7).sequences(), problem.carried, tolerance)
    network = problem.network()
    measured = []
    for engine in (Numpy, Compiled):
        one = engine(network, problem.sequences(), problem.batches, "sgd", held_out)
        for _ in range(2):  # the second one begins anew
            burst = one.train(
                RunConfig().training,
                problem.batches.updates,
                lambda _, n: np.zeros(n),
                0,
                1,
                deadline=math.inf,
            )
            assert (len(burst.loss), burst.failed, len(burst.ended)) == (0, None, 1)
            measured.append(burst.ended[0])
    assert measured[0] == measured[1]
    assert measured[2] == measured[3]
    assert measured[2].loss == pytest.approx(measured[0].loss, rel=1e-12)
    assert measured[2].accuracy == measured[0].accuracy
    rates = problem.readout == "nll" or tolerance is not None
    assert (measured[2].accuracy is not None) == rates
    assert measured[2].accuracy not in (0.0, 1.0)


def test_infinite_states_below_leave_answers_finite_as_in_numpy() -> None:
    problem = Problem(g="relu", widths=(2, 3), T=1, N=4, B=2, D=1, O=2)
    sequences = problem.sequences()
    sequences.x[...] = 10.0
    network = problem.network()
    for name, value in {"l0.Wx": 1e308, "l1.Wx": -1.0}.items():  # h of layer 0 is infinite, of layer 1 zero
        network.parameters[name][...] = value
    losses = []
    for engine in (Numpy, Compiled):
        one = engine(network, sequences, problem.batches, "sgd", HeldOut(sequences, False))
        with np.errstate(all="ignore"):
            burst = one.train(RunConfig().training, 2, lambda _, n: np.zeros(n), 0, 1, deadline=math.inf)
        assert burst.failed is None
        losses.append(burst.ended[0].loss)
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)


FAMILY: list[dict[str, Any]] = [
    {"training.schedule": "cosine"},
    {"task.validation_sequences": 0, "training.optimizer": "adam", "training.schedule": "warm-up"},
    {"task.carry_state": True, "training.batch": 2, "model.cell": "lstm", "training.truncation": 2},
    {"training.batch": 3, "training.shuffle": True, "model.cell": "gru", "training.clip_norm": 0.1},
    {"training.batch": 3, "training.schedule": "step", "training.step_epochs": 2},
]


def config_of(changes: dict[str, Any]) -> RunConfig:
    config = small(seed=11, task__validation_sequences=250, training__epochs=9, training__learning_rate=0.01)
    return config.with_values(changes)


@pytest.mark.parametrize("changes", FAMILY, ids=str)
def test_a_run_has_the_figures_of_numpy(changes: dict[str, Any]) -> None:
    found, wanted = (engine_for(Trainer(config_of(changes)), kind) for kind in (Compiled, Numpy))
    ours, theirs = found.advance(), wanted.advance()
    np.testing.assert_allclose(ours.loss, theirs.loss, rtol=1e-10)
    np.testing.assert_allclose(ours.grad_norm, theirs.grad_norm, rtol=1e-9)
    assert [(e.epoch, e.update) for e in ours.epochs] == [(e.epoch, e.update) for e in theirs.epochs]
    assert len(ours.epochs) == 9
    for one, other in zip(ours.epochs, theirs.epochs, strict=True):
        assert one.train_loss == pytest.approx(other.train_loss, rel=1e-10)
        assert (one.validation_loss is None) == (changes.get("task.validation_sequences") == 0)
        if one.validation_loss is not None:
            assert one.validation_loss == pytest.approx(other.validation_loss, rel=1e-10)
        assert one.accuracy == other.accuracy


WHOLE: dict[str, tuple[bytes, bytes, tuple[EpochResult, ...], dict[str, Array]]] = {}


@given(
    changes=st.sampled_from(FAMILY),
    keep=st.frozensets(st.integers(1, 9)),
    bursts=st.lists(st.tuples(st.integers(1, 30), st.sampled_from([0.0, 1e-4, math.inf])), max_size=12),
)
@settings(max_examples=120)
def test_divisions_change_no_bit(
    changes: dict[str, Any], keep: frozenset[int], bursts: list[tuple[int, float]]
) -> None:
    config = config_of(changes)
    if str(changes) not in WHOLE:
        trainer = compiled(config)
        scalars = trainer.advance()
        epochs = {}
        other = compiled(config)
        while not other.finished:
            other.advance(other.updates_an_epoch)
            epochs[f"epoch {other.epoch}"] = other.network.parameters.vector.copy()
        WHOLE[str(changes)] = scalars.loss.tobytes(), scalars.grad_norm.tobytes(), scalars.epochs, epochs
    loss, norms, results, weights = WHOLE[str(changes)]
    trainer = compiled(config, keep)
    parts = []
    for updates, seconds in bursts:
        before = trainer.update
        parts.append(trainer.advance(updates, seconds))
        assert trainer.update - before <= updates
        if seconds == math.inf:
            assert not trainer.validating
    parts.append(trainer.advance())
    assert b"".join(part.loss.tobytes() for part in parts) == loss
    assert b"".join(part.grad_norm.tobytes() for part in parts) == norms
    assert tuple(epoch for part in parts for epoch in part.epochs) == results
    assert set(trainer.kept) == {f"epoch {epoch}" for epoch in keep}
    for label, vector in trainer.kept.items():
        np.testing.assert_array_equal(vector, weights[label])


def test_updates_that_end_with_an_epoch_include_its_validation_and_time_may_part_them() -> None:
    trainer = compiled(config_of({"training.batch": 3}))
    held_out = trainer._held_out
    assert held_out is not None
    parts = -(-250 // held_out.at_once)
    assert (trainer.updates_an_epoch, held_out.at_once, parts) == (3, STEPS_A_SLICE // 5, 3)
    assert len(trainer.advance(3).epochs) == 1
    stages = [(trainer.epoch, trainer.update, trainer.validating)]
    ended = 0
    for updates in [1] * 3 + [0] * parts:
        ended += len(trainer.advance(updates, seconds=0.0).epochs)
        stages.append((trainer.epoch, trainer.update, trainer.validating))
    assert stages == [(1, 3, False), (1, 4, False), (1, 5, False), *[(1, 6, True)] * parts, (2, 6, False)]
    assert ended == 1


def test_several_epochs_are_one_call() -> None:
    trainer = compiled(config_of({}), frozenset({6}))
    engine = trainer._engine
    assert isinstance(engine, Compiled)
    for ended in (6, 3):  # the weights of epoch 6 are kept
        burst = trainer._burst(engine, math.inf, math.inf)
        assert (len(burst.loss), len(burst.ended)) == (7 * ended, ended)
        assert len(trainer._epochs.take(burst.loss, burst.ended)) == ended
    assert trainer.finished


@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("g", ["identity", "relu"])
def test_a_failure_in_a_later_epoch_has_the_place_that_numpy_finds(g: str, carried: bool) -> None:
    changes = {"schedule": "step", "step_factor": 10.0, "step_epochs": 1, "learning_rate": 1e-30}
    config = config_of({f"training.{name}": value for name, value in changes.items()}).with_values(
        {
            "model.nonlinearity": g,
            "task.carry_state": carried,
            "task.validation_sequences": 3,
            "training.epochs": 400,
        }
    )
    wanted, found = (engine_for(Trainer(config), kind) for kind in (Numpy, Compiled))
    ours, theirs = found.advance(), wanted.advance()
    divergence, like = found.divergence, wanted.divergence
    assert divergence is not None
    assert like is not None
    assert str(divergence) == str(like)
    assert (divergence.epoch, divergence.update) == (like.epoch, like.update)
    assert divergence.epoch == (divergence.update - 1) // 7 + 1 > 2
    assert len(ours.epochs) == len(theirs.epochs) == found.epoch == divergence.epoch - 1
    assert len(ours.loss) == found.update == divergence.update - 1
    assert np.isfinite(found.network.parameters.vector).all()


@pytest.mark.parametrize("seconds", [0.0, math.inf])
@pytest.mark.parametrize("kind", [Numpy, Compiled])
def test_a_validation_that_is_not_finite_ends_the_run(kind: type[Engine], seconds: float) -> None:
    trainer = Trainer(config_of({}))
    held_out = trainer.data.validation
    assert held_out is not None
    held_out.y[3, 204] = 1e200
    trainer = engine_for(trainer, kind)
    scalars = [trainer.advance(seconds=seconds)]
    while not trainer.finished:
        scalars.append(trainer.advance(seconds=seconds))
    divergence = trainer.divergence
    assert divergence is not None
    assert (divergence.epoch, divergence.update, divergence.time_step) == (1, 7, 4)
    assert divergence.tensor == "validation loss"
    assert sum(len(part.loss) for part in scalars) == 7
    assert not any(part.epochs for part in scalars)


def test_a_call_is_as_long_as_the_time_that_is_left() -> None:
    passes = Round(10, 5)
    assert passes.affordable(0, 100, 1.0) == 1  # nothing is known yet
    passes.took(0, 1, 0.01)
    assert passes.affordable(1, 100, 1.0) == 9  # to the validation, of which nothing is known
    assert passes.affordable(10, 100, 1.0) == 1
    passes.took(10, 1, 0.04)
    assert passes.affordable(11, 89, 100.0) == 89
    assert passes.affordable(5, 1000, 1.1) == 10 + 2 * 15
    assert passes.affordable(5, 1000, 0.2) == 5
    assert passes.affordable(2, 1000, 0.05) == 4
    assert passes.affordable(11, 1000, 0.1) == 2
    assert passes.affordable(11, 3, math.inf) == 3
    assert passes.affordable(0, 3, -1.0) == 1
    passes.took(0, 15, 0.6)  # twice as long as expected
    assert passes.affordable(0, 1000, 0.1) == 4


def test_places_and_updates_are_counted_through_epochs() -> None:
    passes = Round(10, 5)
    assert [passes.updates_to(place) for place in (0, 9, 10, 14, 15, 27, 30)] == [0, 9, 10, 10, 10, 20, 20]
    assert [passes.passes_to(updates) for updates in (0, 9, 10, 11, 20)] == [0, 9, 15, 16, 30]
    assert passes.passes_to(math.inf) == math.inf
