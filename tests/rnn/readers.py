"""Every reader of a file that a person names; run by itself, it reads what its standard input names."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np

from gui.preferences import Preferences
from rnn.config import ModelConfig, RunConfig, read_config
from rnn.data.tasks.data_file import DataFile
from rnn.data.tasks.series import Series, column_titles
from rnn.data.tasks.text import Text
from rnn.errors import ScopeError
from rnn.report.opening import Wish, look
from rnn.training.build import load_weights


def refuse(why: str) -> NoReturn:
    raise ScopeError(why)


def read_preferences(file: str) -> None:
    """Read through a link: what cannot be read is put aside, and the file stays for the other readers."""
    link = Path(f"{file}.link")
    link.symlink_to(file)
    problem = Preferences(link).problem
    os.remove(f"{link}.damaged" if problem else link)
    if problem:
        refuse(problem)


def read_columns(file: str) -> None:
    if not column_titles(file):
        refuse("there are no columns")


def read_model(file: str) -> None:
    found = look(Wish(model=file), RunConfig())
    if found.refusal:
        refuse(found.refusal)


def read_weights(file: str) -> None:
    load_weights(ModelConfig(weights=file), 1, 1)


def read_data(file: str) -> None:
    DataFile(file=file).generate(np.random.default_rng(0))


def read_series(file: str) -> None:
    Series(file=file).generate(np.random.default_rng(0))


def read_text(file: str) -> None:
    Text(file=file).generate(np.random.default_rng(0))


# By its name, how the names of its files end, and what raises ScopeError where it cannot read one.
READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "config": (".toml", read_config),
    "settings of the window": (".toml", read_preferences),
    "data": (".npz", read_data),
    "weights": (".npz", read_weights),
    "tensors": (".safetensors", read_weights),
    "series": (".csv", read_series),
    "series of arrays": (".npz", read_series),
    "series of one array": (".npy", read_series),
    "columns": (".csv", read_columns),
    "columns of arrays": (".npz", read_columns),
    "text": (".txt", read_text),
    "model": (".npz", read_model),
}


def most_memory() -> float:
    """Megabytes that this process had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Answer each line, a reader and a file, with what was said, seconds of work and megabytes."""
    resource.setrlimit(resource.RLIMIT_CPU, (120, 120))  # what would never end, ends
    for line in sys.stdin:
        reader, file = json.loads(line)
        memory, begun, said = most_memory(), time.process_time(), ""
        try:
            READERS[reader][1](file)
        except ScopeError as error:
            said = str(error)
        print(json.dumps([said, time.process_time() - begun, most_memory() - memory]), flush=True)


if __name__ == "__main__":
    main()
