"""Every word that a person can be shown: of widgets, menus, tooltips, plots, and under the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pyqtgraph as pg
from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QComboBox,
    QGraphicsItem,
    QGraphicsSimpleTextItem,
    QGraphicsTextItem,
    QGraphicsView,
    QMenu,
    QWidget,
)

from gui.panels.frame.panel import Panel
from gui.panels.views.panel import ViewsPanel
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import feed

OF_A_WIDGET = ("text", "windowTitle", "toolTip", "accessibleName", "accessibleDescription", "placeholderText")
UNDERSCORE = r"(?:W|b|σ|L|h|c|s)_(?:x|h|y|n|T|t|max)\b"
# Left: what is not said. Right: what is said instead, see the README.
NOT_SAID = {
    r"\bRun on\b": "Continue",
    r"\bStep (?:sequence|batch|epoch)\b": "One update, One epoch",
    r"\b(?<![Tt]ime )(?<![Gg]radient )(?<![Cc]omplex )[Ss]teps?\b(?! decay)": "time step, update, …",
    r"one[- ]step[- ]ahead|own output": "given the true past, given its own answers",
    r"tenth left": "10 % left after … time steps",
    r"exactly n Jacobians": "share of the gradient that came from n time steps back",
    r"95.%.within|comes from at lag": "beyond … less than 5 % of the whole gradient is missing",
    r"no picture holds": "off any scale",
    r"noise-free recurrence": "exact two-point rule, fed with noisy points",
    r"[Ww]hole loss": "last time step, all time steps",
    r"the task stays|Name the file of": "optional; keeps the present task",
    r"\(not [^ )]+\)": "changed from",
    r"Layout: gradient": "Layout: six gradient panels",
    UNDERSCORE: "a real subscript",
    r"\d+e\+\d\d": "1,000,000, or a power of ten",
    r"\bmse\b": "mean square error",
}


def misnamed(text: str) -> list[str]:
    """What of it is not said so in the window."""
    plain = " ".join(unescape(re.sub(r"<[^>]*>", "", text)).split())
    return [f"{pattern}: {plain[:200]}" for pattern in NOT_SAID if re.search(pattern, plain)]


def words_of(panel: Panel, trainer: Trainer) -> Iterator[str]:
    """Everything that a panel says in each of its views, under the cursor too."""
    yield from (panel.header.explanation, panel.title)
    for place in range(len(panel.views) if isinstance(panel, ViewsPanel) else 1):
        if isinstance(panel, ViewsPanel):
            panel.view.choose(place)
        feed(panel, trainer, 2)
        yield panel.summary()
        yield from shown_in(panel)
        yield from of_menu(panel.menu())
        if hasattr(panel, "plot"):
            (left, right), (low, high) = panel.plot.shown()
            parts = [(column / 6.0, row / 4.0) for column in range(1, 6) for row in range(1, 4)]
            yield from (panel.readout(left + x * (right - left), low + y * (high - low)) for x, y in parts)


def shown_in(widget: QWidget) -> Iterator[str]:
    """The texts of a widget and of all that it holds."""
    for each in (widget, *widget.findChildren(QWidget)):
        yield from of_object(each)
        if isinstance(each, QComboBox):
            yield from (each.itemText(place) for place in range(each.count()))
        if isinstance(each, QGraphicsView) and each.scene() is not None:
            for item in each.scene().items():
                yield from of_item(item)
    for action in widget.findChildren(QAction):
        yield from of_object(action)


def of_object(thing: QObject) -> Iterator[str]:
    """What Qt shows of one widget or action."""
    for name in OF_A_WIDGET:
        said = getattr(thing, name, None)
        if callable(said):
            yield str(said())


def of_menu(menu: QMenu) -> Iterator[str]:
    """Its entries."""
    yield from (action.text() for action in menu.actions())


def of_item(item: QGraphicsItem) -> Iterator[str]:
    """What is written in a plot."""
    if isinstance(item, QGraphicsTextItem):
        yield item.toPlainText()
    elif isinstance(item, QGraphicsSimpleTextItem):
        yield item.text()
    elif isinstance(item, pg.AxisItem):
        yield str(item.labelText)
