"""How fast something happens."""

import pytest

from gui.transport.progress import Rate


def test_a_rate_is_measured_over_its_window() -> None:
    rate = Rate(1.0)
    assert rate.value == 0.0
    for tenth in range(40):
        rate.add(tenth / 10, tenth * (5 if tenth < 20 else 9))
    assert rate.value == pytest.approx(90.0)
    rate.clear()
    assert rate.value == 0.0
