"""The network that a config asks for, made to fit the sequences that it is to learn."""

from __future__ import annotations

from numpy.random import Generator

from rnn.cells import CELLS
from rnn.config import RunConfig
from rnn.errors import ConfigError
from rnn.network import Network
from rnn.readout import READOUTS
from rnn.tasks import Data
from rnn.weights import load_weights


def assembled(config: RunConfig, data: Data, rng: Generator) -> tuple[Network, RunConfig]:
    """The network before its first update, and the config with what a file of weights decides.

    Raises:
        DataError: the file of weights cannot be used, or does not fit ``data``.
        ConfigError: the weights cannot be drawn as the config asks.
    """
    inputs, model = data.train.inputs, config.model
    if model.weights is None:
        cell, readout = CELLS[model.cell](model.nonlinearity), READOUTS[model.readout]
        network = Network(inputs, model.layers, data.outputs, cell=cell, readout=readout)
        network.initialize(rng, model.initializer, model.spectral_radius)
        return network, config
    network = load_weights(model, inputs, data.outputs)
    found = next(name for name, cell in CELLS.items() if type(network.cell) is cell)
    return network, config.with_values({"model.layers": network.widths, "model.cell": found})


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
