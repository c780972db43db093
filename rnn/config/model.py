"""The settings of the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rnn.data.tasks import TASKS
from rnn.errors import ConfigError, DataError
from rnn.model.cells import CELLS
from rnn.model.initializers import INITIALIZERS
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.model.readout import READOUTS
from rnn.settings import Settings, setting

MOST_LAYERS = 32


def _one_nonlinearity(values: Mapping[str, Any]) -> str | None:
    cell = values["model.cell"]
    return f"with the cell {cell}" if len(CELLS[cell].nonlinearities) == 1 else None


def _gated(values: Mapping[str, Any]) -> str | None:
    cell = values["model.cell"]
    return f"with the cell {cell}, which has several recurrent matrices" if CELLS[cell].gates > 1 else None


def _one_readout(values: Mapping[str, Any]) -> str | None:
    task = values["task.name"]
    return f"for the task {task}" if len(TASKS[task].readouts()) == 1 else None


def _drawn(values: Mapping[str, Any]) -> str | None:
    return "without a file of weights" if values["model.weights"] is None else None


def _modules(values: Mapping[str, Any]) -> Collection[str]:
    from rnn.weights import Contents, read_weights

    file = values["model.weights"]
    try:
        return list(Contents(read_weights(file), file).modules)
    except DataError:
        return ()


def _linear_layers(values: Mapping[str, Any]) -> Collection[str]:
    from rnn.weights import Contents, Readouts, read_weights

    file = values["model.weights"]
    try:
        contents = Contents(read_weights(file), file)
        return Readouts(contents, contents.module(values["model.rnn"])).fitting
    except DataError:
        return ()


@dataclass(frozen=True, slots=True)
class ModelConfig(Settings):
    """The network."""

    section: ClassVar[str] = "model"

    cell: str = setting("vanilla", "Cell", "What is unrolled over time.", choices=lambda: CELLS)
    nonlinearity: str = setting(
        "tanh",
        "Nonlinearity",
        "What a unit applies to the sum of its inputs.",
        choices=lambda: NONLINEARITIES,
        unless=_one_nonlinearity,
    )
    layers: tuple[int, ...] = setting(
        (4,),
        "Layer widths",
        "Units in each hidden layer, lowest first: 16, 8 is two layers. "
        "With the article's weights a wide network starts saturated.",
        minimum=1,
        maximum=4096,
    )
    readout: str = setting(
        "mse",
        "Readout",
        "Numbers with their squared error, or a softmax over classes with its negative log-likelihood.",
        choices=lambda: READOUTS,
        unless=_one_readout,
    )
    initializer: str = setting(
        "uniform", "Initializer", "How the weights begin.", choices=lambda: INITIALIZERS
    )
    spectral_radius: float | None = setting(
        None,
        "Spectral radius ρ",
        "Rescale the recurrent weights at the start so that their largest |eigenvalue| is this; "
        "off leaves it as drawn.",
        minimum=0.0,
        maximum=100.0,
        unless=_gated,
    )
    weights: str | None = setting(
        None,
        "Start from",
        "An .npz or .safetensors file of weights under PyTorch's names to start from, instead of drawing "
        "them; its shapes set the cell and the layers, and neither initializer nor spectral radius is used.",
        file=True,
        endings=(".npz", ".safetensors"),
    )
    rnn: str = setting(
        "",
        "Recurrent module",
        "Which recurrent module in the file of weights is meant: its name before .weight_ih_l0. It is read "
        "alone and begins at zero. Only needed where there are several.",
        empty="the only one",
        among=_modules,
        of="weights",
        unless=_drawn,
    )
    head: str = setting(
        "",
        "Linear layer",
        "Which linear layer in the file of weights is the readout: its name before .weight. Only needed "
        "where several fit, or where it may be an embedding.",
        empty="the only one",
        among=_linear_layers,
        of="weights",
        unless=_drawn,
    )

    def __post_init__(self) -> None:
        Settings.__post_init__(self)
        if len(self.layers) > MOST_LAYERS:
            raise ConfigError("model.layers", f"must be at most {MOST_LAYERS} widths, not {len(self.layers)}")
        if self.weights == "":
            raise ConfigError("model.weights", "must name an .npz or .safetensors file, or be off")
