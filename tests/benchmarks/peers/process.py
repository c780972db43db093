"""The side of the benchmark: one process for each contender, all asked in turn."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.peers.case import Case

ROOT = Path(__file__).parent.parent.parent.parent
PYTHON = "RNN_SCOPE_PEERS"
UNDISTURBED = 0.97  # the share of a round's time that the process must have had
AGAIN = 3
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMBA_NUM_THREADS": "1",
    "NPROC": "1",  # JAX's pool of threads
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false",
    "JAX_PLATFORMS": "cpu",
}


class NotInstalledError(Exception):
    """What a contender needs is not installed."""


class Contender:
    """A process that trains when it is asked to, on one thread.

    Arguments:
        module: of tests/benchmarks/peers.
        arguments: for its command line.
        python: that runs it.

    Attributes:
        versions: what it is made of.

    Raises:
        NotInstalledError: something it needs is not installed.
    """

    def __init__(self, module: str, *arguments: str, python: str = sys.executable) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        self._process = subprocess.Popen(
            [python, "-m", f"tests.benchmarks.peers.{module}", *arguments],
            cwd=ROOT,
            env=os.environ | ONE_THREAD,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        hello = self._answer()
        if "missing" in hello:
            self.close()
            raise NotInstalledError(hello["missing"])
        self.versions: str = hello["versions"]

    def prepare(self, case: Case, folder: Path) -> list[float]:
        """Begin such a training; the losses of its first updates."""
        file = folder / "case.npz"
        case.save(file)
        return list(self._asked({"case": str(file)})["losses"])

    def time(self, updates: int) -> tuple[float, float]:
        """How many seconds so many more updates take, and how many of them its process had a processor."""
        answer = self._asked({"updates": updates})
        if answer["busy"] > 1.5 * answer["seconds"] + 0.05:
            raise RuntimeError(f"{self._process.args!r} runs more than one thread")
        return answer["seconds"], answer["busy"]

    def updates_in(self, seconds: float) -> int:
        """How many updates fill so many seconds, about."""
        updates, busy = 1, 0.0
        while (busy := self.time(updates)[1]) < seconds / 10:
            updates *= 2
        return max(1, math.ceil(updates * seconds / busy))

    def close(self) -> None:
        """End it; it may have ended."""
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def _asked(self, question: Mapping[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        print(json.dumps(question), file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._errors.seek(0)
            raise RuntimeError(f"{self._process.args!r} ended: {self._errors.read()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def contenders(wanted: Mapping[str, Sequence[str]]) -> Iterator[dict[str, Contender]]:
    """The contenders of these names whose needs are met, each with its module and arguments.

    Those of other frameworks run in the Python that the environment variable RNN_SCOPE_PEERS names.
    """
    found: dict[str, Contender] = {}
    try:
        for name, (module, *arguments) in wanted.items():
            foreign = module.startswith(("torch", "jax"))
            python = os.environ.get(PYTHON, sys.executable) if foreign else sys.executable
            try:
                found[name] = Contender(module, *arguments, python=python)
            except NotInstalledError:
                continue
        yield found
    finally:
        for contender in found.values():
            contender.close()


def rounds(field: Mapping[str, Contender], count: int, seconds: float) -> dict[str, NDArray[np.float64]]:
    """(count,) the seconds of one update in each round of each contender, who take turns.

    A round in which another program had the processor is made again, a few times.
    """
    updates = {name: contender.updates_in(seconds) for name, contender in field.items()}
    took: dict[str, list[float]] = {name: [] for name in field}
    for _ in range(count):
        for name, contender in field.items():
            for _ in range(1 + AGAIN):
                passed, busy = contender.time(updates[name])
                if busy > UNDISTURBED * passed:
                    break
            took[name].append(passed / updates[name])
    return {name: np.array(times) for name, times in took.items()}
