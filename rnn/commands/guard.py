"""What every command has around it: what it says, and what a person can mend in one sentence on stderr."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TextIO

from resources.streams import write
from rnn.commands.interrupts import handled
from rnn.errors import ScopeError

REFUSED = 2


def guarded(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run ``command`` on ``arguments`` and return its exit code, or the one for what stopped it."""
    try:
        with handled(_raise):
            return command(arguments)
    except ScopeError as error:
        write(f"{error}.\n", sys.stderr)
        return REFUSED
    except MemoryError:
        write("This run is too large for the memory of this machine.\n", sys.stderr)
        return REFUSED
    except KeyboardInterrupt as error:
        write("Interrupted.\n", sys.stderr)
        return 128 + (error.args[0] if error.args else signal.SIGINT)


def say(text: str, stream: TextIO | None) -> None:
    """Write ``text`` and a line's end at once; a reader that has gone has seen what it wanted.

    Raises:
        ScopeError: it cannot be written, as on a full disk.
    """
    if problem := write(f"{text}\n", stream):
        raise ScopeError(f"Standard output cannot be written ({problem})")


def _raise(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt(number)
