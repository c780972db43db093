"""Where Qt calls Python: what is raised there is kept, since on its way through Qt it ends the process.

WORKAROUND for PySide6 6.8 to 6.11: an exception that leaves a method which Qt calls, while another such
method is under way, is a segmentation fault. Everything that the window paints is under way in one.
"""

from __future__ import annotations

import functools
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, QSizeF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsLayoutItem

# What Qt gets where a method has failed: made of the arguments that it called with.
INSTEAD: dict[str, Callable[..., object]] = {
    "boundingRect": lambda *_: QRectF(),
    "columnCount": lambda *_: 0,
    "data": lambda *_: None,
    "event": lambda *_: False,
    "eventFilter": lambda *_: False,
    "headerData": lambda *_: None,
    "hidePopup": lambda *_: None,
    "itemChange": lambda _, value: value,
    "minimumSizeHint": lambda *_: QSize(),
    "paint": lambda *_: None,
    "rowCount": lambda *_: 0,
    "shape": lambda *_: QPainterPath(),
    "showPopup": lambda *_: None,
    "sizeHint": lambda *which: QSizeF() if which else QSize(),
}
_collecting: set[int] = set()  # the threads that collect garbage at this moment
DRAWING = ("paint", "paintEvent", "boundingRect", "shape", "data", "headerData")


def keep_errors() -> None:
    """From now on, keep what is raised in the methods that Qt calls of all classes that there are.

    A panel is given what its parts fail to draw, in ``keep_error``; all else goes to sys.excepthook.
    """
    if _note_collection not in gc.callbacks:
        gc.callbacks.append(_note_collection)
    for kind in {kind for root in (QObject, QGraphicsItem, QGraphicsLayoutItem) for kind in below(root)}:
        for name, method in overrides(kind):
            if not hasattr(method, "keeps_errors"):
                setattr(kind, name, _keeping(name, method))


def overrides(kind: type) -> Iterator[tuple[str, FunctionType]]:
    """The methods that a Python class has in the place of Qt's, as far as it is Qt that calls them."""
    if is_qts(kind):
        return
    for name, method in list(vars(kind).items()):
        called = name in INSTEAD or name.endswith("Event")
        if (
            called
            and isinstance(method, FunctionType)
            and any(name in vars(base) for base in kind.__mro__ if is_qts(base))
        ):
            yield name, method


def below(kind: type) -> Iterator[type]:
    """All that are made of this class, directly or not."""
    subclasses: list[type] = type.__subclasses__(kind)
    for each in subclasses:
        yield each
        yield from below(each)


def is_qts(kind: type) -> bool:
    """Whether a class is one of Qt's own."""
    return kind.__module__.startswith(("PySide6.", "Shiboken"))


def _note_collection(phase: str, _: object) -> None:
    (_collecting.add if phase == "start" else _collecting.discard)(threading.get_ident())


def _keeping(name: str, method: FunctionType) -> Callable[..., object]:
    instead, collecting = INSTEAD.get(name, lambda *_: None), _collecting

    @functools.wraps(method)
    def keeping(self: Any, *arguments: Any, **named: Any) -> object:
        try:
            return method(self, *arguments, **named)
        except Exception as error:
            # Garbage has lost its fields before Qt, which deletes it then, sends it the last events.
            if threading.get_ident() not in collecting:
                _tell(self, name, error)
            return instead(*arguments)

    keeping.keeps_errors = True  # type: ignore[attr-defined]
    return keeping


def _tell(thing: Any, name: str, error: Exception) -> None:
    """Give the error to the panel whose picture needs what has failed, else to the hook."""
    panel = _panel_of(thing) if name in DRAWING else None
    if panel is not None:
        panel.keep_error(error)
    else:
        sys.excepthook(type(error), error, error.__traceback__)


def _panel_of(thing: Any) -> Any:
    """The panel that a widget, an item or what serves them is a part of; None where there is none."""
    try:
        while thing is not None and not hasattr(thing, "keep_error"):
            if isinstance(thing, QGraphicsItem):
                thing = next(iter(thing.scene().views()), None)
            else:
                thing = thing.parent()
    except (AttributeError, RuntimeError):  # it is in no scene, or Qt has let go of it
        return None
    return thing
