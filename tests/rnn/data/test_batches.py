"""Batches: every sequence once an epoch, streams side by side where the state is carried."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.data.batches import Batches

COUNTS = st.integers(1, 40).flatmap(lambda count: st.tuples(st.just(count), st.integers(1, count)))


def numbers(batches: Batches, update: int, order: np.ndarray | None = None) -> list[int]:
    chosen = batches.numbers(update, order)
    return [int(n) for n in np.arange(batches.count)[chosen]]


@given(COUNTS, st.booleans())
def test_an_epoch_has_every_sequence_once_in_batches_of_the_size(
    sizes: tuple[int, int], carried: bool
) -> None:
    batches = Batches(*sizes, carried)
    epoch = [numbers(batches, update) for update in range(batches.updates)]
    assert sorted(chain(*epoch)) == list(range(batches.count))
    assert all(len(batch) == batches.size for batch in epoch[:-1])
    assert 1 <= len(epoch[-1]) <= batches.size


@given(COUNTS)
def test_without_a_carried_state_they_come_in_their_order(sizes: tuple[int, int]) -> None:
    batches = Batches(*sizes, carried=False)
    found = [numbers(batches, update) for update in range(batches.updates)]
    assert list(chain(*found)) == list(range(sizes[0]))


@given(COUNTS)
def test_with_a_carried_state_each_row_goes_on_with_the_next_window(sizes: tuple[int, int]) -> None:
    batches = Batches(*sizes, carried=True)
    epoch = [numbers(batches, update) for update in range(batches.updates)]
    for before, after in pairwise(epoch):
        assert after == [window + 1 for window in before[: len(after)]]
    for stream, first in enumerate(epoch[0]):
        length = sum(stream < len(batch) for batch in epoch)
        for window in range(first, first + length):
            assert batches.stream_of(window) == (first, length)


def test_streams_that_do_not_divide_are_longer_first() -> None:
    batches = Batches(10, 3, carried=True)
    assert [numbers(batches, update) for update in range(4)] == [[0, 4, 7], [1, 5, 8], [2, 6, 9], [3]]


def test_a_shuffled_order_is_another_one_each_time_and_holds_all() -> None:
    batches = Batches(50, 8, carried=False)
    rng = np.random.default_rng(0)
    first, second = batches.shuffled(rng), batches.shuffled(rng)
    assert sorted(first) == sorted(second) == list(range(50))
    assert list(first) != list(second)
    assert list(chain(*(numbers(batches, update, first) for update in range(7)))) == list(first)


def test_one_stream_is_the_whole_series() -> None:
    assert Batches(9, 1, carried=True).stream_of(5) == (0, 9)
    assert Batches(9, 3, carried=False).stream_of(5) == (0, 9)


@pytest.mark.parametrize("carried", [False, True])
def test_a_single_sequence_is_a_view_and_not_copied(carried: bool) -> None:
    assert Batches(9, 1, carried).numbers(3) == slice(3, 4)
