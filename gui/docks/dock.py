"""A place for a panel: it can be shown, hidden, tabbed, floated, and dragged by the panel's header."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Signal
from PySide6.QtGui import QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QDockWidget, QStackedWidget, QWidget

from gui.panels import Panel
from rnn.observing.snapshot import RunInfo

EDGE = 5  # pixels around a floating panel, to take hold of when it is resized
MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease)


class Dock(QDockWidget):
    """Panels that take turns in one place: of one size, whichever is in front.

    Attributes:
        panels: all of them.
        panel: the one in front; None where none suits the run.
        wanted: whether a person wants this place to be shown.
        body: what holds the panels, here or filling the window.

    Signals:
        closed: a person closed its window.
    """

    closed = Signal()

    def __init__(self, panels: Sequence[Panel]) -> None:
        super().__init__()
        self.setObjectName(panels[0].name)
        self.panels = tuple(panels)
        self.panel: Panel | None = panels[0]
        self.wanted = True
        self.body = QStackedWidget()
        for panel in panels:
            self.body.addWidget(panel)
            panel.windowTitleChanged.connect(self._on_title_changed)
        self.setWidget(self.body)
        self._line = _Line()
        self.setTitleBarWidget(self._line)
        self._grip: float | None = None
        self.topLevelChanged.connect(self._on_top_level_changed)
        self._on_title_changed()

    @property
    def title(self) -> str:
        """What it is called in menus and on tabs."""
        return (self.panel or self.panels[0]).windowTitle()

    @property
    def has_panel(self) -> bool:
        """Whether one of its panels suits the run."""
        return self.panel is not None

    @property
    def is_wanted(self) -> bool:
        """Whether it is to be shown of this run."""
        return self.wanted and self.has_panel

    @property
    def is_seen(self) -> bool:
        """Whether a person sees its panel: neither hidden nor behind another tab."""
        return self.panel is not None and not self.panel.visibleRegion().isEmpty()

    def show_run(self, info: RunInfo) -> None:
        """Put the first panel in front that suits the run; hide where none does."""
        self.panel = next((panel for panel in self.panels if panel.suits(info)), None)
        if self.panel is not None:
            self.body.setCurrentWidget(self.panel)
        self._on_title_changed()
        self.follow()

    def follow(self, elsewhere: bool = False) -> None:
        """Be shown where that is wanted, unless the panel is ``elsewhere``."""
        self.setVisible(self.is_wanted and not elsewhere)

    # Events

    def event(self, event: QEvent) -> bool:
        """Let the header of the panel be what Qt's own title bar is: the thing to drag it by.

        Qt looks for the mouse in its title bar, here a line on top: so the mouse is moved up to there.
        """
        if event.type() not in MOUSE:
            return super().event(event)
        assert isinstance(event, QMouseEvent)
        if event.type() == QEvent.Type.MouseButtonPress:
            self._grip = event.position().y() - self._line.y() if self._is_header(event.position()) else None
        if self._grip is None:
            return super().event(event)
        up = QPointF(0.0, -self._grip)
        moved = QMouseEvent(
            event.type(),
            event.position() + up,
            event.scenePosition() + up,
            event.globalPosition() + up,
            event.button(),
            event.buttons(),
            event.modifiers(),
            event.pointingDevice(),
        )
        if event.type() == QEvent.Type.MouseButtonRelease:
            self._grip = None
        return super().event(moved)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()

    def _is_header(self, place: QPointF) -> bool:
        if self.panel is None or not self.panel.isVisible():
            return False
        return place.y() < self.panel.body.mapTo(self, self.panel.body.rect().topLeft()).y()

    def _on_title_changed(self) -> None:
        self.setWindowTitle(self.title)

    def _on_top_level_changed(self, floats: bool) -> None:
        edge = EDGE if floats else 0
        self.setContentsMargins(edge, edge, edge, edge)
        for panel in self.panels:
            panel.floats = floats


class _Line(QWidget):
    """As little of a title bar as Qt takes for one."""

    def sizeHint(self) -> QSize:
        return QSize(0, 1)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
