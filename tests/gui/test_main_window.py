"""The window as a whole: what a person does reaches the run, what the run does reaches the panels."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui import app, display
from gui.app import make_application
from gui.docks.dock import Dock
from gui.docks.saved_layout import SavedLayout
from gui.main_window import MainWindow
from gui.panels.fit.panel import FitPanel
from gui.panels.flow.panel import FlowPanel
from gui.panels.hidden.panel import HiddenPanel
from gui.panels.lags.panel import LagsPanel
from gui.panels.line.panel import LinePanel
from gui.panels.loss.panel import LossPanel
from gui.panels.pairs.panel import PairsPanel
from gui.panels.spectrum.panel import SpectrumPanel
from gui.preferences import Preferences
from gui.theme import DARK, LIGHT
from rnn.commands.arguments import Parser, add_run_options, requested
from rnn.config import RunConfig
from rnn.config.presets import presets, starting_config
from rnn.errors import ConfigError
from rnn.model.network import Network
from rnn.training.trainer import Trainer
from rnn.weights import npz_bytes, to_torch
from tests.gui.any_actions import act
from tests.gui.windows import ARTICLE, OpenWindow, close, trainings
from tests.waiting import PATIENCE

FOUR = ["Loss", "Sine fit", "Hidden state", "Gradient through time"]


@pytest.fixture
def make(qtbot: QtBot, open_window: OpenWindow) -> Callable[..., MainWindow]:
    """A window with the first moment of its run drawn."""

    def make(config: RunConfig = ARTICLE, pace: float | None = None) -> MainWindow:
        window = open_window(config, pace)
        settle(qtbot, window, "ready")
        return window

    return make


def state(window: MainWindow) -> str:
    assert window.status is not None
    return window.status.state


def panel(window: MainWindow, kind: type) -> object:
    return next(panel for panel in window.grid.panels if isinstance(panel, kind))


def settle(qtbot: QtBot, window: MainWindow, *states: str) -> None:
    with qtbot.waitSignal(window.settled, check_params_cb=lambda now: now in states):
        pass


def settle_at_start(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: state(window) == "ready")


def test_the_first_moment_is_on_display_before_anything_runs(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    assert window.transport.buttons["run_or_pause"].text() == "Run"
    fit, hidden = panel(window, FitPanel), panel(window, HiddenPanel)
    assert isinstance(fit, FitPanel)
    assert isinstance(hidden, HiddenPanel)
    qtbot.waitUntil(lambda: len(fit.table()) > 0)
    assert len(fit.table()["target"]) == 40
    assert len(hidden.table()["h_unit_4"]) == 10


def test_space_runs_and_pauses_and_the_end_shows_every_update(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(pace=100.0)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) == "running")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) == "paused")
    qtbot.keyClick(window, Qt.Key.Key_Right)
    window.do.pace(None)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window, "finished")
    loss, fit = panel(window, LossPanel), panel(window, FitPanel)
    assert isinstance(loss, LossPanel)
    assert isinstance(fit, FitPanel)
    table = loss.table()
    assert list(table["update"]) == list(range(1, 901))
    assert {"epoch 6", "epoch 9"} <= set(fit.table()) | {name.replace("_", " ") for name in fit.table()}
    assert window.transport.buttons["run_or_pause"].text() == "Continue"


def test_live_settings_go_to_the_run_that_is_there(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    run = window.run
    window.controls.live_changed.emit("training.learning_rate", 0.0)
    window.controls.live_changed.emit("training.clip_norm", 0.5)
    qtbot.keyClick(window, Qt.Key.Key_E)
    settle(qtbot, window, "paused")
    fit = panel(window, FitPanel)
    assert isinstance(fit, FitPanel)
    before = list(fit.table()["one_step_ahead"])
    qtbot.keyClick(window, Qt.Key.Key_E)
    settle(qtbot, window, "paused")
    assert window.run is run
    assert list(fit.table()["one_step_ahead"]) == before


def test_another_setting_begins_a_new_run_and_the_old_thread_ends(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    first = window.run
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) in ("running", "finished"))
    window.controls.config_changed.emit(ARTICLE.with_values({"model.layers": 7, "training.epochs": 2}))
    assert window.run is first
    qtbot.waitUntil(lambda: window.run is not first)
    hidden = panel(window, HiddenPanel)
    assert isinstance(hidden, HiddenPanel)
    qtbot.waitUntil(lambda: "h_unit_7" in hidden.table())
    qtbot.waitUntil(lambda: not first.thread.is_alive())


def test_a_config_that_cannot_run_leaves_the_run_that_is_there(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    run = window.run
    missing = str(tmp_path / "missing.npz")
    window.controls.config_changed.emit(ARTICLE.with_values({"task.name": "data", "task.file": missing}))
    qtbot.waitUntil(lambda: window.transport.message.text != "")
    assert "there is no such file" in window.transport.message.text
    assert window.transport.message.text.endswith(". The run on display goes on.")
    assert window.run is run
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)


def test_a_file_that_will_not_do_is_marked_where_it_is_named_until_it_is_changed(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    run, field = window.run, window.controls.form.fields["model.weights"]
    window.controls.offer("model.weights", str(tmp_path / "missing.npz"))
    qtbot.waitUntil(lambda: field.refusal != "")
    assert field.refusal.startswith("There is no such file, ")
    assert field.refusal.endswith(" The run on display goes on.")
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)
    assert window.run is run
    assert field.refusal
    assert window.controls.config == ARTICLE
    window.controls.offer("model.weights", "off")
    assert not field.refusal


def test_a_refused_file_leaves_the_form_as_it_was(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    controls, message = window.controls, window.transport.message

    def shown() -> dict[str, tuple[object, bool]]:
        return {key: (field.value, field.isHidden()) for key, field in controls.form.fields.items()}

    before = shown()
    for name, content in (("damaged.npz", b"PK"), ("no_numbers.csv", b"a\nb\n"), ("gone.csv", None)):
        file = tmp_path / name
        if content is not None:
            file.write_bytes(content)
        task = "data" if name.endswith("npz") else "series"
        config = starting_config(task).with_values({"task.file": str(file)})
        message.show_text("")
        controls._take_file(config)
        assert controls.config == config
        qtbot.waitUntil(lambda: message.text != "")
        assert message.text.endswith("The run on display goes on.")
        assert (controls.config, shown(), controls.can_undo) == (ARTICLE, before, False)
    edit = controls.form.fields["model.weights"].editors[0]
    assert isinstance(edit, QLineEdit)
    edit.setFocus()
    edit.clear()
    qtbot.keyClicks(edit, str(tmp_path / "gone.npz"))
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    field = controls.form.fields["model.weights"]
    qtbot.waitUntil(lambda: field.refusal != "")
    assert (controls.config, shown()) == (ARTICLE, before)
    assert edit.text() == str(tmp_path / "gone.npz")  # to be mended
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    assert (edit.text(), field.refusal) == ("", "")


def test_a_file_that_a_setting_mends_stays_in_the_form(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    (tmp_path / "two.csv").write_text("a,b\n" + "1,2\n3,5\n" * 60)
    config = starting_config("series").with_values({"task.file": str(tmp_path / "two.csv")})
    window.controls._take_file(config)
    qtbot.waitUntil(lambda: window.transport.message.text != "")
    assert window.controls.config == config
    window.controls.offer("task.column", "b")
    qtbot.waitUntil(lambda: window.run.config == window.controls.config)


def test_every_preset_can_be_chosen_while_another_runs_and_waits_before_its_first_update(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(pace=100.0)
    for preset in presets():
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: state(window) == "running")
        box, before = window.controls.presets.box, window.run
        box.setCurrentIndex(box.findData(preset.name))
        box.activated.emit(box.currentIndex())
        assert window.controls.config == preset.config
        qtbot.waitUntil(lambda before=before: window.run is not before)  # type: ignore[misc]
        assert window.run.config == preset.config
        assert window.transport.speed.value == preset.pace
        settle(qtbot, window, "ready")
        assert window.status is not None
        assert window.status.update == 0
    assert window.transport.message.text == ""


def test_a_divergence_pauses_says_where_and_leaves_the_window_usable(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(ARTICLE.with_values({"training.learning_rate": 1e5}))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window, "diverged")
    assert "epoch 1, update" in window.transport.message.text
    for shown in window.grid.shown:
        ranges = np.array(shown.plot.box.viewRange())
        assert np.isfinite(ranges).all()
    qtbot.keyClick(window, Qt.Key.Key_R)
    settle(qtbot, window, "ready")
    assert window.transport.message.text == ""


def test_one_chooser_moves_all_panels(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    fit = panel(window, FitPanel)
    assert isinstance(fit, FitPanel)
    qtbot.waitUntil(lambda: len(fit.table()) > 0)
    before = list(fit.table()["target"])
    qtbot.keyClick(window, Qt.Key.Key_Period)
    qtbot.waitUntil(lambda: list(fit.table()["target"]) != before)
    assert next(iter(fit.table()["sequence"])) == 2
    assert list(fit.table()["target"])[:30] == before[10:]


def test_a_double_click_fills_the_window_and_goes_back(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    flow = panel(window, FlowPanel)
    assert isinstance(flow, FlowPanel)
    qtbot.mouseDClick(flow.plot.viewport(), Qt.MouseButton.LeftButton)
    assert window.grid.shown == [flow]
    assert not window.controls.isVisible()
    qtbot.mouseDClick(flow.plot.viewport(), Qt.MouseButton.LeftButton)
    assert [shown.title for shown in window.grid.shown] == FOUR
    assert window.controls.isVisible()


def test_a_pin_is_drawn_and_can_be_removed(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    fit = panel(window, FitPanel)
    assert isinstance(fit, FitPanel)
    columns = len(fit.table())
    qtbot.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: len(fit.table()) == columns + 1)
    fit.unpin_asked.emit("epoch 0")
    qtbot.waitUntil(lambda: len(fit.table()) == columns)


def test_the_theme_is_switched_and_remembered(
    qtbot: QtBot, make: Callable[..., MainWindow], settings: Preferences
) -> None:
    window = make()
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert all(shown.theme is LIGHT for shown in window.grid.panels)
    assert settings.chosen.theme == "light"
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert all(shown.theme is DARK for shown in window.grid.panels)
    assert settings.chosen.theme == "system"


def test_the_theme_follows_the_system_unless_one_was_chosen(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    hints = QGuiApplication.styleHints()

    def theme_after_the_system_changed() -> object:
        window.themes.wear(LIGHT)
        hints.colorSchemeChanged.emit(hints.colorScheme())  # offscreen it asks for none, which is dark here
        return window.grid.panels[0].theme

    assert theme_after_the_system_changed() is DARK
    window.themes.follows_system = False
    assert theme_after_the_system_changed() is LIGHT
    window.themes.follows_system = True
    qtbot.keyClick(window, Qt.Key.Key_T)
    qtbot.keyClick(window, Qt.Key.Key_T)
    assert theme_after_the_system_changed() is LIGHT


def dock(window: MainWindow, kind: type) -> Dock:
    return next(dock for dock in window.grid.docks if isinstance(dock.panels[0], kind))


def test_the_arrangement_is_remembered(
    qtbot: QtBot, make: Callable[..., MainWindow], settings: Preferences
) -> None:
    first = make()
    first.grid.want(dock(first, LagsPanel), True)
    first.grid.want(dock(first, FitPanel), False)
    dock(first, LossPanel).setFloating(True)
    shown = ["Loss", "Hidden state", "Gradient through time", "How far back it learns"]
    qtbot.waitUntil(lambda: [panel.title for panel in first.grid.shown] == shown)
    saved = SavedLayout.from_text(settings.chosen.layout)  # before it is closed: it may be killed
    assert saved is not None
    assert saved.shown == ("loss", "hidden", "flow", "lags")
    close(first)
    second = make()
    qtbot.waitUntil(lambda: [panel.title for panel in second.grid.shown] == shown)
    assert dock(second, LossPanel).isFloating()
    close(second)
    settings.choose(layout=settings.chosen.layout[:-7])
    third = make()
    qtbot.waitUntil(lambda: [panel.title for panel in third.grid.shown] == FOUR)


def test_the_panels_button_shows_hides_and_brings_the_default_back(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()

    def choose(words: str) -> None:
        menu = window.transport.panels.menu()
        menu.aboutToShow.emit()
        next(action for action in menu.actions() if action.text() == words).trigger()

    choose("Who taught whom")
    qtbot.waitUntil(lambda: [panel.title for panel in window.grid.shown] == [*FOUR, "Who taught whom"])
    qtbot.waitUntil(lambda: len(panel(window, PairsPanel).table()) > 0)  # type: ignore[attr-defined]
    choose("Loss")
    qtbot.waitUntil(lambda: len(window.grid.shown) == 4)
    choose("Layout: all, in tabs")
    qtbot.waitUntil(lambda: all(dock.isVisible() for dock in window.grid.docks))
    assert window.size().toTuple() == (1280, 800)
    choose("Layout: four panels (default)")
    qtbot.waitUntil(lambda: [panel.title for panel in window.grid.shown] == FOUR)


def test_the_window_fits_a_projector(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    least = window.minimumSizeHint()
    assert least.width() <= 1024
    assert least.height() <= 600
    window.resize(1024, 768)
    qtbot.waitUntil(lambda: window.width() == 1024)
    for dock in window.grid.docks:
        window.grid.want(dock, True)
    qtbot.waitUntil(lambda: len(window.grid.shown) == len(window.grid.docks))
    assert window.size().toTuple() == (1024, 768)


def test_a_banner_moves_nothing_and_stays_within_the_window(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    bar = window.transport.message

    def places() -> list[tuple[int, ...]]:
        QApplication.processEvents()
        parts = (window, window.transport, window.controls, window.controls.form, *window.grid.shown)
        return [part.geometry().getRect() for part in parts]  # type: ignore[misc]

    before, least = places(), window.minimumSizeHint()
    for words in ("Saved.", "A sentence that is folded where there is no room for all of it. " * 8):
        window.transport.show_message(words)
        assert places() == before
        assert window.minimumSizeHint() == least
        assert bar.isVisible()
        assert window.rect().contains(bar.geometry())
        assert window.childAt(bar.geometry().center()) in (bar, *bar.findChildren(QWidget))
    window.resize(900, 700)
    qtbot.waitUntil(lambda: window.rect().contains(bar.geometry()))
    assert bar.geometry().bottom() > window.height() - 40
    qtbot.mouseClick(bar.dismiss, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_what_comes_on_show_is_measured_and_drawn_at_rest(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    lags = dock(window, LagsPanel)
    window.grid.want(lags, True)
    qtbot.waitUntil(lambda: lags.panels[0].table() != {} and not lags.panels[0].dirty)
    request = window.run.mailbox.request
    assert request is not None
    assert request.probes == {"fit", "flow", "lags"}
    window.grid.want(lags, False)
    qtbot.waitUntil(lambda: "lags" not in window.grid.probes)
    drawn_at = lags.panels[0].drawn_at
    qtbot.keyClick(window, Qt.Key.Key_E)
    settle(qtbot, window, "paused")
    assert lags.panels[0].drawn_at == drawn_at


def test_a_slow_probe_is_measured_anew_once_the_training_rests(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(ARTICLE.with_values({"training.epochs": 1_000_000}))
    window.grid.want(dock(window, LinePanel), True)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 200)
    qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window, "paused")
    line = panel(window, LinePanel)
    assert isinstance(line, LinePanel)
    assert window.status is not None
    assert line._line is not None
    assert line._line.update == window.status.update


def test_a_time_step_that_is_pointed_at_is_marked_in_the_other_panels(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    hidden, flow, fit = (panel(window, kind) for kind in (HiddenPanel, FlowPanel, FitPanel))
    assert isinstance(hidden, HiddenPanel)
    assert isinstance(flow, FlowPanel)
    assert isinstance(fit, FitPanel)
    box = hidden.plot.box

    def marked(step: int) -> bool:
        """Whether it is, once the cursor has come there; of moves within 10 ms pyqtgraph sees one."""
        place = hidden.plot.mapFromScene(box.mapViewToScene(QPointF(step, 2.0)))
        for beside in (1, 0):
            qtbot.mouseMove(hidden.plot.viewport(), place + QPoint(beside, 0))
        return flow.line.isVisible() and flow.line.value() == step

    for step in (3, 8):
        qtbot.waitUntil(lambda step=step: marked(step))  # type: ignore[misc]
        target = list(fit.table()["target"])[step - 1]
        assert fit.items.rings.getData()[0].tolist() == [step, step]
        assert fit.items.rings.getData()[1][0] == target
        assert not hidden.column.isVisible()
    QApplication.sendEvent(hidden.plot, QEvent(QEvent.Type.Leave))
    assert not flow.line.isVisible()
    assert len(fit.items.rings.getData()[0]) == 0
    flow.cursor_moved.emit(5)
    assert hidden.column.step == 5
    assert hidden.trace.line.value() == 5
    qtbot.keyClick(window, Qt.Key.Key_Right)
    settle(qtbot, window, "paused")
    assert hidden.column.step == 5
    qtbot.keyClick(window, Qt.Key.Key_R)
    settle(qtbot, window, "ready")
    assert hidden.column.step == 5


def test_any_actions_in_any_order_end_cleanly(qtbot: QtBot, open_window: OpenWindow) -> None:
    """tests/long/test_any_actions.py does this with many seeds."""
    act(qtbot, open_window, seed=7, windows=4)


def test_what_is_pressed_faster_than_a_frame_is_obeyed_all_the_same(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(pace=100.0)
    settle_at_start(qtbot, window)
    for _ in range(2):
        qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window, "paused")
    for key in (Qt.Key.Key_Space, Qt.Key.Key_R, Qt.Key.Key_Space):
        qtbot.keyClick(window, key)
    qtbot.waitUntil(lambda: state(window) == "running")


def test_the_form_keeps_what_was_typed_while_a_run_begins(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(pace=100.0)
    qtbot.keyClick(window, Qt.Key.Key_R)
    window.controls.form.fields["training.learning_rate"].offered.emit("training.learning_rate", "0.3")
    window.controls.form.fields["seed"].offered.emit("seed", "5")
    window.controls.form.fields["training.clip_norm"].offered.emit("training.clip_norm", "0.01")
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 3)
    assert window.controls.config.training.learning_rate == 0.3
    assert window.controls.config.seed == 5
    twin = Trainer(
        ARTICLE.with_values({"training.learning_rate": 0.3, "seed": 5, "training.clip_norm": 0.01})
    )
    expected = twin.advance(updates=4)
    loss = panel(window, LossPanel)
    assert isinstance(loss, LossPanel)
    assert list(loss.table()["mse"])[:4] == expected.loss.tolist()


def test_the_sentence_of_a_second_divergence_is_shown_too(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make(ARTICLE.with_values({"training.learning_rate": 1e5}))
    for _ in range(3):
        qtbot.keyClick(window, Qt.Key.Key_R)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        settle(qtbot, window, "diverged")
        assert "Training diverged" in window.transport.message.text


def test_only_what_is_visible_is_measured(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    asked = window.run.mailbox.request
    window.grid.fill(window.grid.shown[0])
    now = window.run.mailbox.request
    assert asked is not None
    assert now is not None
    assert asked.probes == {"fit", "flow"}
    assert now.probes == frozenset()


def test_a_panel_s_view_decides_what_is_measured(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    spectrum = panel(window, SpectrumPanel)
    assert isinstance(spectrum, SpectrumPanel)
    window.grid.want(dock(window, SpectrumPanel), True)

    def measured() -> frozenset[str]:
        request = window.run.mailbox.request
        return frozenset() if request is None else request.probes

    qtbot.waitUntil(lambda: "spectrum" in measured())
    assert "jacobians" not in measured()
    spectrum.view.choose(list(spectrum.views).index(spectrum.steps))
    assert "jacobians" in measured()
    qtbot.waitUntil(lambda: bool(spectrum.table()))
    spectrum.view.choose(0)
    assert "jacobians" not in measured()


def test_frames_share_the_panels_and_each_comes_round(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make(ARTICLE.with_values({"training.epochs": 1000}))
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) == "running")
    frames: list[list[float]] = [[one.drawn_at for one in window.grid.shown]]
    window.painted.connect(lambda: frames.append([one.drawn_at for one in window.grid.shown]))
    qtbot.waitUntil(lambda: len(frames) > 80)
    drawn = [[now > before for before, now in zip(*pair, strict=True)] for pair in pairwise(frames)]
    assert sum(any(frame) for frame in drawn) >= 60  # the others have but the words of the bar to paint
    assert all(sum(of_one) >= 12 for of_one in zip(*drawn, strict=True))


def test_the_window_is_remembered_and_fits_its_screen(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    first = make()
    room = first.screen().availableSize()
    first.resize(1100, 700)
    first._columns.setSizes([300, 700])
    share = first._columns.sizes()[0]
    close(first)
    second = make()
    assert second.height() == min(700, room.height())
    assert second.width() <= max(room.width(), 1100)
    assert second._columns.sizes()[0] == pytest.approx(share, abs=40)


def test_three_hundred_painted_frames_leave_none_alone(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    """PySide6 6.12.0 lowers the reference count of None by about 195 a frame, until Python 3.11 aborts."""
    window = make()
    before = sys.getrefcount(None)
    for _ in range(300):
        for shown in window.grid.shown:
            shown.plot.viewport().repaint()
    assert sys.getrefcount(None) > before - 3000


# A run that is prepared while another is on display


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """While it is closed, a network of 7 units is not made."""
    opened = threading.Event()
    initialize = Network.initialize

    def wait(network: Network, *arguments: Any) -> None:
        if network.widths == (7,):
            assert opened.wait(PATIENCE)
        initialize(network, *arguments)

    monkeypatch.setattr(Network, "initialize", wait)
    yield opened
    opened.set()


SLOW = ARTICLE.with_values({"model.layers": "7", "training.epochs": 1_000_000})


def test_a_window_is_there_and_says_so_while_its_first_run_is_prepared(
    qtbot: QtBot, gate: threading.Event, settings: Preferences, make: Callable[..., MainWindow]
) -> None:
    seen: list[str] = []
    make_application()
    window = MainWindow(SLOW, None, DARK, settings)
    window.painted.connect(lambda: seen.append(window.transport.status.text))
    window.resize(1280, 800)
    window.show()
    window.transport.buttons["one_update"].click()
    qtbot.waitUntil(lambda: "preparing…" in seen)
    assert window.status is None
    gate.set()
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)
    resting = "epoch 1 / 1,000,000 · update 1 · paused"
    qtbot.waitUntil(lambda: window.transport.status.text.startswith(resting))
    close(window)


def test_the_run_on_display_goes_on_until_the_next_has_begun(
    qtbot: QtBot, gate: threading.Event, make: Callable[..., MainWindow]
) -> None:
    window = make(ARTICLE.with_values({"training.epochs": 1_000_000}))
    first = window.run
    qtbot.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) == "running")
    window.controls.config_changed.emit(SLOW)
    window.controls.live_changed.emit("training.learning_rate", 0.0)
    qtbot.waitUntil(lambda: window.transport.status.text.startswith("preparing… · epoch"))
    assert window.status is not None
    before = window.status.update
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > before + 100)
    assert window.run is first
    gate.set()
    qtbot.waitUntil(lambda: window.run is not first)
    assert not window.transport.status.text.startswith("preparing…")
    qtbot.waitUntil(
        lambda: window.status is not None and window.status.update > 0
    )  # it trains, as that one did
    window.do.reset()
    qtbot.waitUntil(lambda: window.run.config.training.learning_rate == 0.0)
    assert window.run.config.model.layers == (7,)


def test_a_change_while_a_run_is_prepared_takes_its_place(
    qtbot: QtBot, gate: threading.Event, make: Callable[..., MainWindow]
) -> None:
    window = make()
    begun: list[tuple[int, ...]] = []
    window.settled.connect(lambda _: begun.append(window.run.config.model.layers))
    for layers in ("7", "7", "7", "3", "7", "5"):
        window.controls.form.fields["model.layers"].offered.emit("model.layers", layers)
    QTimer.singleShot(200, gate.set)
    qtbot.waitUntil(lambda: window.run.config.model.layers == (5,))
    qtbot.waitUntil(lambda: (5,) in begun)
    qtbot.waitUntil(lambda: len(trainings()) == 3)  # it trains, and two look at it
    assert set(begun) <= {(4,), (5,)}
    assert window.controls.config.model.layers == (5,)


def test_a_window_does_not_wait_for_a_run_that_is_prepared(
    qtbot: QtBot,
    gate: threading.Event,
    make: Callable[..., MainWindow],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gui.main_window.CLOSE_SECONDS", 0.3)
    window = make()
    for _ in range(3):
        window.controls.config_changed.emit(SLOW)
    close(window)
    assert trainings()  # it is closed while they still wait
    gate.set()
    qtbot.waitUntil(lambda: not trainings())


def test_a_first_run_that_cannot_begin_closes_the_window(qtbot: QtBot, settings: Preferences) -> None:
    make_application()
    window = MainWindow(ARTICLE.with_values({"model.weights": "missing.npz"}), None, DARK, settings)
    window.show()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert "missing.npz" in str(window.refused)
    close(window)


def test_what_nobody_foresaw_in_a_run_that_is_prepared_reaches_the_hook_and_the_old_run_goes_on(
    qtbot: QtBot, make: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("planted")

    window = make()
    run = window.run
    monkeypatch.setattr(Network, "initialize", fail)
    with qtbot.captureExceptions() as caught:
        window.controls.config_changed.emit(SLOW)
        qtbot.waitUntil(lambda: len(caught) > 0)
    assert [kind for kind, *_ in caught] == [ZeroDivisionError]
    assert window.run is run
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)


def test_a_refusal_that_names_a_field_is_shown_at_that_field(
    qtbot: QtBot, make: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConfigError("model.layers", "must fit the file")

    window = make()
    monkeypatch.setattr(Network, "initialize", refuse)
    window.controls.config_changed.emit(SLOW)
    field = window.controls.form.fields["model.layers"]
    qtbot.waitUntil(lambda: field.refusal == "Must fit the file")
    assert window.transport.message.text == ""


# Weights


def test_weights_are_saved_and_opened_again_as_if_typed_in_the_form(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    file = str(tmp_path / "after.npz")
    first = window.run
    qtbot.keyClick(window, Qt.Key.Key_E)
    settle(qtbot, window, "paused")
    window.do.save_weights(file)
    qtbot.waitUntil(lambda: window.transport.message.text == "Weights of update 100 saved in after.npz.")
    window.do.open_weights(file)
    qtbot.waitUntil(lambda: window.run is not first)
    assert window.run.config.model.weights == window.controls.config.model.weights == file
    assert window.transport.message.text == ""
    twin = Trainer(ARTICLE)
    twin.advance(updates=100)
    qtbot.waitUntil(lambda: window.run.mailbox.request is not None)
    fit = panel(window, FitPanel)
    assert isinstance(fit, FitPanel)
    request = window.run.mailbox.request
    assert request is not None
    expected = twin.snapshot(request).output[:, 0].tolist()
    qtbot.waitUntil(lambda: list(fit.table().get("one_step_ahead", []))[:10] == expected)
    second = window.run
    window.do.open_weights(file)  # it may have changed
    qtbot.waitUntil(lambda: window.run is not second)
    window.controls.undo()
    qtbot.waitUntil(lambda: window.run.config.model.weights is None)


def test_weights_that_do_not_fit_leave_the_run_that_is_there(
    qtbot: QtBot, make: Callable[..., MainWindow], tmp_path: Path
) -> None:
    window = make()
    run = window.run
    (tmp_path / "other.npz").write_bytes(b"something else")
    window.do.open_weights(str(tmp_path / "other.npz"))
    qtbot.waitUntil(lambda: "other.npz" in window.transport.message.text)
    assert window.run is run
    window.do.save_weights(str(tmp_path / "other.npz" / "now.npz"))
    qtbot.waitUntil(lambda: "goes on" not in window.transport.message.text)
    assert "other.npz" in window.transport.message.text
    assert window.run is run


def test_it_is_said_while_a_moment_is_measured_and_no_longer(
    qtbot: QtBot, make: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make()
    monkeypatch.setattr(display, "MEASURING_SECONDS", 0.0)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.transport.status.text.startswith("measuring… · epoch 1"))
    settle(qtbot, window, "paused")
    assert window.transport.status.text.startswith("epoch 1")


def test_a_run_that_failed_is_not_measured(
    qtbot: QtBot, make: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    window = make()
    monkeypatch.setattr(display, "MEASURING_SECONDS", 0.0)
    monkeypatch.setattr(Trainer, "advance", fail)
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: state(window) == "failed")
    qtbot.waitUntil(lambda: "failed" in window.transport.status.text)
    for _ in range(3):
        with qtbot.waitSignal(window._timer.timeout):
            pass
    assert "measuring" not in window.transport.status.text


def test_a_run_that_failed_is_reset_and_its_setting_put_back(
    qtbot: QtBot, make: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    window = make()
    window.controls.offer("training.learning_rate", "0.5")
    with monkeypatch.context() as planted:
        planted.setattr(Trainer, "advance", fail)
        qtbot.keyClick(window, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: state(window) == "failed")
    assert "ZeroDivisionError" in window.transport.message.text
    window.controls.undo()
    qtbot.mouseClick(window.transport.buttons["reset"], Qt.MouseButton.LeftButton)
    settle(qtbot, window, "ready")
    assert window.transport.message.text == ""
    assert window.run.config == ARTICLE
    qtbot.keyClick(window, Qt.Key.Key_Space)
    settle(qtbot, window, "finished")


# What is seen


def test_a_step_and_an_epoch_are_those_of_the_batch(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make(ARTICLE.with_values({"training.batch": 30}))
    assert window.transport.buttons["one_update"].text() == "One update"
    qtbot.keyClick(window, Qt.Key.Key_E)
    settle(qtbot, window, "paused")
    assert window.transport.status.text == "epoch 1 / 9 · update 4 · paused · NumPy"
    qtbot.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.transport.status.text == "epoch 2 / 9 · update 5 · paused · NumPy")
    window.controls.config_changed.emit(ARTICLE)
    qtbot.waitUntil(lambda: window.transport.buttons["one_update"].text() == "One update")


def test_a_panel_can_ask_for_another_look(qtbot: QtBot, make: Callable[..., MainWindow]) -> None:
    window = make()
    window.grid.suited[1].look_changed.emit("temperature", 1.5)
    request = window.run.mailbox.request
    assert request is not None
    assert (request.temperature, request.probes) == (1.5, window.grid.probes)
    window.controls.config_changed.emit(ARTICLE.with_values({"seed": 3}))
    qtbot.waitUntil(lambda: window.run.config.seed == 3)
    later = window.run.mailbox.request
    assert later is not None
    assert later.temperature == 1.5


def test_what_you_see_is_not_said_of_a_panel_that_nobody_sees(
    qtbot: QtBot, make: Callable[..., MainWindow]
) -> None:
    window = make()
    qtbot.waitUntil(lambda: "Going back, the gradient is" in window.controls.sentence)
    window.grid.want(dock(window, FlowPanel), False)
    qtbot.waitUntil(lambda: window.controls.sentence.startswith("“Gradient through time” is not on show; "))
    window.grid.want(dock(window, FlowPanel), True)
    qtbot.waitUntil(lambda: "Going back, the gradient is" in window.controls.sentence)


def test_the_window_says_where_weights_make_another_run_than_was_asked_for(
    tmp_path: Path, make: Callable[..., MainWindow]
) -> None:
    parser = Parser("", "")
    add_run_options(parser)
    small = Trainer(requested(parser.parse_args(["--set", "model.layers=3"])).config)
    file = tmp_path / "three.npz"
    file.write_bytes(npz_bytes(to_torch(small.network)))
    command = app.Command(parser.parse_args(["--weights", str(file), "--set", "model.layers=7"]))
    window = make(command.config())
    app._say_other_weights(window, window.run, command, "ready")
    assert window.transport.message.text == f"“Layer widths” must be 3, as in {file}, not 7."
