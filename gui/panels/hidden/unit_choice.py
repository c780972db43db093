"""Which unit of an image is looked at: the one under the cursor, else the one that a click or a key keeps."""

from __future__ import annotations

from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QObject, QPointF, Qt, Signal

from gui.panels.plots.plot import Plot
from gui.panels.plots.step_marks import nearest


class UnitChoice(QObject):
    """The unit of a plot whose rows 1 … H are units, over the time steps 1 … T.

    Attributes:
        hovered: the unit under the cursor, counted from 0, or None.
        kept: the unit that stays on display when the cursor leaves, or None.

    Signals:
        changed: another unit is looked at, or it is kept, or no more.
    """

    changed = Signal()

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.hovered: int | None = None
        self.kept: int | None = None
        self._undo: tuple[int | None] | None = None  # what the last click replaced
        self._steps, self._units = 0, 0
        self._box = plot.box
        plot.hovered.connect(self._on_hovered)
        plot.filled.connect(self._on_filled)
        plot.scene().sigMouseClicked.connect(self._on_clicked)

    @property
    def unit(self) -> int | None:
        """The unit that is looked at, counted from 0."""
        return self.kept if self.hovered is None else self.hovered

    def set_shape(self, steps: int, units: int) -> None:
        """Let there be so many; another shape frees a kept unit that it does not have."""
        if (self._steps, self._units) != (steps, units):
            self._steps, self._units = steps, units
            self.hovered = self._undo = None
            if self.kept is not None and self.kept >= units:
                self.kept = None

    def walk(self, by: int) -> None:
        """Keep the unit that lies so far above the one looked at, as far as there is one."""
        at = -1 if self.unit is None else self.unit
        self.kept = min(max(at + by, 0), self._units - 1)
        self.hovered = self._undo = None
        self.changed.emit()

    def free(self) -> None:
        """Keep no unit."""
        self.kept = self._undo = None
        self.changed.emit()

    def _unit_at(self, place: QPointF | None) -> int | None:
        if place is None or not (
            1 <= nearest(place.x()) <= self._steps and 1 <= nearest(place.y()) <= self._units
        ):
            return None
        return nearest(place.y()) - 1

    def _on_hovered(self, place: QPointF | None) -> None:
        unit = self._unit_at(place)
        if unit != self.hovered:
            self.hovered = unit
            self.changed.emit()

    def _on_clicked(self, click: MouseClickEvent) -> None:
        self._undo = None
        if click.button() != Qt.MouseButton.LeftButton or not self._box.sceneBoundingRect().contains(
            click.scenePos()
        ):
            return
        unit = self._unit_at(self._box.mapSceneToView(click.scenePos()))
        if unit is not None:
            self._undo = (self.kept,)
            self.kept = None if unit == self.kept else unit
            self.changed.emit()

    def _on_filled(self) -> None:
        # The first click of a double click was not meant for a unit.
        if self._undo is not None:
            (self.kept,) = self._undo
            self._undo = None
            self.changed.emit()
