"""The column of settings: a preset, a form for the whole RunConfig, and what is to be seen now."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from gui.fields import NEW_RUN
from gui.form import Form
from gui.preset_box import PresetBox
from gui.theme import SMALL, Theme, font
from rnn.config import RunConfig, live_keys
from rnn.errors import ConfigError
from rnn.presets import starting_config
from rnn.snapshot import RunInfo

SIZE = QSize(272, 700)
SENTENCE_LINES = 7
UNDO_DEPTH = 100
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
        self._history: deque[RunConfig] = deque(maxlen=UNDO_DEPTH)
        self._undone: list[RunConfig] = []
        self.presets = PresetBox()
        self.form = Form(self.config)
        self._error = QLabel()
        self._error.setObjectName("refusal")
        self._error.setWordWrap(True)
        self._error.hide()
        self._sentence = QLabel()
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

    def show_config(self, config: RunConfig) -> None:
        """Fill the form with a config that comes from elsewhere; nothing is emitted.

        A field that is being written in, or is refused, keeps what is in it unless its setting has changed.
        """
        self.config = config
        self._error.hide()
        self.form.show_config(config)
        self.presets.show_config(config)

    def show_error(self, error: ConfigError) -> None:
        """Say why a config cannot be run, at the field that the error names."""
        field = self.form.fields.get(error.key)
        if field is not None and self.config.unless(error.key) is None:
            field.refuse(error.reason)
            place: QWidget = field
        else:
            self._error.setText(str(error))
            self._error.show()
            place = self._error
        self.scroll_area.ensureWidgetVisible(place)

    def offer(self, key: str, wanted: object) -> None:
        """Change a setting by hand: to a value, or to a text as it is typed."""
        try:
            config = self._with(key, wanted)
        except ConfigError as error:
            self.show_error(error)
            return
        if config == self.config:
            self.form.fields[key].show_value(self.config.values()[key])
            return
        self._remember()
        self._change(config)

    def _with(self, key: str, wanted: object) -> RunConfig:
        """The config with another value; another task brings the settings that learn it."""
        config = self.config.with_values({key: wanted})
        if config.task.name == self.config.task.name:
            return config
        return starting_config(config.task.name).with_values({"seed": self.config.seed})

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: draw how its sequences are cut."""
        self.form.cut.begin(info)

    def show_position(self, update: int) -> None:
        """So many updates are complete; cheap enough for every frame."""
        self.form.cut.show_position(update)

    def set_sentence(self, text: str) -> None:
        """What is to be seen now, in words."""
        if text != self._sentence.text():
            self._sentence.setText(text)

    @property
    def sentence(self) -> str:
        """What was last said to be seen."""
        return self._sentence.text()

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
        self._sentence.setFont(font(SMALL))
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sentence.setFixedHeight(SENTENCE_LINES * self._sentence.fontMetrics().lineSpacing())
        self._sentence.setAccessibleName("What you see")
        heading = QLabel("WHAT YOU SEE")
        heading.setObjectName("section")
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
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setWidget(column)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        foot = QVBoxLayout()
        foot.setContentsMargins(12, 6, 12, 10)
        foot.setSpacing(4)
        foot.addWidget(heading)
        foot.addWidget(self._sentence)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addWidget(self.scroll_area, 1)
        outer.addWidget(rule)
        outer.addLayout(foot)

    def _on_preset_chosen(self, name: str) -> None:
        self._remember()
        self.form.restore()
        self.preset_chosen.emit(name)

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
