"""Divergence: each kind of tensor is forced out of the finite; the place and the weights kept are right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.errors import Divergence
from rnn.observing.snapshot import SnapshotRequest
from rnn.optimizing.optimizers import OPTIMIZERS, Sgd
from rnn.training.trainer import Trainer
from tests.rnn.cases import data_trainer, small

LOOK = SnapshotRequest(probes=frozenset({"fit", "flow"}))
Prepare = Callable[[Path], Trainer]


class Leap(Sgd):
    """Steps that no learning rate allows."""

    def step(self, parameters: Array, gradient: Array, learning_rate: float) -> None:
        super().step(parameters, gradient, learning_rate * 1e308)


@pytest.fixture(autouse=True)
def _leap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OPTIMIZERS, "leap", Leap)


def with_weights(trainer: Trainer, **weights: Any) -> Trainer:
    """``trainer`` with all weights zero but these, of which ``Wx`` stands for l0.Wx and ``W`` for head.W."""
    names = {"Wx": "l0.Wx", "Wh": "l0.Wh", "b": "l0.b", "W": "head.W", "head_b": "head.b"}
    trainer.network.parameters.vector[:] = 0.0
    for name, value in weights.items():
        trainer.network.parameters[names[name]][...] = value
    return trainer


def zeros(count: int = 3, T: int = 5) -> Array:
    return np.zeros((count, T, 1))


def at(place: tuple[int, int], value: float, T: int = 5) -> Array:
    """Three sequences of zeros, and ``value`` in the sequence and the time step ``place``, both from 1."""
    array = zeros(T=T)
    array[place[0] - 1, place[1] - 1] = value
    return array


def hidden_state(folder: Path) -> Trainer:
    x = at((2, 3), 100.0) + at((2, 4), 1e308)  # both units saturate in step 3; in step 4 it is inf − inf
    return with_weights(data_trainer(folder, x=x, y=zeros()), Wx=10.0, Wh=-1.5e308)


def output(folder: Path) -> Trainer:
    trainer = data_trainer(folder, x=at((2, 4), 100.0), y=zeros())
    return with_weights(trainer, Wx=1.0, W=1.5e308)  # two saturated units


def loss_of_a_step(folder: Path) -> Trainer:
    return with_weights(data_trainer(folder, x=zeros(), y=at((2, 3), 1e200)), W=1.0)


def loss_of_all_steps(folder: Path) -> Trainer:
    y = zeros()
    y[1] = 1.2e154  # each step's part of the loss is finite, the sum of their squares is not
    return with_weights(data_trainer(folder, x=zeros(), y=y))


def gradient_of_a_state(folder: Path) -> Trainer:
    # ∂L_T/∂h_T is −1 and each step back multiplies it by 100: 10³¹⁰ is reached 155 steps before the 200th.
    trainer = data_trainer(folder, width=1, x=zeros(T=200), y=at((2, 200), 200.0, T=200))
    return with_weights(trainer, Wh=100.0, W=1.0)


def gradient_of_a_weight(folder: Path) -> Trainer:
    trainer = data_trainer(folder, x=at((2, 5), 1e200), y=at((2, 5), 1e150))
    return with_weights(trainer, W=1.0)


def gradient_norm(folder: Path) -> Trainer:
    trainer = data_trainer(folder, x=at((2, 5), 1e10), y=at((2, 5), 1e150))
    return with_weights(trainer, W=1.0)


def weight(folder: Path) -> Trainer:
    config = data_trainer(folder, x=zeros(), y=at((2, 1), 50.0)).config
    return with_weights(
        Trainer(config.with_values({"training.optimizer": "leap", "training.learning_rate": 1.0}))
    )


FORCED: dict[str, tuple[Prepare, int | None, str]] = {
    "hidden state": (hidden_state, 4, "hidden state of layer 1"),
    "output": (output, 4, "output"),
    "loss of per time step": (loss_of_a_step, 3, "loss"),
    "loss of all steps": (loss_of_all_steps, 2, "loss"),
    "gradient of a state": (gradient_of_a_state, 45, "gradient of the hidden state of layer 1"),
    "gradient of a weight": (gradient_of_a_weight, None, "gradient of l0.Wx"),
    "gradient norm": (gradient_norm, None, "gradient norm"),
    "weight": (weight, None, "weight head.b"),
}


@pytest.mark.parametrize("kind", FORCED)
def test_the_place_is_named_and_the_last_finite_weights_are_kept(kind: str, tmp_path: Path) -> None:
    prepare, time_step, tensor = FORCED[kind]
    trainer = prepare(tmp_path)
    assert len(trainer.advance(1).loss) == 1
    before = trainer.network.parameters.vector.copy()
    assert np.isfinite(before).all()

    scalars = trainer.advance(5)

    divergence = trainer.divergence
    assert divergence is not None
    assert (divergence.epoch, divergence.update) == (1, 2)
    assert (divergence.time_step, divergence.tensor) == (time_step, tensor)
    assert len(scalars.loss) == 0
    assert trainer.update == 1
    np.testing.assert_array_equal(trainer.network.parameters.vector, before)


@pytest.mark.parametrize("kind", FORCED)
def test_after_a_divergence_it_stands_still_until_a_reset(kind: str, tmp_path: Path) -> None:
    trainer = FORCED[kind][0](tmp_path)
    initial = Trainer(trainer.config).network.parameters.vector
    trainer.advance()
    assert len(trainer.advance().loss) == 0
    snapshot = trainer.snapshot(LOOK)
    assert snapshot.update == 1
    trainer.reset()
    assert trainer.divergence is None
    assert not trainer.finished
    np.testing.assert_array_equal(trainer.network.parameters.vector, initial)


def test_it_counts_epochs_and_updates_over_the_whole_run(tmp_path: Path) -> None:
    trainer = with_weights(data_trainer(tmp_path, x=zeros(), y=at((1, 1), 1.0)))
    scalars = trainer.advance(4)
    assert len(scalars.epochs) == 1
    trainer.data.train.y[:] = 1e200
    trainer.advance()
    divergence = trainer.divergence
    assert divergence is not None
    assert (divergence.epoch, divergence.update, divergence.time_step) == (2, 5, 1)


def test_a_validation_that_is_not_finite_is_a_divergence_and_no_epoch(tmp_path: Path) -> None:
    y = np.ones((2, 5, 1))
    trainer = data_trainer(
        tmp_path, x=zeros(2), y=y, x_validation=zeros(1), y_validation=np.full((1, 5, 1), 1e200)
    )
    scalars = trainer.advance()
    divergence = trainer.divergence
    assert divergence is not None
    assert (divergence.epoch, divergence.update) == (1, 2)
    assert (divergence.time_step, divergence.tensor) == (1, "validation loss")
    assert len(scalars.loss) == 2
    assert scalars.epochs == ()
    assert np.isfinite(trainer.network.parameters.vector).all()


HELD_OUT: dict[str, tuple[dict[str, Any], Array, Array, int | None, str]] = {
    "hidden state": (
        {"Wx": 10.0, "Wh": -1.5e308},
        at((2, 3), 100.0) + at((2, 4), 1e308),
        zeros(),
        4,
        "validation hidden state of layer 1",
    ),
    "output": ({"Wx": 1.0, "W": 1.5e308}, at((3, 4), 100.0), zeros(), 4, "validation output"),
    "loss of per time step": ({}, zeros(), at((2, 3), 1e200), 3, "validation loss"),
    "loss of all steps": ({}, zeros(), np.full((3, 5, 1), 1.2e154), 2, "validation loss"),
}


@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("kind", HELD_OUT)
def test_in_a_validation_the_time_step_and_the_tensor_are_named(
    kind: str, carry: bool, tmp_path: Path
) -> None:
    weights, x, y, time_step, tensor = HELD_OUT[kind]
    trainer = data_trainer(tmp_path, x=zeros(), y=zeros(), x_validation=x, y_validation=y)
    trainer = Trainer(trainer.config.with_values({"task.carry_state": carry}))
    with_weights(trainer, **weights)
    scalars = trainer.advance(seconds=0.0)
    while not trainer.finished:
        assert scalars.epochs == ()
        scalars = trainer.advance(seconds=0.0)
    divergence = trainer.divergence
    assert divergence is not None
    assert (divergence.epoch, divergence.update) == (1, 3)
    assert (divergence.time_step, divergence.tensor) == (time_step, tensor)
    trainer.reset()
    assert trainer.divergence is None


def test_a_high_rate_on_the_article_ends_with_finite_weights() -> None:
    trainer = Trainer(small(model__layers=16, training__learning_rate=1e6, training__epochs=100))
    scalars = trainer.advance()
    assert np.isfinite(scalars.loss).all()
    assert np.isfinite(scalars.grad_norm).all()
    assert np.isfinite(trainer.network.parameters.vector).all()
    assert trainer.divergence is not None


def test_the_sentence_says_all_that_is_known() -> None:
    text = str(Divergence(3, 245, 7, "output"))
    assert text.startswith("Training diverged in epoch 3, update 245, time step 7: the output is not finite")
    assert "time step" not in str(Divergence(3, 245, None, "weight head.W"))
