"""Files that were damaged at random, read by every reader: each is refused in one sentence, or read."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.random import Generator
from safetensors.numpy import save as save_tensors

from gui.preferences import Choices, Preferences
from rnn.config import RunConfig
from rnn.errors import LONGEST, ScopeError
from rnn.files import seal
from rnn.model.network import Network
from rnn.weights import npz_bytes, save_weights, to_torch
from tests.rnn.readers import READERS, most_memory

MEGABYTES, SECONDS = 200, 1.0
BY_HAND = b"seed = 3\n[task]\nname = 'sine'\n"
SIGNS = list(b'0123456789.,;"[]{}=\0\xff\n')


def sound(folder: Path) -> dict[str, dict[str, bytes]]:
    """By reader, files of all kinds that it reads."""
    rng = np.random.default_rng(0)
    network = Network(1, (3,), 1)
    network.initialize(rng, "uniform", None)
    save_weights(folder / "own.safetensors", network)
    Preferences(folder / "window.toml").choose(**Choices(theme="dark", place=(1, 2, 3, 4)).values())
    wave = np.sin(np.arange(120.0))
    table = "".join(f"day {number};{value}\n" for number, value in enumerate(wave))
    batch = {
        "x": rng.normal(size=(4, 6, 1)),
        "y": rng.normal(size=(4, 6, 1)).astype("f4"),
        "h0_l0": np.ones((4, 3)),
    }
    weights, columns = to_torch(network), {"v": wave.reshape(-1, 1)}
    arrays = {"stored": npz_bytes(weights), "deflated": deflated(weights)}
    series = {"stored": npz_bytes(columns), "deflated": deflated(columns)}
    tensors = {
        "own": (folder / "own.safetensors").read_bytes(),
        "of others": save_tensors({name: array.astype("f2") for name, array in weights.items()}),
    }
    saved = io.BytesIO()
    np.save(saved, wave)
    money = "".join(f"day {number};{value:.2f} €\n".replace(".", ",") for number, value in enumerate(wave))
    tables = {
        "names": f"day;value\n{table}".encode(),
        "numbers": "\n".join(map(str, wave)).encode(),
        "money": f"# below\nday;value\n{money}\nabove".encode(),
    }
    return {
        "config": {"run": seal.sealed(RunConfig().to_toml(), {}).encode(), "by hand": BY_HAND},
        "settings of the window": {"saved": (folder / "window.toml").read_bytes()},
        "data": {"stored": npz_bytes(batch), "deflated": deflated(batch)},
        "weights": arrays,
        "tensors": tensors,
        "series": tables,
        "columns": tables,
        "series of arrays": series,
        "series of one array": {"saved": saved.getvalue()},
        "columns of arrays": series,
        "text": {"letters": ("Grüße, ∂h\r\n" * 200).encode()},
        "model": {**arrays, **tensors},
    }


def deflated(arrays: dict[str, np.ndarray]) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def tampered(whole: bytes, rng: Generator) -> bytes:
    """``whole`` after a few accidents: cut, flipped, written over, shifted, or with a part of it twice."""
    content = bytearray(whole)
    for _ in range(int(rng.integers(1, 4))):
        at, length = int(rng.integers(len(content) + 1)), int(rng.integers(1, 40))
        match int(rng.integers(6)):
            case 0:
                del content[at:]
            case 1 if at < len(content):
                content[at] ^= 1 << int(rng.integers(8))
            case 2:
                content[at : at + length] = rng.bytes(length)
            case 3:
                content[at:at] = rng.choice(SIGNS, length).astype("u1").tobytes()
            case 4:
                del content[at : at + length]
            case _:
                content[at:at] = content[:length]
    return bytes(content)


def read_tampered(reader: str, folder: Path, times: int) -> Iterator[str]:
    """What the ``reader`` says of each of its files, tampered with so many times; empty where it was read.

    Raises:
        AssertionError: it says too much, or takes too long or too much memory.
        Exception: whatever else it raises.
    """
    ending, read = READERS[reader]
    rng = np.random.default_rng(0)
    for whole in sound(folder)[reader].values():
        file = folder / f"tampered{ending}"
        file.write_bytes(whole)
        read(str(file))
        for _ in range(times):
            content = tampered(whole, rng)
            file.write_bytes(content)
            memory, begun, said = most_memory(), time.process_time(), ""
            try:
                read(str(file))
            except ScopeError as error:
                said = str(error)
            assert len(said) <= LONGEST, content
            assert said.isprintable(), content
            assert time.process_time() - begun < SECONDS, content
            assert most_memory() - memory < MEGABYTES, content
            yield said
