"""A growing series: nothing is lost, and what is drawn holds every least and every greatest value."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.panels.plots import pyramid
from gui.panels.plots.pyramid import Growing, Pyramid


def made(values: np.ndarray, pieces: int = 1) -> Pyramid:
    series = Pyramid()
    for piece in np.array_split(values, pieces):
        series.extend(piece)
    return series


def test_every_value_is_kept_in_order_however_it_comes() -> None:
    values = np.random.default_rng(0).standard_normal(300_000)
    series = Growing(most=100_000)
    for piece in np.split(values, [1, 2, 2, 1023, 1024, 1025, 4000, 70_000, 99_999, 100_001]):
        series.extend(piece)
    np.testing.assert_array_equal(series.values, values)


def test_beyond_a_short_row_room_is_made_once_for_all_that_are_expected() -> None:
    most = 5 * pyramid.SHORT
    series = Growing(most)
    series.extend(np.zeros(pyramid.SHORT))
    series.extend(np.zeros(1))
    room = series.values.base
    assert room is not None
    assert len(room) == most
    while len(series) < most:
        series.extend(np.zeros(min(pyramid.SHORT // 2, most - len(series))))
        assert series.values.base is room


def test_a_row_with_more_than_was_expected_goes_on_growing() -> None:
    series = Growing(most=pyramid.SHORT)
    rooms = set()
    for _ in range(64):
        series.extend(np.zeros(pyramid.SHORT // 4))
        room = series.values.base
        assert room is not None
        rooms.add(len(room))
    assert len(rooms) < 10


def test_with_few_values_a_column_the_values_themselves_are_drawn() -> None:
    values = np.random.default_rng(0).standard_normal(5000)
    for columns in (400, 110):
        places, drawn = made(values).within(1000.0, 1400.0, columns)
        inside = (places >= 1000) & (places <= 1400)
        np.testing.assert_array_equal(places[inside], np.arange(1000, 1401))
        np.testing.assert_array_equal(drawn, values[places.astype(int)])
        assert not inside[0]
        assert not inside[-1]


def test_what_is_drawn_is_a_copy_that_later_values_leave_alone() -> None:
    series = made(np.zeros(10))
    _, drawn = series.within(0.0, 9.0, 100)
    drawn[:] = 7.0
    assert not series.values.any()


@settings(deadline=None, max_examples=60)
@given(
    count=st.integers(1, 9000),
    pieces=st.integers(1, 7),
    begin=st.floats(-0.5, 1.2),
    share=st.floats(0.001, 2.0),
    columns=st.integers(1, 300),
    seed=st.integers(0, 9),
)
def test_each_bin_holds_the_least_and_the_greatest_of_its_values(
    *, count: int, pieces: int, begin: float, share: float, columns: int, seed: int
) -> None:
    values = np.random.default_rng(seed).standard_normal(count)
    first = begin * count
    last = first + share * count
    places, drawn = made(values, pieces).within(first, last, columns)
    inside = [index for index in range(count) if first <= index <= last]
    if not inside:
        return
    width = (last - first) / columns
    assert len(drawn) <= 4 * columns + 10
    assert drawn.max() >= values[inside].max()
    assert drawn.min() <= values[inside].min()
    assert set(drawn) <= set(values)
    for place, value in zip(places, drawn, strict=True):
        near = values[max(0, int(place - width)) : int(place + width) + 2]
        assert value in near


def test_old_bins_stay_as_they_are_while_new_values_come() -> None:
    values = np.random.default_rng(0).standard_normal(100_000)
    series = made(values[:70_000])
    _, before = series.within(0.0, 100_000.0, 300)
    series.extend(values[70_000:])
    _, after = series.within(0.0, 100_000.0, 300)
    whole = len(before) - 2  # the last bin was not full
    np.testing.assert_array_equal(after[:whole], before[:whole])


def test_a_spike_in_the_last_value_is_drawn_at_once() -> None:
    series = made(np.zeros(999_999))
    series.extend(np.array([5.0]))
    _, drawn = series.within(0.0, 1e6, 400)
    assert drawn[-2:].max() == 5.0
    assert drawn[:-2].max() == 0.0


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many values are kept one by one, made small."""
    monkeypatch.setattr(pyramid, "VALUES", 64)
    monkeypatch.setattr(pyramid, "BINS", 32)
    return 64


def test_values_are_kept_one_by_one_up_to_a_limit(small: int) -> None:
    values = np.random.default_rng(0).standard_normal(small)
    series = made(values)
    assert series.width == 1
    np.testing.assert_array_equal(series.values, values)
    series.extend(np.array([3.0]))
    assert series.width == 16
    assert series.last == 3.0
    assert series.first == values[0]


@settings(deadline=None, max_examples=60)
@given(count=st.integers(1, 9000), pieces=st.integers(1, 40), seed=st.integers(0, 9))
def test_beyond_the_limit_the_bins_hold_every_least_and_greatest(count: int, pieces: int, seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyramid, "VALUES", 64)
        patch.setattr(pyramid, "BINS", 64)
        values = np.random.default_rng(seed).standard_normal(count)
        values[seed::7] = np.nan
        series = made(values, pieces)
        low, high = series.bins
        width = series.width
        assert len(series) == count
        assert len(low) == len(high) == -(-count // width)
        assert len(low) <= 65
        for number in range(len(low)):
            part = values[number * width : (number + 1) * width]
            assert (low[number], high[number]) == series.at(number * width) or np.isnan(part).all()
            extremes = np.fmin.reduce(part), np.fmax.reduce(part)
            np.testing.assert_array_equal((low[number], high[number]), extremes)
        _, drawn = series.within(0.0, count, 10)
        expected = np.fmin.reduce(values), np.fmax.reduce(values)
        np.testing.assert_array_equal((np.fmin.reduce(drawn), np.fmax.reduce(drawn)), expected)


def test_a_series_beyond_the_limit_takes_no_more_room(small: int) -> None:
    def room(series: Pyramid) -> int:
        return sum(len(level) for level in series._levels)

    series = made(np.zeros(100 * small), 50)
    before = room(series)
    for _ in range(50):
        series.extend(np.zeros(100 * small))
    assert room(series) <= 4 * small
    assert before <= 4 * small


def test_not_a_number_does_not_hide_its_neighbours() -> None:
    values = np.ones(64)
    values[10] = np.nan
    values[20:28] = np.nan
    _, drawn = made(values).within(0.0, 63.0, 15)
    assert np.nanmax(drawn) == 1.0
    assert np.isnan(drawn).sum() == 4  # the two bins of four that hold nothing else


@pytest.mark.parametrize("span", [(5.0, 4.0), (2000.0, 3000.0), (-50.0, -10.0)])
def test_nothing_is_drawn_where_there_is_nothing(span: tuple[float, float]) -> None:
    places, drawn = made(np.arange(1000.0)).within(*span, 100)
    if span[0] > span[1]:
        assert len(drawn) <= 4
    else:
        assert len(places) == len(drawn) == 0


def test_an_empty_series_draws_nothing() -> None:
    places, drawn = Pyramid().within(0.0, 100.0, 10)
    assert len(places) == len(drawn) == 0


def test_a_million_values_come_and_are_drawn_quickly() -> None:
    series = Pyramid()
    burst = np.random.default_rng(0).standard_normal(100)
    started = time.thread_time()
    for _ in range(10_000):
        series.extend(burst)
    appended = time.thread_time() - started
    started = time.thread_time()
    for _ in range(100):
        _, drawn = series.within(0.0, 1e6, 500)
    picked = (time.thread_time() - started) / 100
    assert len(series) == 1_000_000
    assert len(drawn) <= 2004
    assert appended < 10.0  # 10 µs a burst was measured, at most 1000 are allowed
    assert picked < 0.02
