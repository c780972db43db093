"""A window with the bar in it, and other things that take the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui import theme as themes
from gui.actions import ACTIONS
from gui.bench.mailbox import State
from gui.transport.faces import Faces
from gui.transport.transport import Transport
from gui.widgets.inputs import ComboBox

Key = Qt.Key
Asked = list[str]


class Window(QWidget):
    """A transport in a window, beside a text field, a combo box and something else that takes the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.faces = Faces(ACTIONS, self)
        self.faces.serve(self)
        self.transport = Transport(themes.DARK, self.faces)
        self.line = QLineEdit("12")
        self.box = ComboBox()
        self.box.addItems(["Gaussian", "Even", "Prime"])
        self.other = QPlainTextEdit()
        self.other.setReadOnly(True)
        rows = QVBoxLayout(self)
        for part in (self.transport, self.line, self.box, self.other):
            rows.addWidget(part)
        self.asked: Asked = []
        for name, face in self.faces.items():
            face.triggered.connect(self._note(name))

    def _note(self, name: str) -> Callable[[], None]:
        return lambda: self.asked.append(name)


def press(
    qtbot: QtBot, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """A key, where the focus is."""
    focused = QApplication.focusWidget() or QApplication.activeWindow()
    assert focused is not None
    qtbot.keyClick(focused, key, modifier)


def show_progress(
    bar: Transport,
    *,
    state: State = "running",
    update: int = 246,
    rate: float = 98.4,
    frames: float = 59.7,
    engine: str = "",
    why: str = "",
) -> None:
    bar.show_progress(
        state=state,
        epoch=3,
        target_epochs=9,
        update=update,
        updates_a_second=rate,
        frames_a_second=frames,
        fraction=0.25,
        engine=engine,
        why=why,
    )
