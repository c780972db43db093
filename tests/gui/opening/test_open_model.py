"""Opening a model and its data: by keys, by dropping files, and what the window makes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QGraphicsView, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from gui import theme as themes
from gui.app import make_application
from gui.main_window import MainWindow
from gui.opening.open_model import OpenModel
from gui.panels.flow.panel import FlowPanel
from gui.preferences import Preferences
from rnn.commands.inspect import main as inspect
from rnn.config.presets import load_preset
from rnn.report.opening import Found
from rnn.weights import npz_bytes
from tests.rnn.cases import golden, write_data

ARTICLE = load_preset("article").config
Key = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module", autouse=True)
def dark(qapp: QApplication) -> None:
    themes.apply(qapp, themes.DARK)


def files(folder: Path, name: str = "gru_batch", **changes: Any) -> tuple[str, str]:
    """A reference case as a person brings it: the model, and the data with its states."""
    case = golden(name)
    weights = {key.removeprefix("param."): array for key, array in case.items() if key.startswith("param.")}
    data: dict[str, Any] = {"x": case["x"].swapaxes(0, 1), "y": case["y"].swapaxes(0, 1)}
    data |= {key: array for key, array in case.items() if key.startswith(("h0_l", "c0_l"))}
    for key, array in changes.items():
        (data if key in ("x", "y", "h0_l0", "output", "loss") else weights)[key.replace("__", ".")] = array
    return write_data(folder / "model.npz", **weights), write_data(folder / "data.npz", **data)


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[OpenModel]:
    made = OpenModel(None, ARTICLE)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    if isValid(made):
        made.close()
        QApplication.processEvents()


def enter(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    """Type into a line and finish it, as a person does."""
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)
    qtbot.keyClick(line, Key.Key_Return)


def looked(qtbot: QtBot, dialog: OpenModel) -> None:
    qtbot.waitUntil(lambda: not dialog.is_looking)


def drop(target: QWidget, *paths: str) -> bool:
    """Drag files over a window and let go; whether they were taken."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    action, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(target.rect().center(), action, mime, left, none)
    entering.ignore()
    QApplication.sendEvent(target, entering)
    if entering.isAccepted():
        QApplication.sendEvent(target, QDropEvent(QPointF(target.rect().center()), action, mime, left, none))
    return entering.isAccepted()


# The dialog


def test_files_are_named_with_the_keyboard_and_opened_with_it(
    qtbot: QtBot, dialog: OpenModel, tmp_path: Path
) -> None:
    opened: list[Found] = []
    dialog.opened.connect(opened.append)
    model, data = files(tmp_path)
    assert QApplication.focusWidget() is dialog.model.line
    assert not dialog.open_button.isEnabled()
    enter(qtbot, dialog.model.line, model)
    looked(qtbot, dialog)
    enter(qtbot, dialog.data.line, data)
    looked(qtbot, dialog)
    assert dialog.words[0].startswith("GRU, 1 layer of")
    assert "time steps" in dialog.words[1]
    assert dialog.words[2].startswith("All sequences form one batch.")
    assert dialog.open_button.isEnabled()
    for _ in range(6):
        focused = QApplication.focusWidget()
        if focused is dialog.open_button:
            break
        qtbot.keyClick(focused, Key.Key_Tab)
    assert QApplication.focusWidget() is dialog.open_button
    qtbot.keyClick(dialog.open_button, Key.Key_Return)
    assert [(found.wish.model, found.wish.data) for found in opened] == [(model, data)]
    qtbot.waitUntil(lambda: not isValid(dialog))


def test_a_second_enter_opens_what_the_first_one_had_looked_into(
    qtbot: QtBot, dialog: OpenModel, tmp_path: Path
) -> None:
    opened: list[Found] = []
    dialog.opened.connect(opened.append)
    model, data = files(tmp_path)
    enter(qtbot, dialog.model.line, model)
    looked(qtbot, dialog)
    enter(qtbot, dialog.data.line, data + "x")
    looked(qtbot, dialog)
    qtbot.keyClick(dialog.data.line, Key.Key_Return)
    assert opened == []
    enter(qtbot, dialog.data.line, data)
    assert opened == []
    looked(qtbot, dialog)
    qtbot.keyClick(dialog.data.line, Key.Key_Return)
    assert [found.wish.data for found in opened] == [data]


def test_what_is_wrong_is_one_sentence_and_cannot_be_opened(
    qtbot: QtBot, dialog: OpenModel, tmp_path: Path
) -> None:
    model, data = files(tmp_path, h0_l0=np.ones((3, 2)))
    enter(qtbot, dialog.model.line, model)
    enter(qtbot, dialog.data.line, data)
    looked(qtbot, dialog)
    sentence = "data.npz, h0_l0: expected the shape (3, 9) as in the network, found (3, 2)."
    assert dialog.words[2] == sentence
    assert not dialog.open_button.isEnabled()
    files(tmp_path)  # the person mends the file, and names it again
    enter(qtbot, dialog.data.line, "")
    enter(qtbot, dialog.data.line, data)
    looked(qtbot, dialog)
    assert dialog.open_button.isEnabled()


def test_what_the_model_s_file_does_not_tell_is_asked_for(
    qtbot: QtBot, dialog: OpenModel, tmp_path: Path
) -> None:
    gated, _ = files(tmp_path)
    dialog.take_files([gated])
    looked(qtbot, dialog)
    assert not any(row.isVisible() for row in dialog.rows.values())
    model, data = files(tmp_path, "vanilla_relu_stacked")
    dialog.take_files([model, data])
    looked(qtbot, dialog)
    enter(qtbot, dialog.model.line, model)  # the same name: the file is another one by now
    looked(qtbot, dialog)
    assert dialog.rows["model.nonlinearity"].isVisible()
    dialog.rows["model.nonlinearity"].box.setFocus()
    qtbot.keyClicks(dialog.rows["model.nonlinearity"].box, "r")
    looked(qtbot, dialog)
    assert dialog.words[0].startswith("Vanilla (relu)")
    assert not dialog.rows["model.cell"].isVisible()


def test_one_of_several_linear_layers_is_chosen(qtbot: QtBot, dialog: OpenModel, tmp_path: Path) -> None:
    case = golden("gru_batch")
    weights = {key.removeprefix("param."): array for key, array in case.items() if key.startswith("param.")}
    weights = {key.replace("rnn.", "core."): array for key, array in weights.items()}
    model = tmp_path / "model.npz"
    model.write_bytes(npz_bytes(weights | {"other.weight": weights["head.weight"]}))
    data = write_data(tmp_path / "data.npz", x=case["x"].swapaxes(0, 1), y=case["y"].swapaxes(0, 1))
    dialog.take_files([str(model), data])
    looked(qtbot, dialog)
    assert dialog.rows["model.head"].isVisible()
    assert dialog.rows["model.head"].box.currentIndex() == -1
    assert "head, other" in dialog.words[2]
    dialog.rows["model.head"].box.setFocus()
    qtbot.keyClick(dialog.rows["model.head"].box, Key.Key_Down)
    looked(qtbot, dialog)
    assert (dialog.found.chosen["model.head"], dialog.open_button.isEnabled()) == ("head", True)


def test_files_that_are_dropped_find_their_rows(qtbot: QtBot, dialog: OpenModel, tmp_path: Path) -> None:
    model, data = files(tmp_path)
    assert drop(dialog, data, model)
    looked(qtbot, dialog)
    assert (dialog.model.line.text(), dialog.data.line.text()) == (model, data)
    assert dialog.open_button.isEnabled()
    assert not drop(dialog)


def test_a_file_is_looked_for(qtbot: QtBot, dialog: OpenModel, tmp_path: Path) -> None:
    model, _ = files(tmp_path)
    qtbot.mouseClick(dialog.model.browse, Qt.MouseButton.LeftButton)
    asking = dialog.findChild(QFileDialog)
    assert asking is not None
    assert asking.nameFilters()[0] == "Model (*.npz *.safetensors)"
    asking.findChildren(QLineEdit)[0].setText(model)
    asking.accept()
    looked(qtbot, dialog)
    assert dialog.words[0].startswith("GRU")


def test_escape_closes_it_and_opens_nothing(qtbot: QtBot, dialog: OpenModel) -> None:
    opened: list[Found] = []
    dialog.opened.connect(opened.append)
    qtbot.keyClick(dialog.open_button, Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))
    assert opened == []


@pytest.mark.parametrize("row", ["model", "data"])
def test_escape_in_a_row_gives_up_what_was_written_there_or_else_the_dialog(
    qtbot: QtBot, dialog: OpenModel, row: str
) -> None:
    line = {"model": dialog.model, "data": dialog.data}[row].line
    line.setFocus()
    qtbot.keyClicks(line, "half a na")
    qtbot.keyClick(line, Key.Key_Escape)
    assert (line.text(), dialog.isVisible()) == ("", True)
    qtbot.keyClick(line, Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(dialog))


# The window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    make_application()
    made = MainWindow(ARTICLE, 100.0, themes.DARK, Preferences())
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    qtbot.waitUntil(lambda: made.status is not None)
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()
    assert not [thread for thread in threading.enumerate() if thread.name == "training"]


def asked(qtbot: QtBot, window: MainWindow) -> OpenModel:
    qtbot.keyClick(window, Key.Key_O, CONTROL | SHIFT)
    qtbot.waitUntil(lambda: window.findChild(OpenModel) is not None)
    found = window.findChild(OpenModel)
    assert found is not None
    qtbot.waitUntil(found.isVisible)
    return found


def open_model(qtbot: QtBot, window: MainWindow, *paths: str) -> None:
    """Open these files, and wait until their run is on display."""
    before = window.run
    dialog = asked(qtbot, window)
    dialog.take_files(paths)
    looked(qtbot, dialog)
    assert dialog.open_button.isEnabled(), dialog.words
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.run is not before and window.status is not None)
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.isActiveWindow)


def state(window: MainWindow) -> str:
    assert window.status is not None
    return window.status.state


def flow_panel(window: MainWindow) -> FlowPanel:
    return next(panel for panel in window.grid.panels if isinstance(panel, FlowPanel))


def test_the_gradient_of_the_model_is_on_display_before_any_update_and_it_can_train_on(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    model, data = files(tmp_path, "vanilla_tanh_batch")
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: state(window) == "running")
    open_model(qtbot, window, model, data)
    assert state(window) == "ready"
    assert window.transport.status.text.endswith("ready")
    with np.load(data) as archive:
        one = write_data(tmp_path / "one.npz", **{key: archive[key][:1] for key in archive.files})
    assert inspect([model, "--data", one, "--out", str(tmp_path / "report.npz")]) == 0
    expected = np.load(tmp_path / "report.npz")["dL_dh_norm_l0"]
    panel = flow_panel(window)
    qtbot.waitUntil(lambda: len(panel.table().get("total", ())) == len(expected))
    np.testing.assert_allclose(np.array(panel.table()["total"], dtype=float), expected, rtol=1e-10)
    assert window.controls.config.files() == {"task.file": data, "model.weights": model}
    qtbot.keyClick(window, Key.Key_Right)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)


@pytest.mark.parametrize("way", ["mouse", "keys", "tab"])
def test_after_it_space_runs(qtbot: QtBot, window: MainWindow, tmp_path: Path, way: str) -> None:
    model, data = files(tmp_path, "vanilla_tanh_batch")
    button, before = window.transport.weights, window.run
    if way == "keys":
        qtbot.keyClick(window, Key.Key_O, CONTROL | SHIFT)
    else:

        def choose() -> None:
            qtbot.keyClick(button.menu(), Key.Key_Down)
            qtbot.keyClick(button.menu(), Key.Key_Return)

        QTimer.singleShot(0, choose)  # the menu holds the mouse until it is closed
        if way == "mouse":
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        else:
            button.setFocus(Qt.FocusReason.TabFocusReason)
            qtbot.keyClick(button, Key.Key_Space)
    qtbot.waitUntil(lambda: window.findChild(OpenModel) is not None)
    dialog = window.findChild(OpenModel)
    assert dialog is not None
    dialog.take_files((model, data))
    looked(qtbot, dialog)
    qtbot.keyClick(dialog, Key.Key_Return)
    qtbot.waitUntil(lambda: window.run is not before and state(window) == "ready")
    window.activateWindow()  # as a window manager does
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(QApplication.focusWidget() or window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 0)
    assert not button.menu().isVisible()


def test_one_undo_brings_back_what_was_before(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    model, data = files(tmp_path, "lstm_batch")
    open_model(qtbot, window, model, data)
    second = window.run
    assert window.run.config.task.name == "data"
    qtbot.keyClick(window, Key.Key_Z, CONTROL)
    qtbot.waitUntil(lambda: window.run is not second)
    assert window.run.config == window.controls.config == ARTICLE
    assert window.transport.speed.value == 100.0


def test_the_window_goes_on_while_the_dialog_is_open(qtbot: QtBot, window: MainWindow) -> None:
    dialog = asked(qtbot, window)
    window.activateWindow()
    qtbot.keyClick(window, Key.Key_Space)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 5)
    assert dialog.isVisible()
    assert asked(qtbot, window) is dialog
    dialog.reject()
    qtbot.waitUntil(lambda: window.findChild(OpenModel) is None)


def test_a_model_that_fits_the_new_task_can_be_opened_once_the_task_is_changed(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    weights = {
        "rnn.weight_ih_l0": np.ones((4, 2)),
        "rnn.weight_hh_l0": np.eye(4),
        "head.weight": np.ones((1, 4)),
    }
    dialog = asked(qtbot, window)
    dialog.take_files([write_data(tmp_path / "model.npz", **weights)])
    looked(qtbot, dialog)
    assert dialog.words[2].startswith("The task “Noisy sine” has 1 input")
    window.controls.offer("task.name", "adding")
    qtbot.waitUntil(dialog.open_button.isEnabled)
    assert "Adding problem" in dialog.words[2]
    dialog.reject()


def test_files_that_are_dropped_onto_the_window_open_the_dialog(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    model, data = files(tmp_path)
    assert not any(plot.acceptDrops() for plot in window.findChildren(QGraphicsView))
    assert drop(window, model, data)
    dialog = window.findChild(OpenModel)
    assert dialog is not None
    looked(qtbot, dialog)
    assert dialog.open_button.isEnabled()
    dialog.reject()


def test_files_that_broke_meanwhile_leave_run_and_form_as_they_were(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    model, data = files(tmp_path)
    run = window.run
    dialog = asked(qtbot, window)
    dialog.take_files([model, data])
    looked(qtbot, dialog)
    Path(data).write_bytes(b"something else")
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "data.npz" in window.transport.message.text)
    assert window.transport.message.text.endswith("The run on display goes on.")
    assert window.run is run
    assert window.controls.config == ARTICLE
    assert not window.controls.can_undo


def test_weights_that_are_refused_do_not_stay_in_the_form(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    (tmp_path / "other.npz").write_bytes(b"something else")
    window.do.open_weights(str(tmp_path / "other.npz"))
    qtbot.waitUntil(lambda: "other.npz" in window.transport.message.text)
    assert window.controls.config == ARTICLE
    assert not window.controls.form.fields["model.head"].isVisible()
    qtbot.keyClick(window, Key.Key_Right)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 1)


@pytest.fixture
def choose(window: MainWindow) -> Callable[[str], None]:
    return lambda task: window.controls.offer("task.name", task)


def test_a_task_brings_the_speed_of_its_preset_and_undo_brings_the_old_one_back(
    qtbot: QtBot, window: MainWindow, choose: Callable[[str], None]
) -> None:
    window.do.pace(100.0)
    choose("adding")
    qtbot.waitUntil(lambda: window.run.config.task.name == "adding")
    assert (load_preset("adding").pace, window.transport.speed.value) == (None, None)
    window.controls.undo()
    qtbot.waitUntil(lambda: window.run.config == ARTICLE)
    assert window.transport.speed.value == load_preset("article").pace == 100.0
    window.do.pace(7.0)
    window.controls.offer("seed", 3)
    qtbot.waitUntil(lambda: window.run.config.seed == 3)
    assert window.transport.speed.value == 7.0


def test_no_refusal_in_the_dialog_names_an_option_or_a_key(
    qtbot: QtBot, dialog: OpenModel, tmp_path: Path
) -> None:
    case = golden("gru_batch")
    weights = {key.removeprefix("param."): array for key, array in case.items() if key.startswith("param.")}
    W = weights["head.weight"]
    cases: dict[str, tuple[dict[str, Any], str | None]] = {
        "several layers": ({"other.weight": W}, "model.head"),
        "an embedding": ({"head.weight": None, "emb.weight": np.ones((7, W.shape[1]))}, "model.head"),
        "several modules": (
            {name.replace("rnn.", "two."): weights[name] for name in weights if name.startswith("rnn.")},
            "model.rnn",
        ),
        "a head of two": ({"head.weight": None, "m.0.weight": np.ones((9, 9)), "m.2.weight": W}, None),
        "parts": ({"head.weight": None, "head.weight_g": W[:, :1], "head.weight_v": W}, None),
        "no readout": ({"head.weight": None}, None),
        "too many outputs": ({"head.weight": np.ones((18, 9)), "head.bias": np.ones(18)}, None),
    }
    data = write_data(tmp_path / "d.npz", x=case["x"].swapaxes(0, 1), y=case["y"].swapaxes(0, 1)[:, :, 0])
    for kind, (changes, row) in cases.items():
        kept = {name: array for name, array in (weights | changes).items() if array is not None}
        model = write_data(tmp_path / f"{kind}.npz", **kept)
        dialog.take_files([model, data])
        looked(qtbot, dialog)
        refusal = dialog.words[2]
        assert not dialog.open_button.isEnabled(), kind
        assert "--" not in refusal
        assert "model." not in refusal.replace("(model.head", "")  # a module in PyTorch's own words
        shown = [key for key, field in dialog.rows.items() if field.isVisible()]
        assert shown == ([row] if row else []), kind
        if row is not None:
            assert f"in the row “{dialog.rows[row].declared.label}”" in refusal


def test_what_is_not_used_is_said_as_long_as_the_run_lasts(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    notes = window.transport.notes
    assert not notes.isVisible()
    model, data = files(tmp_path, "vanilla_tanh_batch", norm__weight=np.ones(12))
    open_model(qtbot, window, model, data)
    said = notes.text()
    assert said.startswith("The units are taken as tanh, which the file does not tell.")
    assert said.endswith("Not used: norm.weight; the network as read has no normalization.")
    qtbot.mouseClick(window.transport.buttons["one_update"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update > 0)
    assert (notes.isVisible(), notes.text()) == (True, said)
    qtbot.mouseClick(window.transport.buttons["reset"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.status is not None and window.status.update == 0)
    assert (notes.isVisible(), notes.text()) == (True, said)
    window.do.preset("article")
    qtbot.waitUntil(lambda: not notes.isVisible())


def test_a_network_that_was_read_as_another_is_shown_with_both_figures_and_judged_by_nobody(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    loss = float(golden("gru_batch")["loss"])
    model, data = files(tmp_path, loss=np.array(1.5 * loss))
    open_model(qtbot, window, model, data)
    transport, controls = window.transport, window.controls
    theirs = f"{1.5 * loss:.5f}"[:7]
    difference = f"loss is {theirs}"
    assert transport.notes.text().startswith(f"≠ {difference}")
    assert transport.notes.colour == themes.DARK.bad
    flow = flow_panel(window)
    qtbot.waitUntil(lambda: flow.header.figure.text() == "no verdict")
    qtbot.waitUntil(lambda: controls.sentence.startswith(f"No verdict: {difference}"))
    for word in ("vanishing", "steady", "exploding"):
        assert word not in flow.header.figure.text()
        assert word not in controls.sentence
    window.do.preset("vanishing")
    qtbot.waitUntil(lambda: flow.header.figure.text().startswith("vanishing"))
    assert not transport.notes.isVisible()
