"""Everything that decides a run: one frozen object that checks itself and reads and writes TOML."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from rnn.config.model import ModelConfig
from rnn.config.toml import toml_value
from rnn.config.training import TrainingConfig
from rnn.data.tasks import TASKS, Task
from rnn.errors import ConfigError
from rnn.model.cells import CELLS
from rnn.settings import Setting, Settings, as_text, declarations, same_name, setting


@dataclass(frozen=True, slots=True)
class RunConfig(Settings):
    """Everything that decides a run: the same config gives the same bits, with one engine on one machine."""

    seed: int = setting(
        0,
        "Seed",
        "Every random number of the run comes from it: the same seed gives the same run.",
        minimum=0,
        maximum=2**53,
    )
    engine: str = setting(
        "auto",
        "Engine",
        "What makes the updates: the readable network in NumPy, or the same compiled, which gives the same "
        "numbers to rounding and is many times as fast. Auto takes the compiled one where it is ready when "
        "the run begins; compiled waits for it, and so does auto on the command line. Where it cannot be "
        "had, NumPy runs.",
        choices=lambda: ("auto", "numpy", "compiled"),
    )
    task: Task = field(default_factory=TASKS["sine"])
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    _values: dict[str, Any] = field(init=False, repr=False, compare=False)
    _inapplicable: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        of_the_run = {name: getattr(self, name) for name in OF_THE_RUN}
        model, values = self.model, _flat(of_the_run, self.task, self.model, self.training)
        object.__setattr__(self, "_values", values)
        object.__setattr__(self, "_inapplicable", _inapplicable(values))
        _refuse("model.readout", model.readout, self.task.readouts(), f"for the task {self.task.name}")
        _refuse(
            "model.nonlinearity",
            model.nonlinearity,
            CELLS[model.cell].nonlinearities,
            f"with the cell {model.cell}",
        )
        for key, why in self._inapplicable.items():
            default = _defaults(type(self.task))[key]
            if key != "model.readout" and values[key] != default:
                only = as_text(default) or "empty"
                raise ConfigError(key, f"must be {only} {why}, not {as_text(values[key])}")

    def unless(self, key: str) -> str | None:
        """Why the setting ``key`` does not apply, such as "with the cell gru"; None where it does."""
        return self._inapplicable.get(key)

    def with_values(self, changes: Mapping[str, Any]) -> RunConfig:
        """A copy with other values under full keys such as ``task.noise``.

        Another ``task.name`` starts from that task's defaults; what does not apply any more, such as the
        nonlinearity with another cell, goes back to its default unless it is among the changes, and so does
        what was said of a file when another one is named. Text is read as the command line gives it.

        Raises:
            ConfigError: for an unknown key or a value that it cannot have.
        """
        parts: dict[str, dict[str, Any]] = {"": {}, "task": {}, "model": {}, "training": {}}
        for key, value in changes.items():
            section, point, name = key.rpartition(".")
            if section not in parts or (not section and (point or name not in OF_THE_RUN)):
                raise ConfigError(
                    key,
                    f"is not a setting; keys are {' and '.join(OF_THE_RUN)}, or begin with task, model or "
                    "training and a point",
                )
            parts[section][name] = value
        task = _task(self.task, parts["task"])
        model, training = _changed(self.model, parts["model"]), _changed(self.training, parts["training"])
        before, after = self._values, _flat({}, task, model, training)
        of_another = [key for key, file in _of_files(task.name) if _path(before, file) != _path(after, file)]
        defaults = _defaults(type(task))
        back = {key: defaults[key] for key in [*_inapplicable(after), *of_another]}
        is_open = "model.readout" not in changes and _source(task) != _source(self.task)
        fitting = task.fitting_readout() if is_open else None
        kept = model.readout if model.readout in task.readouts() else task.readouts()[0]
        back["model.readout"] = fitting or kept
        back = {key: value for key, value in back.items() if key not in changes}
        return RunConfig(
            **{name: getattr(self, name) for name in OF_THE_RUN} | parts[""],
            task=_changed(task, _of(task, back)),
            model=_changed(model, _of(model, back)),
            training=_changed(training, _of(training, back)),
        )

    def values(self) -> dict[str, Any]:
        """Every setting under its full key, in the order of the form."""
        return self._values.copy()

    def files(self) -> dict[str, str]:
        """The files that the run reads, under the full keys of their settings."""
        return {
            part.key(name): getattr(part, name)
            for part in (self.task, self.model, self.training)
            for name, declared, _ in declarations(type(part))
            if declared.file and getattr(part, name)
        }

    def from_the_root(self) -> RunConfig:
        """The same with its files named from the root, so that it means the same in every folder."""
        return self.with_values({key: os.path.abspath(file) for key, file in self.files().items()})

    def files_needed(self) -> tuple[tuple[str, Setting], ...]:
        """The keys of the task's files that must be named and are not yet, with their declarations."""
        return tuple(
            (self.task.key(name), declared)
            for name, declared, kind in declarations(type(self.task))
            if declared.file and not declared.empty and not getattr(self.task, name)
        )

    def to_toml(self) -> str:
        """The whole config as TOML; a setting that is off is written as "off"."""
        lines = [f"{name} = {toml_value(getattr(self, name))}" for name in OF_THE_RUN]
        for part in (self.task, self.model, self.training):
            lines += ["", f"[{part.section}]"]
            if part is self.task:
                lines.append(f'name = "{self.task.name}"')
            lines += [f"{name} = {toml_value(value)}" for name, value in part.values().items()]
        return "\n".join(lines) + "\n"


Part = TypeVar("Part", bound=Settings)
OF_THE_RUN = tuple(name for name, _, _ in declarations(RunConfig))


def _task(task: Task, changes: dict[str, Any]) -> Task:
    name = changes.pop("name", task.name)
    if isinstance(name, str):
        name = next((task for task in TASKS if same_name(task, name)), name)
    if not isinstance(name, str) or name not in TASKS:
        raise ConfigError("task.name", f"must be one of {', '.join(TASKS)}, not {name!r}")
    if name == task.name:
        changes = task.values() | changes
    return TASKS[name].from_values(changes)


def _flat(of_the_run: Mapping[str, Any], *parts: Settings) -> dict[str, Any]:
    """Every setting under its full key, in the order of the form."""
    flat: dict[str, Any] = dict(of_the_run)
    for part in parts:
        if isinstance(part, Task):
            flat["task.name"] = part.name
        flat |= {part.key(name): value for name, value in part.values().items()}
    return flat


def _of(part: Settings, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of ``values`` that are others than ``part`` has, by field name."""
    own = {part.key(name): (name, value) for name, value in part.values().items()}
    return {own[key][0]: value for key, value in values.items() if key in own and own[key][1] != value}


def _changed(part: Part, values: Mapping[str, Any]) -> Part:
    """The same with other values by field name."""
    return part.from_values({**part.values(), **values}) if values else part


def _source(task: Task) -> tuple[str, object]:
    """What decides which targets it has."""
    return task.name, task.values().get("file")


def _declared(task: str) -> Iterator[tuple[str, Setting, type[Settings]]]:
    """The key of every setting but the seed, for a task of this name, with its declaration and its part."""
    for part in (TASKS[task], ModelConfig, TrainingConfig):
        for name, declared, _ in declarations(part):
            yield part.key(name), declared, part


def _of_files(task: str) -> Iterator[tuple[str, str]]:
    """The key of every setting that belongs to a file, with the key of that file."""
    for key, declared, part in _declared(task):
        if declared.of:
            yield key, part.key(declared.of)


def _path(values: Mapping[str, Any], key: str) -> str:
    """Where the file of a setting is, however it is named; empty where there is none."""
    return os.path.abspath(values[key]) if values.get(key) else ""


def _inapplicable(values: Mapping[str, Any]) -> dict[str, str]:
    """The settings that do not apply, and why."""
    conditions = ((key, declared.unless) for key, declared, _ in _declared(values["task.name"]))
    reasons = {key: unless(values) for key, unless in conditions if unless is not None}
    return {key: why for key, why in reasons.items() if why is not None}


def _defaults(task: type[Task]) -> Mapping[str, Any]:
    """What the settings of these parts are where nothing is said, by their keys."""
    parts: tuple[Any, ...] = (task, ModelConfig, TrainingConfig)
    return {part.key(entry.name): entry.default for part in parts for entry in fields(part)}


def _refuse(key: str, value: str, allowed: tuple[str, ...], why: str) -> None:
    if value not in allowed:
        raise ConfigError(key, f"must be {' or '.join(allowed)} {why}, not {value}")
