"""What buttons, menus and keys show of actions: title, tooltip, keys, and when they can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import get_args

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from gui.bench.mailbox import State

PATIENCE_MILLISECONDS = 150  # an update of a large network may take longer
SPACE, TOGGLE, UPDATE = "Space", "run_or_pause", "one_update"
STATES: frozenset[State] = frozenset(get_args(State))


@dataclass(frozen=True, slots=True)
class Action:
    """How an action is offered.

    Attributes:
        title: what a button or a menu calls it.
        tip: what it does, in a few words.
        keys: as Qt names them.
        states: of the run in which it can be asked for.
        repeats: whether a key that is held down asks again.
        menu: the menu that it stands in; empty for none.
        others: other titles and tips, by the state of the run.
    """

    title: str
    tip: str
    keys: tuple[str, ...] = ()
    states: frozenset[State] = STATES
    repeats: bool = False
    menu: str = ""
    others: Mapping[State, tuple[str, str]] = field(default_factory=dict)

    @property
    def key_words(self) -> str:
        """The keys as a person reads them: "E or Shift →"."""
        return " or ".join(
            key if len(key) == 1 else key.replace("Right", "→").replace("+", " ") for key in self.keys
        )

    def tip_of(self, what: str) -> str:
        """A tooltip that says ``what`` it does, and by which keys."""
        return f"{what} ({self.key_words})" if self.keys else what


class Faces(dict[str, QAction]):
    """Qt's face of each action by its name; one that is triggered asks for the action.

    Attributes:
        state: that of the run on display.
    """

    def __init__(self, actions: Mapping[str, Action], parent: QObject) -> None:
        super().__init__()
        self.state: State = "ready"
        self._actions = actions
        for name, action in actions.items():
            face = self[name] = QAction(action.title, parent)
            face.setToolTip(action.tip_of(action.tip))
            face.setShortcuts([QKeySequence(key) for key in action.keys if key != SPACE])
            face.setAutoRepeat(action.repeats)
            face.triggered.connect(partial(self._on_triggered, name))
        self._pausing = QTimer(parent, singleShot=True, interval=PATIENCE_MILLISECONDS)
        self._pausing.timeout.connect(self._on_still_running)
        self.show_batch(1)
        self.show_state("ready")

    def serve(self, window: QWidget) -> None:
        """Let the keys be for the whole window; a widget with the focus keeps those that it uses itself."""
        window.addActions(list(self.values()))
        space = QShortcut(QKeySequence(SPACE), window)
        space.setAutoRepeat(False)
        space.activated.connect(self._on_space)

    def in_menu(self, menu: str) -> list[QAction]:
        """What stands in this menu."""
        return [self[name] for name, action in self._actions.items() if action.menu == menu]

    def show_state(self, state: State) -> None:
        """Offer what can be asked of a run in this state."""
        self.state = state
        self._pausing.stop()
        for name, action in self._actions.items():
            self[name].setEnabled(state in action.states)
            if action.others:
                title, tip = action.others.get(state, (action.title, action.tip))
                self[name].setText(title)
                self[name].setToolTip(action.tip_of(tip))

    def show_batch(self, size: int) -> None:
        """Say of one update what it sees: ``size`` sequences."""
        what = f"one batch of {size:,} sequences" if size > 1 else "one sequence"
        self[UPDATE].setToolTip(self._actions[UPDATE].tip_of(f"Train on {what}, then pause"))

    def _on_triggered(self, name: str, *_checked: bool) -> None:
        """A pause that takes a while is said to; what else is asked for may keep the run going."""
        if name == TOGGLE and self.state == "running":
            self._pausing.start()
        elif self._actions[name].states != STATES:
            self.show_state(self.state)

    def _on_space(self) -> None:
        """A button that was reached with the Tab key is pressed, whichever it is; else run or pause."""
        focused = QApplication.focusWidget()
        if isinstance(focused, QAbstractButton):
            focused.click()
        else:
            self[TOGGLE].trigger()

    def _on_still_running(self) -> None:
        self[TOGGLE].setText("Pausing…")
        self[TOGGLE].setEnabled(False)  # a second press would mean to continue
