"""The drawing of how the training sequences are cut: boxes, arrows for the state, lines for the gradient."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.settings.cut import Column, Cut
from gui.theme import Theme, font
from gui.widgets.boxes import in_column
from gui.widgets.plain import SELECTABLE, PlainLabel
from rnn.observing.snapshot import RunInfo

TINY = 10
LINE, ROW, ROW_GAP, GUTTER_GAP = 14.0, 12.0, 5.0, 6.0
MOST_ROWS = 6
STOPS_MERGE = 2.5  # pixels between two stops, below which they are one colour
MARK = 4.0
FRAME_MILLISECONDS = 100
EXPLANATION = (
    "Each box is one sequence, each column one update: the boxes of a column are trained on together. "
    "Those of the newest update are coloured."
)


class CutDrawing(QWidget):
    """The drawing, and under it the same in words. It is not there before a run has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture()
        self._words = PlainLabel(objectName="caption", wordWrap=True, textInteractionFlags=SELECTABLE)
        in_column(self.picture, self._words, of=self, spacing=2, margins=(0, 4, 0, 0))
        self.setAccessibleName("How the training sequences are cut")
        self.hide()

    @property
    def words(self) -> str:
        """What stands under the drawing."""
        return self._words.text()

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again."""
        cut = Cut(info)
        self._words.setText(cut.describe())
        self.setAccessibleDescription(self.words)
        self.picture.begin(cut)
        self.show()

    def show_position(self, update: int) -> None:
        """So many updates are complete: colour the sequences of the newest one."""
        self.picture.show_position(update)

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self.picture.apply_theme(theme)


class Picture(QWidget):
    """Streams as rows, windows as boxes; the middle of a long epoch is squeezed into three dots.

    Attributes:
        current: the update of the epoch whose boxes are coloured, counted from 0; None before the first one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.current: int | None = None
        self._cut: Cut | None = None
        self._theme: Theme | None = None
        self._painted: int | None = None
        self._rest = QTimer(self, singleShot=True, interval=FRAME_MILLISECONDS)
        self._rest.timeout.connect(self._on_rested)
        self.setFont(font(TINY))
        self.setToolTip(EXPLANATION)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def begin(self, cut: Cut) -> None:
        """Draw this."""
        self._cut, self.current = cut, None
        lines = 1 + (cut.size > MOST_ROWS) + bool(cut.goes_on or cut.stops)
        self.setFixedHeight(round(lines * LINE + self._rows(cut) * (ROW + ROW_GAP)))
        self.update()

    def show_position(self, update: int) -> None:
        """So many updates are complete; where that changes it, it is painted, ten times a second at most."""
        if self._cut is not None:
            self.current = (update - 1) % self._cut.updates if update > 0 else None
            if not self._rest.isActive():
                self._on_rested()

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours."""
        self._theme = theme
        self.update()

    def columns(self) -> list[Column]:
        """What is drawn, from left to right."""
        assert self._cut is not None
        return self._cut.columns(self._gutter(), self.width() - 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._painted = self.current
        if self._cut is None or self._theme is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self.columns()
        here = self._here(columns)
        self._paint_heads(painter, self._theme, columns, here)
        for column in columns:
            # The squeezed updates are as many rows high as the last of them.
            boxes = self._cut.boxes(self._cut.updates - 2 if column.update is None else column.update)
            for row in range(min(boxes, self._rows(self._cut))):
                place = QRectF(column.left, LINE + row * (ROW + ROW_GAP), column.width, ROW)
                if column.update is None:
                    self._paint_dots(painter, self._theme, place)
                else:
                    self._paint_box(painter, self._theme, place, column is here)
                    self._paint_stops(painter, self._theme, self._cut, place, column is columns[0])
                if self._cut.carried and column is not columns[0]:
                    painter.setPen(self._theme.pen(self._theme.text))
                    begin = place.left() - self._cut.gap
                    _draw_arrow(painter, begin + 2.0, place.left() - 2.0, place.center().y())
        if here is not None and here.update is None:
            self._paint_mark(painter, self._theme, self._cut, here, columns)
        self._paint_words(painter, self._theme, self._cut)

    def _here(self, columns: list[Column]) -> Column | None:
        """The column of the newest update."""
        if self.current is None:
            return None
        own = (column for column in columns if column.update == self.current)
        return next(own, None) or next(column for column in columns if column.update is None)

    def _rows(self, cut: Cut) -> int:
        """How many streams, or sequences of a batch, are drawn."""
        return cut.size if cut.size <= MOST_ROWS else MOST_ROWS - 1

    def _gutter(self) -> float:
        return self.fontMetrics().horizontalAdvance("stream 8") + GUTTER_GAP

    def _paint_heads(
        self, painter: QPainter, theme: Theme, columns: list[Column], here: Column | None
    ) -> None:
        """The numbers of the updates over their columns, that of the newest one in its colour."""
        self._write(painter, theme, 0.0, 0.0, "update")
        for column in columns:
            number = self.current if column is here else column.update
            painter.setPen(QColor(theme.accent if column is here else theme.muted))
            right = min(column.left + column.width + 8.0, float(self.width()))
            around = QRectF(column.left - 8.0, 0.0, right - column.left + 8.0, LINE - 2.0)
            text = "…" if number is None else f"{number + 1:,}"
            painter.drawText(around, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_box(self, painter: QPainter, theme: Theme, place: QRectF, now: bool) -> None:
        painter.setPen(theme.pen(theme.accent if now else theme.muted))
        painter.setBrush(theme.faint(theme.accent, 0.45) if now else QColor(theme.raised))
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 2.0, 2.0)

    def _paint_stops(self, painter: QPainter, theme: Theme, cut: Cut, place: QRectF, first: bool) -> None:
        """Where the gradient stops in a box, and before it; so many that they merge are one colour."""
        painter.setPen(theme.pen(theme.target, 1.5))
        places = [place.left() + place.width() * stop / cut.steps for stop in cut.stops]
        if places and places[0] - place.left() < STOPS_MERGE:
            painter.fillRect(place.adjusted(1.0, 1.0, -1.0, -1.0), theme.faint(theme.target, 0.5))
            places = []
        if cut.carried and not first:
            places.append(place.left())
        painter.drawLines([QLineF(x, place.top() - 1.5, x, place.bottom() + 1.5) for x in places])

    def _paint_dots(self, painter: QPainter, theme: Theme, place: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.muted))
        for part in (0.3, 0.5, 0.7):
            painter.drawEllipse(QPointF(place.left() + part * place.width(), place.center().y()), 1.3, 1.3)

    def _paint_mark(
        self, painter: QPainter, theme: Theme, cut: Cut, here: Column, columns: list[Column]
    ) -> None:
        """Where the newest update lies among the squeezed ones."""
        assert self.current is not None
        first, last = len(columns) - 2, cut.updates - 2
        part = (self.current - first) / max(1, last - first)
        rows = min(cut.boxes(self.current), self._rows(cut))
        for row in range(rows):
            top = LINE + row * (ROW + ROW_GAP)
            left = here.left + part * (here.width - MARK)
            painter.fillRect(QRectF(left, top, MARK, ROW), QColor(theme.accent))

    def _paint_words(self, painter: QPainter, theme: Theme, cut: Cut) -> None:
        """The names of the rows, how many are left out, and in the last line what the marks mean."""
        rows = self._rows(cut)
        if cut.carried and cut.size > 1:
            for row in range(rows):
                self._write(painter, theme, 0.0, LINE + row * (ROW + ROW_GAP) - 1.0, f"stream {row + 1}")
        if rows < cut.size:
            what = "streams side by side" if cut.carried else "in a batch"
            top = LINE + rows * (ROW + ROW_GAP) - 2.0
            self._write(painter, theme, self._gutter(), top, f"… {cut.size:,} {what}")
        top, left = self.height() - LINE, 0.0
        if cut.stops or cut.goes_on:
            painter.setPen(theme.pen(theme.target, 1.5))
            painter.drawLine(QPointF(2.0, top + 1.0), QPointF(2.0, top + LINE - 2.0))
            left = self._write(painter, theme, 8.0, top, "gradient stops") + 14.0
        if cut.goes_on:
            painter.setPen(theme.pen(theme.text))
            _draw_arrow(painter, left, left + cut.gap - 4.0, top + LINE / 2.0)
            self._write(painter, theme, left + cut.gap, top, "state goes on")

    def _write(self, painter: QPainter, theme: Theme, left: float, top: float, text: str) -> float:
        """Write it in the muted colour, and return where it ends."""
        painter.setPen(QColor(theme.muted))
        width = self.fontMetrics().horizontalAdvance(text)
        painter.drawText(QRectF(left, top, width + 2.0, LINE), Qt.AlignmentFlag.AlignVCenter, text)
        return left + width

    def _on_rested(self) -> None:
        if self.current != self._painted and self.isVisible():
            self._rest.start()
            self.update()


def _draw_arrow(painter: QPainter, left: float, right: float, y: float) -> None:
    tip = QPointF(right, y)
    painter.drawLine(QPointF(left, y), tip)
    painter.drawLine(tip, tip + QPointF(-3.0, -2.5))
    painter.drawLine(tip, tip + QPointF(-3.0, 2.5))
