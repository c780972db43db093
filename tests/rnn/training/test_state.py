"""From its state a training goes on bit for bit, wherever it was cut and whatever made its updates."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.config.presets import load_preset
from rnn.errors import ScopeError
from rnn.model.cells import CELLS
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.optimizing.schedules import SCHEDULES
from rnn.training.engines import ENGINES, Choice
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.trainer import Trainer
from tests.rnn.cases import data_trainer, small
from tests.rnn.cuts import assert_goes_on_from_every_cut, at, bits, trainer_with
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")

SUCCESSION: dict[str, dict[str, Any]] = {
    "in their order": {},
    "shuffled": {"training.shuffle": True, "training.batch": 3},
    "carried": {"task.carry_state": True},
    "streams": {"task.carry_state": True, "training.batch": 2, "training.truncation": 2},
}


@pytest.mark.parametrize("succession", SUCCESSION)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_training_goes_on_bit_for_bit(engine: str, cell: str, optimizer: str, succession: str) -> None:
    config = small(model__cell=cell, model__layers="3,2", training__optimizer=optimizer)
    schedule = [*SCHEDULES][len(cell + optimizer) % len(SCHEDULES)]
    config = config.with_values({"training.schedule": schedule, **SUCCESSION[succession]})
    assert assert_goes_on_from_every_cut(config, ENGINES[engine]) > 5


@pytest.mark.parametrize("g", ["relu", "logistic", "identity"])
def test_every_nonlinearity_carries_its_state_on(g: str) -> None:
    config = small(model__nonlinearity=g, task__carry_state=True, training__learning_rate=1e-3)
    assert_goes_on_from_every_cut(config, Compiled)


def test_a_preset_goes_on_from_every_cut() -> None:
    assert_goes_on_from_every_cut(load_preset("article").config, Compiled)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_state_in_the_midst_of_a_validation_validates_anew(engine: str) -> None:
    config = small(task__length=65, task__validation_sequences=100, task__carry_state=True)
    trainer, other = (trainer_with(config, ENGINES[engine]) for _ in range(2))
    while not trainer.validating:
        trainer.advance(seconds=0.0)
    trainer.advance(seconds=0.0)
    assert trainer.validating
    other.restore(trainer.state())
    assert other.validating
    ours, theirs = trainer.advance(), other.advance()
    assert bits(ours) == bits(theirs)
    assert len(ours.epochs) == 3
    assert bits(trainer.state()) == bits(other.state())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_state_holds_what_was_kept_and_how_far_it_is_to_go(engine: str) -> None:
    trainer, other = (trainer_with(small(), ENGINES[engine]) for _ in range(2))
    trainer.advance(5)
    trainer.keep_now()
    trainer.extend(4)
    state = trainer.state()
    trainer.advance(1)
    other.restore(state)
    assert (other.update, other.epoch, other.target_epochs, other.finished) == (5, 0, 7, False)
    np.testing.assert_array_equal(other.kept["update 5"], state.parameters)
    assert not state.parameters.flags.writeable


@pytest.mark.parametrize("engine", ENGINES)
def test_a_training_that_diverged_is_ended_from_its_state_too(engine: str) -> None:
    config = small(model__nonlinearity="identity", training__learning_rate=1e6, training__epochs=60)
    trainer, other = (trainer_with(config, ENGINES[engine]) for _ in range(2))
    trainer.advance()
    assert trainer.divergence is not None
    other.restore(trainer.state())
    assert other.finished
    assert str(other.divergence) == str(trainer.divergence)
    assert len(other.advance().loss) == 0
    assert np.isnan(other.state().before).all()


def test_states_that_a_file_gives_are_no_obstacle(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y, h0 = rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 5, 1)), rng.normal(size=(4, 2))
    trainer = data_trainer(tmp_path, x=x, y=y, h0_l0=h0)
    trainer.advance(3)
    state = trainer.state()
    rest = trainer.advance()
    trainer.restore(state)
    assert bits(trainer.advance()) == bits(rest)
    assert state.engine is not None
    assert state.engine.name == Numpy.name


def test_before_its_first_update_a_training_has_no_engine_and_goes_back_there() -> None:
    trainer = Trainer(small())
    state = trainer.state()
    assert (state.update, state.engine) == (0, None)
    np.testing.assert_array_equal(state.before, state.parameters)
    first = trainer.advance(4)
    trainer.restore(state)
    assert trainer.choice is None
    assert bits(trainer.advance(4)) == bits(first)


def test_it_goes_on_with_the_engine_that_made_it_whatever_the_config_asks_for() -> None:
    config = small(engine="numpy")
    state = at(config, Numpy, 3)
    trainer = trainer_with(config.with_values({"engine": "auto"}), Compiled)
    trainer.restore(state)
    assert trainer.choice == Choice(Numpy)
    assert bits(trainer.advance().loss) == bits(trainer_with(config, Numpy).advance(math.inf).loss[3:])


def test_an_engine_that_cannot_be_had_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    state = at(small(), Compiled, 3)
    assert state.engine is not None
    other = replace(state, engine=replace(state.engine, name="abacus"))
    with pytest.raises(ScopeError, match="The engine abacus, which made these updates, cannot be had here"):
        Trainer(small()).restore(other)


def test_the_size_of_a_state_is_that_of_its_arrays() -> None:
    state = at(small(training__optimizer="adam", task__carry_state=True), Numpy, 3)
    P, H, losses = state.parameters.size, 4, 3
    assert state.size == 8 * (4 * P + losses + H)
