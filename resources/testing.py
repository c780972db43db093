"""The command test: the style, the types and the tests, each a program of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EVERY_CORE = ["--numprocesses=auto", "--maxprocesses=8", "--dist=worksteal"]
STAGES = {
    "ruff check": ["ruff", "check", "--quiet"],
    "ruff format": ["ruff", "format", "--check", "--quiet"],
    "mypy": ["mypy"],
    "pytest": ["pytest", "-q", *EVERY_CORE],
}


def main(arguments: Sequence[str]) -> int:
    """Run every stage and return the first exit code other than 0; with arguments, only pytest with them.

    The whole suite is shared out to every core; what is named runs in one process, as -s and --pdb need it.
    """
    stages = {"pytest": ["pytest", *arguments]} if arguments else STAGES
    environ = {**os.environ}
    environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    failures: dict[str, int] = {}
    for name, command in stages.items():
        started = time.monotonic()
        print(f"== {name}", file=sys.stderr, flush=True)
        code = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environ, check=False).returncode
        if code:
            failures[name] = code
        verdict = f"failed with exit code {code}" if code else "passed"
        print(f"== {name} {verdict} ({time.monotonic() - started:.1f} s)", file=sys.stderr, flush=True)
    if failures and len(stages) > 1:
        print(f"Failed: {', '.join(failures)}.", file=sys.stderr)
    return next(iter(failures.values()), 0)
