"""Which engine a run gets: decided at its first update, by what is asked, compiled and ready."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from rnn.model.cells import Vanilla
from rnn.training.engines import ENGINES, Choice, choose
from rnn.training.engines.compiled import readiness
from rnn.training.engines.compiled.cache import KERNELS
from rnn.training.engines.compiled.readiness import Preparation, State
from rnn.training.trainer import Trainer
from tests.rnn.cases import small
from tests.waiting import wait_for

READY = 300.0  # seconds, the first time on a machine


def engine_of(trainer: Trainer) -> str:
    assert trainer.choice is not None
    return trainer.choice.engine.name


def test_a_run_that_begins_before_the_step_is_ready_stays_in_numpy_and_the_next_is_compiled() -> None:
    first = Trainer(small(engine="auto"))
    first.advance(1)
    assert engine_of(first) == "numpy"
    assert first.choice is not None
    assert first.choice.why == "the compiled update was not ready when the run began"
    assert first.choice.why_now == first.choice.why
    readiness.STEP.start()
    assert readiness.STEP.wait(READY) == State("ready")
    assert first.choice.why_now == f"{first.choice.why}; after a reset it is compiled"
    first.advance()
    assert engine_of(first) == "numpy"
    again = Trainer(small(engine="auto"))
    again.advance()
    assert engine_of(again) == "compiled"
    assert again.choice == Choice(ENGINES["compiled"])
    vectors = [trainer.network.parameters.vector for trainer in (first, again)]
    np.testing.assert_allclose(vectors[0], vectors[1], rtol=1e-10)


def test_a_run_that_begins_anew_chooses_anew() -> None:
    trainer = Trainer(small(engine="auto"))
    trainer.advance(3)
    readiness.STEP.start()
    readiness.STEP.wait(READY)
    trainer.reset()
    assert trainer.choice is None
    trainer.advance(3)
    assert engine_of(trainer) == "compiled"


def test_who_asks_for_the_compiled_engine_waits_for_it() -> None:
    trainer = Trainer(small(engine="compiled"))
    assert len(trainer.advance(1, seconds=0.0).loss) == 0
    assert trainer.choice is None
    assert readiness.STEP.state().name != "off"
    wait_for(lambda: len(trainer.advance(1, seconds=0.05).loss) == 1)
    assert engine_of(trainer) == "compiled"


def test_who_asks_for_numpy_gets_it_whatever_is_ready() -> None:
    readiness.STEP.start()
    readiness.STEP.wait(READY)
    trainer = Trainer(small(engine="numpy"))
    trainer.advance(1)
    assert trainer.choice == Choice(ENGINES["numpy"])


@pytest.mark.parametrize("asked", ["auto", "compiled"])
def test_where_it_cannot_be_had_numpy_runs_and_says_why(monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    def nowhere() -> list[Path]:
        raise OSError("planted")

    monkeypatch.setattr(readiness, "STEP", Preparation(KERNELS, nowhere))
    readiness.STEP.start()
    assert readiness.STEP.wait(60.0).name == "unavailable"
    trainer = Trainer(small(engine=asked))
    assert len(trainer.advance(1).loss) == 1
    assert trainer.choice is not None
    assert trainer.choice.engine is ENGINES["numpy"]
    assert "planted" in trainer.choice.why


class Other(Vanilla):
    """A cell of somebody's own, that there is no kernel for."""


def test_what_is_not_compiled_runs_in_numpy_at_once() -> None:
    trainer = Trainer(small())
    network = trainer.network
    network.cell = Other()
    choice = choose("compiled", network, trainer.data, "sgd", math.inf)
    assert choice == Choice(ENGINES["numpy"], "this network is not compiled")
    assert readiness.STEP.state() == State("off")
