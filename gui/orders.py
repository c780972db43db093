"""What a person does in the window, brought to the runs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from gui.controls import Controls
from gui.panel_docks import PanelDocks
from gui.panels.fit import FitPanel
from gui.succession import Succession
from gui.transport import Transport
from rnn.config import RunConfig
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
        transport.run_asked.connect(self._on_toggle_asked)
        transport.pause_asked.connect(self._on_toggle_asked)
        transport.step_asked.connect(self._on_step_asked)
        transport.epoch_asked.connect(self._on_epoch_asked)
        transport.reset_asked.connect(self._on_reset_asked)
        transport.pin_asked.connect(self._on_pin_asked)
        transport.speed_changed.connect(self._on_speed_changed)
        transport.sequence_changed.connect(self._on_sequence_changed)
        transport.weights.open_asked.connect(self._on_open_weights_asked)
        transport.weights.save_asked.connect(self._on_save_weights_asked)
        controls.live_changed.connect(self._on_live_changed)
        controls.config_changed.connect(self._on_config_changed)
        controls.preset_chosen.connect(self._on_preset_chosen)
        grid.shown_changed.connect(self._on_shown_changed)
        for panel in grid.panels:
            panel.look_changed.connect(self._on_look_changed)
            if isinstance(panel, FitPanel):
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
        self._runs.look(probes=self._grid.probes)

    # Of this run and the next

    def _on_speed_changed(self, updates_a_second: float | None) -> None:
        self._runs.set_pace(updates_a_second)

    def _on_live_changed(self, key: str, value: object) -> None:
        self._runs.set_live(key, value)

    def _on_config_changed(self, config: RunConfig) -> None:
        """A run that a refused value has left alone goes on when the value is put back."""
        if not self._runs.keeps(config):
            self._runs.begin(config, self._runs.pace)

    def _on_preset_chosen(self, name: str) -> None:
        preset = load_preset(name)
        self._controls.show_config(preset.config)
        self._runs.begin(preset.config, preset.pace)

    def _on_open_weights_asked(self, file: str) -> None:
        """As if typed in the form; a file that is named there already is read again."""
        if self._controls.config.values()[WEIGHTS] == file:
            self._runs.begin(self._controls.config, self._runs.pace)
        else:
            self._controls.offer(WEIGHTS, file)
