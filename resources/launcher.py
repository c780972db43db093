"""Sorts the command line: sets up what a command needs, then hands its arguments over."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

from resources.setup import SetupError
from resources.setup.ensuring import ensure, mend, settle
from resources.setup.environment import Environment
from resources.streams import write

ROOT = Path(__file__).resolve().parent.parent


class Command(NamedTuple):
    """A sub-command: its module has a main(arguments) that returns the exit code.

    Attributes:
        group: the packages that it needs.
        libraries: the lists of system libraries that it needs; without Qt none, without a window the first.
    """

    module: str
    group: str
    libraries: tuple[str, ...]


COMMANDS = {
    "train": Command("rnn.commands.train", "run", ()),
    "inspect": Command("rnn.commands.inspect", "run", ()),
    "shot": Command("gui.shot", "run", ("offscreen",)),
    "test": Command("resources.testing", "test", ("offscreen",)),
    "recording": Command("rnn.commands.recording", "run", ()),
}

HELP = """\
RNN Scope: an instrument for seeing a recurrent network learn.

  python3 main.py [--preset NAME] [--theme dark|light]   open the window; --scale 1.5 draws it larger, and
                                                         what names a run for train does so here too
  python3 main.py train …                                train without a window (train --help says how)
  python3 main.py recording FILE …                       take any moment's weights out of a recorded run
  python3 main.py inspect MODEL …                        measure a network of your own, without a window
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
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # ? for a letter that its encoding does not have
    try:
        return _launch(
            [argument for argument in arguments if argument != "--no-setup"], "--no-setup" not in arguments
        )
    except SetupError as error:
        write(f"{error}\n", sys.stderr)
        return error.exit_code


def _launch(arguments: list[str], allowed: bool) -> int:
    first = arguments[0] if arguments else ""
    if first in ("-h", "--help", "help"):
        return _say(HELP)
    if first == "--version":
        return _say(f"RNN Scope {_version()}\n")
    if first.startswith("-") or not first:
        return _open_window(arguments, allowed)
    if first not in COMMANDS:
        expected = ", ".join(COMMANDS)
        raise SetupError(
            f"{first[:40]!r} is no command of RNN Scope: expected {expected}, or none for the window.", 2
        )
    return _call(COMMANDS[first], arguments[1:], allowed)


def _say(text: str) -> int:
    if problem := write(text, sys.stdout):
        raise SetupError(f"Standard output cannot be written ({problem}).", 2)
    return 0


def _open_window(arguments: Sequence[str], allowed: bool) -> int:
    reason = explain_no_display(os.environ)
    if reason:
        raise SetupError(reason, 2)
    return _call(Command("gui.app", "run", libraries_of_window(os.environ)), arguments, allowed)


def _call(command: Command, arguments: Sequence[str], allowed: bool) -> int:
    environment = Environment(ROOT, command.group, command.libraries)
    ensure(environment, allowed=allowed)
    try:
        code = int(import_module(command.module).main(list(arguments)) or 0)
    except Exception:
        mend(environment, allowed=allowed)
        raise
    settle(environment)
    return code


def explain_no_display(environ: Mapping[str, str]) -> str | None:
    """Return one sentence if no window can be opened here, None if one can or another platform is chosen."""
    wants_one = re.search("xcb|wayland", environ.get("QT_QPA_PLATFORM") or "xcb")
    if sys.platform != "linux" or not wants_one or environ.get("WAYLAND_DISPLAY"):
        return None
    headless = "the commands train, inspect, shot and test need none"
    display = environ.get("DISPLAY")
    if not display:
        return f"There is no display to open a window on (DISPLAY, WAYLAND_DISPLAY are not set); {headless}."
    local = re.match(r":\d+", display)  # one of this machine; any other kind is left to Qt
    path = f"/tmp/.X11-unix/X{local[0][1:]}" if local else ""
    if local and not (_answers(path) or _answers(f"\0{path}")):
        return f"The display {display} (DISPLAY) does not answer, so no window can be opened; {headless}."
    return None


def _answers(address: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX) as knock:
        return knock.connect_ex(address) == 0


def libraries_of_window(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lists of system libraries that the window needs: on X11, where it is to be, more."""
    platform = environ.get("QT_QPA_PLATFORM")
    is_on_x11 = "xcb" in platform if platform else bool(environ.get("DISPLAY"))
    return ("offscreen", "x11") if is_on_x11 else ("offscreen",)


def _version() -> str:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])
