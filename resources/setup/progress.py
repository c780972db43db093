"""What a person sees of the set-up: one line a stage, and on a terminal what pip and the like show there."""

import os
import subprocess
import sys
from collections.abc import Sequence


def say(text: str) -> None:
    """Write a line."""
    print(f"Setting up RNN Scope: {text}", file=sys.stderr, flush=True)


def run(stage: str, command: Sequence[str], lock: int | None = None, **environ: str) -> bool:
    """Say what a command does, run it to its end, and tell whether it did it; it shows its errors itself.

    A ``lock`` is a descriptor that it keeps open; ``environ`` are variables of its own.
    """
    say(f"{stage} …")
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr if sys.stderr.isatty() else subprocess.DEVNULL,
        env={**os.environ, **environ},
        pass_fds=[] if lock is None or sys.platform == "win32" else [lock],
        check=False,
    )
    return done.returncode == 0
