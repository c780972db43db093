"""Tries the compiled step of a folder, as a process of its own: what machine code does wrong may end it.

python -m rnn.engines.compiled.trial MODULE FOLDER
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from rnn.engines.compiled import child
from rnn.engines.compiled.loading import load


def attempt(module: str, folder: Path) -> None:
    """Load the step and have the module that uses it try it.

    Raises:
        Exception: it cannot be loaded, or is not right.
    """
    user = import_module(module)
    user.use(load(folder))
    user.trial()


if __name__ == "__main__":
    sys.exit(child.run(attempt, sys.argv[1:]))
