"""The thinned history: what it keeps is what was measured, evenly, and never more than so much."""

from __future__ import annotations

import numpy as np

from gui.panels.plots.colour_levels import ABOVE, DEEPEST, ColourLevels
from gui.panels.plots.history import FEWEST, MOST, History, usual_spacing
from rnn.training.trainer import Trainer
from tests.gui.panels.measured import small


def filled(updates: list[int], spacing: int = 1, width: int = 2) -> History:
    history = History(width, spacing)
    for update in updates:
        history.add(update, np.full(width, 10.0 * update))
    return history


def test_a_short_history_keeps_every_row_as_it_was() -> None:
    history = filled([0, 3, 4, 11])
    assert history.updates.tolist() == [0, 3, 4, 11]
    assert history.rows.tolist() == [[0.0, 0.0], [30.0, 30.0], [40.0, 40.0], [110.0, 110.0]]


def test_rows_closer_than_the_spacing_replace_one_another_and_the_newest_is_there() -> None:
    history = History(1, 10)
    seen = []
    for update in range(0, 35, 3):
        history.add(update, np.array([float(update)]))
        seen.append(int(history.updates[-1]))
    assert seen == list(range(0, 35, 3))
    firm = np.diff(history.updates)[:-1]
    assert (firm >= 10).all()
    assert (firm <= 12).all()


def test_a_long_history_is_thinned_evenly_and_reaches_from_the_first_to_the_last() -> None:
    history = filled(list(range(0, 300_000, 7)))
    assert MOST // 2 <= len(history) <= MOST
    assert history.updates[0] == 0
    assert history.updates[-1] == 299_999 // 7 * 7
    np.testing.assert_array_equal(history.rows[:, 0], 10.0 * history.updates)
    gaps = np.diff(history.updates)[:-1]
    assert gaps.max() <= 2.5 * gaps.min()


def test_wide_rows_take_no_more_room_than_narrow_ones() -> None:
    assert History(1, 1).most == MOST
    assert History(4_000, 1).most * 4_000 <= 1_000_000
    assert History(10_000_000, 1).most == FEWEST


def test_the_same_update_measured_again_takes_the_place_of_its_row() -> None:
    history = filled([0, 5])
    history.add(5, np.array([1.0, 2.0]))
    assert history.updates.tolist() == [0, 5]
    assert history.rows[1].tolist() == [1.0, 2.0]


def test_the_row_of_an_update_between_two_is_that_of_the_earlier() -> None:
    history = filled([2, 5, 9])
    assert [history.last_before(update) for update in (1, 2, 4.9, 5, 100)] == [None, 0, 0, 1, 2]


def test_a_row_stays_for_an_epoch_and_a_short_run_is_divided_finer() -> None:
    assert usual_spacing(Trainer(small(training__epochs=200)).info()) == 10
    assert usual_spacing(Trainer(small(training__epochs=20)).info()) == 2
    assert usual_spacing(Trainer(small(training__epochs=1)).info()) == 1


def test_colours_widen_to_whole_decades_and_do_not_come_back() -> None:
    levels = ColourLevels()
    assert levels.include(np.array([[-3.4, -1.2]])) == (-4.0, -1.0)
    assert levels.include(np.array([[-2.4, -2.2]])) == (-4.0, -1.0)
    assert levels.include(np.array([[-5.5, -0.2]])) == (-6.0, 0.0)
    assert levels.marks() == ("10⁻⁶", "10⁻³", "1")


def test_one_explosion_does_not_turn_the_rest_dark() -> None:
    levels = ColourLevels()
    logs = np.full((20, 5), -1.5)
    logs[7] = 90.0
    assert levels.include(logs) == (-2.0, np.ceil(-1.5 + ABOVE))
    assert levels.marks()[2].startswith("≥ ")


def test_what_vanishes_beyond_twelve_decades_has_the_lowest_colour() -> None:
    levels = ColourLevels()
    low, high = levels.include(np.array([[-300.0, -40.0, -0.5], [-np.inf, np.nan, -0.5]]))
    assert (low, high) == (-float(DEEPEST), 0.0)
    assert levels.marks()[0] == "≤ 10⁻¹²"


def test_nothing_finite_leaves_the_colours_as_they_are() -> None:
    levels = ColourLevels()
    before = levels.range
    assert levels.include(np.full((2, 3), np.nan)) == before
    assert levels.include(np.empty((0, 3))) == before
