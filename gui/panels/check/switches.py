"""The two errors of the article's recursion as switches, each mended by a click."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gui.panels.check.words import SHORT_SWITCHES, SWITCH_HELP, SWITCHES
from gui.theme import Theme
from gui.widgets.boxes import in_row
from gui.widgets.plain import PlainLabel
from rnn.observing.probes.article_recursion import ERRORS, Errors

WIDE = 420  # pixels: where there is less, the switches are called by one word


class ArticleSwitches(QWidget):
    """A line with a switch for each error; or why the recursion does not apply.

    Signals:
        changed: another choice of errors than before.
    """

    changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words = PlainLabel(objectName="muted")
        self.switches: dict[str, QToolButton] = {}
        for error in ERRORS:
            switch = QToolButton()
            switch.setCheckable(True)
            switch.setChecked(True)
            switch.setToolTip(SWITCH_HELP[error])
            switch.setAccessibleName(f"The article's recursion: {error}")
            switch.toggled.connect(self._on_toggled)
            self.switches[error] = switch
        in_row(self._words, *self.switches.values(), None, of=self)
        self.say(None)

    @property
    def errors(self) -> Errors:
        """Those that the recursion still has."""
        return frozenset(error for error, switch in self.switches.items() if switch.isChecked())

    def say(self, reason: str | None) -> None:
        """The recursion does not apply for this reason; with None it does."""
        wide = self.width() >= WIDE
        standing = "the article's recursion:" if wide else "article:"
        self._words.setText(f"the article's recursion does not apply: {reason}" if reason else standing)
        self._words.setWordWrap(reason is not None)
        policy = QSizePolicy.Policy.Expanding if reason else QSizePolicy.Policy.Maximum
        self._words.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        for error, switch in self.switches.items():
            switch.setVisible(reason is None)
            wrong = switch.isChecked()
            switch.setText((SWITCHES if wide else SHORT_SWITCHES)[error][0 if wrong else 1])
            colour = self._theme.bad if wrong else self._theme.good
            switch.setStyleSheet(
                f"QToolButton {{ color: {colour}; border: 1px solid {self._theme.border}; }}"
            )
        self._reason = reason

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.size().width() >= WIDE) != (event.oldSize().width() >= WIDE):
            self.say(self._reason)

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.say(self._reason)

    def _on_toggled(self, on: bool) -> None:
        self.say(self._reason)
        self.changed.emit()
