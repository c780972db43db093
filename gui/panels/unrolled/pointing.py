"""What a person points at in the unrolled network, keeps by a click, and pauses by staying on it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Signal

from gui.panels.plots.plot import Plot
from gui.panels.unrolled.drawing import Drawing
from gui.panels.unrolled.layout import Place
from gui.panels.unrolled.wave import Wave


class Pointing(QObject):
    """The place under the mouse, worked out again where the view moves below it, and the one that is kept.

    While the wave plays, the mouse on a way makes it pause, and off the way it plays on.

    Attributes:
        steps: T.
        under: the place under the mouse, or None.
        step: the time step under it, from 1, or None.
        pauses: whether the wave pauses because of the mouse.

    Signals:
        changed: another place, or another one is kept.
        view_moved: the same place of the screen shows another part of the picture, in axis units.
    """

    changed = Signal()
    view_moved = Signal(QPointF)

    def __init__(self, plot: Plot, drawing: Drawing, wave: Wave) -> None:
        super().__init__(plot)
        self._box = plot.box
        self._drawing, self._wave = drawing, wave
        self.steps = 0
        self._on_screen: QPointF | None = None
        self._undo: tuple[Place | None] | None = None  # what the last click replaced
        self.forget()
        plot.hovered.connect(self._on_hovered)
        plot.filled.connect(self._on_filled)

    def forget(self) -> None:
        """Another run begins."""
        self.under: Place | None = None
        self.step: int | None = None
        self.pauses = False
        self.free()

    @property
    def kept(self) -> Place | None:
        return self._drawing.kept

    @property
    def place(self) -> Place | None:
        """What the equation is of: what is kept, else what is under the mouse."""
        return self.under if self.kept is None else self.kept

    def free(self) -> None:
        """Keep nothing."""
        self._keep(None)
        self._undo = None

    def take_over(self) -> None:
        """A person runs the wave: it no longer plays on when the mouse leaves."""
        self.pauses = False

    def look_again(self) -> None:
        """The view has moved."""
        if self._on_screen is not None:
            point = self._box.mapSceneToView(self._on_screen)
            self.view_moved.emit(point)
            if self._take(point):
                self.changed.emit()

    def click(self, scene: QPointF) -> None:
        """Keep what is there, or let it go where it was kept or nothing is there."""
        point = self._box.mapSceneToView(scene)
        inside = self._box.sceneBoundingRect().contains(scene)
        place = self._drawing.layout.at(point.x(), point.y(), self.steps) if inside else None
        self._undo = (self.kept,)
        self.pauses = False
        self._wave.pause()
        self._keep(None if place == self.kept else place)
        self.changed.emit()

    def _keep(self, place: Place | None) -> None:
        self._drawing.kept = place
        self._drawing.update()

    def _take(self, point: QPointF | None) -> bool:
        """Take note of what is there; returns whether that is another place than before."""
        place, step = None, None
        if point is not None and self.steps:
            place = self._drawing.layout.at(point.x(), point.y(), self.steps)
            step = round(point.x()) if 1 <= round(point.x()) <= self.steps else None
        before = self.under, self.step
        self.under, self.step = place, step
        return before != (place, step)

    def _on_hovered(self, point: QPointF | None) -> None:
        self._on_screen = None if point is None else self._box.mapViewToScene(point)
        if not self._take(point):
            return
        on_way = self.under is not None and self.under.kind in ("across", "up")
        if on_way and self._wave.playing:
            self._wave.pause()
            self.pauses = True
        elif self.pauses and not on_way:
            self.pauses = False
            self._wave.play()
        self.changed.emit()

    def _on_filled(self) -> None:
        # The first click of a double click was not meant for a place.
        if self._undo is not None:
            self._keep(self._undo[0])
            self._undo = None
            self.changed.emit()
