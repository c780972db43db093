"""The bar on top: what it asks for, what it shows, and the plain keys."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.transport.speed import FULL, place_of, speed_at, speed_text
from gui.transport.transport import Transport
from gui.widgets.inputs import ComboBox

ASKED = ("run_asked", "pause_asked", "step_asked", "epoch_asked", "reset_asked", "pin_asked", "theme_asked")
Key = Qt.Key
Asked = list[str]


class Window(QWidget):
    """A transport in a window, beside a text field, a combo box and something else that takes the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.transport = Transport(themes.DARK)
        self.line = QLineEdit("12")
        self.box = ComboBox()
        self.box.addItems(["Gaussian", "Even", "Prime"])
        self.other = QPlainTextEdit()
        self.other.setReadOnly(True)
        rows = QVBoxLayout(self)
        for part in (self.transport, self.line, self.box, self.other):
            rows.addWidget(part)
        self.asked: Asked = []
        for name in ASKED:
            getattr(self.transport, name).connect(self._note(name))

    def _note(self, name: str) -> Callable[[], None]:
        return lambda: self.asked.append(name)


@pytest.fixture(scope="module", autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, themes.DARK)


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    made.resize(1280, 300)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.transport.show_state("paused")
    made.transport.show_sequences(100, 4)
    made.other.setFocus()
    return made


def press(
    qtbot: QtBot, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key, where the focus is."""
    focused = QApplication.focusWidget() or QApplication.activeWindow()
    assert focused is not None
    qtbot.keyClick(focused, key, modifier)


# Buttons


def test_each_button_asks_for_what_it_says(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    for button in (bar.buttons.run, bar.buttons.step, bar.buttons.epoch, bar.buttons.reset, bar.theme_button):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.asked == ["run_asked", "step_asked", "epoch_asked", "reset_asked", "theme_asked"]


def test_the_run_button_pauses_a_run_that_is_running(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    bar.show_state("running")
    assert bar.buttons.run.text() == "Pause"
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    bar.show_state("paused")
    assert bar.buttons.run.text() == "Run"
    qtbot.mouseClick(bar.buttons.run, Qt.MouseButton.LeftButton)
    assert window.asked == ["pause_asked", "run_asked"]


@pytest.mark.parametrize(
    ("state", "run", "reset"),
    [
        ("ready", True, False),
        ("running", True, True),
        ("paused", True, True),
        ("finished", True, True),
        ("diverged", False, True),
        ("failed", False, False),
    ],
)
def test_only_what_a_state_allows_can_be_asked_for(
    window: Window, state: str, run: bool, reset: bool
) -> None:
    bar = window.transport
    bar.show_state(state)  # type: ignore[arg-type]
    assert [b.isEnabled() for b in (bar.buttons.run, bar.buttons.step, bar.buttons.epoch)] == [run] * 3
    assert bar.buttons.reset.isEnabled() == reset


def test_a_finished_run_can_be_run_on_and_says_for_how_long(window: Window) -> None:
    window.transport.show_state("finished")
    assert window.transport.buttons.run.text() == "Run on"
    assert "as many epochs again" in window.transport.buttons.run.toolTip()


def test_every_button_names_its_key(window: Window) -> None:
    bar = window.transport
    for button, key in (
        (bar.buttons.run, "(Space)"),
        (bar.buttons.step, "(→)"),
        (bar.buttons.epoch, "(E or Shift →)"),
        (bar.buttons.reset, "(R)"),
        (bar.theme_button, "(T)"),
    ):
        assert button.toolTip().endswith(key)


# Keys


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (Key.Key_Space, "run_asked"),
        (Key.Key_Right, "step_asked"),
        (Key.Key_E, "epoch_asked"),
        (Key.Key_R, "reset_asked"),
        (Key.Key_P, "pin_asked"),
        (Key.Key_T, "theme_asked"),
    ],
)
@pytest.mark.parametrize("place", ["nowhere", "a panel", "Run", "Reset"])
def test_a_plain_key_asks_once_wherever_the_focus_is(
    qtbot: QtBot, window: Window, key: Qt.Key, asked: str, place: str
) -> None:
    bar = window.transport
    focus = {"a panel": window.other, "Run": bar.buttons.run, "Reset": bar.buttons.reset}.get(place)
    if focus is None:
        window.other.clearFocus()
        assert QApplication.focusWidget() is None
    else:
        focus.setFocus()
    press(qtbot, key)
    pressed_itself = key == Key.Key_Space and place == "Reset"
    assert window.asked == ["reset_asked" if pressed_itself else asked]


def test_shift_and_the_arrow_step_an_epoch(qtbot: QtBot, window: Window) -> None:
    press(qtbot, Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert window.asked == ["epoch_asked"]


def test_space_pauses_what_it_has_started(qtbot: QtBot, window: Window) -> None:
    press(qtbot, Key.Key_Space)
    window.transport.show_state("running")
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_asked", "pause_asked"]


def test_after_a_click_space_runs_whatever_was_clicked(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    qtbot.mouseClick(bar.buttons.reset, Qt.MouseButton.LeftButton)
    press(qtbot, Key.Key_Space)
    qtbot.mouseClick(bar.speed.slider, Qt.MouseButton.LeftButton)
    press(qtbot, Key.Key_Right)
    up = bar.sequence.rect().topRight()
    up.setX(up.x() - 6)
    up.setY(up.y() + 6)
    qtbot.mouseClick(bar.sequence, Qt.MouseButton.LeftButton, pos=up)
    assert bar.sequence.value() == 6
    press(qtbot, Key.Key_Space)
    assert window.asked == ["reset_asked", "run_asked", "step_asked", "run_asked"]


def test_what_is_typed_into_a_text_field_stays_there(qtbot: QtBot, window: Window) -> None:
    window.line.setFocus()
    window.line.setCursorPosition(0)
    press(qtbot, Key.Key_Right)
    assert window.line.cursorPosition() == 1
    for typed in (" ", "r", "e", "p", "t", "+", "-", ",", ".", "[", "]", "="):
        press(qtbot, typed)
    assert window.line.text() == "1 rept+-,.[]=2"
    assert window.asked == []
    assert window.transport.speed.value is None
    assert window.transport.sequence.value() == 5


def test_a_combo_box_keeps_the_letters_it_searches_by_and_gives_the_arrow_on(
    qtbot: QtBot, window: Window
) -> None:
    window.box.setFocus()
    press(qtbot, "e")
    assert window.box.currentText() == "Even"
    assert window.asked == []
    press(qtbot, Key.Key_Right)
    assert window.asked == ["step_asked"]


def test_space_in_an_open_list_chooses_and_does_not_run(qtbot: QtBot, window: Window) -> None:
    window.box.setFocus()
    press(qtbot, Key.Key_Space)
    popup = window.box.view()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, Key.Key_Down)
    qtbot.keyClick(popup, Key.Key_Return)
    assert window.box.currentText() == "Even"
    assert not popup.isVisible()
    assert window.asked == []


def test_a_slider_that_was_reached_with_tab_keeps_its_arrows(qtbot: QtBot, window: Window) -> None:
    slider = window.transport.speed.slider
    window.transport.show_speed(100)
    slider.setFocus()
    before = slider.value()
    press(qtbot, Key.Key_Right)
    assert slider.value() > before
    assert window.asked == []


def test_digits_typed_into_the_sequence_field_reach_it(qtbot: QtBot, window: Window) -> None:
    numbers: list[int] = []
    window.transport.sequence_changed.connect(numbers.append)
    window.transport.sequence.setFocus()
    window.transport.sequence.selectAll()
    for key in "42":
        press(qtbot, key)
    assert numbers == []
    press(qtbot, Key.Key_Return)
    assert numbers == [41]
    press(qtbot, Key.Key_Space)
    assert window.asked == ["run_asked"]


def test_keys_ask_for_nothing_that_a_state_does_not_allow(qtbot: QtBot, window: Window) -> None:
    window.transport.show_state("diverged")
    for key in (Key.Key_Space, Key.Key_Right, Key.Key_E):
        press(qtbot, key)
    assert window.asked == []
    press(qtbot, Key.Key_R)
    assert window.asked == ["reset_asked"]


# Sequence


def test_comma_and_full_stop_go_through_the_sequences(qtbot: QtBot, window: Window) -> None:
    numbers: list[int] = []
    window.transport.sequence_changed.connect(numbers.append)
    press(qtbot, ".")
    press(qtbot, ".")
    press(qtbot, ",")
    assert numbers == [5, 6, 5]
    window.transport.show_sequences(100, 0)
    press(qtbot, ",")
    assert numbers == [5, 6, 5]


def test_showing_sequences_emits_nothing(qtbot: QtBot, window: Window) -> None:
    numbers: list[int] = []
    window.transport.sequence_changed.connect(numbers.append)
    window.transport.show_sequences(7, 6)
    assert numbers == []
    assert window.transport.sequence.text() == "7 of 7"
    window.transport.show_sequences(1, 0)
    assert not window.transport.sequence.isEnabled()


# Speed


def test_the_slider_is_logarithmic_and_its_end_is_full_speed() -> None:
    assert [speed_at(place) for place in (0, 100, 200, 300, 400)] == [1, 10, 100, 1000, 10_000]
    assert speed_at(FULL) is None
    assert [place_of(value) for value in (1, 10, 1000, None)] == [0, 100, 300, FULL]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "1 update/s"),
        (1.3, "1.3 updates/s"),
        (2.0, "2 updates/s"),
        (100, "100 updates/s"),
        (None, "full"),
    ],
)
def test_the_speed_is_written_beside_the_slider(window: Window, value: float | None, words: str) -> None:
    window.transport.show_speed(value)
    assert window.transport.speed.words == words == speed_text(value)


def test_showing_a_speed_emits_nothing_and_keeps_it_exactly(qtbot: QtBot, window: Window) -> None:
    speeds: list[float | None] = []
    window.transport.speed_changed.connect(speeds.append)
    window.transport.show_speed(37.0)
    assert window.transport.speed.value == 37.0
    assert speeds == []


@pytest.mark.parametrize(("faster", "slower"), [("+", "-"), ("=", "-"), ("]", "[")])
def test_keys_make_it_faster_and_slower(qtbot: QtBot, window: Window, faster: str, slower: str) -> None:
    speeds: list[float | None] = []
    window.transport.speed_changed.connect(speeds.append)
    window.transport.show_speed(100)
    press(qtbot, faster)
    press(qtbot, faster)
    press(qtbot, slower)
    assert speeds == [130, 160, 130]


def test_keys_reach_both_ends_and_come_back(qtbot: QtBot, window: Window) -> None:
    speeds: list[float | None] = []
    window.transport.speed_changed.connect(speeds.append)
    window.transport.show_speed(1000)
    for _ in range(20):
        press(qtbot, "+")
    for _ in range(60):
        press(qtbot, "-")
    assert speeds[9:13] == [10_000, None, 10_000, 7_900]
    assert speeds[-1] == 1
    assert len(speeds) == 11 + 41


# Where the run stands


def show_progress(
    bar: Transport,
    *,
    update: int = 246,
    rate: float = 98.4,
    frames: float = 59.7,
    engine: str = "",
    why: str = "",
) -> None:
    bar.show_progress(
        epoch=3,
        target_epochs=9,
        update=update,
        updates_a_second=rate,
        frames_a_second=frames,
        fraction=0.25,
        engine=engine,
        why=why,
    )


def test_the_status_says_epoch_update_and_rates(qtbot: QtBot, window: Window) -> None:
    window.resize(1680, 300)
    qtbot.waitUntil(lambda: window.transport.width() > 1600)
    window.transport.show_state("running")
    show_progress(window.transport)
    assert window.transport.status.text == "epoch 3 / 9 · update 246 · 98 updates/s · 60 fps"
    assert window.transport.status.fraction == pytest.approx(0.25)
    show_progress(window.transport, update=1_234_567, rate=52_436.0)
    assert "update 1,234,567 · 52,400 updates/s" in window.transport.status.text


def test_the_status_says_which_engine_runs_and_why(qtbot: QtBot, window: Window) -> None:
    window.resize(1680, 300)
    qtbot.waitUntil(lambda: window.transport.width() > 1600)
    window.transport.show_state("running")
    show_progress(window.transport, engine="compiled")
    assert window.transport.status.text.endswith("98 updates/s · compiled · 60 fps")
    assert window.transport.status.toolTip() == ""
    show_progress(window.transport, engine="NumPy", why="Numba is not installed")
    assert window.transport.status.text.endswith("98 updates/s · NumPy · 60 fps")
    assert window.transport.status.toolTip() == "NumPy, since Numba is not installed."


def test_a_run_that_rests_says_so_and_has_no_rates(window: Window) -> None:
    window.transport.show_state("finished")
    show_progress(window.transport, rate=0.0, frames=0.0)
    assert window.transport.status.text == "epoch 3 / 9 · update 246 · finished"


def test_where_there_is_less_room_the_frames_are_left_out_first(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    bar.show_state("running")
    show_progress(bar)
    assert bar.status.text == "epoch 3 / 9 · update 246 · 98 updates/s · 60 fps"
    show_progress(bar, update=123_456, rate=9_800.0)
    assert bar.status.text == "epoch 3 / 9 · update 123,456 · 9,800 updates/s"
    assert bar.status.toolTip().endswith("60 fps")
    show_progress(bar, update=9_876_543_210, rate=52_400.0)
    assert bar.status.text == "epoch 3 / 9 · update 9,876,543,210"


def test_the_programs_name_makes_room_for_the_figures(qtbot: QtBot, window: Window) -> None:
    for width, named in ((1280, False), (1680, True), (1280, False)):
        window.resize(width, 300)
        qtbot.waitUntil(lambda width=width: window.width() == width)  # type: ignore[misc]
        qtbot.waitUntil(lambda named=named: window.transport._name.isVisible() == named)  # type: ignore[misc]


@pytest.mark.parametrize("width", [1280, 1680])
def test_nothing_in_the_bar_is_cut_off_or_overlaps(qtbot: QtBot, window: Window, width: int) -> None:
    bar = window.transport
    window.resize(width, 300)
    qtbot.waitUntil(lambda: window.width() == width)
    bar.show_state("running")
    bar.show_speed(10_000)
    bar.show_sequences(100_000, 99_999)
    show_progress(bar, update=1_234_567, rate=52_436.0)
    qtbot.waitUntil(lambda: bar.theme_button.geometry().right() <= bar.width())
    parts = (
        bar.buttons.run,
        bar.buttons.step,
        bar.buttons.epoch,
        bar.buttons.reset,
        bar.speed,
        bar.sequence,
        bar.weights,
        bar.status,
        bar.theme_button,
    )
    places = [part.geometry() for part in parts]
    for part, place in zip(parts[:-2], places[:-2], strict=True):
        assert place.width() >= part.minimumSizeHint().width()
    for left, right in pairwise(places):
        assert left.right() < right.left()
    assert bar.minimumSizeHint().width() <= width - 24


def test_a_run_that_is_being_prepared_is_said_before_all_else(window: Window) -> None:
    bar = window.transport
    show_progress(bar, rate=0.0, frames=0.0)
    bar.show_preparing(True)
    assert bar.status.text == "preparing… · epoch 3 / 9 · update 246 · paused"
    show_progress(bar, update=247, rate=0.0, frames=0.0)
    assert bar.status.text.startswith("preparing… · epoch 3 / 9 · update 247")
    bar.show_preparing(False)
    assert bar.status.text == "epoch 3 / 9 · update 247 · paused"


def test_before_the_first_run_there_is_nothing_to_say_but_that_it_is_prepared(qtbot: QtBot) -> None:
    bar = Transport(themes.DARK)
    qtbot.addWidget(bar)
    bar.resize(1200, 60)
    assert bar.status.text == ""
    bar.show_preparing(True)
    assert bar.status.text == "preparing…"


def test_a_step_is_named_after_what_one_update_sees(window: Window) -> None:
    bar = window.transport
    assert bar.buttons.step.text() == "Step sequence"
    bar.show_batch(1_600)
    assert bar.buttons.step.text() == "Step batch"
    assert bar.buttons.step.toolTip() == "Train on one batch of 1,600 sequences, then pause (→)"
    bar.show_batch(1)
    assert bar.buttons.step.text() == "Step sequence"
    assert bar.buttons.step.toolTip() == "Train on one sequence, then pause (→)"


# Weights


def dialog(qtbot: QtBot, window: Window) -> QFileDialog:
    qtbot.waitUntil(lambda: bool(window.findChildren(QFileDialog)))
    (found,) = window.findChildren(QFileDialog)
    return found


def test_weights_are_opened_from_the_file_that_a_person_chooses(
    qtbot: QtBot, window: Window, tmp_path: Path
) -> None:
    asked: Asked = []
    window.transport.weights.open_asked.connect(asked.append)
    (tmp_path / "some.safetensors").write_bytes(b"")
    window.transport.weights.opening.trigger()
    asking = dialog(qtbot, window)
    assert asking.nameFilters() == ["Weights (*.npz *.safetensors)"]
    asking.findChildren(QLineEdit)[0].setText(str(tmp_path / "some.safetensors"))
    asking.accept()
    assert asked == [str(tmp_path / "some.safetensors")]


def test_a_model_is_asked_for_with_the_menu_and_with_its_keys(qtbot: QtBot, window: Window) -> None:
    asked: Asked = []
    window.transport.weights.model_asked.connect(lambda: asked.append("model"))
    window.transport.weights.open_asked.connect(asked.append)
    window.transport.weights.opening_model.trigger()
    press(qtbot, Key.Key_O, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert asked == ["model", "model"]


@pytest.mark.parametrize(
    ("kind", "name"), [(0, "now.npz"), (1, "now.safetensors")], ids=["npz", "safetensors"]
)
def test_weights_are_saved_under_the_name_that_a_person_gives_with_the_ending_of_its_kind(
    qtbot: QtBot, window: Window, tmp_path: Path, kind: int, name: str
) -> None:
    asked: Asked = []
    window.transport.weights.save_asked.connect(asked.append)
    press(qtbot, Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    asking = dialog(qtbot, window)
    assert asking.findChildren(QLineEdit)[0].text() == "weights.npz"
    asking.findChildren(QComboBox, "fileTypeCombo")[0].setCurrentIndex(kind)
    asking.filterSelected.emit(asking.nameFilters()[kind])
    assert asking.findChildren(QLineEdit)[0].text() == f"weights{Path(name).suffix}"
    asking.findChildren(QLineEdit)[0].setText(str(tmp_path / "now"))
    asking.accept()
    assert asked == [str(tmp_path / name)]


def test_a_cancelled_dialog_asks_for_nothing_and_leaves_nothing(qtbot: QtBot, window: Window) -> None:
    asked: Asked = []
    weights = window.transport.weights
    weights.open_asked.connect(asked.append)
    weights.save_asked.connect(asked.append)
    for action in (weights.opening, weights.saving):
        action.trigger()
        dialog(qtbot, window).reject()
        qtbot.waitUntil(lambda: not window.findChildren(QFileDialog))
    assert asked == []


def test_the_weights_of_a_run_that_failed_cannot_be_saved(window: Window) -> None:
    weights = window.transport.weights
    window.transport.show_state("failed")
    assert [weights.opening.isEnabled(), weights.saving.isEnabled()] == [True, False]
    window.transport.show_state("diverged")
    assert weights.saving.isEnabled()


def test_the_button_opens_its_menu_with_the_mouse_and_with_the_space_bar(
    qtbot: QtBot, window: Window
) -> None:
    weights = window.transport.weights
    for how in ("mouse", "key"):
        if how == "mouse":
            qtbot.mouseClick(weights, Qt.MouseButton.LeftButton)
        else:
            weights.setFocus(Qt.FocusReason.TabFocusReason)
            press(qtbot, Key.Key_Space)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions()] == [
            "Open model…",
            "Open weights…",
            "Save weights…",
        ]
        menu.hide()
    assert window.asked == []


# Messages


def test_what_was_done_is_not_shown_as_what_went_wrong(window: Window) -> None:
    bar = window.transport

    def shades() -> set[str]:
        picture = bar.message.grab().toImage()
        return {picture.pixelColor(x, y).name() for x in range(300) for y in range(picture.height())}

    bar.show_done("Weights of update 7 saved in now.npz.")
    assert bar.message.text == "Weights of update 7 saved in now.npz."
    assert themes.DARK.text in shades()
    assert themes.DARK.bad not in shades()
    bar.show_message("Training diverged.")
    assert themes.DARK.bad in shades()
    assert themes.DARK.text not in shades()


def test_a_message_is_there_until_it_is_dismissed(qtbot: QtBot, window: Window) -> None:
    bar = window.transport
    assert not bar.message.isVisible()
    bar.show_message("Training diverged in epoch 3.")
    assert bar.message.isVisible()
    assert bar.message.text == "Training diverged in epoch 3."
    qtbot.mouseClick(bar.message.dismiss, Qt.MouseButton.LeftButton)
    assert not bar.message.isVisible()
    bar.show_message("Again.")
    assert bar.message.isVisible()
    bar.show_message("")
    assert not bar.message.isVisible()


def test_a_theme_reaches_the_signs_on_the_buttons(window: Window) -> None:
    def shades() -> set[str]:
        image = window.transport.theme_button.icon().pixmap(14, 14).toImage()
        return {image.pixelColor(x, 7).name() for x in range(14) if image.pixelColor(x, 7).alpha() == 255}

    assert shades() == {themes.DARK.text}
    window.transport.apply_theme(themes.LIGHT)
    assert shades() == {themes.LIGHT.text}
