"""How long inspect takes at ordinary sizes, and how much memory.

Run with ``python3 main.py test tests/benchmarks/test_inspect_sizes.py -s``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.weights import save_weights
from tests.rnn.cases import write_data

MEASURE = """
import resource, sys
from rnn.commands.inspect import main
code = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
print(f"MEASURED {used.ru_utime + used.ru_stime:.1f} {used.ru_maxrss / 1e6:.2f}")
sys.exit(code)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no module resource")
@pytest.mark.parametrize(
    ("widths", "sequences", "steps", "seconds"), [((64,), 512, 50, 8.0), ((256, 256), 8, 100, 20.0)]
)
def test_an_lstm_is_inspected_within_seconds_and_a_gigabyte(
    widths: tuple[int, ...], sequences: int, steps: int, seconds: float, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    network = Network(8, widths, 4, cell=CELLS["lstm"]())
    network.initialize(rng, "glorot")
    save_weights(tmp_path / "m.npz", network)
    x, y = rng.standard_normal((sequences, steps, 8)), rng.standard_normal((sequences, steps, 4))
    data = write_data(tmp_path / "d.npz", x=x, y=y)
    arguments = [str(tmp_path / "m.npz"), "--data", data, "--out", str(tmp_path / "r.npz")]
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, *arguments], capture_output=True, text=True, check=True
    )
    took, gigabytes = map(float, ran.stdout.partition("MEASURED ")[2].split())
    print(f"\nLSTM {widths}, {sequences} sequences of {steps} steps: {took:.1f} s, {gigabytes:.2f} GB")
    assert took < seconds
    assert gigabytes < 1.0
