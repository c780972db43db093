"""The part of the unrolled network in view: wheel, drag, overview, and what the mouse is on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gui.panels.unrolled.columns import NEAREST, Columns
from gui.panels.unrolled.panel import UnrolledPanel
from gui.theme import DARK
from rnn.config.presets import load_preset
from rnn.number_format import short
from tests.gui.panels.feeding import ARTICLE, begun, details, settle, shown
from tests.gui.panels.pointing import leave, pixel, point
from tests.gui.panels.unrolled_runs import feed, run


@pytest.fixture
def panel(qtbot: QtBot) -> UnrolledPanel:
    return shown(qtbot, UnrolledPanel, (760, 460))


def test_the_view_follows_the_wave_and_holds_whole_columns(panel: UnrolledPanel) -> None:
    run(panel, load_preset("vanishing").config, 1)
    for position in (0, 20, 40, 41, 60, 79):
        panel.controls.asked.emit()
        panel.wave.go(position)
        settle(panel)
        (left, right), _ = panel.plot.shown()
        assert left <= max(0, panel.wave.step) - 0.5 < panel.wave.step + 0.5 <= right
        assert (left - 0.5).is_integer()
        assert 4 <= right - left <= 12
        assert panel.overview.view == (left, right)


@given(
    steps=st.integers(1, 300),
    pixels=st.floats(50.0, 3000.0),
    moves=st.lists(st.tuples(st.sampled_from(["scroll", "zoom", "go", "visit"]), st.floats(-400.0, 400.0))),
)
def test_whatever_is_done_the_view_lies_within_the_sequence(
    steps: int, pixels: float, moves: list[tuple[str, float]]
) -> None:
    columns = Columns()
    columns.begin(steps)
    columns.pixels = pixels
    for what, by in moves:
        left, right = columns.span
        if what == "zoom":
            columns.zoom(1.01**by, 0.3 * left + 0.7 * right)
        elif what == "visit":
            columns.visited = round(abs(by)) if abs(by) <= steps else None
        else:
            {"scroll": columns.scroll, "go": columns.go}[what](by)
        left, right = columns.span
        assert -0.5 <= left < right <= steps + 0.5 + 1e-9
        assert min(NEAREST, columns.usual) - 1e-9 <= right - left <= steps + 1 + 1e-9
        assert columns.visited is None or left < columns.visited < right
    columns.visited = None
    columns.follow(0.4 * steps)
    left, right = columns.span
    assert (left + 0.5).is_integer()
    assert (right + 0.5).is_integer()
    assert left <= 0.4 * steps <= right


def turn(widget: QWidget, notches: int, ctrl: bool = False, x: float | None = None) -> None:
    """Turn the wheel over the middle of a widget, or at ``x``."""
    at = QPointF(0.5 * widget.width() if x is None else x, 0.5 * widget.height())
    key = Qt.KeyboardModifier.ControlModifier if ctrl else Qt.KeyboardModifier.NoModifier
    angle, none = QPoint(0, 120 * notches), Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, widget.mapToGlobal(at), QPoint(), angle, none, key, phase, False)
    QApplication.sendEvent(widget, event)


def test_the_wheel_scrolls_and_with_ctrl_zooms_up_to_the_whole_sequence(panel: UnrolledPanel) -> None:
    trainer = begun(panel, load_preset("vanishing").config)
    feed(panel, trainer, 1)
    (left, right), _ = panel.plot.shown()
    assert right == 40.5
    for widget in (panel.plot.viewport(), panel.overview):
        turn(widget, -3)
        assert panel.plot.shown()[0] == (left, right)
        turn(widget, 3)
        moved, _ = panel.plot.shown()
        assert moved[0] < left
        assert moved[1] - moved[0] == pytest.approx(right - left)
        feed(panel, trainer, 1)
        assert panel.plot.shown()[0] == moved
        turn(widget, -30)
    turn(panel.plot.viewport(), -12, ctrl=True)
    assert panel.plot.shown()[0] == (-0.5, 40.5)
    turn(panel.plot.viewport(), 30, ctrl=True, x=200.0)
    (left, right), _ = panel.plot.shown()
    assert right - left == pytest.approx(NEAREST)
    panel.show_all()
    settle(panel)
    assert panel.plot.shown()[0][1] == 40.5


def test_dragging_pans_and_a_click_keeps_the_equation(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel, load_preset("vanishing").config, 1)
    view = panel.plot.viewport()
    (left, _), _ = panel.plot.shown()
    middle = view.rect().center()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(view, middle + QPoint(60, 0))
    qtbot.mouseMove(view, middle + QPoint(120, 0))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=middle + QPoint(120, 0))
    (moved, right), _ = panel.plot.shown()
    pitch = panel.plot.box.width() / (right - moved)
    assert left - moved == pytest.approx(120 / pitch, abs=0.05)
    row = panel.drawing.layout.rows[1]
    assert panel.equation.lines[0].startswith("∂L₄₀/∂h₃₉")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=pixel(panel, 36.5, row.middle))
    assert panel.pointing.kept is not None
    assert (panel.pointing.kept.kind, panel.pointing.kept.step) == ("across", 36)
    kept = panel.equation.lines
    assert "∂L₄₀/∂h₃₆" in kept[0]
    point(qtbot, panel, 38.5, row.middle)
    leave(panel)
    assert panel.equation.lines == kept
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.equation.lines != kept


def test_the_overview_has_every_step_and_a_click_goes_there(qtbot: QtBot, panel: UnrolledPanel) -> None:
    moment = run(panel, load_preset("vanishing").config, 1)
    (track,) = panel.overview.tracks
    np.testing.assert_allclose(track.norms, np.linalg.norm(moment.last[0].total[0], axis=1), rtol=1e-12)
    low, high = panel.overview.levels.range
    assert high - low == 12
    strip = panel.overview.strip
    picture = panel.overview.grab().toImage()
    y = picture.height() // 2
    shades = [picture.pixelColor(round(panel.overview.place(step)), y).lightness() for step in (2, 15, 28)]
    assert shades[0] < shades[1] < shades[2]
    for step in (20, 3):
        at = QPoint(round(panel.overview.place(step)), round(strip.center().y()))
        qtbot.mouseClick(panel.overview, Qt.MouseButton.LeftButton, pos=at)
        (left, right), _ = panel.plot.shown()
        assert left <= step <= right
        assert panel.overview.view == (left, right)
    assert panel.overview.words_at(QPointF(at)).startswith("Time step 3: ‖∂L₄₀/∂h‖ ")
    panel.controls.begin_backward()
    assert panel.overview.grab().toImage().pixelColor(at).name() == DARK.raised


def test_playing_pauses_while_the_mouse_is_on_a_way(panel: UnrolledPanel) -> None:
    run(panel, load_preset("vanishing").config, 1)
    panel.controls.begin_backward()
    panel.controls.step_on()
    panel.controls.play.click()
    (_, right), _ = panel.plot.shown()
    step, row = round(right) - 1, panel.drawing.layout.rows[1]
    played = []
    for x in (step + 0.5, step, step + 0.5):
        panel.plot.hovered.emit(QPointF(x, row.middle))
        played.append((panel.wave.playing, "paused while you point" in panel._caption._standing))
    assert played == [(False, True), (True, False), (False, True)]
    panel.controls.step_on()
    panel.plot.hovered.emit(None)
    assert not panel.wave.playing


def test_the_equation_is_of_what_the_mouse_is_on_after_a_scroll(qtbot: QtBot, panel: UnrolledPanel) -> None:
    run(panel, load_preset("vanishing").config, 1)
    row = panel.drawing.layout.rows[1]
    point(qtbot, panel, 36.5, row.middle)
    assert panel.equation.lines[0].startswith("∂L₄₀/∂h₃₆ ⟵")
    panel.columns.scroll(-10)
    panel.show_axes()
    assert panel.equation.lines[0].startswith("∂L₄₀/∂h₂₆ ⟵")


def test_a_resize_keeps_the_step_of_the_wave_in_view(qtbot: QtBot) -> None:
    panel = shown(qtbot, UnrolledPanel, (1300, 760))
    run(panel, load_preset("vanishing").config, 1)
    panel.controls.asked.emit()
    panel.wave.go(9)
    panel.columns.scroll(-1.0)
    panel.show_axes()
    (left, right), _ = panel.plot.shown()
    assert left < 9 < right
    panel.resize(420, 400)
    settle(panel)
    (left, right), _ = panel.plot.shown()
    assert left + 0.5 <= 9 <= right - 0.5
    assert panel.overview.view == (left, right)
    width = panel.columns.count
    panel.resize(1300, 400)
    settle(panel)
    (left, right), _ = panel.plot.shown()
    assert right - left == panel.columns.count > width
    assert left + 0.5 <= 9 <= right - 0.5


def test_a_click_keeps_and_the_caption_says_so_until_it_is_let_go(panel: UnrolledPanel) -> None:
    run(panel, ARTICLE, 20)
    row = panel.drawing.layout.rows[1]
    scene = panel.plot.box.mapViewToScene
    panel.pointing.click(scene(QPointF(8.5, row.middle)))
    assert details(panel).startswith("kept: h₈ → h₉; click it again to let go")
    panel.pointing.click(scene(QPointF(8.5, row.middle)))
    assert "kept" not in details(panel)


def test_nothing_ahead_of_the_wave_is_told(panel: UnrolledPanel) -> None:
    moment = run(panel, ARTICLE, 20)
    row = panel.drawing.layout.rows[1]
    low = row.bottom + 1.0
    panel.controls.asked.emit()
    panel.wave.go(6)
    panel.plot.hovered.emit(QPointF(8.0, low))
    assert panel.equation.lines == ("h₈: not yet", "the forward pass has not come to time step 8")
    assert panel.readout(8.0, low) == "time step 8 · unit 1 · h not yet · ∂L₁₀/∂h₈ at it not yet"
    panel.show_cursor(9)
    panel.plot.hovered.emit(None)
    assert panel.equation.lines[0] == "h₉: not yet"
    at = QPointF(panel.overview.place(8), 5.0)
    assert panel.overview.words_at(at).startswith("Time step 8: not yet")
    panel.wave.go(panel.wave.last)
    panel.plot.hovered.emit(QPointF(8.0, low))
    assert panel.equation.lines[1].startswith("h₈[1] = tanh(")
    assert f"h {short(float(moment.signals[0]['h'][8, 0]), 3)}" in panel.readout(8.0, low)
    assert "not yet" not in panel.readout(8.0, low) + panel.overview.words_at(at)


def test_the_unit_that_the_equation_speaks_of_is_ringed(panel: UnrolledPanel) -> None:
    run(panel, ARTICLE, 20)
    row = panel.drawing.layout.rows[1]
    panel.controls.asked.emit()
    panel.wave.go(6)
    assert panel.drawing.spoken == (0, 6, 0)
    before = panel.plot.grab().toImage()
    panel.plot.hovered.emit(QPointF(5.0, row.top - 1.0))
    assert panel.drawing.spoken == (0, 5, 3)
    assert panel.equation.lines[1].startswith("h₅[4] = ")
    assert panel.plot.grab().toImage() != before
    panel.wave.go(panel.wave.last)
    panel.plot.hovered.emit(QPointF(5.5, row.middle))
    assert panel.drawing.spoken is None
