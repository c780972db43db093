"""Everything that decides a run: one frozen object that checks itself and reads and writes TOML."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from rnn.errors import ConfigError, DataError
from rnn.initializers import INITIALIZERS
from rnn.optimizers import OPTIMIZERS
from rnn.settings import OFF, Settings, as_text, declarations, setting
from rnn.tasks import TASKS, Task


@dataclass(frozen=True, slots=True)
class ModelConfig(Settings):
    """The network."""

    section: ClassVar[str] = "model"

    layers: tuple[int, ...] = setting(
        (4,),
        "Width",
        "Units in the hidden layer. With the article's weights a wide network starts saturated.",
        minimum=1,
        maximum=4096,
    )
    initializer: str = setting(
        "uniform", "Initializer", "How the weights begin.", choices=lambda: tuple(INITIALIZERS)
    )
    spectral_radius: float | None = setting(
        None,
        "Spectral radius ρ",
        "Rescale W_h at the start so that its largest eigenvalue has this absolute value; "
        "off leaves it as drawn.",
        minimum=0.0,
        maximum=100.0,
    )
    weights: str | None = setting(
        None,
        "Start from",
        "An .npz file of weights under PyTorch's names to start from, instead of drawing them; "
        "its shapes set the width, and neither initializer nor spectral radius is used.",
        file=True,
    )

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if len(self.layers) != 1:
            raise ConfigError("model.layers", f"must be one width, not {as_text(self.layers)}")
        if self.weights == "":
            raise ConfigError("model.weights", "must name an .npz file, or be off")


@dataclass(frozen=True, slots=True)
class TrainingConfig(Settings):
    """How the network is trained."""

    section: ClassVar[str] = "training"

    optimizer: str = setting(
        "sgd", "Optimizer", "How a gradient becomes a step.", choices=lambda: tuple(OPTIMIZERS)
    )
    learning_rate: float = setting(
        0.2,
        "Learning rate",
        "The factor between the gradient and the step. Takes effect at the next update.",
        minimum=0.0,
        maximum=1e6,
        live=True,
    )
    clip_norm: float | None = setting(
        None,
        "Clip norm",
        "Scale a gradient whose norm is above this down to it; off trains on the gradient as it is. "
        "Takes effect at the next update.",
        above=0.0,
        maximum=1e12,
        live=True,
    )
    epochs: int = setting(
        9, "Epochs", "How often all sequences are trained on before it stops.", minimum=1, maximum=10_000_000
    )


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
    task: Task = field(default_factory=TASKS["sine"])
    model: ModelConfig = field(default_factory=ModelConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)

    def with_values(self, changes: Mapping[str, Any]) -> RunConfig:
        """A copy with other values under full keys such as ``task.noise``.

        Another ``task.name`` starts from that task's defaults; text is read as the command line gives it.

        Raises:
            ConfigError: for an unknown key or a value that it cannot have.
        """
        parts: dict[str, dict[str, Any]] = {"": {}, "task": {}, "model": {}, "training": {}}
        for key, value in changes.items():
            section, point, name = key.rpartition(".")
            if section not in parts or (not section and (point or name != "seed")):
                raise ConfigError(
                    key,
                    "is not a setting; keys are seed, or begin with task, model or training and a point",
                )
            parts[section][name] = value
        return RunConfig(
            seed=parts[""].get("seed", self.seed),
            task=_task(self.task, parts["task"]),
            model=ModelConfig.from_values(self.model.values() | parts["model"]),
            training=TrainingConfig.from_values(self.training.values() | parts["training"]),
        )

    def values(self) -> dict[str, Any]:
        """Every setting under its full key, in the order of the form."""
        flat: dict[str, Any] = {"seed": self.seed, "task.name": self.task.name}
        for part in (self.task, self.model, self.training):
            flat |= {part.key(name): value for name, value in part.values().items()}
        return flat

    def files(self) -> dict[str, str]:
        """The files that the run reads, under the full keys of their settings."""
        return {
            part.key(name): getattr(part, name)
            for part in (self.task, self.model, self.training)
            for name, declared, _ in declarations(type(part))
            if declared.file and getattr(part, name)
        }

    def to_toml(self) -> str:
        """The whole config as TOML; a setting that is off is written as "off"."""
        lines = [f"seed = {self.seed}"]
        for part in (self.task, self.model, self.training):
            lines += ["", f"[{part.section}]"]
            if part is self.task:
                lines.append(f'name = "{self.task.name}"')
            lines += [f"{name} = {_toml(value)}" for name, value in part.values().items()]
        return "\n".join(lines) + "\n"


def live_keys() -> frozenset[str]:
    """The full keys of the settings that may change while training."""
    return frozenset(
        TrainingConfig.key(name) for name, declared, _ in declarations(TrainingConfig) if declared.live
    )


def read_config(path: str | Path) -> RunConfig:
    """The config in a TOML file; what it leaves out has its default.

    Raises:
        DataError: the file cannot be read or is not TOML.
        ConfigError: a key is unknown, or a value is not allowed.
    """
    return RunConfig().with_values(flatten(path, read_toml(path)))


def read_toml(path: str | Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        DataError: the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(path, "", "there is no such file") from None
    except OSError as error:
        raise DataError(path, "", f"cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(path, "", f"expected TOML ({error})") from None


def flatten(path: str | Path, tables: Mapping[str, Any]) -> dict[str, Any]:
    """Tables as full keys: ``{"task": {"noise": 1}}`` is ``{"task.noise": 1}``."""
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        if isinstance(value, Mapping):
            flat |= {f"{key}.{name}": inner for name, inner in value.items()}
        elif key in ("task", "model", "training"):
            raise DataError(path, key, f"expected a table [{key}]")
        else:
            flat[key] = value
    return flat


def _task(task: Task, changes: dict[str, Any]) -> Task:
    name = changes.pop("name", task.name)
    if not isinstance(name, str) or name not in TASKS:
        raise ConfigError("task.name", f"must be one of {', '.join(TASKS)}, not {name!r}")
    if name == task.name:
        changes = task.values() | changes
    return TASKS[name].from_values(changes)


def _toml(value: Any) -> str:
    if value is None:
        return f'"{OFF}"'
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, tuple):
        return "[" + ", ".join(str(part) for part in value) + "]"
    return as_text(value)
