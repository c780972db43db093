"""The checksum of a .safetensors file that this program wrote: whatever was changed since is told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.errors import DataError

# In the key and in the value, so that a damaged key does not make it the file of another program.
_KEY, _MARK = "rnn-scope.checksum", "rnn-scope sha256 "

Entry = tuple[str, Mapping[str, Any]]  # a tensor as safetensors.deserialize gives it


def safetensors_bytes(arrays: Mapping[str, Array]) -> bytes:
    """``arrays`` as the content of a .safetensors file, with their checksum."""
    from safetensors import deserialize
    from safetensors.numpy import save

    tensors = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(tensors, {_KEY: _checksum(deserialize(save(tensors)))})  # type: ignore[no-untyped-call]


def refuse_changed(path: str | Path, content: bytes, entries: Iterable[Entry]) -> None:
    """Raise DataError where a file that this program wrote has other tensors than it had then.

    Arguments:
        content: the whole file, which safetensors has accepted.
        entries: its tensors.
    """
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    metadata: dict[str, str] = header.get("__metadata__") or {}
    is_ours = _KEY in metadata or any(value.startswith(_MARK) for value in metadata.values())
    if is_ours and metadata.get(_KEY) != _checksum(entries):
        raise DataError(path, "", "is damaged, or was changed by a program that kept its old checksum")


def _checksum(entries: Iterable[Entry]) -> str:
    """Of the names, types, shapes and numbers of all tensors."""
    digest = hashlib.sha256()
    for name, entry in sorted(entries, key=lambda entry: entry[0]):
        digest.update(json.dumps([name, entry["dtype"], entry["shape"]]).encode())
        digest.update(entry["data"])
    return f"{_MARK}{digest.hexdigest()}"
