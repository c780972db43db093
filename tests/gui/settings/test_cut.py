"""How the sequences are cut: counts, places and words, against the batches that a run trains on."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gui.settings.cut import Cut
from rnn.config import RunConfig
from rnn.training.trainer import Trainer
from tests.rnn.cases import write_data


def cut(**changes: Any) -> Cut:
    config = RunConfig().with_values({key.replace("__", "."): value for key, value in changes.items()})
    return Cut(Trainer(config).info())


def test_windows_of_streams_are_described_with_their_figures() -> None:
    made = cut(task__carry_state=True, training__batch=4, training__truncation=5)
    assert made.describe() == (
        "100 windows of 10 time steps: 4 streams side by side, state carried; "
        "the gradient stops every 5 time steps."
    )


def test_shuffled_batches_of_independent_sequences_are_described() -> None:
    made = cut(task__name="adding", task__validation_sequences=0, training__batch=32, training__shuffle=True)
    assert made.describe() == "5,000 sequences of 30 time steps in batches of 32, in a new order every epoch."


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "100 windows of 10 time steps, one an update."),
        (
            {"task__carry_state": True},
            "100 windows of 10 time steps one after the other, state carried; "
            "the gradient stops at the start of each window.",
        ),
        (
            {"training__truncation": 1},
            "100 windows of 10 time steps, one an update; the gradient stops at every time step.",
        ),
        ({"training__truncation": 10}, "100 windows of 10 time steps, one an update."),
        (
            {"task__sequences": 1, "task__length": 2, "task__carry_state": True},
            "1 window of 1 time step one after the other, state carried.",
        ),
    ],
)
def test_each_way_to_cut_has_its_words(changes: dict[str, Any], words: str) -> None:
    assert cut(**changes).describe() == words


def test_sequences_that_differ_in_length_are_said_to() -> None:
    changes = {"task__name": "temporal-order", "task__sequences": 40, "training__batch": 20}
    assert cut(**changes).describe() == "40 sequences of 20 to 50 time steps in batches of 20."
    assert cut(**changes, task__shortest=50).describe() == "40 sequences of 50 time steps in batches of 20."


@pytest.mark.parametrize(("carried", "size"), [(True, 1), (True, 3), (True, 4), (False, 1), (False, 7)])
def test_each_update_has_as_many_boxes_as_sequences(carried: bool, size: int) -> None:
    config = RunConfig().with_values(
        {"task.sequences": 10, "task.carry_state": carried, "training.batch": size}
    )
    trainer = Trainer(config)
    made = Cut(trainer.info())
    boxes = [made.boxes(update) for update in range(made.updates)]
    numbers = np.arange(10)
    assert boxes == [len(numbers[trainer.batches.numbers(update)]) for update in range(made.updates)]
    assert sum(boxes) == 10


def test_the_gradient_stops_where_the_training_stops_it() -> None:
    assert cut(training__truncation=4).stops == [4, 8]
    assert cut(training__truncation=10).stops == []
    assert cut().stops == []


@pytest.mark.parametrize("room", [120.0, 150.0, 200.0, 330.0])
@pytest.mark.parametrize("carried", [True, False])
@pytest.mark.parametrize("truncation", ["off", 1, 5])
@pytest.mark.parametrize("sequences", [1, 2, 3, 5, 100])
def test_columns_stand_side_by_side_in_their_room(
    room: float, carried: bool, truncation: object, sequences: int
) -> None:
    made = cut(task__carry_state=carried, training__truncation=truncation, task__sequences=sequences)
    columns = made.columns(40.0, 40.0 + room)
    assert columns[0].left == 40.0
    assert columns[-1].left + columns[-1].width <= 40.0 + room + 1e-9
    for before, after in itertools.pairwise(columns):
        assert after.left - before.left - before.width == pytest.approx(made.gap)
    numbers = [column.update for column in columns]
    assert (numbers[0], numbers[-1]) == (0, sequences - 1)
    if None in numbers:
        assert numbers == [*range(len(numbers) - 2), None, sequences - 1]
        assert len(numbers) - 1 < sequences
    else:
        assert numbers == list(range(sequences))


def test_sequences_of_a_data_file_may_be_windows_of_a_series(tmp_path: Path) -> None:
    file = write_data(tmp_path / "data.npz", x=np.zeros((6, 4, 1)), y=np.zeros((6, 4, 1)))
    made = cut(task__name="data", task__file=file, task__carry_state=True, training__batch=2)
    assert made.describe().startswith("6 windows of 4 time steps: 2 streams side by side, state carried")
