"""A training that is killed before each thing that it does to the files of its folder, one after the other.

Run by itself, since a process that forks must have one thread. Prints what could be read how often.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from functools import partial
from pathlib import Path

from rnn.commands.run_files import BESIDE, NAMES, RunFiles
from rnn.config import read_config
from rnn.errors import DataError
from rnn.files import claimed, finish
from rnn.training.trainer import Trainer
from rnn.weights import read_weights
from tests.rnn.cases import small
from tests.rnn.kills import was_killed

Files = dict[str, bytes]


def train(folder: Path, seed: int) -> None:
    trainer = Trainer(small(seed=seed, engine="numpy", training__epochs=1))
    with claimed(folder):
        finish(folder, BESIDE)
        files = RunFiles(folder, trainer)
        files.add(trainer.advance())
        files.write()
        files.close()


def mend(folder: Path) -> None:
    with claimed(folder):
        finish(folder, BESIDE)


def files_in(folder: Path) -> Files:
    return {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}


def whole(folder: Path, seed: int) -> Files:
    train(folder, seed)
    return files_in(folder)


def read(folder: Path, states: dict[str, Files]) -> str:
    """Which of ``states`` is read in ``folder``, or that it is refused."""
    there = {name: content for name, content in files_in(folder).items() if not name.startswith(".")}
    told = ""
    try:
        read_weights(folder / "weights.npz")
        read_config(folder / "run.toml")
    except DataError as error:
        told = str(error)
    if not told:
        return next(name for name, files in states.items() if files == there)
    is_mixture = "not of one run" in told and "train into it again" in told and len(told) <= 300
    is_unborn = "no such file" in told and "run.toml" not in there and not states["old"]
    assert is_mixture or is_unborn, told
    return "refused"


def matrix(folder: Path, old: Files, new: Files, mends_are_killed: bool) -> Counter[str]:
    """What was read after each kill; whatever it was, the next training finds the old or the new files."""
    states = {"old": old, "new": new}
    seen: Counter[str] = Counter()
    number = 0
    while True:
        prepare(folder, old)
        if not was_killed(number, folder, partial(train, folder, 1)):
            return seen
        seen[read(folder, states)] += 1
        left = files_in(folder)
        mends = 0
        while mends_are_killed and was_killed(mends, folder, partial(mend, folder)):
            read(folder, states)
            check_mended(folder, old, new)
            prepare(folder, left)
            mends += 1
        seen["mends that were killed"] += mends
        prepare(folder, left)
        check_mended(folder, old, new)
        number += 1


def check_mended(folder: Path, old: Files, new: Files) -> None:
    mend(folder)
    assert files_in(folder) in (old, new), sorted(os.listdir(folder))


def prepare(folder: Path, files: Files) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if files:
        folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def main(place: Path, mends_are_killed: bool) -> None:
    old, new = whole(place / "old", 0), whole(place / "new", 1)
    assert sorted(old) == sorted(new) == sorted(NAMES)
    for before in (old, {}):
        print(dict(sorted(matrix(place / "run", before, new, mends_are_killed).items())))


if __name__ == "__main__":
    main(Path(sys.argv[1]), len(sys.argv) > 2)
