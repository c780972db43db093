"""The gradient check panel: backpropagation, the article's recursion and planted errors beside the truth."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton

from gui.panels.check import words
from gui.panels.check.switches import ArticleSwitches
from gui.panels.check.table import CheckTable
from gui.panels.frame.chooser import Chooser
from gui.panels.frame.export import Table
from gui.panels.frame.header import SIGN_WIDTH
from gui.panels.frame.panel import Panel
from gui.theme import Theme, font
from gui.widgets.plain import PlainLabel
from rnn.observing.probes.check_result import GradientCheck
from rnn.observing.probes.planted import PLANTED
from rnn.observing.snapshot import RunInfo, Snapshot
from rnn.training.scalars import Scalars

NO_ERROR = "no error"
LARGEST = 16  # pixels: the letters of the sentence
BUTTONS = {
    "slope": "✗ slope",
    "carry": "✗ carry",
    "bias": "✗ bias",
    "transpose": "✗ transpose",
}


class CheckPanel(Panel):
    """A row for each parameter; the first check begins by itself, another one when it is asked for.

    Attributes:
        planted: the chooser of the error in a copy of the backward pass.
        article: the switches of the article's recursion.
        cells: the table.
    """

    name = "check"
    title = "Gradient check"
    judges = True
    says_first = words.SAYS_FIRST
    explanation = words.EXPLANATION
    probes = frozenset({"check"})

    def __init__(self, theme: Theme) -> None:
        self.cells = CheckTable(theme)
        super().__init__(theme, self.cells)
        self._check: GradientCheck | None = None
        self._update = 0
        self._number = 0
        self._names: tuple[str, ...] = ()
        self.planted = Chooser("the error planted in a copy of the backward pass")
        self.planted.chosen.connect(self._on_chosen)
        self.add_control(self.planted)
        self.again = QToolButton()
        self.again.setText("↻")
        self.again.setFixedWidth(SIGN_WIDTH)
        self.again.setAccessibleName("Check the gradient of this moment")
        self.again.setToolTip("Check the gradient by the weights of this moment")
        self.again.clicked.connect(self._on_again)
        self.add_control(self.again)
        for control in (self.planted, self.again):
            control.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.article = ArticleSwitches(theme)
        self.article.changed.connect(self._on_chosen)
        self.sentence = PlainLabel()
        self.sentence.setWordWrap(True)
        self._on_resized(self.cells.letters)
        self.rows.addWidget(self.sentence)
        self.rows.addWidget(self.article)
        self.cells.filled.connect(self.fill_asked)
        self.cells.resized.connect(self._on_resized)
        self.apply_theme(theme)

    # The contract

    def begin(self, info: RunInfo) -> None:
        self._check = None
        self._update = 0
        fitting = {name: error for name, error in PLANTED.items() if error.fits(info.cell)}
        self._names = tuple(fitting)
        choices = {error.title(info.cell): BUTTONS.get(name, name) for name, error in fitting.items()}
        self.planted.offer({NO_ERROR: "plant", **choices})
        self.set_figure("")
        self.set_caption(self.caption)
        self.sentence.clear()
        self.dirty = True

    def receive(self, scalars: Sequence[Scalars], snapshot: Snapshot | None) -> None:
        check = snapshot.probe(GradientCheck) if snapshot is not None else None
        if snapshot is None or check is None:
            return
        moved_on = self._moved_on
        is_new, self._check, self._update = check is not self._check, check, snapshot.update
        if is_new or self._moved_on != moved_on:
            self.dirty = True

    def draw(self) -> None:
        check, planted = self._check, self._planted
        self.cells.show_check(check, planted, self.article.errors, self.good)
        self.article.say(None if check is None else check.no_article)
        if check is None:
            return
        figure = words.past if self._moved_on else words.figure
        self.set_figure(figure(check, planted), colour=self._colour(check))
        self.set_caption(words.standing(check))
        self.sentence.setText(self.summary())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.cells.apply_theme(theme)
        self.article.apply_theme(theme)

    def summary(self) -> str:
        check = self._check
        if check is None:
            return ""
        found = (
            f"{words.sentence(check, self._planted)} {words.of_article(check, self.article.errors)}".strip()
        )
        return f"At update {check.update:,}: {found[0].lower()}{found[1:]}" if self._moved_on else found

    def table(self) -> Table:
        if self._check is None:
            return {}
        return words.table(self._check, self._planted, self.article.errors)

    def extend_menu(self, menu: QMenu) -> None:
        menu.addAction("Check again", self._on_again)

    # What is on show

    @property
    def _planted(self) -> str | None:
        """The name of the error that is planted; None is none."""
        return self._names[self.planted.value - 1] if self.planted.value else None

    @property
    def _moved_on(self) -> bool:
        """Whether the network has been trained since."""
        return self._check is not None and self._check.update != self._update

    def _colour(self, check: GradientCheck) -> str:
        is_open = check.problem is not None or not check.complete or self._moved_on
        if is_open or words.says_nothing(check, self._planted):
            return self.theme.muted
        return self.theme.bad if words.wrong(check, self._planted) else self.good

    # Events

    def _on_resized(self, letters: int) -> None:
        self.sentence.setFont(font(min(letters, LARGEST)))
        self.sentence.setMinimumHeight(2 * self.sentence.fontMetrics().lineSpacing())

    def _on_again(self) -> None:
        self._number += 1
        self.look_changed.emit("check", self._number)

    def _on_chosen(self) -> None:
        self.dirty = True
