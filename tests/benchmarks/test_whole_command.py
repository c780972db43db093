"""The whole command ``train`` on the article's task: updates a second from its start to its files.

Prints where the time goes beside PyTorch's bare loop of the same size, and asserts no time:
``RNN_SCOPE_PEERS=PYTHON python3 main.py test tests/benchmarks/test_whole_command.py -s``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.peers.case import Case
from tests.benchmarks.peers.process import AGAIN, ONE_THREAD, ROOT, contenders, rounds

EPOCHS, AN_EPOCH, ROUNDS = 1000, 100, 5
BUSY = 0.93  # the share of its time that an undisturbed command has a processor; it waits for the disk
COMMAND = [sys.executable, str(ROOT / "main.py"), "train", "--no-setup"]
OPTIONS = ["--preset", "article", "--epochs", str(EPOCHS), "--set", "model.layers=10"]
OPTIONS += ["training.learning_rate=0.01"]

# The same command with a clock at its parts; what it says last is where the seconds went.
CLOCKED = """
import sys, time
begun = time.perf_counter()
import json
from rnn.commands import run_files, train
from rnn.training.trainer import Trainer
parts = {"imports": time.perf_counter() - begun}
def clocked(owner, method, part):
    plain = getattr(owner, method)
    def timed(*arguments, **named):
        start = time.perf_counter()
        try:
            return plain(*arguments, **named)
        finally:
            parts[part] = parts.get(part, 0.0) + time.perf_counter() - start
    setattr(owner, method, timed)
clocked(Trainer, "_train", "updates")
clocked(Trainer, "_engine_of_now", "loading the engine")
clocked(Trainer, "_take", "epochs")
clocked(run_files.RunFiles, "add", "rows")
clocked(run_files.RunFiles, "write", "files")
code = train.main(sys.argv[1:])
print(json.dumps(parts))
sys.exit(code)
"""


def seconds(command: list[str], folder: Path) -> tuple[float, str]:
    """How long the command takes, and what it says.

    Where another program had the processor meanwhile, it is run again, a few times.
    """
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # which would compile every module at every start
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    for _ in range(1 + AGAIN):
        before, begun = os.times(), time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        took, after = time.perf_counter() - begun, os.times()
        busy = sum(after[2:4]) - sum(before[2:4])  # of the children, in user and system
        if busy > BUSY * took:
            break
    return took, done.stdout


def test_the_whole_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seconds([*COMMAND, *OPTIONS, "--out", "first"], tmp_path)  # compiles, where that was not done
    whole, parts = [], []
    with contenders({"fused": ("torch_fused",), "cells": ("torch_cells",)}) as torch:
        for contender in torch.values():
            contender.prepare(Case("vanilla", "sgd", 10, 1, 10), tmp_path)
        loop = []
        for _ in range(ROUNDS):
            whole.append(seconds([*COMMAND, *OPTIONS, "--out", "run"], tmp_path)[0])
            clocked = [sys.executable, "-c", CLOCKED, *OPTIONS, "--out", "clocked"]
            took, told = seconds(clocked, tmp_path)
            parts.append(json.loads(told))
            parts[-1]["start and end of Python, and the rest"] = took - sum(parts[-1].values())
            loop.append(min((float(times[0]) for times in rounds(torch, 1, 0.5).values()), default=np.nan))
    updates = EPOCHS * AN_EPOCH
    rows = (tmp_path / "run" / "updates.csv").read_text().splitlines()
    assert len(rows) == 1 + updates
    assert rows[-1].startswith(f"{EPOCHS},{updates},")
    assert (tmp_path / "run" / "updates.csv").read_bytes() == (tmp_path / "clocked/updates.csv").read_bytes()
    assert 'engine = "compiled"' in (tmp_path / "run" / "run.toml").read_text()
    took = float(np.median(whole))
    assert np.isfinite(took)
    assert min(whole) > 0
    with capsys.disabled():
        print(f"\n\n| {updates:,} updates, files and validation | seconds | µs an update |\n|---|---|---|")
        print(line("whole command", whole))
        for part in parts[0]:
            print(line(f"of it {part}", [measured[part] for measured in parts]))
        training = np.median([measured["updates"] for measured in parts])
        writing = np.median([measured["rows"] + measured["files"] for measured in parts])
        print(f"\n{updates / took:,.0f} updates a second (aim 50,000), ", end="")
        if torch:
            ratios = np.array(loop) * updates / np.array(whole)
            print(
                f"PyTorch's bare loop {1 / np.median(loop):,.0f}: {np.median(ratios):.3g} times as fast ",
                end="",
            )
            print(f"({ratios.min():.3g} to {ratios.max():.3g}; aim 50); ", end="")
        print(f"writing costs {writing / training:.2f} of what training costs (aim 1).")


def line(what: str, seconds: list[float]) -> str:
    median = float(np.median(seconds))
    return f"| {what} | {median:.3f} | {1e6 * median / (EPOCHS * AN_EPOCH):.2f} |"
