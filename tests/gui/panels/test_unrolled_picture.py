"""The picture of the unrolled network: how it fits its size, and the widths of its ways."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from gui.panels.unrolled.layout import Layout
from gui.panels.unrolled.panel import UnrolledPanel
from gui.panels.unrolled.picture import MOST_DECADES, THICKEST, THINNEST, Widths
from gui.panels.unrolled.texts import write_number, write_row, write_units
from gui.theme import DARK
from rnn.config.presets import load_preset
from rnn.model.cells import CELLS
from rnn.number_format import short
from tests.gui.panels.feeding import ARTICLE, shown
from tests.gui.panels.pointing import pixel
from tests.gui.panels.unrolled_runs import STACKED_LSTM, run


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


# How it fits its size


@pytest.mark.parametrize("widths", [(100,), (12, 8), (4, 4, 4)])
@pytest.mark.parametrize("height", [40.0, 75.0, 110.0, 200.0, 900.0])
def test_rows_never_overlap_and_lines_of_numbers_keep_their_height(
    widths: tuple[int, ...], height: float
) -> None:
    rows = Layout(widths, height).rows
    assert [row.layer for row in rows if row.layer is not None] == list(range(len(widths)))
    assert all(lower.top <= upper.bottom + 1e-9 for lower, upper in itertools.pairwise(rows))
    assert all(row.top - row.bottom >= 14.0 for row in rows if row.layer is None)
    assert rows[0].bottom >= 0.0
    assert rows[-1].top <= height
    kinds = {row.kind for row in rows}
    assert ("loss" in kinds) <= ("target" in kinds) <= ("answer" in kinds)
    assert len(kinds) == 5 or height < 230


def test_the_buttons_are_signs_where_there_is_little_room(qtbot: QtBot) -> None:
    panel = shown(qtbot, UnrolledPanel, (238, 240))
    run(panel)
    for button in panel.controls.buttons:
        assert button.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
        assert not button.icon().isNull()
        assert button.width() >= 20
        assert button.geometry().right() < panel.controls.width()
    assert panel.controls.speed.text() == "2/s ▾"
    qtbot.mouseClick(panel.controls.forward, Qt.MouseButton.LeftButton)
    assert panel.wave.position == 0.0
    panel.resize(700, 460)
    assert panel.controls.back.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonTextOnly
    assert panel.controls.speed.text() == "2 time steps/s ▾"


def test_unit_1_is_the_lowest_as_in_the_hidden_state(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE.with_values({"model.layers": 4, "model.initializer": "glorot"}))
    row = panel.drawing.layout.rows[1]
    told = panel.readout(3.0, row.bottom + 1.0)
    assert "unit 1 ·" in told
    assert short(float(moment.signals[0]["h"][3, 0]), 3) in told
    assert "unit 4 ·" in panel.readout(3.0, row.top - 1.0)
    assert panel.drawing.picture is not None
    picture = panel.plot.grab().toImage()
    shades = panel.drawing.picture.shades(0, 3)
    place = pixel(panel, 3.0, row.bottom + 3.0 + (row.top - row.bottom - 6.0) / 8.0)
    assert picture.pixelColor(place).name() == QColor(*shades[0].tolist()).name()


# The gradient


def test_widths_go_from_the_least_to_the_largest_that_is_drawn() -> None:
    widths = Widths.of(np.array([0.0, 0.053, math.inf, 2.3, 0.5, math.nan]))
    assert (widths.low, widths.high, widths.under) == (0.053, 2.3, False)
    assert widths.text == "thinnest 0.053 … widest 2.3"
    assert (widths.pixels(2.3), widths.pixels(0.053)) == (THICKEST, THINNEST)
    assert widths.pixels(math.sqrt(0.053 * 2.3)) == pytest.approx(0.5 * (THINNEST + THICKEST))
    assert (widths.pixels(0.0), widths.pixels(math.nan), widths.pixels(math.inf)) == (0.0, 0.0, THICKEST)
    assert not widths.dotted(0.053)


def test_widths_hold_one_decade_at_least_and_six_at_most() -> None:
    narrow = Widths.of(np.array([1.0, 1.1]))
    assert narrow.low == pytest.approx(0.11)
    deep = Widths.of(np.array([1e-30, 3.0]))
    assert deep.low == pytest.approx(3.0 * 10.0**-MOST_DECADES)
    assert (deep.under, deep.dotted(1e-30), deep.pixels(1e-30)) == (True, True, THINNEST)
    assert deep.text == "thinnest ≤ 3.0·10⁻⁶ … widest 3.0".replace("3.0·", "3·")
    assert Widths.of(np.zeros(3)).pixels(0.0) == 0.0


def test_an_exploding_gradient_widens_its_ways(panel: UnrolledPanel) -> None:
    moment = run(panel, load_preset("exploding").config, 3)
    assert panel.drawing.picture is not None
    passed, widths = panel.drawing.picture.passed[0][0], panel.drawing.picture.widths
    assert widths.high == passed[1:].max()
    pixels = [widths.pixels(float(norm)) for norm in passed[1 : moment.end]]
    assert pixels[0] - pixels[-1] > 0.8 * (THICKEST - THINNEST)


@pytest.mark.parametrize("whole", [False, True])
def test_the_ways_are_as_wide_as_the_gradients_of_the_probe(panel: UnrolledPanel, whole: bool) -> None:
    moment = run(panel, STACKED_LSTM)
    panel.losses.toggle() if whole else None
    picture = panel.drawing.picture
    assert picture is not None
    ways = moment.whole if whole else moment.last
    for layer, way in enumerate(ways):
        for state in (0, 1):
            np.testing.assert_allclose(
                picture.passed[layer][state], np.linalg.norm(way.passed[state], axis=1), rtol=1e-12
            )
        np.testing.assert_allclose(picture.own[layer][0], np.linalg.norm(way.own[0], axis=1), rtol=1e-12)
    drawn = [*(a[1:] for layer in picture.passed for a in layer), *(layer[0][1:] for layer in picture.own)]
    assert picture.widths.high == max(a.max() for a in drawn)
    names = [track.name for track in panel.overview.tracks]
    loss = "L" if whole else "L₁₀"
    assert names == [f"‖∂{loss}/∂{state}‖ of layer {layer}" for layer in (1, 2) for state in "hc"]
    totals = np.linalg.norm(ways[1].total[1][1:], axis=1)
    assert panel.table()["layer_2_total_c"] == pytest.approx(totals.tolist(), rel=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_appears_as_the_wave_comes_back(panel: UnrolledPanel, cell: str) -> None:
    run(panel, ARTICLE.with_values({"model.cell": cell}))
    panel.show_whole_sequence()
    pictures = []
    for position in (10, 11, 14.5, 20):
        panel.controls.asked.emit()
        panel.wave.go(position)
        pictures.append(panel.plot.grab().toImage())
    assert all(one != other for one, other in itertools.pairwise(pictures))
    colours = DARK.of_states if cell == "lstm" else (DARK.other,)
    gradient = [
        sum(
            image.pixelColor(x, y).name() in colours
            for x in range(60, image.width(), 2)
            for y in range(image.height() // 2, image.height(), 3)
        )
        for image in pictures
    ]
    assert gradient[0] == 0 <= gradient[1] < gradient[2] < gradient[3]


# The numbers


def test_a_number_is_left_out_where_it_would_hide_something(panel: UnrolledPanel) -> None:
    image = QImage(200, 60, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    above, below = QRectF(0.0, 0.0, 60.0, 12.0), QRectF(0.0, 20.0, 60.0, 12.0)
    taken: list[QRectF] = []
    write_number(painter, 0.0012, (above, below), taken)
    write_number(painter, 0.0034, (above, below), taken)
    assert [above.intersects(taken[0]), below.intersects(taken[1])] == [True, True]
    write_number(painter, 0.0056, (above, below), taken)
    write_number(painter, 0.0056, (QRectF(100.0, 0.0, 20.0, 12.0),), taken)
    assert len(taken) == 2
    assert not taken[0].intersects(taken[1])
    painter.end()


@pytest.mark.parametrize("pitch", [8.0, 25.0, 60.0])
def test_numbers_side_by_side_never_touch_and_stay_in_view(panel: UnrolledPanel, pitch: float) -> None:
    image = QImage(600, 20, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    texts = [(t, QRectF((t - 1) * pitch, 0.0, pitch, 15.0), f"−0.0{t:02}", "#ffffff") for t in range(1, 11)]
    view = QRectF(0.0, 0.0, 10.0 * pitch, 20.0)
    taken = write_row(painter, texts, view)
    painter.end()
    assert len(taken) == {8.0: 1, 25.0: 5, 60.0: 10}[pitch]
    assert all(one.right() < other.left() for one, other in itertools.pairwise(taken))
    assert all(view.contains(place) for place in taken)


def test_texts_of_a_column_whose_middle_is_cut_are_left_out() -> None:
    image = QImage(300, 40, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view = QRectF(50.0, 0.0, 240.0, 40.0)
    for middle, seen in ((45.0, 2), (52.0, 2), (90.0, 3)):
        texts = [(n, QRectF(middle - 40.0 + 80.0 * n, 0.0, 80.0, 15.0), "−0.84", DARK.text) for n in range(3)]
        taken = write_row(painter, texts, view)
        assert len(taken) == seen
        assert all(view.contains(place) for place in taken)
    painter.end()


@pytest.mark.parametrize(("units", "tall", "expected"), [(4, 120.0, 4), (40, 120.0, 0), (4, 60.0, 4)])
def test_units_are_numbered_where_there_is_room(units: int, tall: float, expected: int) -> None:
    image = QImage(100, 130, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    box = QRectF(40.0, 2.0, 20.0, tall)
    taken: list[QRectF] = []
    write_units(painter, box, units, QRectF(0.0, 0.0, 100.0, 130.0), taken)
    assert len(taken) == expected
    assert all(place.right() < box.left() for place in taken)
    assert all(upper.bottom() <= lower.top() for lower, upper in itertools.pairwise(taken))
    again: list[QRectF] = []
    write_units(painter, box, units, QRectF(35.0, 0.0, 65.0, 130.0), again)
    assert again == []
    painter.end()
