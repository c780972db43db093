"""The window: lays the parts out and owns the one frame timer."""

from __future__ import annotations

import math
import time
from dataclasses import replace

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QVBoxLayout, QWidget

from gui import theme as themes
from gui.controls import Controls
from gui.mailbox import Status, Update
from gui.panel_grid import PanelGrid
from gui.panels import PANELS
from gui.panels.fit import FitPanel
from gui.panels.flow import FlowPanel
from gui.rates import Rate
from gui.run import Run
from gui.succession import Succession
from gui.theme import Theme
from gui.transport import Transport
from rnn.config import RunConfig
from rnn.errors import ConfigError, ScopeError
from rnn.presets import load_preset
from rnn.snapshot import RunInfo, SnapshotRequest

SIZE = QSize(1680, 1050)
FRAME_MILLISECONDS = 16
FRAMES_A_ROUND = 4
WORDS_SECONDS = 0.1
CLOSE_SECONDS = 2.0


class MainWindow(QMainWindow):
    """One run on display.

    Attributes:
        run: the live experiment.
        status: where it stands, as last shown; None until it has said so.
        follows_system: whether the theme changes with the system's, unless another was chosen.

    Signals:
        painted: a frame is on the screen.
        settled: the run rests in this state, and everything of its last moment has been drawn.

    Raises:
        ScopeError: the config cannot be run.
    """

    painted = Signal()
    settled = Signal(str)
    _repaints = 0  # Qt sends events before __init__ is through

    def __init__(self, config: RunConfig, pace: float | None, theme: Theme, settings: QSettings) -> None:
        super().__init__()
        self.setWindowTitle("RNN Scope")
        self._settings = settings
        self._theme = theme
        self.follows_system = True
        self.status: Status | None = None
        self._settled: Status | None = None
        self._sequences = 1
        self._shown_update = -1
        self._frames = 0
        self._frame_rate, self._update_rate = Rate(), Rate()
        self._words_at = 0.0
        self._dress_application()  # before any widget is made: each takes its font and size from it
        self._build()
        self.apply_theme(theme)
        self._connect()
        kept = frozenset[int]().union(*(panel.keep_epochs for panel in self.grid.panels))
        self._runs = Succession(config, pace, SnapshotRequest(probes=self._probes()), kept)
        self.controls.show_config(self.run.config)
        self.transport.show_speed(pace)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_frame)
        self._timer.start(FRAME_MILLISECONDS)

    # Layout

    def _build(self) -> None:
        self.transport = Transport(self._theme)
        self.controls = Controls(self._theme)
        self.grid = PanelGrid([panel(self._theme) for panel in PANELS])  # type: ignore[call-arg]
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
        self.resize(SIZE.boundedTo(self.screen().availableSize()))

    def _connect(self) -> None:
        transport, controls = self.transport, self.controls
        transport.run_asked.connect(self._on_toggle_asked)
        transport.pause_asked.connect(self._on_toggle_asked)
        transport.step_asked.connect(self._on_step_asked)
        transport.epoch_asked.connect(self._on_epoch_asked)
        transport.reset_asked.connect(self._on_reset_asked)
        transport.pin_asked.connect(self._on_pin_asked)
        transport.speed_changed.connect(self._on_speed_changed)
        transport.sequence_changed.connect(self._on_sequence_changed)
        transport.theme_asked.connect(self._on_theme_asked)
        controls.live_changed.connect(self._on_live_changed)
        controls.config_changed.connect(self._on_config_changed)
        controls.preset_chosen.connect(self._on_preset_chosen)
        self.grid.shown_changed.connect(self._on_shown_changed)
        for panel in self.grid.panels:
            if isinstance(panel, FitPanel):
                panel.pin_asked.connect(self._on_pin_asked)
                panel.unpin_asked.connect(self._on_unpin_asked)
            if isinstance(panel, FlowPanel):
                panel.told.connect(self.controls.set_sentence)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_theme)

    def apply_theme(self, theme: Theme) -> None:
        """Dress the window and everything in it."""
        self._theme = theme
        self._dress_application()
        self.transport.apply_theme(theme)
        self.controls.apply_theme(theme)
        for panel in self.grid.panels:
            panel.apply_theme(theme)

    def _dress_application(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        themes.apply(app, self._theme)

    # The run

    @property
    def run(self) -> Run:
        """The live experiment."""
        return self._runs.run

    def _start(self, config: RunConfig) -> bool:
        """Begin a run; where it cannot begin, say why and keep the one that is there."""
        try:
            self._runs.begin(config)
        except ConfigError as error:
            self.controls.show_error(error)
            return False
        except ScopeError as error:
            self.transport.show_message(f"{error}. The run on display goes on.")
            return False
        self.status = None
        self.controls.show_config(self.run.config)
        return True

    def _probes(self) -> frozenset[str]:
        """What the visible panels show."""
        return frozenset[str]().union(*(panel.probes for panel in self.grid.shown))

    # Frames

    def _on_frame(self) -> None:
        now = time.perf_counter()
        self._frames += 1
        self._receive(self.run.mailbox.take())
        if now - self._words_at >= WORDS_SECONDS:
            self._words_at = now
            self._show_words(now)
        self.run.mailbox.hold_training()
        try:
            self._draw()
        finally:
            self.run.mailbox.let_train()
        self._tell_if_settled(now)

    def _draw(self) -> None:
        """Refresh those that waited longest, a quarter of the panels a frame, while the training rests.

        So every frame costs the same, and each panel is drawn fifteen times a second or more.
        """
        dirty = [panel for panel in self.grid.shown if panel.dirty]
        dirty.sort(key=lambda panel: panel.drawn_at)
        for panel in dirty[: math.ceil(len(self.grid.shown) / FRAMES_A_ROUND)]:
            panel.refresh()
        repaints = self._repaints
        QCoreApplication.sendPostedEvents()
        if self._repaints > repaints:
            self.painted.emit()

    def _tell_if_settled(self, now: float) -> None:
        status = self.status
        if status is None or status.state == "running" or self._settled == status:
            return
        if self._shown_update == status.update and not any(panel.dirty for panel in self.grid.shown):
            self._settled = status
            self._show_words(now)
            self.settled.emit(status.state)

    def event(self, event: QEvent) -> bool:
        self._repaints += event.type() == QEvent.Type.UpdateRequest
        return super().event(event)

    def _receive(self, update: Update) -> None:
        if update.begun is not None:
            self._begin(update.begun)
        if update.scalars or update.snapshot is not None:
            for panel in self.grid.panels:
                panel.receive(update.scalars, update.snapshot)
        if update.snapshot is not None:
            self._shown_update = update.snapshot.update
        if update.status is not None:
            self._show_status(update.status)

    def _begin(self, info: RunInfo) -> None:
        self.status = None
        self._shown_update = -1
        self._settled = None
        self._sequences = info.sequences
        self._update_rate.clear()
        self.transport.show_message("")
        self.transport.show_sequences(info.sequences, min(self._runs.request.sequence, info.sequences - 1))
        for panel in self.grid.panels:
            panel.begin(info)

    def _show_status(self, status: Status) -> None:
        before, self.status = self.status, status
        self._update_rate.add(time.perf_counter(), status.update)
        self._runs.going = status.state == "running"
        if before is None or before.state != status.state:
            self.transport.show_state(status.state)
            self._words_at = 0.0
            if status.message:
                self.transport.show_message(status.message)

    def _show_words(self, now: float) -> None:
        self._frame_rate.add(now, self._frames)
        status = self.status
        if status is not None:
            running = status.state == "running"
            self.transport.show_progress(
                epoch=-(-status.update // self._sequences),  # the one that the last update belongs to
                target_epochs=status.target_epochs,
                update=status.update,
                updates_a_second=self._update_rate.value if running else 0.0,
                frames_a_second=self._frame_rate.value if running else 0.0,
                fraction=status.fraction,
            )

    # What a person does

    def _on_toggle_asked(self) -> None:
        """Run or pause: the thread knows which, for what the bar shows is a frame old."""
        self.transport.show_message("")
        self.run.thread.toggle()

    def _on_step_asked(self) -> None:
        self.run.thread.step()

    def _on_epoch_asked(self) -> None:
        self.run.thread.step_epoch()

    def _on_reset_asked(self) -> None:
        self.controls.form.restore()
        self.run.thread.reset()
        self.transport.show_state("ready")

    def _on_pin_asked(self) -> None:
        self.run.thread.keep_now()

    def _on_unpin_asked(self, label: str) -> None:
        self.run.thread.forget(label)

    def _on_speed_changed(self, updates_a_second: float | None) -> None:
        self._runs.set_pace(updates_a_second)

    def _on_sequence_changed(self, sequence: int) -> None:
        self._runs.look(replace(self._runs.request, sequence=sequence))

    def _on_live_changed(self, key: str, value: object) -> None:
        self.run.thread.set_live(key, value)

    def _on_config_changed(self, config: RunConfig) -> None:
        self._start(config)

    def _on_preset_chosen(self, name: str) -> None:
        preset = load_preset(name)
        if self._start(preset.config):
            self._runs.set_pace(preset.pace)
            self.transport.show_speed(preset.pace)

    def _on_shown_changed(self) -> None:
        self.controls.setVisible(self.grid.filling is None)
        self._runs.look(replace(self._runs.request, probes=self._probes()))

    # Theme

    def _on_theme_asked(self) -> None:
        other = themes.LIGHT if self._theme is themes.DARK else themes.DARK
        follows = other is themes.system_theme()
        self.follows_system = True
        self._settings.setValue("theme", "system" if follows else other.name)
        self.apply_theme(other)

    def _on_system_theme(self) -> None:
        if self.follows_system and self._settings.value("theme", "system") == "system":
            self.apply_theme(themes.system_theme())

    # The window's life

    def restore(self) -> None:
        """Bring back the size and the splitters of the last time; call it once the window is shown."""
        geometry = self._settings.value("geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
            self.resize(self.size().boundedTo(self.screen().availableSize()))
        columns = self._settings.value("columns")
        if isinstance(columns, QByteArray):
            self._columns.restoreState(columns)
        states = self._settings.value("grid")
        if isinstance(states, list):
            self.grid.restore([state for state in states if isinstance(state, QByteArray)])

    def closeEvent(self, event: QCloseEvent) -> None:
        self._timer.stop()
        if self.grid.filling is not None:
            self.grid.fill(None)
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("columns", self._columns.saveState())
        self._settings.setValue("grid", self.grid.save())
        self._runs.close(CLOSE_SECONDS)
        super().closeEvent(event)
