"""The memory tasks: what they show and ask, written out, and their lines of chance against simple answers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.config import RunConfig
from rnn.data.tasks import TASKS, Data, Task
from rnn.data.tasks.memory import Adding, Memory, Recall
from rnn.data.tasks.memory_symbols import CopyMemory, TemporalOrder
from rnn.errors import ConfigError
from rnn.model.batch import Batch
from rnn.model.readout import READOUTS

MEMORY = [name for name, task in TASKS.items() if issubclass(task, Memory)]


def drawn(task: Task, seed: int = 0) -> Data:
    return task.generate(np.random.default_rng(seed))


def lines(task: Task) -> dict[str, float]:
    return {line.label: line.loss for line in task.references(drawn(task))}


def everything(data: Data) -> Batch:
    return data.train.batch(slice(0, data.train.count))


def test_the_memory_tasks_are_the_four() -> None:
    assert MEMORY == ["adding", "copy-memory", "temporal-order", "recall"]


@pytest.mark.parametrize("name", MEMORY)
def test_a_memory_task_cannot_carry_its_state(name: str) -> None:
    task = TASKS[name]()
    assert (task.display, task.continuous, task.carry_state) == ("memory", False, False)
    with pytest.raises(ConfigError, match=r"task\.carry_state is not a setting"):
        RunConfig().with_values({"task.name": name, "task.carry_state": True})


@pytest.mark.parametrize("name", MEMORY)
def test_held_out_sequences_are_others_and_do_not_change_those_trained_on(name: str) -> None:
    some, none = TASKS[name].from_values({"sequences": 50}), {"sequences": 50, "validation_sequences": 0}
    data, alone = drawn(some), drawn(TASKS[name].from_values(none))
    assert alone.validation is None
    assert data.validation is not None
    assert (data.train.count, data.validation.count) == (50, 500)
    np.testing.assert_array_equal(data.train.x, alone.train.x)
    assert not np.array_equal(data.train.x, data.validation.x[:, :50])
    np.testing.assert_array_equal(drawn(some).train.y, data.train.y)
    assert not np.array_equal(drawn(some, 1).train.x, data.train.x)


@pytest.mark.parametrize("name", MEMORY)
def test_every_feature_and_class_has_a_name_and_every_sequence_ends_scored(name: str) -> None:
    data = drawn(TASKS[name].from_values({"sequences": 30}))
    assert len(data.input_names) == data.train.inputs == everything(data).x.shape[2]
    assert len(data.class_names) == (data.outputs if data.class_names else 0)
    assert len(set(data.input_names)) == len(data.input_names)
    assert data.train.scored is not None
    for number in range(30):
        assert data.train.end(number) == np.flatnonzero(data.train.scored[:, number])[-1] + 1


# Adding


@given(st.integers(2, 40), st.integers(1, 20), st.integers(0, 99))
@settings(max_examples=30)
def test_adding_marks_one_number_in_each_half_and_asks_their_sum(T: int, N: int, seed: int) -> None:
    data = drawn(Adding(delay=T, sequences=N, validation_sequences=1), seed)
    x, y, scored = data.train.x, data.train.y, data.train.scored
    assert x.shape == (T, N, 2)
    assert y.shape == (T, N, 1)
    assert scored is not None
    for n in range(N):
        marked = np.flatnonzero(x[:, n, 1])
        assert len(marked) == 2
        assert marked[0] < T // 2 <= marked[1]
        assert x[marked, n, 1].tolist() == [1.0, 1.0]
        assert y[-1, n, 0] == pytest.approx(sum(x[m, n, 0] for m in marked), rel=1e-15)
        assert np.flatnonzero(scored[:, n]).tolist() == [T - 1]
    assert ((x[..., 0] >= 0.0) & (x[..., 0] < 1.0)).all()


def test_the_lines_of_adding_are_reached_by_the_answers_they_speak_of() -> None:
    task = Adding(sequences=40_000)
    found, train = lines(task), drawn(task).train
    asked = train.y[-1, :, 0]
    assert found == {"chance: always 1": 1 / 6, "knows one of the two": 1 / 12}
    assert np.mean((asked - 1.0) ** 2) == pytest.approx(1 / 6, rel=0.02)
    known = (train.x[15:, :, 0] * train.x[15:, :, 1]).sum(axis=0)
    assert np.mean((asked - known - 0.5) ** 2) == pytest.approx(1 / 12, rel=0.02)


# Copy memory


def test_copy_memory_shows_symbols_then_blanks_then_a_go_mark_and_asks_in_the_same_order() -> None:
    data = drawn(CopyMemory(symbols=3, recalled=2, delay=4, sequences=40))
    assert data.input_names == ("A", "B", "C", "·", "?")
    assert data.class_names == ("A", "B", "C")
    assert data.train.steps == 4 + 2 * 2
    written = ["".join(data.input_names[number] for number in column) for column in data.train.x.T]
    for text, asked, scored in zip(written, data.train.y.T, np.asarray(data.train.scored).T, strict=True):
        assert text[2:] == "···?··"
        assert "".join(data.class_names[number] for number in asked[-2:]) == text[:2]
        assert scored.tolist() == [False] * 6 + [True] * 2
    assert len(set(written)) == 9


def test_the_first_answer_is_asked_delay_steps_after_the_last_symbol() -> None:
    for delay in (1, 2, 20):
        data = drawn(CopyMemory(delay=delay, sequences=1))
        first = np.flatnonzero(np.asarray(data.train.scored)[:, 0])[0]
        assert first - 9 == delay + 1
        assert data.input_names[data.train.x[first - 1, 0]] == "?"
        assert data.train.steps == delay + 20


def test_a_batch_of_symbols_is_one_hot() -> None:
    data = drawn(CopyMemory(sequences=6))
    batch = data.train.batch(slice(2, 5))
    assert batch.x.shape == (40, 3, 10)
    np.testing.assert_array_equal(batch.x.sum(axis=2), np.ones((40, 3)))
    np.testing.assert_array_equal(batch.x.argmax(axis=2), data.train.x[:, 2:5])
    assert batch.scores == 30


# Temporal order


@given(st.integers(10, 60), st.integers(0, 60), st.integers(0, 99))
@settings(max_examples=40)
def test_temporal_order_puts_two_letters_where_the_paper_has_them(short: int, more: int, seed: int) -> None:
    data = drawn(TemporalOrder(shortest=short, delay=short + more, sequences=20), seed)
    names = np.array(data.input_names)
    for n in range(20):
        T = data.train.end(n)
        assert short <= T <= short + more
        text = names[data.train.x[:, n]]
        places = np.flatnonzero((text == "A") | (text == "B")) + 1
        assert len(places) == 2
        assert T / 10 <= places[0] <= 2 * T / 10
        assert 4 * T / 10 <= places[1] <= 5 * T / 10
        others = np.delete(text[:T], places - 1)
        assert set(others) <= set("abcd")
        assert set(text[T:]) <= {"·"}
        assert data.class_names[data.train.y[T - 1, n]] == "".join(text[places - 1])
        assert np.asarray(data.train.scored)[:, n].sum() == 1


def test_temporal_order_draws_every_length_place_and_class() -> None:
    data = drawn(TemporalOrder(sequences=8_000)).train
    ends = np.array([data.end(n) for n in range(data.count)])
    assert np.bincount(ends)[20:].min() > 0
    assert (ends.min(), ends.max()) == (20, 50)
    classes = data.y[ends - 1, np.arange(data.count)]
    assert np.bincount(classes).tolist() == pytest.approx([2000] * 4, rel=0.08)
    longest = data.x[:, ends == 50]
    first, second = (np.sort(np.nonzero((longest < 2).T)[1].reshape(-1, 2) + 1, axis=1)).T
    assert (set(first), set(second)) == (set(range(5, 11)), set(range(20, 26)))


def test_shortest_above_longest_is_refused_in_one_sentence() -> None:
    with pytest.raises(ConfigError) as refused:
        TemporalOrder(shortest=60, delay=50)
    assert str(refused.value) == "task.delay must be at least task.shortest, which is 60, not 50"
    assert TemporalOrder(shortest=50, delay=50).delay == 50


# Recall


def test_recall_shows_a_bit_at_the_first_step_and_noise_after_it() -> None:
    data = drawn(Recall(delay=7, noise=0.3, sequences=20_000))
    x = data.train.x[..., 0]
    assert x.shape == (8, 20_000)
    np.testing.assert_array_equal(x[0], 2.0 * data.train.y[-1] - 1.0)
    assert x[1:].std() == pytest.approx(0.3, rel=0.02)
    assert x[1:].mean() == pytest.approx(0.0, abs=0.01)
    assert data.train.y[-1].mean() == pytest.approx(0.5, abs=0.02)
    assert data.train.end(3) == 8
    assert not np.any(drawn(Recall(noise=0.0)).train.x[1:])


# Lines of chance


@pytest.mark.parametrize(
    ("task", "classes"), [(CopyMemory(symbols=5), 5), (CopyMemory(), 8), (TemporalOrder(), 4), (Recall(), 2)]
)
def test_chance_is_what_the_readout_reports_for_equal_probabilities(task: Task, classes: int) -> None:
    data = drawn(task)
    batch = data.train.batch(slice(0, 50))
    even = np.full((*batch.y.shape, data.outputs), 3.0)
    readout = READOUTS[task.readouts()[0]]
    assert data.outputs == classes
    assert lines(task)["chance"] == pytest.approx(readout.scale * readout.loss(even, batch)[0], rel=1e-12)
    assert lines(task)["chance"] == pytest.approx(math.log(classes), rel=1e-15)


def test_chance_of_adding_is_what_the_readout_reports_for_always_1() -> None:
    data = drawn(Adding(sequences=20_000))
    batch = everything(data)
    reported = READOUTS["mse"].scale * READOUTS["mse"].loss(np.ones_like(batch.y), batch)[0]
    assert lines(Adding())["chance: always 1"] == pytest.approx(reported, rel=0.03)


def test_one_letter_of_two_leaves_ln_2() -> None:
    """The better half of the classes is known: two remain, equally likely."""
    data = drawn(TemporalOrder(sequences=400))
    batch = everything(data)
    logits = np.full((*batch.y.shape, 4), -1e3)
    second = batch.y % 2
    for letter in (0, 1):
        np.put_along_axis(logits, (second + 2 * letter)[..., None], 0.0, axis=2)
    assert READOUTS["nll"].loss(logits, batch)[0] == pytest.approx(
        lines(TemporalOrder())["knows one of the two"]
    )
