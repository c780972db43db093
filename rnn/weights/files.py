"""Weights in .npz and .safetensors files."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.config import ModelConfig
from rnn.errors import DataError
from rnn.files import plain_file, refuse_kind, refuse_mixture, write_all
from rnn.files.kinds import NPZ, ZIP
from rnn.files.npz import read_npz
from rnn.files.safetensors import read_safetensors, safetensors_bytes
from rnn.files.stored import StoredArray
from rnn.network import Network
from rnn.readout import READOUTS
from rnn.weights.model_names import Names, network_of
from rnn.weights.torch_names import to_torch

ENDINGS = (".npz", ".safetensors")


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


def save_weights(path: str | Path, network: Network, names: Names | None = None) -> None:
    """Write the weights under PyTorch's names, as .npz or .safetensors by the ending of ``path``.

    Arguments:
        names: what their model calls its parts; None is ``rnn.`` and ``head``.

    Raises:
        DataError: the ending is another, or the file cannot be written; what was there is then still there.
    """
    path = Path(path)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise DataError(path, "", f"expected a name that ends in {' or '.join(ENDINGS)}")
    content = {".npz": npz_bytes, ".safetensors": safetensors_bytes}[ending](named_weights(network, names))
    write_all(path.parent, {path.name: content})


def named_weights(network: Network, names: Names | None = None) -> dict[str, Array]:
    """The weights as PyTorch shapes them, under the ``names`` of their model."""
    return (names or Names()).renamed(to_torch(network))


def npz_bytes(arrays: Mapping[str, Array]) -> bytes:
    """``arrays`` as the content of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def read_weights(path: str | Path) -> dict[str, StoredArray]:
    """The arrays of an .npz or a .safetensors file, whichever it holds; each is read where it is wanted.

    Raises:
        DataError: it is missing, is of another kind, is damaged, or lies among files of another run.
    """
    refuse_mixture(path)
    with plain_file(path) as stream:
        refuse_kind(path, stream, f"an {' or '.join(ENDINGS)} file", but=(NPZ, ZIP))
        start = stream.read(9)
    if start.startswith(b"PK"):
        return read_npz(path)
    if start.endswith(b"{"):
        return read_safetensors(path)
    reason = f"expected an {' or '.join(ENDINGS)} file of weights; this is of another kind, or damaged"
    raise DataError(path, "", reason)
