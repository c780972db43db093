"""Compiles the step into a folder, or tries what lies in one, as a process of its own: what machine code does
wrong may end it, and the one that compiles is the only one that Numba is imported in.

python -m rnn.training.engines.compiled.child compile|trial MODULE FOLDER

It gives way to others, and ends with its parent, at the end of its standard input. The last line on stderr
says what went wrong.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from importlib import import_module
from pathlib import Path

from rnn.training.engines.compiled.cache import discard, seal
from rnn.training.engines.compiled.loading import load

DONE, FAILED, ORPHANED, UNWRITABLE = 0, 1, 3, 4  # exit codes
NICENESS = 10
WITHOUT_JIT = "Numba is switched off by NUMBA_DISABLE_JIT"


def main(work: str, module: str, folder: Path) -> int:
    """Do the work in WORKS and return the exit code: DONE, FAILED or UNWRITABLE."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # what an interrupt means is for the parent to say
    if sys.platform != "win32":  # there the parent chooses the priority
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, args=[folder], daemon=True).start()
    try:
        WORKS[work](module, folder)
    except Exception as error:
        traceback.print_exc()
        print(brief(error), file=sys.stderr)
        return UNWRITABLE if isinstance(error, OSError) else FAILED
    return DONE


def brief(error: BaseException) -> str:
    """Return what a person is told of an error: its first line."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".:") if lines else type(error).__name__


def _compile(module: str, folder: Path) -> None:
    """Write the machine code that a module makes into a folder, and seal it."""
    if import_module("numba").config.DISABLE_JIT:
        raise RuntimeError(WITHOUT_JIT)
    import_module(module).machine_code().write(folder)
    seal(folder)


def _try(module: str, folder: Path) -> None:
    """Load the step and have the module that uses it try it; it raises where it is not right."""
    user = import_module(module)
    user.use(load(folder))
    user.trial()


def _end_with_parent(folder: Path) -> None:
    while os.read(0, 1):  # 0 is the standard input; a Python object for it would be locked at the end
        pass
    discard(folder)
    os._exit(ORPHANED)


WORKS = {"compile": _compile, "trial": _try}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
