"""The band: the last hundred shapes and no others."""

from __future__ import annotations

import numpy as np

from gui.panels.flow.band import Band


def test_the_band_is_the_least_and_the_greatest_of_the_last_hundred() -> None:
    rows = np.random.default_rng(0).standard_normal((250, 7))
    band = Band(7)
    for count, row in enumerate(rows, start=1):
        band.add(row)
        low, high = band.limits()
        np.testing.assert_array_equal(low, rows[max(0, count - 100) : count].min(axis=0))
        np.testing.assert_array_equal(high, rows[max(0, count - 100) : count].max(axis=0))
        assert len(band) == min(count, 100)


def test_a_number_that_is_not_there_is_passed_over() -> None:
    band = Band(2)
    assert np.isnan(band.limits()).all()
    band.add(np.array([1.0, np.nan]))
    band.add(np.array([np.nan, np.nan]))
    np.testing.assert_array_equal(band.limits(), [[1.0, np.nan], [1.0, np.nan]])
