"""The files of a run: rows at full precision, and nothing left behind."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rnn.commands.run_files import NAMES, RunFiles
from rnn.config import RunConfig
from rnn.errors import DataError
from rnn.training.scalars import EpochResult, Scalars
from rnn.training.trainer import Trainer
from tests.rnn.cases import small

ROOT = Path(__file__).parent.parent.parent.parent


def test_rows_are_numbered_over_the_whole_run_at_full_precision(tmp_path: Path) -> None:
    files = RunFiles(tmp_path, Trainer(small()))  # 7 updates an epoch
    files.add(Scalars(6, np.array([0.1, 1 / 3, 1e-300]), np.array([1e22, 2.0, np.pi]), np.ones(3), ()))
    files.add(
        Scalars(9, np.array([]), np.array([]), np.array([]), (EpochResult(1, 7, 0.1 + 0.2, None, None),))
    )
    files.add(
        Scalars(9, np.array([5e-324]), np.array([3.0]), np.ones(1), (EpochResult(2, 14, 1e-5, 1 / 7, None),))
    )
    assert os.listdir(tmp_path) == []
    files.write()
    files.close()
    assert (tmp_path / "updates.csv").read_text() == (
        "epoch,update,mse,grad_norm\n"
        "1,6,0.1,1e+22\n"
        "1,7,0.3333333333333333,2.0\n"
        "2,8,1e-300,3.141592653589793\n"
        "2,9,5e-324,3.0\n"
    )
    assert (tmp_path / "epochs.csv").read_text() == (
        "epoch,train_mse,validation_mse\n1,0.30000000000000004,\n2,1e-05,0.14285714285714285\n"
    )


@pytest.mark.parametrize(
    ("task", "updates", "epochs"),
    [
        ("adding", "mse", "train_mse,validation_mse,accuracy"),
        ("recall", "nll", "train_nll,validation_nll,accuracy"),
        ("sine", "mse", "train_mse,validation_mse"),
    ],
)
def test_the_columns_are_those_of_the_readout_and_the_task(
    task: str, updates: str, epochs: str, tmp_path: Path
) -> None:
    config = RunConfig().with_values({"task.name": task, "task.sequences": 4, "task.validation_sequences": 0})
    files = RunFiles(tmp_path, Trainer(config))
    files.add(Scalars(1, np.array([0.5]), np.array([2.0]), np.ones(1), (EpochResult(1, 4, 0.5, None, None),)))
    files.add(Scalars(2, np.array([]), np.array([]), np.array([]), (EpochResult(2, 8, 0.5, 0.25, 1 / 3),)))
    files.write()
    files.close()
    assert (tmp_path / "updates.csv").read_text() == f"epoch,update,{updates},grad_norm\n1,1,0.5,2.0\n"
    header, first, second = (tmp_path / "epochs.csv").read_text().splitlines()
    assert header == f"epoch,{epochs}"
    rated = task != "sine"
    assert first == ("1,0.5,," if rated else "1,0.5,")
    assert second == ("2,0.5,0.25,0.3333333333333333" if rated else "2,0.5,0.25")


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_in_the_place_of_a_file_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(DataError, match=f"{name}: expected a file or nothing, found a folder"):
        RunFiles(tmp_path, Trainer(small()))


def test_closed_without_writing_it_leaves_nothing(tmp_path: Path) -> None:
    trainer = Trainer(small())
    files = RunFiles(tmp_path, trainer)
    files.add(trainer.advance())
    files.close()
    assert os.listdir(tmp_path) == []


def test_a_disk_that_fills_up_is_one_error_and_no_second_one_at_the_end(tmp_path: Path) -> None:
    # A limit on the size of files stands for the full disk.
    code = f"""
import resource
import numpy as np
from pathlib import Path
from rnn.commands.run_files import RunFiles
from rnn.errors import DataError
from rnn.training.scalars import Scalars
from rnn.training.trainer import Trainer
from tests.rnn.cases import small
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
files = RunFiles(Path({str(tmp_path)!r}), Trainer(small()))
try:
    for rows in (100, 5000):
        files.add(Scalars(1, np.ones(rows), np.ones(rows), np.ones(rows), ()))
    files.write()
except DataError as error:
    print(error)
files.close()
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == f"{tmp_path}: cannot be written (File too large)\n"
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_after_a_kill_one_run_is_read_or_none_and_the_next_training_mends_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rnn.commands.killed_writing", tmp_path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    over_another, first = (ast.literal_eval(line) for line in done.stdout.splitlines())
    assert min(over_another["old"], over_another["new"], over_another["refused"], first["new"]) > 2


def test_a_link_to_itself_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.npz").symlink_to("weights.npz")
    with pytest.raises(DataError, match=r"cannot be written \(Too many levels of symbolic links\)"):
        RunFiles(tmp_path, Trainer(small()))
