"""What the run says, brought to the parts of the window: the panels, the transport and the form."""

from __future__ import annotations

from collections.abc import Iterable

from gui.actions import Actions
from gui.bench.bench import Bench
from gui.bench.mailbox import Status, Update
from gui.bench.run import Run
from gui.cursor import Cursor
from gui.docks.panel_docks import PanelDocks
from gui.panels import Panel
from gui.settings.controls import Controls
from gui.transport.progress import Progress
from gui.transport.transport import Transport
from rnn.config import live_keys
from rnn.errors import ConfigError, DataError, ScopeError
from rnn.observing.snapshot import RunInfo
from rnn.training.outcome import Failure

WORDS_SECONDS = 0.1
GIVE_UP_SECONDS = 2.0
MEASURING_SECONDS = 0.5  # after so long it is said that measuring takes a while


class Display:
    """The run on display, as far as the window knows it.

    Attributes:
        status: where the run stands, as last shown; None until it has said so.
        refused: why the first run cannot begin; there is nothing to display then, and nothing to come.
    """

    def __init__(
        self, runs: Bench, actions: Actions, transport: Transport, controls: Controls, grid: PanelDocks
    ) -> None:
        self.status: Status | None = None
        self.refused: Exception | None = None
        self._runs = runs
        self._transport = transport
        self._controls = controls
        self._grid = grid
        self._progress = Progress(transport)
        self._actions = actions
        self._cursor = actions.cursor
        self._cursor.moved.connect(self._on_cursor_moved)
        self._cursor.turned.connect(self._on_sequence_turned)
        actions.said.connect(transport.show_message)
        actions.paced.connect(transport.show_speed)
        grid.shown_changed.connect(self._on_shown_changed)
        for panel in grid.panels:
            panel.look_changed.connect(self._on_look_changed)
            panel.probes_changed.connect(self._on_probes_changed)
        self._run: Run | None = None
        self._settled: Status | None = None
        self._shown: dict[str, int] = {}  # the update that was last measured to its end, by probe
        self._shown_update = -1
        self._words_at = self._waits_since = 0.0

    def receive(self, now: float) -> None:
        """Once a frame: hand out what has come.

        Raises:
            Exception: what nobody foresaw, where it keeps another run from beginning.
        """
        self._progress.count_frame()
        update = self._runs.take()
        if update.refused is not None:
            self._refuse(update.refused)
        if update.begun is not None:
            self._begin(update.begun)
        self._hand_out(update, now)
        self._show_awaited(now)
        if now - self._words_at >= WORDS_SECONDS:
            self._words_at = now
            self._say(now)

    @property
    def rests(self) -> bool:
        """Whether the run has come to rest, and nothing is on its way or to be drawn."""
        at_rest = self.status is not None and self._settled == self.status
        is_drawn = not any(panel.dirty for panel in self._grid.shown)
        return at_rest and is_drawn and not self._runs.awaits_another

    def has_settled(self, now: float) -> bool:
        """Whether the run has come to rest and all of its last moment is drawn; true once for each rest."""
        status = self.status
        if status is None or status.state == "running" or self._settled == status:
            return False
        measured = [self._shown.get(name, -1) for name in self._grid.probes]
        if {self._shown_update, *measured} != {status.update}:
            return False
        if any(panel.dirty for panel in self._grid.shown):
            return False
        self._settled, self._waits_since = status, 0.0
        self._transport.show_awaited("")
        self._say(now)
        return True

    def _show_awaited(self, now: float) -> None:
        """What is waited for, and whether it can be given up: what takes so long may be a file."""
        if self._controls.reader.is_late:
            self._transport.show_awaited("reading", can_be_given_up=True)
        elif self._runs.is_late(now):
            self._transport.show_awaited("preparing", self._runs.is_late(now, GIVE_UP_SECONDS))
        else:
            self._transport.show_awaited(self._measured(now))

    def _measured(self, now: float) -> str:
        """The word for a run at rest whose panels take long to measure it."""
        status = self.status
        waits = status is not None and status.state not in ("running", "failed") and self._settled != status
        self._waits_since = (self._waits_since or now) if waits else 0.0
        return "measuring" if waits and now - self._waits_since > MEASURING_SECONDS else ""

    def _refuse(self, error: Exception) -> None:
        """Say why another run cannot begin, and keep the one that is there."""
        if self._runs.run.refused is not None and not self._runs.awaits_another:
            self.refused = error
        elif not isinstance(error, ScopeError):
            raise error
        elif isinstance(error, ConfigError) and not self._controls.put_back(error):
            self._controls.show_error(error)
        else:
            rest = " The run on display goes on." if self._runs.run.has_begun else ""
            self._transport.show_message(f"{self._controls.form.in_labels(error)}.{rest}")
            if isinstance(error, DataError):
                self._controls.refuse_file(error)
            else:
                self._controls.put_back(error)

    def _begin(self, info: RunInfo) -> None:
        self.status = None
        self._settled = None
        self._failure: Failure | None = None
        self._shown, self._shown_update = {}, -1
        if self._run is not None:  # what was said of the start stays
            self._transport.show_message("")
        if self._run is not self._runs.run:
            self._run = self._runs.run
            self._turn_to(info)
        self._progress.begin(info)
        self._controls.begin(info)
        self._controls.show_failure("")
        self._transport.show_notes(info.notes, info.difference)
        for panel in self._grid.suited:
            panel.start(info)
        self._cursor.begin(info.steps, info.sequences)

    def _say(self, now: float) -> None:
        """Where the run stands, in words and in the drawing of how its sequences are cut."""
        self._progress.say(now, self.status)
        if self.status is not None:
            self._controls.show_position(self.status.update)
            self._controls.show_engine(self.status.engine)

    def _turn_to(self, info: RunInfo) -> None:
        """Another run than before: bring the form, the bar and the places in line with it."""
        if not self._runs.awaits_another:  # else the form is ahead already
            values = self._controls.config.values()  # live settings may have changed while it was prepared
            self._controls.show_config(info.config.with_values({key: values[key] for key in live_keys()}))
        self._transport.show_speed(self._runs.pace)
        self._actions.faces.show_batch(info.config.training.batch)
        self._grid.show_run(info)
        self._on_probes_changed()

    def _hand_out(self, update: Update, now: float) -> None:
        if update.scalars or update.snapshots:
            for panel in self._grid.suited:
                first, *others = update.snapshots or (None,)
                panel.take(update.scalars, first)
                for snapshot in others:
                    panel.take((), snapshot)
        for snapshot in update.snapshots:
            self._shown_update = snapshot.update
            for name, result in snapshot.probes.items():
                self._shown[name] = snapshot.update if getattr(result, "complete", True) else -1
        if update.status is not None:
            self._show_status(update.status, now)
        for notice in update.notices:
            show = self._transport.show_done if notice.done else self._transport.show_message
            show(notice.text)

    def _show_status(self, status: Status, now: float) -> None:
        before, self.status = self.status, status
        self._progress.count_updates(now, status)
        if status.failure != self._failure:
            self._failure = status.failure
            self._controls.show_failure("" if status.failure is None else status.failure.sentence)
            for panel in self._grid.suited:
                panel.judge(status.failure)
        if before is None or before.state != status.state:
            self._actions.faces.show_state(status.state)
            self._words_at = 0.0
            if status.message:
                self._transport.show_message(status.message)

    # What is looked at

    def _on_cursor_moved(self) -> None:
        show_cursor(self._cursor, self._grid.panels)

    def _on_sequence_turned(self) -> None:
        self._transport.show_sequences(self._cursor.sequences, self._cursor.sequence)
        self._runs.look(sequence=self._cursor.sequence)

    def _on_look_changed(self, field: str, value: object) -> None:
        self._runs.look(**{field: value})

    def _on_probes_changed(self) -> None:
        self._runs.look(probes=self._grid.probes)

    def _on_shown_changed(self) -> None:
        """What nobody measures any more is not said any longer."""
        self._controls.setVisible(self._grid.filling is None)
        self._on_probes_changed()
        if not any(panel.tells for panel in self._grid.shown):
            who = next(panel.title for panel in self._grid.panels if panel.tells)
            self._controls.set_sentence(f"“{who}” is not on show; when it is, its words stand here.")


def show_cursor(cursor: Cursor, panels: Iterable[Panel]) -> None:
    """Mark the time step that a person points at in all of these panels but the one pointed into."""
    for panel in panels:
        if panel is not cursor.source:
            panel.point_at(cursor.time_step)
