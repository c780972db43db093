"""The lock: held by one, freed by death, handed down to children."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from resources.setup.lock import locked

ROOT = Path(__file__).resolve().parents[2]
HOLDER = """
import subprocess, sys, time
from pathlib import Path
from resources.setup.lock import locked

with locked(Path(sys.argv[1])) as descriptor:
    if len(sys.argv) > 2:
        child = subprocess.Popen(["sleep", "60"], pass_fds=[descriptor], stdout=subprocess.DEVNULL)
        print(child.pid, flush=True)
    print("held", flush=True)
    time.sleep(60)
"""


def hold(path: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that holds the lock."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def test_a_lock_is_held_by_one_and_free_after_its_death(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError, match="another process holds"), locked(path):
            pass
        with locked(path, holder.kill) as descriptor:
            assert descriptor > 2


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows a child does not hold the lock")
def test_a_child_that_outlives_its_set_up_still_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path, "with a child") as holder:
        assert holder.stdout is not None
        child = int(holder.stdout.readline())
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    with pytest.raises(BlockingIOError), locked(path):
        pass
    with locked(path, lambda: os.kill(child, signal.SIGKILL)) as descriptor:
        assert descriptor > 2
