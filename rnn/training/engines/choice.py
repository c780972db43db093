"""The one place that decides which engine a run gets."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from rnn.data.tasks import Data
from rnn.errors import ScopeError
from rnn.model.network import Network
from rnn.training.engines.base import Engine
from rnn.training.engines.compiled import readiness
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.compiled.support import compiles
from rnn.training.engines.numpy_engine import Numpy

ENGINES: dict[str, type[Engine]] = {engine.name: engine for engine in (Numpy, Compiled)}


NOT_YET = "the compiled update was not ready when the run began"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine a run gets.

    Attributes:
        engine: its class.
        why: why it is not the compiled one, where that was not asked for; else empty.
    """

    engine: type[Engine]
    why: str = ""

    @property
    def why_now(self) -> str:
        """`why`, and what a person can do about it since."""
        if self.why == NOT_YET and readiness.STEP.state().name == "ready":
            return f"{self.why}; after a reset it is compiled"
        return self.why

    @property
    def sentence(self) -> str:
        """The engine, and why it is not another one."""
        return f"{self.engine.title}, since {self.why}" if self.why else self.engine.title


def choose(asked: str, network: Network, data: Data, optimizer: str, deadline: float) -> Choice | None:
    """The engine for a run that begins now; None where that is still open at the deadline.

    Arguments:
        asked: ``numpy``; ``auto`` for the compiled one where it is ready; ``compiled`` to wait for it. What
            cannot be compiled, or not on this machine, gets the readable one, however it was asked.
        network, data: what is trained, and on what.
        optimizer: a name in OPTIMIZERS.
        deadline: one of ``time.perf_counter()``.
    """
    if asked == Numpy.name:
        return Choice(Numpy)
    if why := _not_covered(network, data, optimizer):
        return Choice(Numpy, why)
    if asked == Compiled.name:
        readiness.STEP.start()
        readiness.STEP.wait(max(0.0, deadline - time.perf_counter()))
    state = readiness.STEP.state()
    if state.name == "ready":
        return Choice(Compiled)
    if state.name == "unavailable":
        return Choice(Numpy, state.reason)
    if asked == Compiled.name:
        return None
    return Choice(Numpy, NOT_YET)


def named(name: str, network: Network, data: Data, optimizer: str) -> Choice:
    """The engine ``name`` and no other, for a training that it has begun; waits until it is ready.

    Raises:
        ScopeError: it cannot be had here.
    """
    choice = choose(name, network, data, optimizer, math.inf) if name in ENGINES else Choice(Numpy)
    if choice is None or choice.engine.name != name:
        why = f", since {choice.why}" if choice is not None and choice.why else ""
        raise ScopeError(f"The engine {name}, which made these updates, cannot be had here{why}")
    return choice


def _not_covered(network: Network, data: Data, optimizer: str) -> str:
    """Why there are no kernels for such a run; empty where there are."""
    if any(part is not None and part.start for part in (data.train, data.validation)):
        return "the sequences begin in states of their own"
    return "" if compiles(network, optimizer) else "this network is not compiled"
