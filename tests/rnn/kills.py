"""Kills a process before each thing that it does to the files of a folder."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

EVENTS = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.listdir"}


def die_before(number: int, folder: Path) -> None:
    """This process is killed before it does something to the files of ``folder`` for this time, from 0 on."""
    done = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event in EVENTS and any(str(argument).startswith(str(folder)) for argument in arguments):
            if done == number:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1

    sys.addaudithook(hook)


def was_killed(number: int, folder: Path, action: Callable[[], object]) -> bool:
    """Whether a process that does ``action`` got so far that it was killed; the process has one thread."""
    child = os.fork()
    if not child:
        die_before(number, folder)
        action()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert status in (0, signal.SIGKILL), status
    return status != 0
