"""Weights in .npz and .safetensors files."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.config import ModelConfig
from rnn.errors import DataError
from rnn.files import refuse_mixture, write_all
from rnn.files.npz import read_npz
from rnn.files.safetensors import refuse_changed, safetensors_bytes
from rnn.network import Network
from rnn.readout import READOUTS
from rnn.weights.model_names import Names, network_of
from rnn.weights.torch_names import to_torch

ENDINGS = (".npz", ".safetensors")
_SAFETENSORS = {"F16": "<f2", "F32": "<f4", "F64": "<f8"}


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


def read_weights(path: str | Path) -> dict[str, Any]:
    """The arrays of an .npz or a .safetensors file, whichever it holds.

    Raises:
        DataError: it is missing, is of another kind, is damaged, or lies among files of another run.
    """
    refuse_mixture(path)
    try:
        with Path(path).open("rb") as stream:
            start = stream.read(9)
            if start.startswith(b"PK"):
                return _arrays(path)
            content = start + stream.read() if start.endswith(b"{") else b""
    except FileNotFoundError:
        raise DataError(path, "", "there is no such file") from None
    except MemoryError:
        raise DataError(path, "", "is too large for the memory of this machine") from None
    except (OSError, ValueError) as error:  # a name with a zero in it is a ValueError
        reason = error.strerror if isinstance(error, OSError) else None
        raise DataError(path, "", f"cannot be read ({reason or error})") from None
    return _tensors(path, content)


def _arrays(path: str | Path) -> dict[str, Any]:
    arrays = read_npz(path)
    if any(name.endswith("/data.pkl") for name in arrays):
        reason = f"is a file of torch.save; expected {' or '.join(ENDINGS)} (safetensors.torch.save_file)"
        raise DataError(path, "", reason)
    return arrays


def _tensors(path: str | Path, content: bytes) -> dict[str, Any]:
    from safetensors import SafetensorError, deserialize

    try:
        entries = deserialize(content)  # type: ignore[no-untyped-call]
    except SafetensorError:
        reason = f"expected an {' or '.join(ENDINGS)} file of weights; this is of another kind, or damaged"
        raise DataError(path, "", reason) from None
    refuse_changed(path, content, entries)
    arrays: dict[str, Any] = {}
    for name, entry in sorted(entries, key=lambda pair: pair[0]):
        if entry["dtype"] in _SAFETENSORS:
            array = np.frombuffer(bytes(entry["data"]), _SAFETENSORS[entry["dtype"]])
            arrays[name] = array.reshape(entry["shape"])
        elif "weight" in name or "bias" in name:
            reason = f"expected the numbers as F16, F32 or F64, found {entry['dtype']}"
            raise DataError(path, name, reason)
    return arrays
