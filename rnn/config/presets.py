"""Experiments that ship with the program: a config, a title, what to watch, and a pace to watch it at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rnn.config import RunConfig, flatten, read_toml
from rnn.data.tasks import TASKS
from rnn.errors import ConfigError, DataError

FOLDER = Path(__file__).parents[2] / "resources" / "presets"
_WORDS, _MORE = ("order", "title", "watch", "pace"), ("epochs",)


@dataclass(frozen=True, slots=True)
class Preset:
    """One experiment.

    Attributes:
        name: the name of its file, without the ending.
        title: its name in the window.
        watch: one or two sentences on what to look at.
        pace: updates a second that the window starts at; None is full speed.
        config: the run.
        epochs: those whose fits are kept and marked.
    """

    name: str
    title: str
    watch: str
    pace: float | None
    config: RunConfig
    epochs: frozenset[int] = frozenset()

    def distance(self, config: RunConfig) -> int:
        """In how many settings ``config`` departs from it."""
        own = self.config.values()
        return sum(own.get(key) != value for key, value in config.values().items())


def presets() -> list[Preset]:
    """All presets, in the order that they are offered."""
    found = [(order, preset) for order, preset in map(_read, FOLDER.glob("*.toml"))]
    return [preset for _, preset in sorted(found, key=lambda pair: (pair[0], pair[1].name))]


def load_preset(name: str) -> Preset:
    """The preset of this name.

    Raises:
        ConfigError: there is none of this name.
        DataError: its file is not as expected.
    """
    if name not in {path.stem for path in FOLDER.glob("*.toml")}:
        names = ", ".join(preset.name for preset in presets())
        raise ConfigError("preset", f"must be one of {names}, not {name!r}")
    return _read(FOLDER / f"{name}.toml")[1]


def marked_epochs(config: RunConfig) -> frozenset[int]:
    """The epochs whose fits are kept and marked: those of the preset that ``config`` is nearest to."""
    nearest = min(_presets(), key=lambda preset: preset.distance(config))
    return nearest.epochs if nearest.config.task.name == config.task.name else frozenset()


@cache
def _presets() -> list[Preset]:
    return presets()


def starting_config(task: str) -> RunConfig:
    """Where a person begins who chooses the task of this name by hand: at settings that learn it."""
    config = load_preset(TASKS[task].preset).config
    return config if config.task.name == task else config.with_values({"task.name": task})


def _read(path: Path) -> tuple[float, Preset]:
    tables = read_toml(path)
    about = tables.pop("preset", None)
    if not isinstance(about, dict):
        raise DataError(path, "preset", "expected a table [preset]")
    if wrong := [*(set(about) - {*_WORDS, *_MORE}), *(word for word in _WORDS if word not in about)]:
        raise DataError(
            path, f"preset.{wrong[0]}", f"expected {', '.join(_WORDS)} in [preset], and nothing else"
        )
    for key in ("title", "watch"):
        if not isinstance(about[key], str) or not about[key].strip():
            raise DataError(path, f"preset.{key}", f"expected text, not {about[key]!r}")
    if not _is_number(about["order"]):
        raise DataError(path, "preset.order", f"expected a number, not {about['order']!r}")
    pace = None if about["pace"] == "full" else about["pace"]
    if pace is not None and not (_is_number(pace) and pace > 0):
        raise DataError(path, "preset.pace", f'expected updates a second or "full", not {pace!r}')
    epochs = about.get("epochs", [])
    if not (isinstance(epochs, list) and all(type(epoch) is int and epoch > 0 for epoch in epochs)):
        raise DataError(path, "preset.epochs", f"expected numbers of epochs, not {epochs!r}")
    try:
        config = RunConfig().with_values(flatten(path, tables))
    except ConfigError as error:
        raise DataError(path, error.key, error.reason) from None
    return float(about["order"]), Preset(
        path.stem,
        about["title"],
        about["watch"],
        None if pace is None else float(pace),
        config,
        frozenset(epochs),
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
