"""The options that name a run, and the config that all of them make together."""

from __future__ import annotations

import argparse
import textwrap
from dataclasses import dataclass
from typing import Any, NoReturn

from rnn.config import ModelConfig, RunConfig, TrainingConfig, flatten, read_toml
from rnn.errors import ConfigError, ScopeError
from rnn.presets import load_preset, presets
from rnn.settings import Settings, as_text, base_type, declarations, is_optional
from rnn.tasks import TASKS
from rnn.weights import AXES


@dataclass(frozen=True, slots=True)
class Request:
    """What a command line asks for.

    Attributes:
        config: the run.
        stated_width: ``model.layers`` where it was stated for these very weights; None where it gives way to
            the width in the file of weights.
    """

    config: RunConfig
    stated_width: tuple[int, ...] | None

    def refuse_another_width(self, actual: RunConfig) -> None:
        """Raise ConfigError where the weights made the run, ``actual``, another width than was stated."""
        stated, width = self.stated_width, actual.model.layers
        if stated is not None and stated != width:
            reason = f"must be {as_text(width)}, as in {actual.model.weights}, not {as_text(stated)}"
            raise ConfigError("model.layers", reason)


class Parser(argparse.ArgumentParser):
    """Refuses in one sentence, without a page on the usage before it; no command is the window."""

    def __init__(self, command: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=f"python3 main.py {command}".rstrip(),
            description=description,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        raise ScopeError(f"{message[0].upper()}{message[1:]}; {self.prog} --help tells all")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options that name a run, for every command that trains one."""
    begin = parser.add_mutually_exclusive_group()
    names = ", ".join(preset.name for preset in presets())
    begin.add_argument(
        "--preset", metavar="NAME", help=f"begin from a preset: {names}; article where none is named"
    )
    begin.add_argument("--config", metavar="FILE.toml", help="begin from a config file, such as a run.toml")
    parser.add_argument("--epochs", metavar="N", help="short for --set training.epochs=N")
    parser.add_argument("--seed", metavar="N", help="short for --set seed=N")
    parser.add_argument(
        "--data",
        metavar="FILE.npz",
        help="train on x (N, T, D) and y (N, T, O) of this file, one update a sequence in the file's order, "
        "and validate on x_validation and y_validation where it has them; short for --set task.name=data "
        "task.file=FILE.npz",
    )
    parser.add_argument(
        "--weights",
        metavar="FILE.npz",
        help="start from the weights in this file, under PyTorch's names: "
        f"{', '.join(AXES)}; the two biases add up to one, the shapes set the width, and neither initializer "
        "nor spectral radius is used; short for --set model.weights=FILE.npz",
    )
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="change settings; applied last, so that it wins over all the above, as a later one does over an "
        "earlier one; may be repeated",
    )


def requested(options: argparse.Namespace) -> Request:
    """The run that the options of ``add_run_options`` name.

    Raises:
        ConfigError: a setting is unknown or has a value that it cannot have.
        DataError: the config file cannot be read.
    """
    pairs = dict(_pair(text) for text in options.set)
    tables: dict[str, Any] = {}
    if options.config is not None:
        tables = flatten(options.config, read_toml(options.config))
        base = RunConfig().with_values(tables)
    else:
        base = load_preset("article" if options.preset is None else options.preset).config
    config = base.with_values(_shorthands(options, base)).with_values(pairs)
    own_weights = base.model.weights is not None and config.model.weights == base.model.weights
    stated = "model.layers" in pairs or ("model.layers" in tables and own_weights)
    return Request(config, config.model.layers if stated else None)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise ScopeError(f"--set takes KEY=VALUE, such as training.learning_rate=0.1, not {text!r}")
    return key.strip(), value.strip()


def _shorthands(options: argparse.Namespace, base: RunConfig) -> dict[str, Any]:
    """What --data, --weights, --epochs and --seed stand for."""
    given = {"model.weights": options.weights, "training.epochs": options.epochs, "seed": options.seed}
    changes = {key: value for key, value in given.items() if value is not None}
    if options.data is not None:
        changes |= {
            "task.name": "data",
            "task.file": options.data,
            "task.carry_state": base.task.carry_state,
        }
    return changes


def settings_text() -> str:
    """For each setting its key, what it may be, its default, and what it does."""
    parts: list[tuple[type[Settings], str]] = [(RunConfig, "")]
    parts += [(task, f", for task.name={name}") for name, task in TASKS.items()]
    parts += [(ModelConfig, ""), (TrainingConfig, "")]
    name = f"  task.name ({' or '.join(TASKS)}; {RunConfig().task.name} by default)\n      What is learned."
    sections = ["\n".join(_lines(part, note)) for part, note in parts]
    return "\n".join([sections[0], name, *sections[1:]])


def _lines(part: type[Settings], note: str) -> list[str]:
    lines = []
    defaults = part().values()
    for name, declared, kind in declarations(part):
        if declared.choices is not None:
            allowed = " or ".join(declared.choices())
        elif base_type(kind) is bool:
            allowed = "true or false"
        else:
            allowed = "FILE.npz" if declared.file else declared.range_text()
        allowed += " or off" if is_optional(kind) else ""
        default = as_text(defaults[name])
        allowed += f"; {default} by default" if default else ""
        lines.append(f"  {part.key(name)} ({allowed}{note})")
        lines += textwrap.wrap(declared.help, 100, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return lines
