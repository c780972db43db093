"""The side of a contender: it answers on stdout what is asked on stdin, one line of JSON each."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.peers.case import Array, Case, load

FIRST = 5  # updates whose losses are told

Train = Callable[[int], list[float]]
"""Makes so many updates, one batch after the other and round again, and gives the mean square before each."""


def needed(name: str) -> Any:
    """The module of this name; where it is not installed, the answer is that it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        _say({"missing": name})
        sys.exit()


def answer(make: Callable[[Case, dict[str, Array]], Train], versions: str) -> None:
    """Answer until stdin ends.

    First, unasked, come the ``versions``. Then to ``{"case": FILE}`` the losses of the first updates of a
    training that ``make`` began, and to ``{"updates": N}`` how long N more of them took.
    """
    _say({"versions": versions})
    train: Train | None = None
    for line in sys.stdin:
        asked = json.loads(line)
        if "case" in asked:
            train = make(*load(asked["case"]))
            _say({"losses": train(FIRST)})
        elif train is not None:
            begun, busy = time.perf_counter(), time.process_time()
            train(asked["updates"])
            busy, took = time.process_time() - busy, time.perf_counter() - begun
            _say({"seconds": took, "busy": busy})


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)
