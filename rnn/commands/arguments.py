"""The options that name a run, and the config that all of them make together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from rnn.commands.guard import say
from rnn.config import RunConfig, read_settings
from rnn.config.presets import load_preset, presets
from rnn.errors import ConfigError, ScopeError
from rnn.settings import as_text
from rnn.weights import HEAD_NAMES, LAYER_NAMES

OF_WEIGHTS = ("model.layers", "model.cell", "model.nonlinearity")


@dataclass(frozen=True, slots=True)
class Request:
    """What a command line asks for.

    Attributes:
        config: the run.
        stated: of the settings that a file of weights decides, those that were stated for these very weights;
            the others give way to it.
    """

    config: RunConfig
    stated: Mapping[str, Any]

    def refuse_other_weights(self, actual: RunConfig) -> None:
        """Raise ConfigError where the weights made the run, ``actual``, another one than was stated."""
        values = actual.values()
        for key, stated in self.stated.items():
            if stated != values[key]:
                reason = (
                    f"must be {as_text(values[key])}, as in {actual.model.weights}, not {as_text(stated)}"
                )
                raise ConfigError(key, reason)


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

    def print_help(self, file: Any = None) -> None:
        say(self.format_help().removesuffix("\n"), sys.stdout if file is None else file)

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
        help="train on x (N, T, D) and y (N, T, O) of this file, or on class numbers y (N, T) from 0 on, or "
        "on one answer a sequence, y (N, O) or (N), in the file's order, and validate on x_validation and "
        "y_validation where it has them; short for --set task.name=data task.file=FILE.npz; the readout is "
        "the one that fits y where none is stated",
    )
    parser.add_argument(
        "--weights",
        metavar="FILE",
        help="start from the weights in this .npz or .safetensors file, under PyTorch's names: "
        f"{', '.join(LAYER_NAMES).format(*'0000')}, the same with l1, l2, ... for more layers, "
        f"{', '.join(HEAD_NAMES)}; the two biases add up to one, the shapes set the cell and the layers, and "
        "neither initializer nor spectral radius is used; short for --set model.weights=FILE",
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
        tables = read_settings(options.config)
        base = RunConfig().with_values(tables)
    else:
        base = load_preset("article" if options.preset is None else options.preset).config
    config = base.with_values(_shorthands(options, base)).with_values(pairs)
    if options.data is not None and config.task.name != "data":
        raise ConfigError("task.name", f"must be data with --data, not {config.task.name}")

    def stated(key: str, source: str) -> bool:
        """Whether ``key`` was set for the very file that ``source`` names, and not for another one."""
        own = base.files().get(source) == config.files().get(source)
        return key in pairs or (own and key in tables)

    if config.model.weights is None:
        return Request(config, {})
    values = config.values()
    return Request(config, {key: values[key] for key in OF_WEIGHTS if stated(key, "model.weights")})


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
