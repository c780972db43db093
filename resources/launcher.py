"""Sorts the command line: sets up what a command needs, then hands its arguments over."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from resources.setup import SetupError
from resources.setup.display import explain_no_display, needs_x11
from resources.setup.environment import ensure

ROOT = Path(__file__).resolve().parent.parent

# Where each sub-command lives: its module has a main(arguments) that returns the exit code.
COMMANDS = {
    "train": "rnn.commands",
    "shot": "gui.shot",
    "test": "resources.testing",
}

HELP = """\
RNN Scope: an instrument for seeing a recurrent network learn.

  python3 main.py [--preset NAME] [--theme dark|light]   open the window
  python3 main.py train …                                train without a window (train --help says how)
  python3 main.py shot …                                 draw the window into a picture (shot --help says how)
  python3 main.py test [PYTEST ARGUMENTS]                check the style, the types and the tests; with
                                                         arguments, only the tests that they name

  --no-setup    install nothing; say what is missing and how to install it
  --version     print the version
  --help        print this page

The first start makes an environment in .venv and installs what is needed.
"""


def launch(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name and return its exit code; say an error in one sentence."""
    try:
        return _launch(
            [argument for argument in arguments if argument != "--no-setup"], "--no-setup" not in arguments
        )
    except SetupError as error:
        print(error, file=sys.stderr)
        return error.exit_code


def _launch(arguments: list[str], allowed: bool) -> int:
    first = arguments[0] if arguments else ""
    if first in ("-h", "--help", "help"):
        print(HELP, end="")
        return 0
    if first == "--version":
        print(f"RNN Scope {_version()}")
        return 0
    if first.startswith("-") or not first:
        return _open_window(arguments, allowed)
    if first not in COMMANDS:
        expected = ", ".join(COMMANDS)
        raise SetupError(
            f"{first!r} is no command of RNN Scope: expected {expected}, or none for the window.", 2
        )
    ensure(ROOT, "test" if first == "test" else "run", _libraries(window=False), allowed=allowed)
    # rnn.commands answers to several names, and is told which
    rest = arguments if COMMANDS[first] == "rnn.commands" else arguments[1:]
    return _call(COMMANDS[first], rest)


def _open_window(arguments: Sequence[str], allowed: bool) -> int:
    reason = explain_no_display(os.environ)
    if reason:
        raise SetupError(reason, 2)
    ensure(ROOT, "run", _libraries(window=True), allowed=allowed)
    return _call("gui.app", arguments)


def _call(module: str, arguments: Sequence[str]) -> int:
    return int(import_module(module).main(list(arguments)) or 0)


def _libraries(*, window: bool) -> list[str]:
    """Return the lists of system libraries to look for: without a window, Qt draws offscreen at most."""
    return ["offscreen", "x11"] if needs_x11(os.environ, window=window) else ["offscreen"]


def _version() -> str:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
