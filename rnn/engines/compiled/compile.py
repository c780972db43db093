"""Compiles the step into a folder, as a process of its own: the only one that Numba is imported in.

python -m rnn.engines.compiled.compile MODULE FOLDER
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from rnn.engines.compiled import child
from rnn.engines.compiled.cache import seal

WITHOUT_JIT = "Numba is switched off by NUMBA_DISABLE_JIT"


def compile_into(module: str, folder: Path) -> None:
    """Write the machine code that a module makes into a folder, and seal it.

    Raises:
        RuntimeError: Numba is told not to compile.
        OSError: it cannot be written.
        Exception: whatever the module raises.
    """
    if import_module("numba").config.DISABLE_JIT:
        raise RuntimeError(WITHOUT_JIT)
    import_module(module).machine_code().write(folder)
    seal(folder)


if __name__ == "__main__":
    sys.exit(child.run(compile_into, sys.argv[1:]))
