"""The axes of a plot and their ranges: finite, steady, and written as a person writes them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.panels.hidden.panel import HiddenPanel
from gui.panels.plots.axes import LogAxis, NumberAxis, StepAxis
from gui.panels.plots.plot import CACHED, UNCACHED, Plot, steady
from gui.theme import DARK, LIGHT
from tests.gui.panels.feeding import begun, feed, shown


@pytest.fixture
def plot(qtbot: QtBot) -> Plot:
    plot = Plot("time step", "value")
    qtbot.addWidget(plot)
    plot.resize(500, 300)
    plot.apply_theme(DARK)
    with qtbot.waitExposed(plot):
        plot.show()
    return plot


def turn_wheel(plot: Plot, notch: int = 1) -> None:
    """One notch of the wheel in the middle of the plot; −1 zooms out."""
    middle = QPointF(plot.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(plot.mapToGlobal(middle.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120 * notch),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plot.viewport(), event)


def move(qtbot: QtBot, plot: Plot, place: QPoint) -> bool:
    """The cursor comes to ``place``, from beside it."""
    qtbot.mouseMove(plot.viewport(), place + QPoint(1, 0))
    qtbot.mouseMove(plot.viewport(), place)
    return True


def written(axis: NumberAxis | LogAxis, low: float, high: float, size: float = 300.0) -> list[str]:
    """The numbers on an axis, from low to high."""
    axis.setRange(low, high)
    numbers: list[tuple[float, str]] = []
    for spacing, values in axis.tickValues(low, high, size):
        numbers += zip(values, axis.tickStrings(values, 1.0, spacing), strict=True)
    return [text for _, text in sorted(numbers) if text]


def test_ranges_are_those_that_are_set(plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    assert plot.shown() == ((0.0, 10.0), (-1.0, 1.0))


@pytest.mark.parametrize("bad", [(math.nan, 1.0), (0.0, math.inf), (1.0, 1.0), (2.0, 1.0)])
def test_a_range_that_is_none_is_passed_over(plot: Plot, bad: tuple[float, float]) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    plot.set_ranges(bad, bad)
    assert plot.shown() == ((0.0, 10.0), (-1.0, 1.0))


def test_the_wheel_zooms_and_the_plot_stops_following_until_it_is_told(plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    turn_wheel(plot)
    assert not plot.following
    (left, right), _ = plot.shown()
    assert 0.0 < left < right < 10.0
    plot.set_ranges((0.0, 20.0), (-1.0, 1.0))
    assert plot.shown()[0] == (left, right)
    plot.follow()
    plot.set_ranges((0.0, 20.0), (-1.0, 1.0))
    assert plot.shown()[0] == (0.0, 20.0)


def test_the_wheel_leads_neither_far_out_nor_further_in_than_a_few_steps(plot: Plot) -> None:
    plot.set_ranges((0.5, 40.5), (-6.0, 0.0))
    for _ in range(25):
        turn_wheel(plot, -1)
    (left, right), (bottom, top) = plot.shown()
    assert -3.5 - 1e-9 <= left <= 0.5
    assert 40.5 <= right <= 44.5 + 1e-9
    assert -6.6 - 1e-9 <= bottom <= -6.0
    assert 0.0 <= top <= 0.6 + 1e-9
    assert plot.following
    for _ in range(200):
        turn_wheel(plot)
    (left, right), (bottom, top) = plot.shown()
    assert right - left == pytest.approx(2.0)
    assert top - bottom == pytest.approx(0.006)
    assert not plot.following


def test_a_zoom_can_reach_what_came_meanwhile(plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (0.0, 1.0))
    turn_wheel(plot)
    before = plot.shown()
    plot.set_ranges((0.0, 1000.0), (0.4, 0.6))
    assert plot.shown() == before
    for _ in range(60):
        turn_wheel(plot, -1)
    (left, right), (bottom, top) = plot.shown()
    assert (left <= 0.0, 1000.0 <= right <= 1100.0) == (True, True)
    assert (bottom <= 0.0, top >= 1.0) == (True, True)


def test_pixels_are_counted_from_the_upper_left_corner(plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    box = plot.box
    x, y = plot.to_pixels(np.array([0.0, 10.0, 5.0]), np.array([1.0, -1.0, 0.0]))
    np.testing.assert_allclose(x, [0.0, box.width(), 0.5 * box.width()])
    np.testing.assert_allclose(y, [0.0, box.height(), 0.5 * box.height()])
    assert plot.columns == round(box.width() * plot.devicePixelRatioF())


def test_the_cursor_is_reported_in_axis_units_and_its_leaving_too(qtbot: QtBot, plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    box = plot.box
    middle = plot.mapFromScene(box.sceneBoundingRect().center())
    places: list[QPointF | None] = []
    plot.hovered.connect(places.append)
    qtbot.mouseMove(plot.viewport(), middle)
    assert places[-1] is not None
    assert places[-1].x() == pytest.approx(5.0, abs=0.1)
    assert places[-1].y() == pytest.approx(0.0, abs=0.02)
    beside = itertools.cycle((QPoint(2, 2), QPoint(3, 3)))

    def is_beside() -> bool:
        qtbot.mouseMove(plot.viewport(), next(beside))  # of moves in quick succession some are passed over
        return places[-1] is None

    qtbot.waitUntil(is_beside)
    qtbot.waitUntil(lambda: move(qtbot, plot, middle) and places[-1] is not None)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert places[-1] is None


def test_a_double_click_asks_to_be_filled(qtbot: QtBot, plot: Plot) -> None:
    with qtbot.waitSignal(plot.filled):
        qtbot.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=plot.rect().center())


def test_another_axis_wears_the_theme_and_keeps_its_label(qtbot: QtBot, plot: Plot) -> None:
    plot.set_log_y(True)
    axis = plot.left
    assert isinstance(axis, LogAxis)
    assert axis.labelText == "value"
    assert axis.textPen().color().name() == DARK.muted
    qtbot.waitUntil(lambda: axis.width() == 58)
    plot.apply_theme(LIGHT)
    plot.set_log_y(False)
    assert isinstance(plot.left, NumberAxis)
    assert plot.left.textPen().color().name() == LIGHT.muted


@pytest.mark.parametrize(
    ("low", "high", "wanted"),
    [
        (-4.5, 0.5, ["0.0001", "0.001", "0.01", "0.1", "1"]),
        (-2.3, 3.2, ["0.01", "0.1", "1", "10", "100", "1,000"]),
        (-15.0, 0.5, ["10⁻¹⁵", "10⁻¹⁰", "10⁻⁵", "1"]),
        (-6.0, 0.5, ["10⁻⁶", "10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "1"]),
        (-1.5, -0.2, ["0.05", "0.1", "0.2", "0.5"]),
        (-2.0, -1.8, ["0.0100", "0.0120", "0.0140"]),
    ],
)
def test_a_log_axis_writes_powers_of_ten(
    qapp: QApplication, low: float, high: float, wanted: list[str]
) -> None:
    assert written(LogAxis("left"), low, high, 200.0) == wanted


@pytest.mark.parametrize(
    "span", [(-310.0, 310.0), (-1e6, 1e6), (0.0, 1e-9), (300.0, 301.0), (-320.0, -319.9)]
)
def test_a_log_axis_stays_sensible_at_any_zoom(qapp: QApplication, span: tuple[float, float]) -> None:
    axis = LogAxis("left")
    axis.setRange(*span)
    ticks = axis.tickValues(*span, 200.0)
    assert sum(len(values) for _, values in ticks) < 40
    for spacing, values in ticks:
        assert all(span[0] - 1e-6 <= value <= span[1] + 1e-6 for value in values)
        axis.tickStrings(values, 1.0, spacing)


def test_a_linear_axis_writes_its_numbers_in_full(qapp: QApplication) -> None:
    assert written(NumberAxis("left"), -0.01, 0.031) == ["−0.01", "0.00", "0.01", "0.02", "0.03"]
    assert written(NumberAxis("bottom"), 0.0, 1e6) == [
        "0",
        "200,000",
        "400,000",
        "600,000",
        "800,000",
        "1,000,000",
    ]
    assert all("e" not in text for text in written(NumberAxis("left"), 0.0, 1e-7))


def test_steps_are_counted_in_whole_numbers_only(qapp: QApplication) -> None:
    assert written(StepAxis("bottom"), 0.6, 3.4) == ["1", "2", "3"]
    assert "20" in written(StepAxis("bottom"), 0.5, 60.0)


def test_no_factor_is_hidden_in_the_label(plot: Plot) -> None:
    plot.set_ranges((0.0, 1e6), (0.0, 1e-4))
    QApplication.processEvents()
    for axis in (plot.left, plot.bottom):
        assert "x1" not in axis.labelString()
        assert "(x" not in axis.labelString()


def test_a_steady_range_stays_while_it_holds_the_values() -> None:
    first = steady(None, 0.0, 10.0)
    assert first == (-0.8, 10.8)
    assert steady(first, 1.0, 10.5) == first
    assert steady(first, 0.0, 12.0) == pytest.approx((-0.96, 12.96))
    assert steady(first, 4.0, 6.0) == pytest.approx((3.84, 6.16))


def test_a_steady_range_is_never_empty_nor_infinite() -> None:
    for low, high in ((3.0, 3.0), (0.0, 0.0), (-1e-9, -1e-9)):
        bottom, top = steady(None, low, high)
        assert bottom < low <= high < top
    assert steady((1.0, 2.0), math.nan, 3.0) == (1.0, 2.0)
    assert steady(None, 0.0, math.inf) == (0.0, 1.0)


def test_an_axis_that_was_exchanged_follows_the_box_no_longer(plot: Plot) -> None:
    plot.set_ranges((0.0, 10.0), (-1.0, 1.0))
    old = plot.bottom, plot.left
    plot.set_axes(NumberAxis("bottom"), LogAxis("left"))
    plot.set_ranges((0.0, 20.0), (-3.0, 3.0))
    assert [list(axis.range) for axis in old] == [[0.0, 10.0], [-1.0, 1.0]]
    assert [list(axis.range) for axis in (plot.bottom, plot.left)] == [[0.0, 20.0], [-3.0, 3.0]]


def test_after_a_file_of_vectors_all_is_painted_as_before(plot: Plot) -> None:
    dots = pg.ScatterPlotItem([1.0], [0.0])
    plot.add(dots)
    with plot.in_vectors():
        assert dots._exportOpts is not False
        assert {plot.left.cacheMode(), plot.bottom.cacheMode()} == {UNCACHED}
    assert dots._exportOpts is False
    assert {plot.left.cacheMode(), plot.bottom.cacheMode()} == {CACHED}


def test_a_file_of_vectors_before_a_theme_takes_nothing_from_the_theme(qtbot: QtBot) -> None:
    plot = Plot("time step", "value")
    qtbot.addWidget(plot)
    with plot.in_vectors():
        pass
    assert {plot.left.cacheMode(), plot.bottom.cacheMode()} == {UNCACHED}
    plot.apply_theme(DARK)
    assert {plot.left.cacheMode(), plot.bottom.cacheMode()} == {CACHED}


def test_an_axis_that_grows_is_painted_anew(qtbot: QtBot) -> None:
    """Qt would keep the upper part of the picture that it has of it, with the numbers of before."""
    panel = shown(qtbot, HiddenPanel, (338, 243))
    feed(panel, begun(panel), 20)
    for height in (243, 326):
        panel.resize(338, height)
        QApplication.processEvents()
        panel.plot.viewport().repaint()
    axis = panel.plot.left
    grown = panel.plot.grab().toImage()
    for mode in (UNCACHED, CACHED):
        axis.setCacheMode(mode)
    assert grown == panel.plot.grab().toImage()
