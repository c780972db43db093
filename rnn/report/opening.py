"""What the files of somebody's own network hold, and the run that begins with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator

from rnn.config import ModelConfig, RunConfig
from rnn.config.presets import starting_config
from rnn.data.tasks import Data, Sequences
from rnn.data.tasks.base import STATE_LETTERS
from rnn.data.tasks.data_file import DataFile
from rnn.errors import DataError, ScopeError, Undecided
from rnn.files.npz import read_npz
from rnn.model.cells import CELLS, Cell
from rnn.model.network import Network
from rnn.model.readout import SquaredError
from rnn.number_format import counted
from rnn.report.summary import described
from rnn.settings import declarations
from rnn.training.build import assembled, refuse_unfit
from rnn.training.claims import difference
from rnn.weights import Contents, Readouts, network_of, read_weights

MOST_IN_A_BATCH = 100_000
EPOCHS = 1_000  # of one update each
LEARNING_RATE = 1e-3  # small, for a network that has learned already; Kingma and Ba 2015, algorithm 1
LISTED = 4
RNN, CELL, NONLINEARITY, HEAD = OPEN = ("model.rnn", "model.cell", "model.nonlinearity", "model.head")
LABELS = {ModelConfig.key(name): declared.label for name, declared, _ in declarations(ModelConfig)}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to open.

    Attributes:
        model: the file of the network.
        data: the file of sequences; empty keeps the task that there is.
        stated: what its file does not tell of the network, by the keys of settings in `OPEN`.
    """

    model: str = ""
    data: str = ""
    stated: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the files.

    Attributes:
        wish: what was looked at.
        model, data: what each file holds in a few words; empty where it was not named or cannot be used.
        choices: for each key of `OPEN` what the model may be.
        chosen: which of them it is; empty where that is open.
        undecided: the key of which one must be chosen; empty where none.
        difference: how the network as read answers otherwise than the data say; empty where it does not.
        refusal: why no run can begin with them, in one sentence; empty where one can.
        changes: what such a run changes in a config, under full keys; empty where none can begin.
    """

    wish: Wish
    model: str = ""
    data: str = ""
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    undecided: str = ""
    difference: str = ""
    refusal: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fits(self) -> bool:
        """Whether a run can begin with them."""
        return bool(self.changes)

    def config(self, base: RunConfig) -> RunConfig:
        """The run that begins with them, where a person is at ``base``.

        Data are trained on with the settings of a data file chosen by hand, but all sequences in one batch
        and by small steps; without them the task and the training stay.
        """
        if not self.wish.data:
            return base.with_values(self.changes)
        of_the_run = {key: value for key, value in base.values().items() if "." not in key}
        return starting_config(DataFile.name).with_values({**of_the_run, **self.changes})


def look(wish: Wish, base: RunConfig) -> Found:
    """Look into the files, and whether a run can begin with them where a person is at ``base``."""
    found: dict[str, Any] = {"wish": wish}
    refusals: list[str] = []
    network = data = None
    if wish.model:
        try:
            network = _network(wish, found)
        except ScopeError as error:
            found["undecided"] = error.setting if isinstance(error, Undecided) else ""
            refusals.append(_sentence(error))
    if wish.data:
        try:
            data = DataFile(file=wish.data).generate(np.random.default_rng(0))
            found["data"] = ". ".join((*data.train.notes, _described(data)))
        except ScopeError as error:
            refusals.append(_sentence(error))
    if network is None or refusals:
        return Found(**found, refusal=" ".join(refusals[:1]))
    changes = _changes(wish, found, network, data)
    tried = Found(**found, changes=changes)
    try:
        return replace(tried, difference=_difference(tried.config(base), network, data))
    except ScopeError as error:
        return Found(**found, refusal=_sentence(error))


def is_data(file: str) -> bool:
    """Whether it looks like a file of sequences, and not like one of a network."""
    try:
        return bool({"x", "y"} & read_npz(file).keys())
    except DataError:
        return False


def _network(wish: Wish, found: dict[str, Any]) -> Network:
    """The network of the file; what it may be and what it is go into ``found``."""
    contents = Contents(read_weights(wish.model), wish.model)
    choices: dict[str, tuple[str, ...]] = {RNN: tuple(contents.modules)}
    stated = {key: name for key, name in wish.stated.items() if name in choices.get(key, (name,))}
    found["choices"], found["chosen"] = choices, stated
    prefix = contents.module(stated.get(RNN, ""))
    rnn = next(name for name, each in contents.modules.items() if each == prefix)
    found["chosen"] = {**stated, RNN: rnn}
    choices[HEAD] = tuple(Readouts(contents, prefix).fitting)
    if stated.get(HEAD) not in choices[HEAD]:
        stated.pop(HEAD, None)
    network, names = network_of(
        contents.arrays,
        wish.model,
        rnn=stated.get(RNN, ""),
        head=stated.get(HEAD, ""),
        cell=stated.get(CELL, "vanilla"),
        nonlinearity=stated.get(NONLINEARITY, ""),
        readout=SquaredError,
    )
    weights = _weights(network.cell, network)
    choices[CELL] = tuple(name for name, kind in CELLS.items() if _weights(kind(), network) == weights)
    choices[NONLINEARITY] = network.cell.nonlinearities
    found["chosen"] = {
        RNN: rnn,
        CELL: next(name for name in choices[CELL] if type(network.cell) is CELLS[name]),
        NONLINEARITY: network.cell.nonlinearity,
        HEAD: names.head,
    }
    found["model"] = ". ".join((*names.assumed, described(network, names), *names.not_used))
    return network


def _weights(cell: Cell, network: Network) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights of a ``cell`` that a file like that of ``network`` would have."""
    biased = "l0.b" in network.present
    return {name: shape for name, shape in cell.shapes(1, 1).items() if biased or name not in ("b", "bn")}


def _changes(wish: Wish, found: Mapping[str, Any], network: Network, data: Data | None) -> dict[str, Any]:
    chosen = found["chosen"]
    changes: dict[str, Any] = {
        "model.weights": wish.model,
        "model.layers": network.widths,
        CELL: chosen[CELL],
        NONLINEARITY: chosen[NONLINEARITY],
        **{key: chosen[key] if key in wish.stated else "" for key in (RNN, HEAD)},
    }
    if data is not None:
        changes |= {
            "task.file": wish.data,
            "model.readout": "nll" if data.train.y.ndim == 2 else "mse",
            "training.batch": min(data.train.count, MOST_IN_A_BATCH),
            "training.epochs": EPOCHS,
            "training.learning_rate": LEARNING_RATE,
        }
    return changes


def _difference(config: RunConfig, network: Network, data: Data | None) -> str:
    """How the network of ``config`` answers otherwise than the data say; empty where it does not.

    Raises:
        ScopeError: the run cannot begin.
    """
    rng: Generator = np.random.default_rng(0)
    if data is None:
        data = config.task.generate(rng)
        classes = data.train.y.ndim == 2
        fits = network.inputs == data.train.inputs and network.outputs == data.outputs
        if not fits and not config.files().get("task.file"):
            answers = f"{data.outputs} classes" if classes else counted(data.outputs, "output")
            ours = f"{counted(data.train.inputs, 'input')} and {answers}"
            theirs = f"{counted(network.inputs, 'input')} and {counted(network.outputs, 'output')}"
            wanted = "name the data that it is for"
            raise ScopeError(f"The task “{config.task.title}” has {ours}, the network {theirs}; {wanted}")
    refuse_unfit(config, data)
    network, _, _ = assembled(config, data, rng)
    found = difference(network, data.train, config.files().get("task.file", ""))
    return "" if found is None else str(found)


def _described(data: Data) -> str:
    """What a file of sequences holds, in a few words."""
    train = data.train
    answers = f"{data.outputs} classes" if train.y.ndim == 2 else counted(data.outputs, "output")
    parts = [
        f"{counted(train.count, 'sequence')} of {counted(train.steps, 'time step')}",
        counted(train.inputs, "input"),
        answers,
    ]
    if train.scored is not None:
        parts.append(f"scored at {train.scores:,} of {train.count * train.steps:,} time steps")
    if train.start:
        parts.append(f"beginning in {_listed(train)}")
    if data.validation is not None:
        parts.append(f"{data.validation.count:,} held out")
    return ", ".join(parts)


def _listed(train: Sequences) -> str:
    names = sorted(train.start, key=lambda name: (STATE_LETTERS.index(name[0]), name))
    return " ".join(names if len(names) <= LISTED else [*names[:LISTED], "…"])


def _sentence(error: ScopeError) -> str:
    """Without the folder of the file, which is beside it."""
    if isinstance(error, Undecided):
        error = error.told(f"choose {{}} in the row “{LABELS[error.setting]}”")
    if isinstance(error, DataError):
        error = DataError(Path(str(error.file)).name, error.place, error.expected)
    return f"{error}."
