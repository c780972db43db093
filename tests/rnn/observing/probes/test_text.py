"""The text probe: the chain rule, what is written, and logits of every size."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.data.tasks.text import SHIPPED
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.moment import start_of
from rnn.observing.probes.text import PROMPT, WRITTEN, Characters, write
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer

TEXT = RunConfig().with_values(
    {
        "task.name": "text",
        "task.length": 30,
        "task.characters": 4_000,
        "task.carry_state": True,
        "model.cell": "gru",
        "model.layers": 12,
        "model.initializer": "orthogonal",
        "training.batch": 4,
        "training.optimizer": "adam",
        "training.learning_rate": 0.01,
        "training.epochs": 3,
    }
)


def trained(updates: int = 60, **changes: object) -> Trainer:
    trainer = Trainer(TEXT.with_values({key.replace("__", "."): value for key, value in changes.items()}))
    trainer.advance(updates)
    return trainer


def seen(trainer: Trainer, sequence: int = 5, temperature: float = 0.7) -> Characters:
    request = SnapshotRequest(sequence, probes=frozenset({"text"}), temperature=temperature)
    result = trainer.snapshot(request).probe(Characters)
    assert result is not None
    return result


def answers(trainer: Trainer, text: str, sequence: int) -> Array:
    """(T, V) the logits over ``text``, from the state that the sequence begins in."""
    names = trainer.data.class_names
    x = np.eye(len(names))[[names.index(character) for character in text]][:, None]
    start = start_of(trainer.network, trainer.data.train, trainer.batches, sequence)
    return trainer.network.forward(x, start).output[:, 0]


def test_the_log_probability_is_that_of_the_chain_rule_step_by_step() -> None:
    trainer = trained()
    result = seen(trainer)
    text = SHIPPED.read_text(encoding="utf-8")
    assert "".join(trainer.data.class_names[n] for n in result.read) == text[150:180]
    assert "".join(trainer.data.class_names[n] for n in result.next) == text[151:181]
    product = 1.0
    for logits, following in zip(answers(trainer, text[150:180], 5), text[151:181], strict=True):
        weights = [math.exp(logit) for logit in logits]
        product *= weights[trainer.data.class_names.index(following)] / math.fsum(weights)
    assert result.log_likelihood == pytest.approx(math.log(product), rel=1e-12)
    assert result.perplexity == pytest.approx(product ** (-1 / 30), rel=1e-12)
    assert result.bits == pytest.approx(-math.log2(product) / 30, rel=1e-12)
    np.testing.assert_allclose(np.exp(result.log_probabilities).sum(axis=1), 1.0, rtol=1e-12)


def test_the_log_probability_holds_where_a_probability_would_be_zero() -> None:
    trainer = trained()
    logits = 1e5 * answers(trainer, SHIPPED.read_text(encoding="utf-8")[150:180], 5)
    trainer.network.parameters["head.W"][...] *= 1e5
    trainer.network.parameters["head.b"][...] *= 1e5
    result = seen(trainer)
    # At this scale the softmax is all on the largest logit, and what others miss is their distance from it.
    expected = logits[np.arange(30), result.next] - logits.max(axis=1)
    assert result.log_likelihood == pytest.approx(expected.sum(), rel=1e-6)
    assert result.log_likelihood < -1e5
    assert (np.exp(result.of_next) == 0.0).any()
    assert math.isinf(result.perplexity)
    assert len(result.written) == WRITTEN


def test_at_temperature_0_each_character_is_the_likeliest_after_all_before() -> None:
    trainer = trained()
    result = seen(trainer, temperature=0.0)
    assert result.prompt == SHIPPED.read_text(encoding="utf-8")[150 : 150 + PROMPT]
    assert len(result.written) == WRITTEN
    logits = answers(trainer, result.prompt + result.written, 5)
    likeliest = [trainer.data.class_names[n] for n in logits.argmax(axis=1)]
    assert "".join(likeliest[PROMPT - 1 : -1]) == result.written


def test_characters_are_drawn_with_the_probabilities_of_the_softmax() -> None:
    logits, temperature, draws = np.array([2.0, 1.0, 0.0, -1.0]), 0.5, 20_000
    network = Network(4, (1,), 4, readout=READOUTS["nll"])
    network.parameters["head.b"][...] = logits
    dice = np.random.default_rng(3).gumbel(size=(draws, 4))
    written = write(network, network.start(1), logits, dice, temperature)
    weights = [math.exp(logit / temperature) for logit in logits]
    expected = [draws * weight / sum(weights) for weight in weights]
    counts = Counter(written)
    chi_square = sum((counts[k] - expected[k]) ** 2 / expected[k] for k in range(4))
    assert chi_square < 16.3  # 99.9 % of fair draws, 3 degrees of freedom


def test_the_dice_are_the_same_in_every_moment() -> None:
    trainer = trained()
    first = seen(trainer)
    assert seen(trainer).written == first.written
    assert seen(trained()).written == first.written
    assert seen(trainer, temperature=1.5).written != first.written
    trainer.advance(20)
    assert seen(trainer).written != first.written
    assert first.temperature == 0.7


def test_a_look_leaves_the_training_as_it_was() -> None:
    looked, alone = trained(20), trained(20)
    seen(looked, temperature=2.0)
    for trainer in (looked, alone):
        trainer.advance(20)
    np.testing.assert_array_equal(looked.network.parameters.vector, alone.network.parameters.vector)


def test_a_window_shorter_than_the_prompt_is_read_whole() -> None:
    result = seen(trained(task__length=7), sequence=2)
    assert result.prompt == SHIPPED.read_text(encoding="utf-8")[14:21]
    assert len(result.written) == WRITTEN


@pytest.mark.parametrize("cell", ["vanilla", "gru", "lstm"])
def test_two_layers_of_any_cell_write(cell: str) -> None:
    trainer = trained(5, model__cell=cell, model__layers="9,6")
    result = seen(trainer, temperature=0.0)
    logits = answers(trainer, result.prompt + result.written, 5)
    likeliest = [trainer.data.class_names[n] for n in logits.argmax(axis=1)]
    assert "".join(likeliest[PROMPT - 1 : -1]) == result.written


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_answers_that_are_not_finite_end_the_writing(value: float) -> None:
    trainer = trained(5)
    trainer.network.parameters["head.W"][0, :] = value
    result = seen(trainer)
    assert result.written == ""
    assert math.isnan(result.log_likelihood)
    assert math.isnan(result.bits)


def test_the_most_frequent_character_of_the_training_part_is_first() -> None:
    trainer = trained(1)
    result = seen(trainer)
    read = trainer.data.train.count * 30
    counts = Counter(SHIPPED.read_text(encoding="utf-8")[1 : read + 1])
    ordered = [trainer.data.class_names[n] for n in result.by_frequency]
    assert ordered[0] == " "
    assert sorted(ordered) == sorted(trainer.data.class_names)
    frequencies = [counts[character] for character in ordered]
    assert frequencies == sorted(frequencies, reverse=True)


def test_what_it_gives_is_read_only_and_shared_with_nothing() -> None:
    result = seen(trained(1))
    for array in (result.read, result.next, result.log_probabilities, result.by_frequency):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_another_task_has_nothing_for_it() -> None:
    trainer = Trainer(RunConfig())
    snapshot = trainer.snapshot(SnapshotRequest(probes=frozenset({"text"})))
    assert snapshot.probes["text"] is None
    assert snapshot.probe(Characters) is None
