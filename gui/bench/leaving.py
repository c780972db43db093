"""How the program ends while a thread is at work that cannot be stopped."""

from __future__ import annotations

import logging
import os
import sys
import threading
from contextlib import suppress

from gui.bench.training_thread import TrainingThread
from gui.bench.watcher import OBSERVING
from rnn.training.engines.compiled import readiness


def leave(code: int) -> int:
    """Return the exit code, or with a thread in the midst of a library end the process with it at once.

    What is not waited for is a matrix operation that takes long, and the loading of the compiled step. A
    library that is taken down meanwhile, as the interpreter's end does, brings a segmentation fault.
    """
    if any(map(_is_in_a_library, threading.enumerate())):
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # full, closed, or none at all
                stream.flush()
        os._exit(code)
    return code


def _is_in_a_library(thread: threading.Thread) -> bool:
    return isinstance(thread, TrainingThread) or thread.name in (readiness.THREAD, OBSERVING)
