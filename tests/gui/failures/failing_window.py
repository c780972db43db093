"""A real window in which panels fail on purpose: ``python failing_window.py PRESET NAME[,NAME…] HOW[,HOW…]``.

It runs in a process of its own, which is what ends where an error is not kept. HOW is what fails in the
panels, one after the other: ``paint``, ``draw``, ``receive``, ``event`` or ``probe``.
"""

from __future__ import annotations

import ctypes
import dataclasses
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGraphicsItem, QWidget

from gui.app import make_application
from gui.bench.mailbox import Status
from gui.docks.layouts import NAMES
from gui.failures import log
from gui.failures.overrides import below, overrides
from gui.main_window import MainWindow
from gui.panels import Panel
from gui.panels.check.panel import CheckPanel
from gui.panels.frame.panel import TRY_AGAIN
from gui.panels.plots.plot import Plot
from gui.preferences import Preferences
from gui.theme import DARK
from rnn.config.presets import load_preset
from rnn.observing.probes import PROBES

PATIENCE = 60.0  # seconds; they are spent only where what is waited for never comes
ENDLESS = {"training.epochs": 1_000_000}

planted: dict[tuple[Any, str], type[Exception]] = {}  # by an object and the method of it that fails
logged: list[str] = []


class Reader(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        logged.append(record.exc_text or record.getMessage())


def make_all_switchable() -> None:
    """Let every method that Qt calls look first whether it is to fail; before any window is made."""
    for kind in {*below(QObject), *below(QGraphicsItem)}:
        for name, method in overrides(kind):
            setattr(kind, name, _switchable(name, method))


def _switchable(name: str, method: Callable[..., object]) -> Callable[..., object]:
    def switchable(self: Any, *arguments: Any, **named: Any) -> object:
        if (self, name) in planted:
            fail(planted[self, name])
        return method(self, *arguments, **named)

    return switchable


def fail(error: type[Exception]) -> NoReturn:
    """Raise it as C does, such as for 1 / 0: it is that which Qt's bindings stumble over."""
    ctypes.pythonapi.PyErr_SetString(ctypes.py_object(error), b"planted")
    raise AssertionError("not reached")


def wait(reached: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < until, what
        QTest.qWait(1)


UNHARMED = dict(PROBES)


class Failing:
    """One way in which a panel fails, while ``plant`` has been called and ``mend`` has not."""

    def __init__(self, panel: Panel, how: str) -> None:
        self.panel, self.how = panel, how
        self.error = type(f"Planted{how.title()}{type(panel).__name__}", (Exception,), {})

    def plant(self) -> None:
        getattr(self, f"_{self.how}")()

    def mend(self) -> None:
        planted.clear()
        vars(self.panel).pop(self.how, None)
        PROBES.update(UNHARMED)

    def _raise(self, *_: object, **__: object) -> None:
        fail(self.error)

    def _draw(self) -> None:
        self.panel.draw = self._raise  # type: ignore[method-assign]

    def _receive(self) -> None:
        self.panel.receive = self._raise  # type: ignore[method-assign]

    def _paint(self) -> None:
        for part, name in painted(self.panel):
            planted[part, name] = self.error
            (part.parent().viewport() if name == "data" else part).update()

    def _event(self) -> None:
        planted[self.panel, "keyPressEvent"] = self.error
        QTest.keyClick(self.panel, Qt.Key.Key_F9)

    def _probe(self) -> None:
        for name in self.panel.probes:
            PROBES[name] = dataclasses.replace(PROBES[name], measure=self._raise)


def painted(panel: Panel) -> Iterator[tuple[Any, str]]:
    """What Python paints of the panel's picture, and by which method."""
    plots = panel.findChildren(Plot)
    items = [item for plot in plots for item in plot.scene().items() if item.isVisible()]
    for part in (*items, *panel.body.findChildren(QWidget)):
        for name in ("paint", "paintEvent"):
            if any(each == name for kind in type(part).__mro__ for each, _ in overrides(kind)):
                yield part, name
    if isinstance(panel, CheckPanel):
        yield panel.cells.cells, "data"


def fails(window: MainWindow, failing: Failing, others: list[Panel]) -> None:
    """Let it fail, and look at everything else."""
    panel, name = failing.panel, failing.error.__name__
    begun, update = time.perf_counter(), status(window).update
    failing.plant()
    for each in (panel, *others):
        each.dirty = True  # the gradient check alone is not drawn anew by itself
    if failing.how == "event":
        wait(lambda: name in window.transport.message.text, f"{name} is told")
        assert panel.failure is None
    else:
        wait(lambda: name in panel._instead.text() and panel._instead.isVisible(), f"{name} is told")
        assert TRY_AGAIN in panel._instead.text()
        assert not panel.body.isVisible()
    wait(lambda: status(window).update > update, f"the training goes on after {name}")
    wait(lambda: all(other.drawn_at > begun for other in others), f"the others are drawn after {name}")
    assert all(other.failure is None and other.body.isVisible() for other in others)
    assert len([trace for trace in logged if name in trace]) == 1
    assert window.isVisible()


def heal(window: MainWindow, mended: list[Failing]) -> None:
    """Try again in every panel that has failed; once more where what was measured before is still coming."""
    for failing in mended:
        failing.mend()
    begun, panels = time.perf_counter(), window.grid.suited
    for panel in panels:
        panel.dirty = True

    def is_sound(panel: Panel) -> bool:
        if panel.failure is not None:
            action(panel, TRY_AGAIN).trigger()
        return panel.body.isVisible() and panel.drawn_at > begun and bool(panel.table())

    wait(lambda: all(is_sound(panel) for panel in panels), "all are drawn and have numbers")
    assert all(panel.failure is None for panel in panels)
    assert TRY_AGAIN not in [action.text() for panel in panels for action in panel.menu().actions()]


def action(panel: Panel, words: str) -> QAction:
    return next(action for action in panel.menu().actions() if action.text() == words)


def status(window: MainWindow) -> Status:
    assert window.status is not None
    return window.status


def main(preset: str, names: str, hows: str) -> None:
    make_all_switchable()
    make_application()
    log.log.addHandler(Reader())
    window = MainWindow(load_preset(preset).config.with_values(ENDLESS), None, DARK, Preferences())
    window.resize(1680, 1050)
    window.grid.show_side_by_side(NAMES)
    window.show()
    log.install(window.transport.show_message)
    wait(lambda: len(window.grid.shown) == len(NAMES), "all panels are there")
    wait(lambda: window.status is not None, "the run has begun")
    window.do.run_or_pause()
    for how in hows.split(","):
        panels = [panel for panel in window.grid.suited if panel.name in names.split(",")]
        all_failing = [Failing(panel, how) for panel in panels if how != "probe" or panel.probes]
        for failing in all_failing:
            sound = [panel for panel in window.grid.suited if panel.failure is None]
            if how == "probe":
                sound = [panel for panel in sound if not panel.probes & failing.panel.probes]
            fails(window, failing, [panel for panel in sound if panel is not failing.panel])
            if how == "probe":
                heal(window, [failing])
        heal(window, all_failing)
        print(how, *(failing.panel.name for failing in all_failing), flush=True)
    window.close()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception:
        sys.excepthook = sys.__excepthook__
        raise
