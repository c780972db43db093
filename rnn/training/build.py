"""The network that a config asks for, made to fit the sequences that it is to learn."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from numpy.random import Generator

from rnn.config import ModelConfig, RunConfig
from rnn.data.initial_states import refuse_unfit_start
from rnn.data.tasks import Data
from rnn.data.tasks.brought import other_reading
from rnn.errors import ConfigError, DataError
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.weights import Names, network_of, read_weights


def assembled(config: RunConfig, data: Data, rng: Generator) -> tuple[Network, RunConfig, Names]:
    """The network before its first update, the config with what a file of weights decides, and what its
    arrays are called in that file.

    Raises:
        DataError: the file of weights cannot be used, or does not fit ``data``; or the states that the
            sequences begin in do not fit the network.
        ConfigError: the weights cannot be drawn as the config asks.
    """
    network, config, names = _assembled(config, data, rng)
    file = config.files().get("task.file", config.task.title)
    refuse_unfit_start(network, data.train, file)
    if data.validation is not None:
        refuse_unfit_start(network, data.validation, file, "_validation")
    return network, config, names


def _assembled(config: RunConfig, data: Data, rng: Generator) -> tuple[Network, RunConfig, Names]:
    inputs, model = data.train.inputs, config.model
    if model.weights is None:
        cell, readout = CELLS[model.cell](model.nonlinearity), READOUTS[model.readout]
        network = Network(inputs, model.layers, data.outputs, cell=cell, readout=readout)
        try:
            network.initialize(rng, model.initializer, model.spectral_radius)
        except ValueError as error:
            raise ConfigError("model.spectral_radius", f"cannot be reached: {error}") from None
        return network, config, Names()
    # Class numbers without names, as those of a file, need not show every class that the network knows.
    open_ended = data.train.y.ndim == 2 and not data.class_names
    hint = partial(other_reading, data.train)
    network, names = load_weights(model, inputs, data.outputs, at_least=open_ended, hint=hint)
    found = next(name for name, cell in CELLS.items() if type(network.cell) is cell)
    return network, config.with_values({"model.layers": network.widths, "model.cell": found}), names


def load_weights(
    model: ModelConfig,
    inputs: int,
    outputs: int,
    at_least: bool = False,
    hint: Callable[[int], str] = lambda outputs: "",
) -> tuple[Network, Names]:
    """The network in the file ``model.weights``, and what its arrays are called there.

    Which of its modules and layers are meant, the kind of the readout, and the nonlinearity if there is a
    choice, are those of ``model``.

    Arguments:
        at_least: the network may have more than ``outputs``, where these are the classes that were seen.
        hint: given how many it has instead, what to say behind that.

    Raises:
        DataError: the file is missing or damaged, or does not take ``inputs`` features and answer with
            ``outputs``.
    """
    path = str(model.weights)
    network, names = network_of(
        read_weights(path),
        path,
        rnn=model.rnn,
        head=model.head,
        cell=model.cell,
        nonlinearity="" if model.nonlinearity == "tanh" else model.nonlinearity,
        readout=READOUTS[model.readout],
    )
    if network.inputs != inputs:
        reason = f"expected as many inputs as the data has, {inputs}, found {network.inputs}"
        raise DataError(path, names.own("rnn.weight_ih_l0"), reason)
    if network.outputs < outputs or (network.outputs > outputs and not at_least):
        wanted = f"as many outputs as the data has, {outputs}"
        if at_least:
            wanted = (
                f"at least {outputs} outputs, since classes count from 0 and the data has class {outputs - 1}"
            )
        found = f"{network.outputs}{hint(network.outputs)}"
        raise DataError(path, names.own("head.weight"), f"expected {wanted}, found {found}")
    return network, names


def refuse_missing_files(config: RunConfig) -> None:
    """Raise DataError where a file that the config names is not there, with the setting that names it."""
    for key, file in config.files().items():
        try:
            os.stat(file)
        except FileNotFoundError:
            raise DataError(file, "", f"there is no such file, and {key} names it") from None
        except (OSError, ValueError):
            continue  # whoever reads it says what is wrong with it


def refuse_unfit(config: RunConfig, data: Data) -> None:
    """Raise ConfigError where the sequences cannot be trained on as the config asks."""
    train, training = data.train, config.training
    has_classes = train.y.ndim == 2
    if READOUTS[config.model.readout].classes != has_classes:
        wanted, what = ("nll", "class numbers") if has_classes else ("mse", "numbers with features")
        reason = f"must be {wanted}, since the targets of the task are {what}, not {config.model.readout}"
        raise ConfigError("model.readout", reason)
    if training.batch > train.count:
        reason = f"must be at most {train.count:,}, the sequences that there are, not {training.batch:,}"
        raise ConfigError("training.batch", reason)
    if training.truncation is not None and training.truncation > train.steps:
        reason = f"must be at most {train.steps:,}, the time steps of a sequence, or off, not "
        raise ConfigError("training.truncation", f"{reason}{training.truncation:,}")
