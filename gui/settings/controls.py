"""The column of settings: a preset, a form for the whole RunConfig, and what is to be seen now."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.fields import NEW_RUN, file_dialog
from gui.settings.form import Form
from gui.settings.preset_box import PresetBox
from gui.settings.rate_words import rate_words
from gui.settings.seen import Seen
from gui.theme import Theme
from gui.widgets.fading import FadingScrollArea
from rnn.config import RunConfig, live_keys
from rnn.errors import ConfigError
from rnn.presets import starting_config
from rnn.snapshot import RunInfo

SIZE = QSize(272, 700)
UNDO_DEPTH = 100
TASK, RATE, ENGINE = "task.name", "training.learning_rate", "engine"
REDO = (QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y"))


class Controls(QFrame):
    """The settings of the run, and the only place where they are changed by hand.

    Attributes:
        config: what the form says. It is valid in itself, but it may be one that cannot be run.

    Signals:
        live_changed: the key and the value of a setting that takes effect at the next update.
        config_changed: another setting was changed; a new run begins with this RunConfig.
        preset_chosen: the name of the preset.
    """

    live_changed = Signal(str, object)
    config_changed = Signal(object)
    preset_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Settings")
        self.setMinimumWidth(228)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.config = RunConfig()
        self._info: RunInfo | None = None
        self._wanted = self.config  # what a file is being looked for
        self._taken: RunConfig | None = None
        self._history: deque[RunConfig] = deque(maxlen=UNDO_DEPTH)
        self._undone: list[RunConfig] = []
        self.presets = PresetBox()
        self.form = Form(self.config)
        self._error = QLabel()
        self._error.setObjectName("refusal")
        self._error.setWordWrap(True)
        self._error.hide()
        self._seen = Seen()
        self._lay_out()
        self.presets.chosen.connect(self._on_preset_chosen)
        self.form.offered.connect(self.offer)
        undo = QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self)
        undo.activated.connect(self.undo)
        redo = QShortcut(self)
        redo.setKeys(REDO)
        redo.activated.connect(self.redo)
        self.show_config(self.config)
        self.apply_theme(theme)

    def sizeHint(self) -> QSize:
        return SIZE

    def apply_theme(self, theme: Theme) -> None:
        """Take on new colours where the style sheet does not bring them."""
        self.form.apply_theme(theme)
        self.scroll_area.apply_theme(theme)
        self._seen.apply_theme(theme)

    def show_config(self, config: RunConfig) -> None:
        """Fill the form with a config that comes from elsewhere; nothing is emitted.

        A field that is being written in, or is refused, keeps what is in it unless its setting has changed.
        """
        self.config = config
        self._error.hide()
        self.form.show_config(config)
        self.presets.show_config(config)

    def show_error(self, error: ConfigError) -> None:
        """Say why the config in the form cannot be run, at the field that the error names."""
        self._refuse(error, self._still())

    def offer(self, key: str, wanted: object) -> None:
        """Change a setting by hand: to a value, or to a text as it is typed."""
        try:
            config = self._with(key, wanted)
        except ConfigError as error:
            self._refuse(error)
            return
        if config == self.config:
            self.form.fields[key].show_value(self.config.values()[key])
            return
        if key == TASK and config.files_needed():
            self._look_for_file(config)
            return
        self._remember()
        self._change(config)

    def take(self, config: RunConfig) -> None:
        """Show a config that a person opened files for, as a change by hand; nothing is emitted."""
        self._remember()
        self._taken = config
        self.form.restore()
        self.show_config(config)

    def put_back(self) -> bool:
        """Go back from a config that was taken, since its run cannot begin; whether one was on show."""
        if self._taken is None or self._taken != self.config or not self._history:
            return False
        self._taken = None
        self.show_config(self._history.pop())
        return True

    def _with(self, key: str, wanted: object) -> RunConfig:
        """The config with another value; another task brings the settings that learn it."""
        config = self.config.with_values({key: wanted})
        if config.task.name == self.config.task.name:
            return config
        of_the_run = {name: value for name, value in config.values().items() if "." not in name}
        return starting_config(config.task.name).with_values(of_the_run)

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: draw how its sequences are cut."""
        self._info = info
        self._taken = None
        self.form.cut.begin(info)
        self._seen.begin()

    def show_position(self, update: int) -> None:
        """So many updates are complete; cheap enough for every frame."""
        self.form.cut.show_position(update)
        if self._info is not None:
            self.form.fields[RATE].show_note(rate_words(self._info, self.config, update))

    def show_engine(self, title: str) -> None:
        """What makes the updates of the run on display; empty before the first one."""
        self.form.fields[ENGINE].show_note(f"now {title}" if title else "")

    def set_sentence(self, text: str) -> None:
        """What is to be seen now, in words."""
        self._seen.show_text(text)

    @property
    def sentence(self) -> str:
        """What was last said to be seen."""
        return self._seen.text

    @property
    def can_undo(self) -> bool:
        """Whether a change was made by hand that can be taken back."""
        return any(config != self.config for config in self._history)

    def undo(self) -> None:
        """Take the last change by hand back, as if it were changed back by hand."""
        while self._history:
            config = self._history.pop()
            if config != self.config:
                self._undone.append(self.config)
                self._change(config)
                return

    def redo(self) -> None:
        """Make the change again that was last taken back, unless another one was made since."""
        while self._undone:
            config = self._undone.pop()
            if config != self.config:
                self._history.append(self.config)
                self._change(config)
                return

    def _lay_out(self) -> None:
        legend = QLabel(f"{NEW_RUN} starts a new run; the others act at once")
        legend.setObjectName("caption")
        legend.setWordWrap(True)
        column = QWidget()
        rows = QVBoxLayout(column)
        rows.setContentsMargins(12, 10, 12, 8)
        rows.setSpacing(6)
        rows.addWidget(self.presets)
        rows.addWidget(self._error)
        rows.addWidget(self.form)
        rows.addWidget(legend)
        rows.addStretch(1)
        self.scroll_area = FadingScrollArea(column)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(self.scroll_area)
        outer.addWidget(rule)
        outer.addWidget(self._seen, 1)

    def _on_preset_chosen(self, name: str) -> None:
        self._remember()
        self.form.restore()
        self.preset_chosen.emit(name)

    def _refuse(self, error: ConfigError, more: str = "") -> None:
        field = self.form.fields.get(error.key)
        if field is not None and self.config.unless(error.key) is None:
            field.refuse(self.form.in_labels(error.reason) + more)
            place: QWidget = field
        else:
            self._error.setText(self.form.in_labels(str(error)) + more)
            self._error.show()
            place = self._error
        self.scroll_area.ensureWidgetVisible(place)

    def _still(self) -> str:
        """Which run is on display, where the form is ahead of it."""
        if self._info is None or self._info.config == self.config:
            return ""
        task = self._info.config.task
        return (
            f". The run on display is still “{task.title}”."
            if task.name != self.config.task.name
            else (". The run on display goes on.")
        )

    def _look_for_file(self, config: RunConfig) -> None:
        """The task wants a file: it is chosen along with one, or not at all."""
        self._wanted = config
        declared = self.form.fields[TASK].declared
        _, wanted = config.files_needed()[0]
        dialog = file_dialog(self, replace(wanted, label=declared.title(config.task.name)))
        dialog.fileSelected.connect(self._on_file_selected)
        dialog.finished.connect(self._on_file_dialog_finished)
        dialog.open()

    def _on_file_selected(self, file: str) -> None:
        key, _ = self._wanted.files_needed()[0]
        try:
            config = self._wanted.with_values({key: file})
        except ConfigError as error:
            self._refuse(error)
            return
        self._remember()
        self._change(config)

    def _on_file_dialog_finished(self) -> None:
        self.form.fields[TASK].show_value(self.config.task.name)

    def _remember(self) -> None:
        """A change by hand is about to be made."""
        self._history.append(self.config)
        self._undone.clear()

    def _change(self, config: RunConfig) -> None:
        """Show ``config`` and tell what it changes: a live setting, or all of the run."""
        before, after = self.config.values(), config.values()
        changed = {key for key, value in after.items() if key not in before or before[key] != value}
        self.show_config(config)
        if changed <= live_keys():
            for key in sorted(changed):
                self.live_changed.emit(key, after[key])
        else:
            self.config_changed.emit(config)
