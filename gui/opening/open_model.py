"""The dialog that opens a person's own network, on their own data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QDialog, QWidget

from gui.fields import ChoiceField, FileField
from gui.fields.base import LABEL_WIDTH
from gui.widgets.boxes import Part, in_column, in_row
from gui.widgets.inputs import PushButton
from gui.widgets.plain import SELECTABLE, PlainLabel
from gui.widgets.reader import Reader
from rnn.config import RunConfig
from rnn.errors import ScopeError
from rnn.model.cells import CELLS
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.report.opening import CELL, HEAD, LABELS, NONLINEARITY, RNN, Found, Wish, is_data, look
from rnn.settings import Setting
from rnn.weights import ENDINGS

WIDTH = 560
BESIDE = LABEL_WIDTH + 8  # pixels from the left edge to what stands beside a label

MODEL = Setting(
    "Model",
    "An .npz or .safetensors file with PyTorch's names: any prefix before weight_ih_l0, and one linear layer "
    "as the readout.",
    file=True,
    endings=ENDINGS,
    empty="a file with PyTorch's names",
)
DATA = Setting(
    "Data",
    "An .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs), or class "
    "numbers from 0 on (sequences, time steps); without time steps y is one answer a sequence; h0_l0, c0_l0, "
    "… (sequences, units) are the states that the sequences begin in.",
    file=True,
    endings=(".npz",),
    empty="optional; keeps the present task",
)
ROWS = {  # what a model's file may leave open, by the keys of settings, in the order of the rows
    RNN: (lambda: (), "Which of the recurrent modules in the file is meant: it alone, from zero."),
    CELL: (lambda: CELLS, "What is unrolled over time; the file fits several."),
    NONLINEARITY: (
        lambda: NONLINEARITIES,
        "What a unit applies to the sum of its inputs; the file does not tell.",
    ),
    HEAD: (lambda: (), "Which of the linear layers in the file is the readout."),
}


def dropped_files(mime: QMimeData) -> list[str]:
    """The paths of the files of this machine among what is dragged."""
    return [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]


class OpenModel(QDialog):
    """Asks for the files, says at once what is in them, and opens what fits; the window goes on meanwhile.

    Attributes:
        model, data: the rows for the files.
        rows: those for what the model's file does not tell, by their keys, each seen only then.
        open_button: can be pressed where a run can begin with the files.
        found: what was last found.

    Signals:
        opened: what was found in the files that a person opens.
    """

    opened = Signal(object)

    def __init__(self, parent: QWidget | None, base: RunConfig) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open model")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self._base = base
        self._wish = Wish()
        self.found = Found(self._wish)
        self._reader = Reader(self)
        self._reader.late.connect(self._on_late)
        self._reader.over.connect(self._on_over)
        self.model = FileField("model.weights", MODEL, str, marked=False)
        self.data = FileField("task.file", DATA, str, marked=False)
        self.rows = {
            key: ChoiceField(key, Setting(LABELS[key], help, choices=choices), str, marked=False)
            for key, (choices, help) in ROWS.items()
        }
        for row in self.rows.values():
            row.box.setPlaceholderText("choose one")
        self._lay_out()
        for field in (self.model, self.data, *self.rows.values()):
            field.show_value("")
            field.offered.connect(self._on_offered)
        for file in (self.model, self.data):
            file.line.setAcceptDrops(False)  # it would take the text of a path; the dialog takes the file
            file.line.confirmed.connect(self._on_confirmed)
            file.browse.setAutoDefault(False)
        self._show()

    @property
    def is_looking(self) -> bool:
        """Whether the files that are named are still being looked into."""
        return self._reader.busy

    @property
    def words(self) -> tuple[str, str, str]:
        """What is said of the model, of the data, and of both together."""
        return self._of_model.text(), self._of_data.text(), self._verdict.text()

    def set_base(self, base: RunConfig) -> None:
        """A person is at another config now."""
        if base != self._base:
            self._base = base
            if self._wish.model and not self._wish.data:
                self._ask(self._wish)

    def take_files(self, files: Iterable[str]) -> None:
        """Put these files into their rows: that of the model, or of the data."""
        if files := tuple(files):
            self._reader.ask(partial(_sorted, files, self._wish), self._ask, self._on_refused)

    # How it is made

    def _lay_out(self) -> None:
        self._of_model, self._of_data, self._verdict = (
            PlainLabel(objectName="caption", wordWrap=True, textInteractionFlags=SELECTABLE) for _ in range(3)
        )
        for words in (self._of_model, self._of_data, self._verdict):
            words.setContentsMargins(BESIDE, 0, 0, 0)
            words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
            words.setMinimumHeight(2 * words.fontMetrics().height())
        hint = PlainLabel("Files can be dropped here", objectName="muted")
        self.open_button = PushButton("Open")
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self._on_open)
        self.give_up_button = PushButton("Give up")
        self.give_up_button.setAutoDefault(False)
        self.give_up_button.clicked.connect(self._on_given_up)
        self.give_up_button.hide()
        cancel = PushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        buttons = in_row((hint, 1), self.give_up_button, cancel, self.open_button, spacing=8)
        of_model = (self.model, self._of_model, *self.rows.values())
        parts: tuple[Part, ...] = (*of_model, 10, self.data, self._of_data, 4, self._verdict, 4, buttons)
        in_column(*parts, of=self, margins=(16, 14, 16, 14))

    # What is shown

    def _ask(self, wish: Wish) -> None:
        self._wish = wish
        self.model.show_value(wish.model)
        self.data.show_value(wish.data)
        self.open_button.setEnabled(False)
        self._reader.ask(partial(look, wish, self._base), self._on_found, self._on_refused)

    def _show(self) -> None:
        found = self.found
        self._of_model.setText(found.model)
        self._of_data.setText(found.data)
        for key, row in self.rows.items():
            names, chosen = found.choices.get(key, ()), found.chosen.get(key, "")
            row.offer_choices(names)
            row.show_value(chosen)
            row.setVisible(len(names) > 1 or key == found.undecided)
        differs = f"≠ {found.difference}. No verdict will be given." if found.difference else ""
        self._say(found.refusal or differs or self._intent(), wrong=bool(found.refusal or differs))
        self.open_button.setEnabled(found.fits)
        self.resize(WIDTH, max(self.heightForWidth(WIDTH), self.minimumSizeHint().height()))

    def _say(self, text: str, wrong: bool) -> None:
        self._verdict.setText(text)
        self._verdict.setAccessibleName(text)
        self._verdict.setObjectName("refusal" if wrong else "caption")
        self._verdict.style().polish(self._verdict)

    def _intent(self) -> str:
        """What opening does, where nothing is wrong."""
        if not self.found.model:
            return "Choose a model file."
        if self._wish.data:
            return "All sequences form one batch. The run waits before its first update."
        return f"It learns the task “{self._base.task.title}” on. The run waits before its first update."

    # What a person does

    def _on_offered(self, key: str, value: str) -> None:
        wish = self._wish
        if key == self.model.key:
            self._ask(Wish(model=value, data=wish.data))
        elif key == self.data.key:
            self._ask(replace(wish, data=value))
        else:
            self._ask(replace(wish, stated={**wish.stated, key: value}))

    def _on_found(self, found: Found) -> None:
        self.found = found
        self._show()

    def _on_refused(self, error: ScopeError) -> None:
        self._on_found(Found(self._wish, refusal=f"{error}."))

    def _on_late(self) -> None:
        self._say("Reading; the files have not answered yet.", wrong=False)
        self.give_up_button.show()

    def _on_over(self) -> None:
        self.give_up_button.hide()

    def _on_given_up(self) -> None:
        self._reader.give_up()
        self._on_refused(ScopeError("Reading was given up, since the files did not answer"))

    def _on_confirmed(self) -> None:
        """A second Enter in a row opens what has been looked into."""
        if self.open_button.isEnabled():
            self._on_open()

    def _on_open(self) -> None:
        self.opened.emit(self.found)
        self.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.take_files(dropped_files(event.mimeData()))


def _sorted(files: Iterable[str], wish: Wish) -> Wish:
    """``wish`` with each of the files as its model or as its data."""
    for file in files:
        wish = replace(wish, data=file) if is_data(file) else Wish(model=file, data=wish.data)
    return wish
