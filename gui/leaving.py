"""How the program ends while a thread is at work that cannot be stopped."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress

from gui.training_thread import TrainingThread


def leave(code: int) -> int:
    """Return the exit code, or with a training thread still at work end the process with it at once.

    The one thing that is not waited for is a matrix operation that takes long. A BLAS that is taken down in
    the middle of one, as the interpreter's end does, brings a segmentation fault.
    """
    if any(isinstance(thread, TrainingThread) for thread in threading.enumerate()):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # full, closed, or none at all
                stream.flush()
        os._exit(code)
    return code
