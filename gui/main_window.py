"""The window: lays the parts out and owns the one frame timer."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsView,
    QMainWindow,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from gui import theme as themes
from gui.actions import Actions
from gui.bench.bench import Bench
from gui.bench.mailbox import Status
from gui.bench.pace import Clock
from gui.bench.run import Run
from gui.cursor import Cursor
from gui.display import Display
from gui.docks.panel_docks import PanelDocks
from gui.docks.saved_layout import SavedLayout
from gui.failures.overrides import keep_errors
from gui.opening.open_model import dropped_files
from gui.panels import PANELS
from gui.preferences import Preferences
from gui.rounds import Rounds
from gui.settings.controls import Controls
from gui.theme import Theme
from gui.theme.choice import ThemeChoice
from gui.transport.transport import Transport
from gui.widgets.file_dialog import ANY, FileDialog
from gui.widgets.painting import painted_later
from gui.widgets.screen_fit import ScreenFit
from rnn.config import RunConfig

SIZE = QSize(1680, 1050)
FRAME_MILLISECONDS = 16
REST_MILLISECONDS = 32  # while nothing changes by itself
CLOSE_SECONDS = 2.0


class MainWindow(QMainWindow):
    """One run on display; while the first one is prepared, the window is there and says so.

    Args:
        config, pace: what the first run runs, or stands in for it while ``awaited`` reads which it is.
        clock: what the pace, the rounds of panels, their words and the progress read.

    Attributes:
        themes: which theme is worn.
        do: everything that a person can do, by name.

    Signals:
        painted: a frame is on the screen.
        settled: the run rests in this state, and everything of its last moment has been drawn.
    """

    painted = Signal()
    settled = Signal(str)
    _repaints = 0  # Qt sends events before __init__ is through

    def __init__(
        self,
        config: RunConfig,
        pace: float | None,
        theme: Theme,
        preferences: Preferences,
        awaited: Callable[[], RunConfig] | None = None,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        keep_errors()
        super().__init__()
        self.setWindowTitle("RNN Scope")
        self._preferences = preferences
        self.themes = ThemeChoice(theme, preferences.chosen.theme)
        self._dress_application(theme)  # before any widget is made: each takes its font and size from it
        self._runs = Bench(config, pace, awaited, clock=clock)
        self.controls = Controls(theme)
        self.grid = PanelDocks([[panel(theme) for panel in place] for place in PANELS])  # type: ignore[call-arg]
        self.do = Actions(self._runs, self.controls, self.grid, self.themes, Cursor())
        self.do.faces.serve(self)
        self.transport = Transport(theme, self.do.faces)
        self._lay_out()
        self._dress_parts(theme)
        self._display = Display(self._runs, self.do, self.transport, self.controls, self.grid)
        self._connect()
        self.controls.show_config(config)
        self.transport.show_speed(pace)
        self._rounds = Rounds(clock)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)
        self._timer.start(FRAME_MILLISECONDS)

    @property
    def run(self) -> Run:
        """The live experiment."""
        return self._runs.run

    @property
    def status(self) -> Status | None:
        """Where the run stands, as last shown; None until it has said so."""
        return self._display.status

    @property
    def rests(self) -> bool:
        """Whether the run rests, and everything of its last moment has been drawn."""
        return self._display.rests

    @property
    def refused(self) -> Exception | None:
        """Why the first run cannot begin; the window has closed then."""
        return self._display.refused

    # Layout

    def _lay_out(self) -> None:
        self.transport.panels.serve(self.grid)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        self._columns.setHandleWidth(8)
        self._columns.setChildrenCollapsible(False)
        self._columns.addWidget(self.controls)
        self._columns.addWidget(self.grid)
        self._columns.setStretchFactor(1, 1)
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(12, 8, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.transport)
        layout.addWidget(self._columns, 1)
        self.setCentralWidget(middle)
        self.setAcceptDrops(True)
        for plot in self.findChildren(QGraphicsView):
            plot.setAcceptDrops(False)  # it would take what is dragged over it, and do nothing with it
        title = QSize(0, self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight))
        self.resize(SIZE.boundedTo(self.screen().availableSize() - title))
        self._fit = ScreenFit(self)

    def _connect(self) -> None:
        self.transport.speed_changed.connect(self.do.pace)
        self.transport.sequence_changed.connect(self.do.sequence)
        self.themes.changed.connect(self._on_theme_changed)
        self.themes.chosen.connect(self._on_theme_chosen)
        for panel in self.grid.panels:
            panel.clock = self._runs.clock
            panel.told.connect(self.controls.set_sentence)
            panel.paper.saved.connect(self.transport.show_done)

    def _on_theme_changed(self, theme: Theme) -> None:
        with self.run.mailbox.turns.for_painting(), painted_later(self):
            self._dress_application(theme)
            self._dress_parts(theme)

    def _on_theme_chosen(self, name: str) -> None:
        self._preferences.choose(theme=name)

    def _dress_parts(self, theme: Theme) -> None:
        self.transport.apply_theme(theme)
        self.controls.apply_theme(theme)
        for panel in self.grid.panels:
            panel.attempt(panel.apply_theme, theme)

    def _dress_application(self, theme: Theme) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, theme)

    # Frames

    def _on_frame(self) -> None:
        now = self._runs.clock()
        self._display.receive(now)
        if self.refused is not None:
            self.close()
            return
        self._fit.keep()
        self.grid.watch()
        with self.run.mailbox.turns.for_painting():
            self._draw()
        interval = REST_MILLISECONDS if self._display.rests else FRAME_MILLISECONDS
        if interval != self._timer.interval():  # to set it begins it anew
            self._timer.setInterval(interval)
        if self._display.has_settled(now) and self.status is not None:
            self.settled.emit(self.status.state)

    def _draw(self) -> None:
        """Refresh and paint the panels whose turn it is, one by one, so that each one's cost is known."""
        repaints = self._repaints
        for panel in self._rounds.turn(self.grid.shown):
            panel.refresh()
            QCoreApplication.sendPostedEvents()
        QCoreApplication.sendPostedEvents()
        if self._repaints > repaints:
            self.painted.emit()

    def event(self, event: QEvent) -> bool:
        self._repaints += event.type() == QEvent.Type.UpdateRequest
        return super().event(event)

    # Files that are dropped onto it

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.do.open_model(dropped_files(event.mimeData()))

    # The window's life

    def restore(self) -> None:
        """Bring back the size and the arrangement of the last time; call it once the window is shown."""
        chosen = self._preferences.chosen
        if len(chosen.place) == 4 and min(chosen.place[2:]) > 0:
            x, y, width, height = chosen.place
            self.move(x, y)
            self.resize(QSize(width, height).boundedTo(self.screen().virtualSize()))
            self._fit = ScreenFit(self)
        if chosen.maximized:
            self.showMaximized()
        FileDialog.folders.setdefault(ANY, chosen.folder)
        if any(chosen.columns):
            self._columns.setSizes(chosen.columns)
        layout = SavedLayout.from_text(chosen.layout)
        if layout is not None:
            self.grid.restore(layout)
        self.grid.shown_changed.connect(self._save_layout)

    def _save_layout(self) -> None:
        self._preferences.choose(layout=self.grid.save().to_text())

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        if self.grid.filling is not None:
            self.grid.fill(None)
        place = self.normalGeometry() if self.isMaximized() else QRect(self.pos(), self.size())
        self._preferences.choose(
            layout=self.grid.save().to_text(),
            place=place.getRect(),
            maximized=self.isMaximized(),
            columns=tuple(self._columns.sizes()),
            folder=FileDialog.folders.get(ANY, ""),
        )
        self.grid.close_windows()
        self._runs.close(CLOSE_SECONDS)
        super().closeEvent(event)
