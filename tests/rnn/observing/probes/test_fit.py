"""The fit: answers written out step by step, ghosts of earlier weights, and the run on its own output."""

from __future__ import annotations

import weakref
from pathlib import Path

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.observing.probes import Fit
from rnn.observing.probes.fit import LONGEST_FREE_RUN
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.cases import data_trainer, small


def look(trainer: Trainer, sequence: int = 0, span: int = 4) -> Fit:
    fit = trainer.snapshot(SnapshotRequest(sequence, span, frozenset({"fit"}))).probe(Fit)
    assert fit is not None
    return fit


class Written:
    """A network of one layer, its equation written out for one number at a time."""

    def __init__(self, trainer: Trainer) -> None:
        named = trainer.network.parameters
        names = ("l0.Wx", "l0.Wh", "l0.b", "head.W", "head.b")
        self.Wx, self.Wh, self.b, self.V, self.c = (named[name].copy() for name in names)
        self.h = np.zeros(len(self.b))

    def answer(self, x: Array) -> Array:
        """The answer (O,) to one input x (D,), and the state goes on."""
        units = range(len(self.b))
        self.h = np.array(
            [
                np.tanh(
                    sum(x[i] * self.Wx[i, j] for i in range(len(x)))
                    + sum(self.h[i] * self.Wh[i, j] for i in units)
                    + self.b[j]
                )
                for j in units
            ]
        )
        return np.array([sum(self.h[j] * self.V[j, k] for j in units) for k in range(len(self.c))]) + self.c


def trained(**changes: object) -> Trainer:
    trainer = Trainer(small(model__layers=3, **changes), keep_epochs=frozenset({1}))
    trainer.advance(17)
    return trainer


def test_without_carrying_every_sequence_is_answered_from_zero() -> None:
    trainer = trained()
    fit = look(trainer, sequence=2, span=3)
    x, y = trainer.data.train.x, trainer.data.train.y
    answers = []
    for sequence in (2, 3, 4):
        written = Written(trainer)
        answers += [written.answer(x[t, sequence]) for t in range(5)]
    np.testing.assert_allclose(fit.output, answers, atol=1e-14)
    np.testing.assert_array_equal(fit.target, np.concatenate([y[:, n] for n in (2, 3, 4)]))
    assert (fit.first, fit.steps, fit.sequences, fit.carried) == (2, 5, 3, False)


def test_with_carrying_the_state_comes_from_all_sequences_before() -> None:
    trainer = trained(task__carry_state=True)
    fit = look(trainer, sequence=2, span=3)
    written = Written(trainer)
    answers = [written.answer(trainer.data.train.x[t, n]) for n in range(5) for t in range(5)]
    np.testing.assert_allclose(fit.output, answers[10:], atol=1e-14)
    assert fit.carried


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_whole_states_go_on_through_sequences_and_own_answers(cell: str) -> None:
    trainer = Trainer(small(model__cell=cell, model__layers="4, 3", task__carry_state=True))
    trainer.advance(17)
    fit = look(trainer, sequence=2, span=3)
    network, x = trainer.network, trainer.data.train.x
    true = np.concatenate([x[:, n] for n in range(5)])[:, None]
    np.testing.assert_allclose(fit.output, network.forward(true).output[10:, 0], atol=1e-12)
    # Feeding answers back as inputs of one long sequence must give the same answers again.
    fed = true[:15]
    for _ in range(10):
        fed = np.append(fed, network.forward(fed).output[-1:], axis=0)
    assert fit.free is not None
    np.testing.assert_allclose(fit.free[5:], network.forward(fed).output[15:, 0], atol=1e-12)


def test_a_stream_begins_at_zero_and_the_fit_ends_with_it() -> None:
    trainer = Trainer(small(task__carry_state=True, training__batch=3))
    trainer.advance(4)
    assert trainer.batches.stream_of(4) == (3, 2)
    fit = look(trainer, sequence=4, span=4)
    assert (fit.first, fit.sequences) == (4, 1)
    x = np.concatenate([trainer.data.train.x[:, n] for n in (3, 4)])[:, None]
    np.testing.assert_allclose(fit.output, trainer.network.forward(x).output[5:, 0], atol=1e-14)


def test_it_knows_which_time_steps_are_scored(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    mask = np.array([[1, 0, 1, 1], [0, 0, 0, 1], [1, 1, 1, 1]])
    x, y = rng.normal(size=(3, 4, 1)), rng.normal(size=(3, 4, 1))
    fit = look(data_trainer(tmp_path, x=x, y=y, mask=mask), sequence=1)
    assert fit.scored.tolist() == [False, False, False, True, True, True, True, True]
    assert look(data_trainer(tmp_path, x=x, y=y)).scored.all()


def test_classes_have_no_fit() -> None:
    trainer = Trainer(RunConfig().with_values({"task.name": "recall"}))
    assert trainer.snapshot(SnapshotRequest(probes=frozenset({"fit"}))).probes == {"fit": None}


@pytest.mark.parametrize("carry", [False, True])
def test_after_one_sequence_the_network_lives_on_its_own_answers(carry: bool) -> None:
    trainer = trained(task__carry_state=carry)
    fit = look(trainer, sequence=1, span=3)
    written = Written(trainer)
    for n in (0, 1) if carry else (1,):
        for t in range(5):
            answer = written.answer(trainer.data.train.x[t, n])
    expected = []
    for _ in range(10):
        answer = written.answer(answer)
        expected.append(answer)
    assert fit.free is not None
    assert fit.warm_up == 5
    assert np.isnan(fit.free[:5]).all()
    np.testing.assert_allclose(fit.free[5:], expected, atol=1e-13)


def test_an_only_sequence_warms_up_in_its_first_half() -> None:
    trainer = trained()
    fit = look(trainer, sequence=6, span=4)
    assert (fit.sequences, fit.warm_up) == (1, 2)
    written = Written(trainer)
    for t in range(2):
        answer = written.answer(trainer.data.train.x[t, 6])
    assert fit.free is not None
    assert np.isnan(fit.free[:2]).all()
    np.testing.assert_allclose(fit.free[2], written.answer(answer), atol=1e-14)
    assert np.isfinite(fit.free[2:]).all()


@pytest.mark.parametrize("sequences", [1, 3])
def test_sequences_of_one_time_step_have_nothing_to_live_on(sequences: int) -> None:
    assert look(Trainer(small(task__length=2, task__sequences=sequences))).free is None


def test_answers_of_other_width_than_the_inputs_cannot_be_lived_on(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    trainer = data_trainer(tmp_path, x=rng.normal(size=(3, 4, 2)), y=rng.normal(size=(3, 4, 3)))
    fit = look(trainer)
    assert fit.free is None
    assert fit.output.shape == fit.target.shape == (12, 3)


def test_answers_can_be_lived_on_where_they_are_to_be_the_next_inputs(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(3, 5, 2))
    fit = look(data_trainer(tmp_path, x=values[:, :-1], y=values[:, 1:]))
    assert fit.free is not None
    assert fit.free.shape == (12, 2)
    other = values[:, 1:].copy()
    other[0, 1, 0] += 0.1
    assert look(data_trainer(tmp_path, x=values[:, :-1], y=other)).free is None


def test_own_answers_end_with_a_sequence_that_no_other_one_goes_on_from(tmp_path: Path) -> None:
    values = (
        np.random.default_rng(1).normal(size=(3, 7, 1)).cumsum(axis=1) + 100.0 * np.arange(3)[:, None, None]
    )
    fit = look(data_trainer(tmp_path, x=values[:, :-1], y=values[:, 1:]))
    assert (fit.sequences, fit.warm_up) == (3, 3)
    assert fit.free is not None
    assert np.flatnonzero(np.isfinite(fit.free[:, 0])).tolist() == [3, 4, 5]


def test_a_very_long_stretch_is_run_on_for_a_while_only() -> None:
    fit = look(Trainer(small(task__length=301)))
    assert fit.free is not None
    ran = np.flatnonzero(np.isfinite(fit.free[:, 0]))
    assert (ran[0], len(ran)) == (300, LONGEST_FREE_RUN)


@pytest.mark.parametrize("carry", [False, True])
def test_a_ghost_answers_as_the_network_did_then(carry: bool) -> None:
    config = small(model__layers=3, task__carry_state=carry)
    then, now = Trainer(config), Trainer(config, keep_epochs=frozenset({1}))
    then.target_epochs = 1
    then.advance()
    now.advance()
    for sequence in (3, 0):
        ghost = look(now, sequence).ghosts["epoch 1"]
        np.testing.assert_array_equal(ghost, look(then, sequence).output)
        assert not np.allclose(ghost, look(now, sequence).output)


def test_ghosts_are_computed_once_for_the_same_sequences() -> None:
    trainer = trained()
    first = look(trainer, sequence=1).ghosts["epoch 1"]
    trainer.advance(2)
    assert look(trainer, sequence=1).ghosts["epoch 1"] is first
    assert look(trainer, sequence=2).ghosts["epoch 1"] is not first
    assert look(trainer, sequence=1, span=2).ghosts["epoch 1"].shape == (10, 1)
    trainer.kept["epoch 1"] = trainer.network.parameters.vector.copy()
    fit = look(trainer, sequence=1, span=2)
    np.testing.assert_array_equal(fit.ghosts["epoch 1"], fit.output)


def test_a_ghost_that_is_no_longer_kept_is_no_longer_held() -> None:
    trainer = trained()
    ghost = weakref.ref(look(trainer).ghosts["epoch 1"])
    assert ghost() is not None
    del trainer.kept["epoch 1"]
    assert look(trainer).ghosts == {}
    assert ghost() is None


def test_a_ghost_of_another_run_is_never_shown_again() -> None:
    trainer = trained()
    before = look(trainer).ghosts["epoch 1"]
    trainer.reset()
    trainer.set_live("training.learning_rate", 0.01)
    trainer.advance(17)
    after = look(trainer).ghosts["epoch 1"]
    assert not np.allclose(before, after)
    trainer.network.parameters.vector[:] = trainer.kept["epoch 1"]
    np.testing.assert_array_equal(after, look(trainer).output)


def test_looking_leaves_the_training_as_it_was() -> None:
    watched, alone = trained(task__carry_state=True), trained(task__carry_state=True)
    for _ in range(4):
        fit = look(watched, sequence=3)
        watched.advance(1)
        alone.advance(1)
    np.testing.assert_array_equal(watched.network.parameters.vector, alone.network.parameters.vector)
    for array in (fit.target, fit.output, fit.free, *fit.ghosts.values()):
        assert array is not None
        assert not array.flags.writeable
