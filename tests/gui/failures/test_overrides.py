"""What is raised where Qt calls Python is kept, in every class that there is."""

from __future__ import annotations

import gc
import sys
import threading
from types import FunctionType

import pytest
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication, QGraphicsItem, QWidget

import gui.app  # noqa: F401 - everything that a window is made of
from gui.failures.overrides import below, is_qts, keep_errors, overrides
from gui.panels.unrolled.mouse import PictureMouse
from tests.waiting import PATIENCE


def test_every_method_of_ours_that_qt_calls_keeps_its_errors() -> None:
    """Of each that has the name of a method of Qt's: one with a name that is not known yet is to be added."""
    keep_errors()
    everything = {kind for root in (QObject, QGraphicsItem) for kind in below(root)}
    ours = [kind for kind in everything if kind.__module__.startswith("gui.")]
    assert len(ours) > 100
    loose = [
        f"{kind.__name__}.{name}"
        for kind in ours
        for name, method in vars(kind).items()
        if any(name in vars(base) for base in kind.__mro__ if is_qts(base))
        if isinstance(method, FunctionType) and name[:2] != "__" and not hasattr(method, "keeps_errors")
    ]
    assert loose == []


def test_so_do_those_of_pyqtgraph() -> None:
    keep_errors()
    kinds = [kind for kind in below(QGraphicsItem) if kind.__module__.startswith("pyqtgraph.")]
    kept = {f"{kind.__name__}.{name}" for kind in kinds for name, _ in overrides(kind)}
    assert {"PlotCurveItem.paint", "ScatterPlotItem.boundingRect", "AxisItem.resizeEvent"} <= kept
    assert all(hasattr(method, "keeps_errors") for kind in kinds for _, method in overrides(kind))


def test_qt_gets_something_that_it_can_use_and_the_hook_gets_the_error(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(QWidget):
        def sizeHint(self) -> QSize:
            raise ZeroDivisionError("planted")

    keep_errors()
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: caught.append(error[1]))
    widget = Failing()
    assert not widget.sizeHint().isValid()
    widget.adjustSize()
    assert {type(error) for error in caught} == {ZeroDivisionError}


def test_what_fails_while_another_thread_collects_garbage_is_told(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(QWidget):
        def sizeHint(self) -> QSize:
            raise ZeroDivisionError("planted")

    class Garbage:
        def __del__(self) -> None:
            begun.set()
            told.wait(PATIENCE)

    def collect() -> None:
        garbage = Garbage()
        vars(garbage).update(itself=garbage)
        del garbage
        gc.collect()

    keep_errors()
    begun, told = threading.Event(), threading.Event()
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: caught.append(error[1]))
    widget, thread = Failing(), threading.Thread(target=collect)
    gc.disable()  # else this thread might collect it
    try:
        thread.start()
        assert begun.wait(PATIENCE)
        widget.sizeHint()
    finally:
        told.set()
        thread.join()
        gc.enable()
    assert len(caught) == 1


def test_what_garbage_collection_has_emptied_has_nothing_to_say(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hiding(QWidget):
        hidden = 0

        def __init__(self, parent: QWidget) -> None:
            super().__init__(parent)
            self.mouse = PictureMouse(self)

        def hideEvent(self, _: QHideEvent) -> None:
            Hiding.hidden += 1
            self.mouse.blockSignals(True)

    class Holder:
        """Comes later than what it holds, which is emptied first, and is deleted when this is."""

    keep_errors()
    caught: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: caught.append(error[1]))
    for planted in (False, True):
        top = QWidget()
        child, holder = Hiding(top), Holder()
        vars(holder).update(top=top, child=child)
        vars(child).update(holder=holder)
        vars(child.mouse).update(holder=holder)
        top.show()
        if planted:  # the same fault in what is no garbage is told
            del child.mouse
            top.hide()
        else:
            del top, child, holder
            gc.collect()
    assert Hiding.hidden == 2
    assert [str(error) for error in caught] == ["'Hiding' object has no attribute 'mouse'"]
