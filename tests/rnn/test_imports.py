"""Imports run one way: nothing in rnn needs Qt."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import rnn

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted(module.name for module in pkgutil.walk_packages(rnn.__path__, "rnn."))
CODE = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_whole_of_rnn_loads_without_qt_and_without_the_window() -> None:
    assert {"rnn.trainer", "rnn.commands.train", "rnn.probes.flow", "rnn.tasks.sine"} <= set(MODULES)
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(MODULES)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(json.loads(done.stdout))
    assert "rnn" in loaded
    assert not loaded & {"PySide6", "shiboken6", "pyqtgraph", "gui"}
