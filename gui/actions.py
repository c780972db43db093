"""Every wish of a person, a function each: buttons, keys, menus and tests call these and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from html import escape
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.bench.bench import Bench
from gui.bench.driver import Driver
from gui.bench.pace import faster, slower
from gui.bench.training_thread import GIVEN_UP
from gui.cursor import Cursor
from gui.docks.panel_docks import PanelDocks
from gui.opening.open_model import OpenModel
from gui.panels.frame.explanation import Explanation
from gui.settings.controls import Controls
from gui.theme.choice import ThemeChoice
from gui.transport.faces import SPACE, STATES, Action, Faces
from gui.widgets.file_dialog import FileDialog
from rnn.config import RunConfig
from rnn.config.presets import load_preset
from rnn.errors import ConfigError
from rnn.report.opening import Found

WEIGHTS = "model.weights"
ENDINGS = {"NumPy archive (*.npz)": "npz", "Safetensors (*.safetensors)": "safetensors"}
TRAINS = STATES - {"diverged", "failed"}
PAUSE, CONTINUE = ("Pause", "Run or pause"), ("Continue", "Train for as many epochs again")
ACTIONS: dict[str, Action] = {}

P = ParamSpec("P")
Do = TypeVar("Do", bound=Callable[..., None])


def action(title: str, *keys: str, **how: Any) -> Callable[[Do], Do]:
    """Offer the function below as Action has it; the first line of its docstring is the tip."""

    def register(do: Do) -> Do:
        tip = str(do.__doc__).splitlines()[0].rstrip(".")
        ACTIONS[do.__name__] = Action(title, tip, keys, **how)
        return do

    return register


class Actions(QObject):
    """What can be done in a window.

    Attributes:
        faces: what buttons, menus and keys show of every action in ACTIONS, and press.
        cursor: what a person looks at.

    Signals:
        said: why something could not be done; empty once that is past.
        paced: updates a second from now on, or None for full speed.
    """

    said = Signal(str)
    paced = Signal(object)

    def __init__(
        self, bench: Bench, controls: Controls, grid: PanelDocks, themes: ThemeChoice, cursor: Cursor
    ) -> None:
        super().__init__()
        self.cursor = cursor
        self._bench = bench
        self._controls = controls
        self._grid = grid
        self._themes = themes
        self._opening: OpenModel | None = None
        self.faces = Faces(ACTIONS, self)
        for name, face in self.faces.items():
            face.triggered.connect(partial(self._on_triggered, name))
        controls.live_changed.connect(self._on_live_changed)
        controls.config_changed.connect(self._on_config_changed)
        controls.presets.chosen.connect(self.preset)
        for panel in grid.panels:
            panel.pin_asked.connect(self.pin)
            panel.unpin_asked.connect(self.unpin)
            panel.cursor_moved.connect(partial(self.point_at, source=panel))

    # The training

    def run(self) -> None:
        """Train on; where all epochs are done, as many epochs again."""
        self._order(Driver.go)

    def pause(self) -> None:
        """Train no further."""
        self._order(Driver.pause)

    @action("Run", SPACE, states=TRAINS, others={"running": PAUSE, "finished": CONTINUE})
    def run_or_pause(self) -> None:
        """Run or pause."""
        self.said.emit("")  # the thread knows which it is, for what the bar shows is a frame old
        self._order(Driver.toggle)

    @action("One update", "Right", states=TRAINS, repeats=True)
    def one_update(self) -> None:
        """Train on one sequence, then pause."""
        self._order(Driver.step)

    @action("One epoch", "E", "Shift+Right", states=TRAINS)
    def one_epoch(self) -> None:
        """Train to the end of the epoch, then pause."""
        self._order(Driver.step_epoch)

    @action("Reset", "R", states=STATES - {"ready"})
    def reset(self) -> None:
        """Back to the first weights, for the same run again."""
        self._controls.form.restore()
        self._order(Driver.reset)
        self.faces.show_state("ready")

    def pace(self, updates_a_second: float | None) -> None:
        """Train at this pace, or for None as fast as it goes."""
        if updates_a_second != self._bench.pace:
            self._bench.set_pace(updates_a_second)
            self.paced.emit(updates_a_second)

    @action("Faster", "+", "=", "]", repeats=True)
    def faster(self) -> None:
        """More updates a second."""
        self.pace(faster(self._bench.pace))

    @action("Slower", "-", "[", repeats=True)
    def slower(self) -> None:
        """Fewer updates a second."""
        self.pace(slower(self._bench.pace))

    @action("Give up")
    def give_up(self) -> None:
        """Wait no longer; a file may never answer."""
        if self._controls.reader.busy:  # while a run is prepared, the form may read a file
            self._controls.give_up_reading()
            return
        self._bench.give_up()
        if not self._bench.run.has_begun:  # there is nothing else to display
            self.said.emit(f"{GIVEN_UP}.")
            self._begin_preset(self._bench.config.task.preset)

    # The settings

    def set(self, key: str, value: object) -> None:
        """Change a setting, as by hand: to a value, or to a text as it is typed."""
        self._controls.offer(key, value)

    def preset(self, name: str) -> None:
        """Bring the run of this preset; it waits before its first update."""
        self._controls.take(load_preset(name).config)
        self._begin_preset(name)

    @action("Undo", "Ctrl+Z")
    def undo(self) -> None:
        """Take the last change of a setting back."""
        self._controls.undo()

    @action("Redo", "Ctrl+Shift+Z", "Ctrl+Y")
    def redo(self) -> None:
        """Make the change again that was last taken back."""
        self._controls.redo()

    # Files

    @action("Open model…", "Ctrl+Shift+O", menu="weights")
    def open_model(self, files: Iterable[str] = ()) -> None:
        """Open a network of your own on your data."""
        if self._opening is None:
            self._opening = OpenModel(self._window, self._controls.config)
            self._opening.opened.connect(self._on_model_opened)
            self._opening.finished.connect(self._on_opening_finished)
        self._opening.show()
        self._opening.raise_()
        self._opening.activateWindow()
        self._opening.take_files(files)

    @action("Open weights…", "Ctrl+O", menu="weights")
    def open_weights(self, file: str = "") -> None:
        """Start this run from weights in a file."""
        if file:
            self._open(partial(self._controls.config.with_values, {WEIGHTS: file}))
            return
        kinds = " ".join(f"*.{each}" for each in ENDINGS.values())
        dialog = FileDialog(self._window, "Open weights", [f"Weights ({kinds})"])
        dialog.fileSelected.connect(self.open_weights)
        dialog.open()

    @action("Save weights…", "Ctrl+S", menu="weights", states=STATES - {"failed"})
    def save_weights(self, file: str = "") -> None:
        """Save the weights of now."""
        if file:
            self._order(Driver.save_weights, Path(file))
            return
        dialog = FileDialog(self._window, "Save weights", list(ENDINGS), save_as="weights.npz")
        dialog.filterSelected.connect(self._on_filter)
        dialog.fileSelected.connect(self.save_weights)
        dialog.open()

    @action("Pin", "P")
    def pin(self) -> None:
        """Keep the weights of now as a ghost."""
        self._order(Driver.keep_now)

    def unpin(self, label: str) -> None:
        """Drop the ghost of this label."""
        self._order(Driver.forget, label)

    # What is seen

    def point_at(self, time_step: int | None, source: object = None) -> None:
        """Mark this time step, from 1, in every panel but the one that a person points into."""
        self.cursor.point_at(time_step, source)

    def sequence(self, number: int) -> None:
        """Show the training sequence of this number, counted from 0, as far as there are so many."""
        self.cursor.choose_sequence(number)

    @action("Next sequence", ".", repeats=True)
    def next_sequence(self) -> None:
        """Show the next training sequence."""
        self.sequence(self.cursor.sequence + 1)

    @action("Sequence before", ",", repeats=True)
    def previous_sequence(self) -> None:
        """Show the training sequence before."""
        self.sequence(self.cursor.sequence - 1)

    def show(self, panel: str, shown: bool = True) -> None:
        """Show the panel of this name, or hide it."""
        self._grid.want(self._grid.named(panel), shown)

    def fill(self, panel: str | None) -> None:
        """Fill the window with the panel of this name, or for None show all again."""
        self._grid.fill(None if panel is None else self._grid.named(panel).panel)

    def layout(self, name: str) -> None:
        """Show the panels of a layout in LAYOUTS, in even rows."""
        self._grid.arrange(name)

    @action("Light or dark", "T")
    def other_theme(self) -> None:
        """Light or dark."""
        self._themes.switch()

    @action("Keys", "?", menu="panels")
    def keys(self) -> None:
        """What every key does."""
        keyed = [each for each in ACTIONS.values() if each.keys]
        rows = "".join(
            f"<tr><td><b>{escape(each.key_words)}</b>&nbsp; </td><td>{escape(each.tip)}</td></tr>"
            for each in keyed
        )
        Explanation(self._window, "Keys", f"<table>{rows}</table>").show_under(self._controls.presets)

    @action("Quit", "Ctrl+Q")
    def quit(self) -> None:
        """Close the window."""
        self._window.close()

    # How they are done

    def _on_triggered(self, name: str, *_checked: bool) -> None:
        getattr(self, name)()

    @property
    def _window(self) -> QWidget:
        return self._grid.window()

    def _order(self, do: Callable[Concatenate[Driver, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        self._bench.run.thread.order(do, *args, **kwargs)

    def _begin(self, config: RunConfig, pace: float | None) -> None:
        self._bench.begin(config, pace)
        self._tell_dialog()

    def _begin_preset(self, name: str) -> None:
        preset = load_preset(name)
        self.pause()
        self._controls.show_config(preset.config)
        self._begin(preset.config, preset.pace)

    def _on_live_changed(self, key: str, value: object) -> None:
        self._bench.set_live(key, value)
        self._tell_dialog()

    def _on_config_changed(self, config: RunConfig) -> None:
        """A run that a refused value has left alone goes on when the value is put back."""
        if not self._bench.keeps(config):
            self._bench.begin(config, self._pace_for(config))
        self._tell_dialog()

    def _pace_for(self, config: RunConfig) -> float | None:
        """The speed stays, but for another task, which brings that of its preset as it does the settings."""
        other = config.task.name != self._bench.config.task.name
        return self._controls.presets.pace if other else self._bench.pace

    def _on_opening_finished(self) -> None:
        self._opening = None

    def _tell_dialog(self) -> None:
        if self._opening is not None:
            self._opening.set_base(self._controls.config)

    def _on_model_opened(self, found: Found) -> None:
        """It rests before its first update, so that its gradient is seen as it came."""
        if self._open(partial(found.config, self._controls.config), self.pause):
            focused = self._window.focusWidget()
            if focused is not None:
                focused.clearFocus()  # so that Space runs

    def _open(self, make: Callable[[], RunConfig], first: Callable[[], None] = lambda: None) -> bool:
        """A change by hand; a file that is named in the form already is read again."""
        try:
            config = make()
        except ConfigError as error:
            self.said.emit(f"{self._controls.form.in_labels(error)}.")
            return False
        first()
        if config != self._controls.config:
            self._controls.take(config)
        self._begin(config, self._pace_for(config))
        return True

    def _on_filter(self, kind: str) -> None:
        """A name without an ending gets that of the chosen kind, and so does the one that is offered."""
        dialog = self.sender()
        assert isinstance(dialog, FileDialog)
        dialog.setDefaultSuffix(ENDINGS[kind])
        dialog.selectFile(f"weights.{ENDINGS[kind]}")
