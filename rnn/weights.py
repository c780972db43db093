"""Weights in and out under PyTorch's names and shapes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.errors import DataError
from rnn.network import Network
from rnn.tasks.data_file import numeric, read_npz

AXES = {
    "rnn.weight_ih_l0": ("unit", "input"),
    "rnn.weight_hh_l0": ("unit", "unit before"),
    "rnn.bias_ih_l0": ("unit",),
    "rnn.bias_hh_l0": ("unit",),
    "head.weight": ("output", "unit"),
    "head.bias": ("output",),
}


def to_torch(network: Network) -> dict[str, Array]:
    """The weights as ``torch.nn.RNN`` and ``torch.nn.Linear`` name and shape them.

    PyTorch has two biases where the equation has one: ours is ``bias_ih``, and ``bias_hh`` is zero.
    """
    weights = network.parameters
    return {
        "rnn.weight_ih_l0": weights["l0.Wx"].T.copy(),
        "rnn.weight_hh_l0": weights["l0.Wh"].T.copy(),
        "rnn.bias_ih_l0": weights["l0.b"].copy(),
        "rnn.bias_hh_l0": np.zeros_like(weights["l0.b"]),
        "head.weight": weights["head.W"].T.copy(),
        "head.bias": weights["head.b"].copy(),
    }


def from_torch(arrays: Mapping[str, Array], source: str | Path) -> Network:
    """A network of the shapes and values of ``arrays``; the two biases add up to our one.

    Raises:
        DataError: a name is missing, or a shape does not fit the others; it names ``source``.
    """
    if others := sorted(name for name in arrays if name.startswith(("rnn.", "head.")) and name not in AXES):
        raise DataError(source, others[0], f"expected one layer, that is, {', '.join(AXES)} alone")
    found = {name: numeric(source, arrays, name, axes) for name, axes in AXES.items()}
    width, inputs = found["rnn.weight_ih_l0"].shape
    outputs = found["head.weight"].shape[0]
    expected = {
        "rnn.weight_hh_l0": (width, width),
        "rnn.bias_ih_l0": (width,),
        "rnn.bias_hh_l0": (width,),
        "head.weight": (outputs, width),
        "head.bias": (outputs,),
    }
    for name, shape in expected.items():
        if found[name].shape != shape:
            raise DataError(source, name, f"expected the shape {shape}, found {found[name].shape}")
    network = Network(inputs, (width,), outputs)
    weights = network.parameters
    weights["l0.Wx"][...] = found["rnn.weight_ih_l0"].T
    weights["l0.Wh"][...] = found["rnn.weight_hh_l0"].T
    with np.errstate(over="ignore"):
        np.add(found["rnn.bias_ih_l0"], found["rnn.bias_hh_l0"], out=weights["l0.b"])
    if not np.isfinite(weights["l0.b"]).all():
        raise DataError(source, "rnn.bias_hh_l0", "expected a finite sum with rnn.bias_ih_l0")
    weights["head.W"][...] = found["head.weight"].T
    weights["head.b"][...] = found["head.bias"]
    return network


def load_weights(path: str | Path, inputs: int, outputs: int) -> Network:
    """The network in an .npz file, which must take ``inputs`` features and answer with ``outputs``.

    Raises:
        DataError: the file is missing or damaged, or does not fit.
    """
    network = from_torch(read_npz(path), path)
    for name, side, wanted, has in (
        ("rnn.weight_ih_l0", "inputs", inputs, network.inputs),
        ("head.weight", "outputs", outputs, network.outputs),
    ):
        if wanted != has:
            raise DataError(path, name, f"expected as many {side} as the data has, {wanted}, found {has}")
    return network


def npz_bytes(arrays: Mapping[str, Array]) -> bytes:
    """``arrays`` as the content of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
