"""Imports run one way: nothing in rnn needs Qt, and nothing needs the compiler before it is asked for."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import rnn

ROOT = Path(__file__).parent.parent.parent
KERNELS = "rnn.training.engines.compiled.kernels"  # imported by nobody until they are compiled
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(rnn.__path__, "rnn.")
    if not module.name.startswith(KERNELS)
)
COMPILER = {"numba", "llvmlite", "scipy"}
CODE = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(*modules: str) -> set[str]:
    """The packages that are loaded when these modules are."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(modules)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(json.loads(done.stdout))


def test_the_whole_of_rnn_loads_without_qt_without_the_window_and_without_the_compiler() -> None:
    assert {
        "rnn.training.trainer",
        "rnn.commands.train",
        "rnn.observing.probes.flow",
        "rnn.data.tasks.sine",
    } <= set(MODULES)
    assert {"rnn.training.engines.compiled.engine", "rnn.training.engines.compiled.readiness"} <= set(MODULES)
    loaded = loaded_by(*MODULES)
    assert "rnn" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "gui", *COMPILER}


def test_the_window_loads_without_the_compiler() -> None:
    loaded = loaded_by("gui.app", "gui.main_window")
    assert {"gui", "rnn", "PySide6", "pyqtgraph"} <= loaded
    assert not loaded & COMPILER
