"""Compiles the step into a folder, as a process of its own that gives way to others and ends with its parent.

    python -m rnn.engines.compiled.compile FOLDER [MODULE]

It ends at the end of its standard input too. The last line on stderr says what went wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path

from rnn.engines.compiled.cache import KERNELS, discard, seal
from rnn.engines.compiled.loading import load

COMPILED, FAILED, ORPHANED, UNWRITABLE = 0, 1, 3, 4
NICENESS = 10


def main(arguments: Sequence[str]) -> int:
    """Compile and seal, and return the exit code: COMPILED, FAILED or UNWRITABLE."""
    folder, module = Path(arguments[0]), arguments[1] if len(arguments) > 1 else KERNELS.module
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what an interrupt means is for the parent to say
    if sys.platform != "win32":  # there the parent chooses the priority
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, args=[folder], daemon=True).start()
    try:
        load(module, folder)
        seal(folder)
    except Exception as error:
        traceback.print_exc()
        print(brief(error), file=sys.stderr)
        return UNWRITABLE if isinstance(error, OSError) else FAILED
    return COMPILED


def brief(error: BaseException) -> str:
    """Return what a person is told of an error: its first line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1):  # 0 is the standard input; a Python object for it would be locked at the end
        pass
    discard(folder)
    os._exit(ORPHANED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
