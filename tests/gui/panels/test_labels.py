"""Where a label stands: in the plot, on nothing that is taken, and beside the curves where it can."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF

from gui.panels.plots.labels import choose, crossed, least_covering

ROOM = QRectF(0, 0, 400, 200)
PLACES = [QRectF(300, 10, 90, 14), QRectF(200, 10, 90, 14), QRectF(100, 10, 90, 14)]


def line(x: list[float], y: list[float]) -> tuple[np.ndarray, np.ndarray]:
    return np.array(x), np.array(y)


def test_the_first_place_is_taken_where_nothing_is_in_the_way() -> None:
    assert choose(PLACES, ROOM, [], [], None) == 0


def test_what_is_taken_and_what_is_cut_off_is_passed_over() -> None:
    assert choose(PLACES, ROOM, [QRectF(380, 0, 30, 30)], [], None) == 1
    assert choose(PLACES, QRectF(0, 0, 250, 200), [], [], None) == 2
    assert choose(PLACES, QRectF(0, 0, 50, 50), [], [], None) is None


def test_a_curve_is_avoided_where_there_is_another_place() -> None:
    assert choose(PLACES, ROOM, [], [line([250, 400], [17, 17])], None) == 2


def test_nowhere_is_better_than_on_a_curve() -> None:
    assert choose(PLACES, ROOM, [], [line([0, 400], [17, 17])], None) is None


def test_a_label_stays_where_it_was_while_that_is_clear() -> None:
    assert choose(PLACES, ROOM, [], [], 2) == 2
    assert choose(PLACES, ROOM, [PLACES[2]], [], 2) == 0
    assert choose(PLACES[:1], ROOM, [], [], 2) == 0


def test_a_stroke_that_passes_through_counts_although_its_ends_are_outside() -> None:
    place = QRectF(100, 100, 50, 10)
    assert crossed(place, [line([125, 125], [0, 200])])
    assert crossed(place, [line([125], [105])])
    assert not crossed(place, [line([0, 90], [105, 105]), line([], []), line([125], [np.nan])])


def test_where_every_place_is_crossed_the_one_with_the_fewest_strokes_is_taken() -> None:
    zigzag = line(list(range(90, 290, 4)), [17] * 50)
    straight = line([290, 400], [17, 17])
    assert least_covering(PLACES, ROOM, [], [zigzag, straight], None) == 0
    assert least_covering(PLACES, ROOM, [PLACES[0]], [zigzag, straight], 1) == 1
    assert least_covering(PLACES, QRectF(0, 0, 50, 50), [], [straight], None) is None
