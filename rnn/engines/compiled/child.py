"""A work on a folder as a process of its own, which gives way to others and ends with its parent.

It ends at the end of its standard input too. The last line on stderr says what went wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from rnn.engines.compiled.cache import discard

DONE, FAILED, ORPHANED, UNWRITABLE = 0, 1, 3, 4
NICENESS = 10


def run(work: Callable[[str, Path], None], arguments: Sequence[str]) -> int:
    """Do the work of a module on a folder, and return the exit code: DONE, FAILED or UNWRITABLE."""
    module, folder = arguments[0], Path(arguments[1])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what an interrupt means is for the parent to say
    if sys.platform != "win32":  # there the parent chooses the priority
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, args=[folder], daemon=True).start()
    try:
        work(module, folder)
    except Exception as error:
        traceback.print_exc()
        print(brief(error), file=sys.stderr)
        return UNWRITABLE if isinstance(error, OSError) else FAILED
    return DONE


def brief(error: BaseException) -> str:
    """Return what a person is told of an error: its first line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1):  # 0 is the standard input; a Python object for it would be locked at the end
        pass
    discard(folder)
    os._exit(ORPHANED)
