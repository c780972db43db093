"""Weights in .npz and .safetensors files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from rnn.array import Array
from rnn.errors import DataError
from rnn.files import plain_file, refuse_kind, refuse_mixture, write_all
from rnn.files.kinds import NPZ, ZIP
from rnn.files.npz import read_npz
from rnn.files.safetensors import read_safetensors, safetensors_bytes
from rnn.files.stored import StoredArray
from rnn.model.network import Network
from rnn.weights.model_names import Names
from rnn.weights.torch_names import to_torch

ENDINGS = (".npz", ".safetensors")


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
    write_all({path: content})


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
