"""What a person does in the window, brought to the runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from gui.docks.panel_docks import PanelDocks
from gui.opening.open_model import OpenModel
from gui.runs.succession import Succession
from gui.runs.training_thread import GIVEN_UP
from gui.settings.controls import Controls
from gui.transport.transport import Transport
from rnn.config import RunConfig
from rnn.errors import ConfigError
from rnn.opening import Found
from rnn.presets import load_preset

WEIGHTS = "model.weights"


class Orders(QObject):
    """Connected to everything in the window that asks for something."""

    def __init__(self, runs: Succession, transport: Transport, controls: Controls, grid: PanelDocks) -> None:
        super().__init__()
        self._runs = runs
        self._transport = transport
        self._controls = controls
        self._grid = grid
        self._opening: OpenModel | None = None
        transport.run_asked.connect(self._on_toggle_asked)
        transport.pause_asked.connect(self._on_toggle_asked)
        transport.step_asked.connect(self._on_step_asked)
        transport.epoch_asked.connect(self._on_epoch_asked)
        transport.reset_asked.connect(self._on_reset_asked)
        transport.pin_asked.connect(self._on_pin_asked)
        transport.give_up_asked.connect(self._on_give_up_asked)
        transport.speed_changed.connect(self._on_speed_changed)
        transport.sequence_changed.connect(self._on_sequence_changed)
        transport.weights.model_asked.connect(self.open_model)
        transport.weights.open_asked.connect(self._on_open_weights_asked)
        transport.weights.save_asked.connect(self._on_save_weights_asked)
        controls.live_changed.connect(self._on_live_changed)
        controls.config_changed.connect(self._on_config_changed)
        controls.preset_chosen.connect(self._on_preset_chosen)
        grid.shown_changed.connect(self._on_shown_changed)
        for panel in grid.panels:
            panel.look_changed.connect(self._on_look_changed)
            panel.probes_changed.connect(self._on_probes_changed)
            panel.pin_asked.connect(self._on_pin_asked)
            panel.unpin_asked.connect(self._on_unpin_asked)

    # Of the run on display

    def _on_toggle_asked(self) -> None:
        """Run or pause: the thread knows which, for what the bar shows is a frame old."""
        self._transport.show_message("")
        self._runs.run.thread.toggle()

    def _on_step_asked(self) -> None:
        self._runs.run.thread.step()

    def _on_epoch_asked(self) -> None:
        self._runs.run.thread.step_epoch()

    def _on_reset_asked(self) -> None:
        self._controls.form.restore()
        self._runs.run.thread.reset()
        self._transport.show_state("ready")

    def _on_pin_asked(self) -> None:
        self._runs.run.thread.keep_now()

    def _on_give_up_asked(self) -> None:
        """Of what is waited for, the first: the form may read a file while a run is prepared."""
        if self._controls.reader.busy:
            self._controls.give_up_reading()
            return
        self._runs.give_up()
        if not self._runs.run.has_begun:  # there is nothing else to display
            self._transport.show_message(f"{GIVEN_UP}.")
            self._on_preset_chosen(self._runs.config.task.preset)

    def _on_unpin_asked(self, label: str) -> None:
        self._runs.run.thread.forget(label)

    def _on_save_weights_asked(self, file: str) -> None:
        self._runs.run.thread.save_weights(Path(file))

    # Of what is seen

    def _on_sequence_changed(self, sequence: int) -> None:
        self._runs.look(sequence=sequence)

    def _on_look_changed(self, field: str, value: object) -> None:
        self._runs.look(**{field: value})

    def _on_shown_changed(self) -> None:
        self._controls.setVisible(self._grid.filling is None)
        self._on_probes_changed()

    def _on_probes_changed(self) -> None:
        self._runs.look(probes=self._grid.probes)

    # Of this run and the next

    def _on_speed_changed(self, updates_a_second: float | None) -> None:
        self._runs.set_pace(updates_a_second)

    def _on_live_changed(self, key: str, value: object) -> None:
        self._runs.set_live(key, value)
        self._tell_dialog()

    def _on_config_changed(self, config: RunConfig) -> None:
        """A run that a refused value has left alone goes on when the value is put back."""
        if not self._runs.keeps(config):
            self._runs.begin(config, self._pace_for(config))
        self._tell_dialog()

    def _on_preset_chosen(self, name: str) -> None:
        """It waits before its first update, also where another run is under way."""
        preset = load_preset(name)
        self._runs.run.thread.pause()
        self._controls.show_config(preset.config)
        self._runs.begin(preset.config, preset.pace)
        self._tell_dialog()

    def _pace_for(self, config: RunConfig) -> float | None:
        """The speed stays, but for another task, which brings that of its preset as it does the settings."""
        other = config.task.name != self._runs.config.task.name
        return self._controls.presets.pace if other else self._runs.pace

    # Of files that are opened

    def open_model(self, files: Iterable[str] = ()) -> None:
        """Ask which model is to be opened on which data; ``files`` are named already."""
        if self._opening is None:
            self._opening = OpenModel(self._transport.window(), self._controls.config)
            self._opening.opened.connect(self._on_model_opened)
            self._opening.finished.connect(self._on_opening_finished)
        self._opening.show()
        self._opening.raise_()
        self._opening.activateWindow()
        self._opening.take_files(files)

    def _on_opening_finished(self) -> None:
        self._opening = None

    def _tell_dialog(self) -> None:
        if self._opening is not None:
            self._opening.set_base(self._controls.config)

    def _on_model_opened(self, found: Found) -> None:
        """It rests before its first update, so that its gradient is seen as it came."""
        try:
            config = found.config(self._controls.config)
        except ConfigError as error:
            self._transport.show_message(f"{self._controls.form.in_labels(error)}.")
            return
        self._runs.run.thread.pause()
        focused = self._transport.window().focusWidget()
        if focused is not None:
            focused.clearFocus()  # so that Space runs
        self._open(config)

    def _on_open_weights_asked(self, file: str) -> None:
        try:
            config = self._controls.config.with_values({WEIGHTS: file})
        except ConfigError as error:
            self._transport.show_message(f"{self._controls.form.in_labels(error)}.")
            return
        self._open(config)

    def _open(self, config: RunConfig) -> None:
        """A change by hand; a file that is named in the form already is read again."""
        if config != self._controls.config:
            self._controls.take(config)
        self._runs.begin(config, self._pace_for(config))
        self._tell_dialog()
