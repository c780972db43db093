"""What every command has around it: what a person can mend is said in one sentence on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from resources.streams import write
from rnn.errors import ScopeError

REFUSED, INTERRUPTED = 2, 130


def guarded(command: Callable[[Sequence[str]], int], arguments: Sequence[str]) -> int:
    """Run ``command`` on ``arguments`` and return its exit code, or the one for what stopped it."""
    try:
        return command(arguments)
    except ScopeError as error:
        write(f"{error}.\n", sys.stderr)
        return REFUSED
    except MemoryError:
        write("This run is too large for the memory of this machine.\n", sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        write("Interrupted.\n", sys.stderr)
        return INTERRUPTED
