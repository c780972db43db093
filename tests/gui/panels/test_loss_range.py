"""What the loss panel shows: stretches that grow in steps, and heights that one value cannot spoil."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui.panels.loss.range import decades, linear_limits, log_limits
from gui.panels.plots.updates import extent

ARTICLE = (0.5, 0.049, 3.6e-4, 6.4e-5, 0.0096)


def test_a_short_run_is_there_as_a_whole_from_the_start() -> None:
    assert {extent(updates, 100, 9) for updates in range(0, 901, 50)} == {900}


def test_a_long_run_grows_in_a_few_steps_until_it_can_be_there_as_a_whole() -> None:
    seen = [extent(updates, 100, 1000) for updates in range(0, 100_001, 10)]
    assert seen == sorted(seen)
    assert seen[0] == 100
    assert seen[-1] == 100_000
    assert len(set(seen)) < 20


def test_a_run_that_goes_on_gets_as_much_room_again() -> None:
    assert extent(901, 100, 9) == 1800
    assert extent(1801, 100, 9) == 2700
    assert extent(9100, 100, 9) == 18_000


@given(st.integers(0, 10**9), st.integers(1, 10**5), st.integers(1, 10**7))
def test_there_is_always_room_for_all_updates(updates: int, an_epoch: int, epochs: int) -> None:
    room = extent(updates, an_epoch, epochs)
    assert room >= max(updates, an_epoch)
    assert room <= max(20 * updates, 5000, 2 * an_epoch)


def test_before_the_first_update_the_references_are_in_view() -> None:
    bottom, top = log_limits(np.empty(0), 0.0, ARTICLE)
    assert bottom == pytest.approx(math.log10(6.4e-5))
    assert math.log10(0.5) < top < 1.0
    assert log_limits(np.empty(0), 0.0, ()) == (-3.0, 0.0)


def test_both_floors_of_the_article_are_in_view_all_the_time() -> None:
    for shown in ([1.9], [1.9, 0.1], list(np.geomspace(1.9, 0.012, 500))):
        assert log_limits(np.array(shown), 1.9, ARTICLE)[0] == pytest.approx(math.log10(6.4e-5))


def test_a_floor_far_below_everything_does_not_flatten_the_curve() -> None:
    shown = np.geomspace(1.9, 0.012, 500)
    assert log_limits(shown, 1.9, (0.5, 1e-12))[0] == pytest.approx(math.log10(0.012))


def test_a_divergence_is_in_view_on_the_log_axis_and_leaves_the_linear_one() -> None:
    normal = np.full(300, 0.1)
    spike = np.geomspace(1.0, 1e300, 40)
    bottom, top = log_limits(np.concatenate([normal, spike]), 1.0, ARTICLE)
    assert bottom < -1.0
    assert top == pytest.approx(300.0)
    _, top = linear_limits(np.concatenate([normal, spike]), 1.0, ARTICLE)
    assert 0.5 <= top <= 10.0


def test_a_run_that_explodes_from_its_first_update_shows_where_it_began() -> None:
    shown = np.append(np.geomspace(1.0, 1e280, 100), math.inf)
    bottom, top = log_limits(shown, 1.0, ())
    assert bottom <= 0.0
    assert top == pytest.approx(280.0)
    assert linear_limits(shown, 1.0, ())[1] <= 100.0


def test_on_a_linear_axis_a_short_run_is_seen_from_where_it_began() -> None:
    shown = np.linspace(1.38, 0.4, 40)
    assert linear_limits(shown, 1.38, ()) == (0.0, 1.38)
    far = np.concatenate([[50.0], np.full(99, 0.4)])
    assert linear_limits(far, 50.0, ())[1] < 1.0


def test_one_dip_and_a_loss_of_zero_do_not_pull_the_view_down() -> None:
    shown = np.concatenate([np.full(500, 0.1), [1e-30], np.zeros(3)])
    assert log_limits(shown, 0.1, ())[0] >= -3.1


def test_a_loss_that_really_falls_far_is_followed() -> None:
    bottom, top = log_limits(np.geomspace(1.0, 1e-28, 1000), 1.0, ())
    assert bottom < -27.0
    assert top == pytest.approx(0.0, abs=1e-9)


loss = st.one_of(st.floats(0.0, math.inf), st.just(math.nan))


@given(st.lists(loss, max_size=30), loss, st.lists(st.floats(1e-300, 1e300), max_size=4))
def test_limits_are_finite_and_in_order_whatever_comes(
    shown: list[float], first: float, references: list[float]
) -> None:
    first = 0.0 if math.isnan(first) else first
    for limits in (log_limits, linear_limits):
        bottom, top = limits(np.array(shown), first, references)
        assert math.isfinite(bottom)
        assert math.isfinite(top)
        assert bottom <= top


def test_decades_are_finite_for_every_loss() -> None:
    np.testing.assert_array_equal(decades(np.array([0.0, 1.0, 100.0, math.inf])), [-300.0, 0.0, 2.0, 300.0])
