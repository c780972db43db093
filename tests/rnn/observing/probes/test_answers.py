"""The answers: what sequences asked, what was answered and what was right, each sequence by itself."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from rnn.config import RunConfig
from rnn.observing.probes import Answers
from rnn.observing.probes.answers import ANSWERS, NO_ANSWER, SEQUENCES
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.cases import data_trainer, small, write_data


def trained(task: str, updates: int = 20, **changes: object) -> Trainer:
    values: dict[str, object] = {
        "task.name": task,
        "task.sequences": 60,
        "task.validation_sequences": 20,
        "model.cell": "gru",
        "model.layers": "6",
        "model.initializer": "orthogonal",
        "training.optimizer": "adam",
        "training.learning_rate": 0.02,
        "training.batch": 10,
        "training.epochs": 1000,
    }
    trainer = Trainer(
        RunConfig().with_values(values | {key.replace("__", "."): value for key, value in changes.items()})
    )
    trainer.advance(updates)
    return trainer


def look(trainer: Trainer, sequence: int = 0) -> Answers:
    found = trainer.snapshot(SnapshotRequest(sequence, probes=frozenset({"answers"}))).probe(Answers)
    assert found is not None
    return found


def test_classes_are_answered_by_the_largest_probability_sequence_after_sequence() -> None:
    trainer = trained("copy-memory", task__recalled=3, task__delay=4, task__symbols=4)
    train, found = trainer.data.train, look(trainer, 7)
    count = ANSWERS // 3
    assert found.sequence.tolist() == [7 + n for n in range(count) for _ in range(3)]
    assert found.time_step.tolist() == [8, 9, 10] * count
    assert found.asked.tolist() == [train.x[t, 7 + n] for n in range(count) for t in range(3)]
    assert found.probabilities is not None
    assert found.right is not None
    for place, (n, step) in enumerate(zip(found.sequence, found.time_step, strict=True)):
        logits = trainer.network.forward(train.batch(slice(n, n + 1)).x).output[step - 1, 0]
        weights = [math.exp(logit) for logit in logits]
        expected = [weight / sum(weights) for weight in weights]
        np.testing.assert_allclose(found.probabilities[place], expected, rtol=1e-12)
        assert found.answered[place] == expected.index(max(expected))
        assert found.right[place] == (found.answered[place] == found.asked[place])
    assert found.accuracy == sum(found.asked == found.answered) / len(found.asked)
    assert 0 < sum(found.right) < len(found.right)


def test_each_sequence_is_asked_at_its_own_end() -> None:
    trainer = trained("temporal-order", task__shortest=10, task__delay=20)
    found, train = look(trainer, 3), trainer.data.train
    assert found.sequence.tolist() == list(range(3, 3 + SEQUENCES))
    assert found.time_step.tolist() == [train.end(n) for n in found.sequence]
    assert len(set(found.time_step.tolist())) > 3
    assert found.end == train.end(3) == found.time_step[0]
    assert found.shown is not None
    np.testing.assert_array_equal(found.shown, train.x[:, 3])


def test_the_course_is_what_would_be_answered_at_every_step() -> None:
    trainer = trained("recall", task__delay=5)
    found = look(trainer, 2)
    assert found.course.shape == (6, 2)
    np.testing.assert_allclose(found.course.sum(axis=1), np.ones(6), rtol=1e-14)
    assert found.probabilities is not None
    np.testing.assert_allclose(found.course[-1], found.probabilities[0], rtol=1e-12)
    assert found.shown is None


def test_numbers_are_right_within_the_tolerance_of_the_task() -> None:
    trainer = trained("adding", updates=150, task__delay=4)
    found, train = look(trainer), trainer.data.train
    numbers = range(SEQUENCES)
    asked = [train.x[:, n, 0] @ train.x[:, n, 1] for n in numbers]
    answered = [trainer.network.forward(train.batch(slice(n, n + 1)).x).output[-1, 0, 0] for n in numbers]
    np.testing.assert_allclose(found.asked[:, 0], asked, rtol=1e-14)
    np.testing.assert_allclose(found.answered[:, 0], answered, rtol=1e-9)
    right = [abs(a - b) <= 0.04 for a, b in zip(asked, answered, strict=True)]
    assert found.right is not None
    assert found.right.tolist() == right
    assert 0 < sum(right) < SEQUENCES
    assert found.probabilities is None
    assert found.course.shape == (4, 1)


def test_the_last_sequence_stands_alone_and_a_long_one_is_whole() -> None:
    assert set(look(trained("recall"), 59).sequence) == {59}
    long = look(trained("copy-memory", updates=1, task__recalled=ANSWERS + 5, task__delay=2), 4)
    assert set(long.sequence) == {4}
    assert len(long.asked) == ANSWERS + 5


def test_an_output_that_is_not_finite_is_no_answer_and_wrong() -> None:
    trainer = trained("recall", updates=1)
    trainer.network.parameters["head.b"][0] = math.nan
    found = look(trainer)
    assert set(found.answered) == {NO_ANSWER}
    assert found.accuracy == 0.0


def test_a_task_without_right_and_wrong_has_no_accuracy(tmp_path: Path) -> None:
    two_by_two = data_trainer(tmp_path, x=np.ones((3, 4, 2)), y=np.ones((3, 4, 3)))
    for trainer, shape in ((Trainer(small()), (35, 1)), (two_by_two, (12, 3))):
        found = look(trainer)
        assert found.right is None
        assert found.accuracy is None
        assert found.asked.shape == found.answered.shape == shape


def test_classes_of_a_series_are_answered_from_the_carried_state(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    file = write_data(tmp_path / "data.npz", x=rng.normal(size=(7, 4, 2)), y=rng.integers(0, 3, (7, 4)))
    trainer = Trainer(
        RunConfig().with_values(
            {
                "task.name": "data",
                "task.file": file,
                "task.carry_state": True,
                "model.readout": "nll",
                "model.initializer": "gaussian",
                "training.batch": 2,
            }
        )
    )
    trainer.advance(3)
    found = look(trainer, 2)
    x = np.concatenate([trainer.data.train.x[:, n] for n in range(4)])[:, None]
    assert found.sequence.tolist() == [2] * 4 + [3] * 4
    assert found.answered.tolist() == trainer.network.forward(x).output[8:, 0].argmax(axis=1).tolist()
    assert found.asked.tolist() == trainer.data.train.y[:, 2:4].T.ravel().tolist()
    logits = trainer.network.forward(x).output[8:12, 0]
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found.course, expected, rtol=1e-12)


def test_looking_leaves_the_training_as_it_was() -> None:
    watched, alone = trained("copy-memory", updates=3), trained("copy-memory", updates=3)
    found = look(watched, 5)
    watched.advance(2)
    alone.advance(2)
    np.testing.assert_array_equal(watched.network.parameters.vector, alone.network.parameters.vector)
    for array in (found.shown, found.course, found.asked, found.answered, found.probabilities, found.right):
        assert array is not None
        assert not array.flags.writeable
