"""The sub-commands that need no window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from rnn.commands.train import train
from rnn.errors import ScopeError

REFUSED, INTERRUPTED = 2, 130


def main(arguments: Sequence[str]) -> int:
    """Run the sub-command that the first argument names on the others, and return its exit code.

    What a person can mend is said in one sentence on stderr.
    """
    name, *rest = arguments
    try:
        return COMMANDS[name](rest)
    except ScopeError as error:
        print(f"{error}.", file=sys.stderr)
        return REFUSED
    except MemoryError:
        print("This run is too large for the memory of this machine.", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Interrupted before the training began; nothing was written.", file=sys.stderr)
        return INTERRUPTED


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"train": train}
