"""The column of settings: a preset, a form for the whole RunConfig, and what is to be seen now."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gui.fields import NEW_RUN, Field, FileField, NameField, file_dialog
from gui.settings.form import Form
from gui.settings.history import History
from gui.settings.preset_box import PresetBox
from gui.settings.rate_words import rate_words
from gui.settings.seen import Seen
from gui.theme import Theme
from gui.widgets.boxes import in_column
from gui.widgets.fading import FadingScrollArea
from gui.widgets.plain import PlainLabel
from gui.widgets.reader import Reader
from rnn.config import RunConfig, live_keys
from rnn.config.presets import starting_config
from rnn.errors import ConfigError, DataError, ScopeError, Undecided
from rnn.observing.snapshot import RunInfo

SIZE = QSize(272, 700)
TASK, RATE, ENGINE = "task.name", "training.learning_rate", "engine"


class Controls(QFrame):
    """The settings of the run, and the only place where they are changed by hand.

    Attributes:
        config: what the form says. It is valid in itself, but it may be one that cannot be run.
        reader: reads the file that a person has named last.

    Signals:
        live_changed: the key and the value of a setting that takes effect at the next update.
        config_changed: another setting was changed; a new run begins with this RunConfig.
    """

    live_changed = Signal(str, object)
    config_changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAccessibleName("Settings")
        self.setMinimumWidth(228)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.config = RunConfig()
        self._info: RunInfo | None = None
        self._taken: RunConfig | None = None
        self._named: RunConfig | None = None  # what a change by hand made that names another file
        self._undecided: Field | None = None  # whose choice is to open
        self._history = History()
        self.reader = Reader(self)
        self._wanted: tuple[str, object] = "", None  # what a file is read for
        self.presets = PresetBox()
        self.form = Form(self.config)
        self._error = PlainLabel(objectName="refusal", wordWrap=True, visible=False)
        self._seen = Seen()
        self._lay_out()
        self.form.offered.connect(self.offer)
        self.show_config(self.config)
        self.apply_theme(theme)

    def sizeHint(self) -> QSize:
        return SIZE

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.WindowActivate:
            self._open_choice()
        return done

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
        self._undecided = None
        self._error.hide()
        self.form.show_config(config)
        self.presets.show_config(config)

    def show_error(self, error: ConfigError) -> None:
        """Say why the config in the form cannot be run, at the field that the error names."""
        self._refuse(error, self._still())

    def refuse_file(self, error: DataError) -> None:
        """Go back from a file that will not do, and say what is wrong with it where it was named.

        Where it is open what of it is meant, the list opens from which that is chosen.
        """
        keys = [key for key, file in self.config.files().items() if file == str(error.file)]
        still = self._still()
        if not self.put_back(error) and isinstance(error, Undecided):
            self._refuse(ConfigError(error.setting, error.reason), still)
            self._undecided = self.form.fields.get(error.setting)
            self._open_choice()
            return
        for key in keys:
            what = f"{error.place}: {error.expected}" if error.place else error.expected
            field = self.form.fields.get(key)
            if isinstance(field, FileField):
                field.write(str(error.file))
                self._refuse(ConfigError(key, what), still)

    def offer(self, key: str, wanted: object) -> None:
        """Change a setting by hand: to a value, or to a text as it is typed.

        What a file of the task decides is read from it, for which nobody waits.
        """
        if self.form.fields[key].declared.file and key.startswith("task."):
            self._wanted = key, wanted
            read = partial(_changed, self.config, key, wanted)
            self.reader.ask(read, partial(self._on_read, self.config), self._refuse)
            return
        try:
            config = _changed(self.config, key, wanted)
        except ConfigError as error:
            self._refuse(error)
        else:
            self._take_offer(key, config)

    def give_up_reading(self) -> None:
        """Wait no longer for the file that was named last."""
        if self.reader.busy:
            self.reader.give_up()
            self._refuse(ConfigError(self._wanted[0], "was given up, since it did not answer"))

    def _on_read(self, before: RunConfig, config: RunConfig) -> None:
        """A file that was named has answered; of another form than it was read for, it is asked again."""
        key, wanted = self._wanted
        if before == self.config:
            self._take_offer(key, config)
        else:
            self.offer(key, wanted)

    def _take_offer(self, key: str, config: RunConfig) -> None:
        if config == self.config:
            self.form.fields[key].show_value(self.config.values()[key])
            return
        if key == TASK and config.files_needed():
            self._ask_for_file(config)
            return
        self._name_files(config)

    def _ask_for_file(self, config: RunConfig) -> None:
        """A task that needs a file is chosen along with it, or not at all."""
        key, setting = config.files_needed()[0]
        dialog = file_dialog(self, replace(setting, label=config.task.title))
        dialog.fileSelected.connect(partial(self._on_file_chosen, config, key))
        dialog.finished.connect(self._on_file_dialog_finished)
        dialog.open()

    def _name_files(self, config: RunConfig) -> None:
        """A change by hand, which may name files that will not do."""
        self._history.remember(self.config)
        self._named = config if config.files() != self.config.files() else None
        self._change(config)

    def take(self, config: RunConfig) -> None:
        """Show a config that a person chose, or opened files for, as a change by hand; nothing is emitted."""
        self.reader.give_up()
        self._history.remember(self.config)
        self._taken = config
        self.form.restore()
        self.show_config(config)

    def put_back(self, error: ScopeError) -> bool:
        """Go back from files whose run cannot begin to what the form said before them; whether it did.

        It does not where something was changed since, nor, of files that were named in a row, where the error
        names a setting that mends it.
        """
        mends = isinstance(error, ConfigError) or self.form.named_in(error) - self.config.files().keys()
        goes = self.config == self._taken or (self.config == self._named and not mends)
        before = self._history.forget_last() if goes else None
        if before is None:
            return False
        self._taken = self._named = None
        self.show_config(before)
        return True

    def begin(self, info: RunInfo) -> None:
        """A run begins, or begins again: draw how its sequences are cut."""
        self._info = info
        self._taken = self._named = None
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

    def show_failure(self, sentence: str) -> None:
        """Say before all else to be seen how the run has failed; empty where it has not."""
        self._seen.show_failure(sentence)

    @property
    def sentence(self) -> str:
        """What was last said to be seen."""
        return self._seen.text

    @property
    def can_undo(self) -> bool:
        """Whether a change was made by hand that can be taken back."""
        return self._history.can_undo(self.config)

    def undo(self) -> None:
        """Take the last change by hand back, as if it were changed back by hand."""
        config = self._history.undo(self.config)
        if config is not None:
            self._change(config)

    def redo(self) -> None:
        """Make the change again that was last taken back, unless another one was made since."""
        config = self._history.redo(self.config)
        if config is not None:
            self._change(config)

    def _lay_out(self) -> None:
        legend = f"{NEW_RUN} starts a new run; the others act at once"
        caption = PlainLabel(legend, objectName="caption", wordWrap=True)
        scrolled = QWidget()
        parts = (self.presets, self._error, self.form, caption, None)
        in_column(*parts, of=scrolled, spacing=6, margins=(12, 10, 12, 8))
        self.scroll_area = FadingScrollArea(scrolled)
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        in_column(self.scroll_area, rule, (self._seen, 1), of=self, spacing=0, margins=(1, 1, 1, 1))

    def _refuse(self, error: ScopeError, more: str = "") -> None:
        field = self.form.fields.get(error.key) if isinstance(error, ConfigError) else None
        if isinstance(error, ConfigError) and field is not None and self.config.unless(error.key) is None:
            field.refuse(self.form.in_labels(error.reason) + more)
            place: QWidget = field
        else:
            self._error.setText(self.form.in_labels(error) + more)
            self._error.show()
            place = self._error
        self.scroll_area.ensureWidgetVisible(place)

    def _open_choice(self) -> None:
        """Open the list of what may be meant; where a dialog that goes away closes it, it opens again."""
        if isinstance(self._undecided, NameField) and self.isActiveWindow():
            self._undecided.open()
            hidden = self._undecided.menu.aboutToHide
            hidden.connect(self._on_choice_hidden, Qt.ConnectionType.SingleShotConnection)

    def _on_choice_hidden(self) -> None:
        """Whether a person has closed it is known only when the window has heard that it lost the focus."""
        QTimer.singleShot(0, self, self._forget_choice)

    def _forget_choice(self) -> None:
        if self.isActiveWindow():
            self._undecided = None

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

    def _on_file_chosen(self, wanted: RunConfig, key: str, file: str) -> None:
        self._wanted = TASK, wanted.task.name
        self.reader.ask(partial(wanted.with_values, {key: file}), self._take_file, self._refuse)

    def _take_file(self, config: RunConfig) -> None:
        self._name_files(config)
        self._on_file_dialog_finished()

    def _on_file_dialog_finished(self) -> None:
        self.form.fields[TASK].show_value(self.config.task.name)

    def _change(self, config: RunConfig) -> None:
        """Show ``config`` and tell what it changes: a live setting, or all of the run."""
        self.reader.give_up()
        before, after = self.config.values(), config.values()
        changed = {key for key, value in after.items() if key not in before or before[key] != value}
        self.show_config(config)
        if changed <= live_keys():
            for key in sorted(changed):
                self.live_changed.emit(key, after[key])
        else:
            self.config_changed.emit(config)


def _changed(config: RunConfig, key: str, wanted: object) -> RunConfig:
    """The config with another value; another task brings the settings that learn it."""
    changed = config.with_values({key: wanted})
    if changed.task.name == config.task.name:
        return changed
    of_the_run = {name: value for name, value in changed.values().items() if "." not in name}
    return starting_config(changed.task.name).with_values(of_the_run)
