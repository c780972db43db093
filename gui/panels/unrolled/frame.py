"""The parts of the unrolled network's panel, and which columns of it are in view."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent

from gui.panels.frame.chooser import Chooser
from gui.panels.frame.panel import Panel
from gui.panels.frame.toggle import Either
from gui.panels.plots.plot import Plot
from gui.panels.unrolled.columns import Columns
from gui.panels.unrolled.controls import WaveControls
from gui.panels.unrolled.drawing import Drawing, Picture
from gui.panels.unrolled.equation import Equation
from gui.panels.unrolled.key import UnrolledKey
from gui.panels.unrolled.layout import Layout, RowsAxis, half_of
from gui.panels.unrolled.mouse import PictureMouse
from gui.panels.unrolled.overview import Overview
from gui.panels.unrolled.pointing import Pointing
from gui.panels.unrolled.wave import Wave
from gui.panels.words.losses import LOSSES, OF_ALL, SHORT_LOSSES, WHICH_LOSSES
from gui.theme import Theme

STEP, ROWS = "time step t", "from input to loss"
NARROW, LOW, LOWEST = 400, 330, 270  # pixels of the panel: fewer words at the axes, no key and no overview
WIDE_AXIS, NARROW_AXIS, MANY_AXIS = 58, 30, 16
NOTCH_SHARE = 0.12  # of the columns in view: how far a notch of the wheel scrolls
NOTCH_ZOOM = 0.8


class UnrolledFrame(Panel):
    """A picture of columns that can be scrolled and zoomed, with its controls, its overview and its equation.

    Attributes:
        wave, controls: how far the picture has run, and the buttons that run it.
        drawing, overview, columns: the picture, the whole of it in a strip, and which part is in view.
        pointing: what the mouse is on, and what is kept.
        signal: the chooser of what colours the units.
        losses: the choice between the last time step's loss and all of them.
        key, equation: what is written above and below.
    """

    def __init__(self, theme: Theme) -> None:
        self.rows_axis = RowsAxis()
        super().__init__(theme, Plot(STEP, ROWS, left=self.rows_axis, grid=False))
        self._symbol = "h"
        self._shown_pixels = 0.0  # how wide the picture was when its axes were last brought up
        self.columns = Columns()
        self.wave = Wave(self)
        box = self.plot.box
        box.setMouseEnabled(x=False, y=False)
        box.sigResized.connect(self._on_resized)
        self.drawing = Drawing(self.wave, theme)
        self.plot.add(self.drawing)
        self.pointing = Pointing(self.plot, self.drawing, self.wave)
        self.pointing.view_moved.connect(self._on_hovered)
        self._make_controls()
        self._make_mouse()

    def _make_controls(self) -> None:
        self.controls = WaveControls(self.wave)
        self.add_key(self.controls)
        self.key = UnrolledKey()
        self.losses = Either(*LOSSES, OF_ALL, WHICH_LOSSES)
        self.add_key(self.key, self.losses, wide=self.key)
        self.overview = Overview()
        self.overview.asked.connect(self._on_column_asked)
        self.rows.addWidget(self.overview)
        self.equation = Equation()
        self.rows.addWidget(self.equation)
        self.signal = Chooser("what colours the units")
        self.add_control(self.signal)

    def _make_mouse(self) -> None:
        for widget in (self.plot.viewport(), self.overview):
            mouse = PictureMouse(widget, drags=widget is not self.overview)
            mouse.scrolled.connect(self._on_scrolled)
            if widget is self.overview:
                mouse.zoomed.connect(self._on_overview_zoomed)
            else:
                mouse.zoomed.connect(self._on_zoomed)
                mouse.dragged.connect(self._on_dragged)
                mouse.clicked.connect(self._on_clicked)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.drawing.theme = theme
        for part in (self.controls, self.key, self.overview, self.equation):
            part.apply_theme(theme)
        self._dress_axes()

    def forget(self, steps: int) -> None:
        """Another run, of so many time steps."""
        self.columns.begin(steps)
        self.pointing.forget()
        self.pointing.steps = 0
        self.drawing.cursor = None
        self.overview.forget()
        self.equation.write("", "")

    def show_all(self) -> None:
        self.columns.reset()
        self.show_axes()
        super().show_all()

    def show_whole_sequence(self) -> None:
        """Every column from the first to the last."""
        self.columns.show_all()
        self.show_axes()

    # What is in view

    @property
    def needs_layout(self) -> bool:
        """Whether the picture is to be laid out anew for its size."""
        return self._shown_pixels != self.columns.pixels or (
            self.drawing.layout != self._fitting(self.drawing.layout.widths)
        )

    def show_layout(self, picture: Picture | None, widths: tuple[int, ...], symbol: str) -> None:
        """Draw this, laid out for the size that there is; ``symbol`` is what is drawn of a unit."""
        self._symbol = symbol
        self.drawing.show_picture(picture, self._fitting(widths), self.columns.steps)
        self.show_axes()
        self.show_reached()

    def show_axes(self) -> None:
        """Bring the axes up to the columns in view."""
        box = self.plot.box
        self.columns.resize(max(1.0, box.width()))
        self._shown_pixels = self.columns.pixels
        layout = self._fitting(self.drawing.layout.widths)
        if layout != self.drawing.layout:
            self.drawing.show_picture(self.drawing.picture, layout, self.columns.steps)
        self.rows_axis.show_names(layout.names(self._symbol))
        self.plot.follow()
        self.plot.set_ranges(x=self.columns.span, y=(0.0, layout.height))
        self.plot.following = not self.columns.touched
        self.overview.show_view(self.columns.span)
        self.pointing.look_again()

    def show_reached(self) -> None:
        """Bring the overview up to how far the gradient has come."""
        reached = [self.wave.pulled_back(max(1, step)) >= 1.0 for step in range(self.columns.steps + 1)]
        self.overview.show_reached(np.array(reached))
        self.drawing.update()

    def _fitting(self, widths: tuple[int, ...]) -> Layout:
        box = self.plot.box
        pitch = max(1.0, box.width()) / self.columns.count
        return Layout(widths, max(20.0, round(box.height())), half_of(pitch))

    def _dress_axes(self) -> None:
        """Words at the axes as there is room for them."""
        narrow, low = self.width() < NARROW, self.height() < LOW
        self.losses.name(*(SHORT_LOSSES if narrow else LOSSES))
        left, bottom = self.plot.left, self.plot.bottom
        left.showLabel(not (narrow or low))
        many = len(self.drawing.layout.widths) > 1
        width = (NARROW_AXIS + MANY_AXIS * many) if narrow or low else WIDE_AXIS
        left.setWidth(width)
        self.overview.axis_width = width
        bottom.showLabel(not low)
        for part in (self.key, self.overview):
            part.setVisible(self.height() >= LOWEST)

    def action(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does; None for one that is not its own."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            return self.zoom_in
        if event.key() == Qt.Key.Key_Minus:
            return self.zoom_out
        if event.key() == Qt.Key.Key_Escape and self.pointing.kept is not None:
            return self._free
        return self.controls.action(event)

    def zoom_in(self) -> None:
        """See fewer columns."""
        self._zoom(1.0, sum(self.columns.span) / 2.0)

    def zoom_out(self) -> None:
        """See more columns."""
        self._zoom(-1.0, sum(self.columns.span) / 2.0)

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._dress_axes()

    def _on_resized(self, *_: object) -> None:
        self.columns.resize(max(1.0, self.plot.box.width()))
        self.dirty = True

    def _on_scrolled(self, notches: float) -> None:
        self._pause()
        self.columns.scroll(notches * max(1.0, NOTCH_SHARE * self.columns.count))
        self.show_axes()

    def _on_dragged(self, pixels: float) -> None:
        self._pause()
        box = self.plot.box
        self.columns.scroll(-pixels / max(1.0, box.width()) * self.columns.count)
        self.show_axes()

    def _on_zoomed(self, notches: float, at: QPointF) -> None:
        box = self.plot.box
        self._zoom(notches, box.mapSceneToView(self.plot.mapToScene(at.toPoint())).x())

    def _on_overview_zoomed(self, notches: float, at: QPointF) -> None:
        self._zoom(notches, self.overview.column(at.x()))

    def _on_column_asked(self, column: float) -> None:
        self._pause()
        self.columns.go(column)
        self.show_axes()

    def _on_clicked(self, at: QPointF) -> None:
        self.pointing.click(self.plot.mapToScene(at.toPoint()))

    def _free(self) -> None:
        self.pointing.free()
        self.pointing.changed.emit()

    def _pause(self) -> None:
        """Who looks elsewhere wants to see that."""
        self.pointing.take_over()
        self.wave.pause()

    def _zoom(self, notches: float, at: float) -> None:
        left, right = self.columns.span
        self.columns.zoom(NOTCH_ZOOM**notches, min(right, max(left, at)))
        self.show_axes()
