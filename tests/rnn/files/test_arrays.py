"""Arrays in .npz, .npy and .safetensors files: what is wanted is read exactly, once, and nothing else is."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from rnn.errors import DataError
from rnn.files.npz import read_npy, read_npz
from rnn.files.safetensors import read_safetensors
from rnn.files.stored import MOST_NUMBERS, as_floats, numeric
from tests.rnn.archives import npy_bytes, zip_bytes

MEGABYTE = 1 << 20


def written(folder: Path, content: bytes, name: str = "a.npz") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def refusal(read: Callable[[], object]) -> str:
    with pytest.raises(DataError) as caught:
        read()
    return f"{caught.value.place}: {caught.value.expected}"


READ = st.sampled_from(["<f2", "<f4", ">f8", "<i1", ">i4", "<u8", "|b1", "<c16"])


@settings(max_examples=50, deadline=None)
@given(array=READ.flatmap(lambda kind: arrays_of.arrays(kind, arrays_of.array_shapes(min_dims=0))))
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed, np.save])
def test_what_numpy_writes_is_read_as_numpy_reads_it(
    array: Any, save: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / ("any.npy" if save is np.save else "any.npz")
    for one in (array, np.asfortranarray(array), array.T):
        save(file, one)
        stored = read_npy(file) if save is np.save else read_npz(file)["arr_0"]
        assert (stored.shape, stored.dtype, stored.ndim) == (one.shape, one.dtype, one.ndim)
        assert np.asarray(stored).tobytes() == np.asarray(one).tobytes()


def test_only_what_is_wanted_is_unpacked(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", x=np.ones((3, 4)), epoch=np.zeros(8 * MEGABYTE))
    tracemalloc.start()
    try:
        np.testing.assert_array_equal(read_npz(tmp_path / "a.npz")["x"], np.ones((3, 4)))
        assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_an_array_is_refused_by_its_header_where_it_is_too_large(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy_bytes("<f8", (MOST_NUMBERS + 1, 1, 1), bytes(MEGABYTE)))
    x = read_npz(tmp_path / "bomb.npz")["x"]
    assert "expected 134,217,729 numbers as its header says, found 131,072" in refusal(x.read)
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("x.npy", npy_bytes("|b1", (MOST_NUMBERS + 1,), bytes(MOST_NUMBERS + 1)))
    x = read_npz(tmp_path / "bomb.npz")["x"]
    assert refusal(x.read) == "x: expected at most 134,217,728 numbers, found 134,217,729"


@pytest.mark.parametrize("names", [("x", "x.npy"), ("x.npy", "x"), ("x.npy", "x.npy")])
def test_two_members_of_one_name_are_refused(names: tuple[str, str], tmp_path: Path) -> None:
    file = written(tmp_path, zip_bytes([(name, npy_bytes("<f8", (1,), bytes(8))) for name in names]))
    assert refusal(lambda: read_npz(file)) == "x: is there more than once"


@pytest.mark.parametrize(("there", "found"), [(8 * 60, "60"), (8 * 5, "5"), (8 * 6 + 1, "6.125"), (0, "0")])
def test_more_or_less_than_the_header_says_is_refused(there: int, found: str, tmp_path: Path) -> None:
    content = npy_bytes("<f8", (6, 1), bytes(there))
    expected = f"expected 6 numbers as its header says, found {found}"
    file = written(tmp_path, zip_bytes([("x.npy", content)]))
    assert refusal(read_npz(file)["x"].read) == f"x: {expected}"
    assert refusal(read_npy(written(tmp_path, content, "x.npy")).read) == f": {expected}"


def test_an_array_of_objects_harms_only_where_it_is_wanted(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.ones((1, 2, 3)), note=np.array([None]), text=np.array("a"))
    arrays = read_npz(tmp_path / "a.npz")
    axes = ("sequence", "time step", "input")
    np.testing.assert_array_equal(numeric("a.npz", arrays, "x", axes), np.ones((1, 2, 3)))
    for name, found in (
        ("note", "Python objects; pad sequences of several lengths to one"),
        ("text", "text"),
    ):
        assert f"{name}: expected real numbers, found {found}" in refusal(arrays[name].read)
        assert f"found {found}" in refusal(partial(numeric, "a.npz", arrays, name, axes))


WHOLE = [0, 1, -1, 2**53, -(2**53), 2**53 + 1, 2**60, 2**63 - 1, -(2**63), -(2**63) + 1, 2**63, 2**64 - 1]


@pytest.mark.parametrize("value", WHOLE)
def test_a_whole_number_is_read_exactly_or_refused_by_its_place(value: int) -> None:
    array = np.array([[0, value]], dtype=np.int64 if value < 2**63 else np.uint64)
    if int(float(value)) == value:
        assert int(as_floats("f", array, str)[0, 1]) == value
    else:
        where = refusal(lambda: as_floats("f", array, str))
        assert where == f"[0, 1]: expected a whole number that float64 holds, as up to 2^53, found {value}"


HEADERS = [
    b"",
    b"{}",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), ",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (" + b"1," * 33 + b"), }",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (" + b"9" * 300 + b",), }",
    b"{'descr': '<f8', 'fortran_order': __import__('os').system('true'), 'shape': (1,), }",
    b"{'descr': '<f7', 'fortran_order': False, 'shape': (1,), }",
    b"{'descr': 'O', 'fortran_order': False, 'shape': (1,), }",
    b"(" * 9000,
    b"-" * 9000,
    b"{'descr': " + b"[" * 5000,
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: header[:60].decode())
def test_a_strange_header_is_an_array_that_cannot_be_read(header: bytes, tmp_path: Path) -> None:
    content = b"\x93NUMPY\x02\x00" + len(header).to_bytes(4, "little") + header + bytes(8)
    arrays = read_npz(written(tmp_path, zip_bytes([("x.npy", content)])))
    assert "x: expected " in refusal(arrays["x"].read)


def test_a_file_that_changes_between_two_readings_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.ones(3))
    x = read_npz(tmp_path / "a.npz")["x"]
    np.savez(tmp_path / "b.npz", x=np.zeros(4))
    (tmp_path / "b.npz").replace(tmp_path / "a.npz")
    assert refusal(x.read) == ": was changed while it was read"


def test_an_archive_written_to_a_stream_is_read(tmp_path: Path) -> None:
    class Stream(io.RawIOBase):  # one that cannot go back, so that the sizes stand behind each member
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.content += bytes(data)
            return len(data)

    for save in (np.savez, np.savez_compressed):
        stream = Stream()
        save(stream, x=np.arange(9.0), y=np.arange(3))
        arrays = read_npz(written(tmp_path, stream.content))
        np.testing.assert_array_equal(arrays["x"], np.arange(9.0))
        np.testing.assert_array_equal(arrays["y"], np.arange(3))


def overlapping(content: bytes) -> bytes:
    """Both entries of the directory name the first member."""
    second = content.index(b"PK\1\2", content.index(b"PK\1\2") + 1)
    changed = bytearray(content)
    changed[second + 42 : second + 46] = bytes(4)
    return bytes(changed)


TWO = zip_bytes([("x.npy", npy_bytes("<f8", (2,), bytes(16))), ("y.npy", npy_bytes("<f8", (2,), bytes(16)))])
TAMPERED = {
    "something before it": b"#!/bin/sh\n" + TWO,
    "something between": TWO[: TWO.index(b"PK\1\2")] + b"x" + TWO[TWO.index(b"PK\1\2") :],
    "something behind it": TWO + b"x",
    "members that share their bytes": overlapping(TWO),
    "a cut": TWO[:-30],
}


@pytest.mark.parametrize("kind", TAMPERED)
def test_an_archive_with_bytes_that_nobody_reads_is_refused(kind: str, tmp_path: Path) -> None:
    file = written(tmp_path, TAMPERED[kind])
    assert "this is of another kind, or damaged" in refusal(lambda: read_npz(file))


@pytest.mark.parametrize(
    "header",
    [
        b"[]",
        b"1",
        b"{" * 5000,
        b"[" * 100_000,
        b'{"w": 1}',
        b'{"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}, '
        b'"w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"w": {"dtype": "F64", "shape": [2], "data_offsets": [0, 8]}}',
        b'{"w": {"dtype": "F64", "shape": [1.0], "data_offsets": [0, 8]}}',
        b'{"w": {"dtype": "F64", "shape": [true], "data_offsets": [0, 8]}}',
        b'{"w": {"dtype": ["F64"], "shape": [1], "data_offsets": [0, 8]}}',
        b'{"w": {"dtype": "F64", "shape": [1], "data_offsets": [8, 0]}}',
        b'{"w": {"dtype": "F64", "shape": [1], "data_offsets": [1, 9]}}',
        b'{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}',
        b'{"w": {"dtype": "F64", "shape": [' + b"9" * 5000 + b'], "data_offsets": [0, 8]}}',
        b'{"w\\u0000": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"w\\ud800": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"__metadata__": [], "w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}',
        b'{"__metadata__": {"a": 1}, "w": {"dtype": "F64", "shape": [1], "data_offsets": [0, 8]}}',
    ],
    ids=lambda header: header[:70].decode(),
)
def test_a_strange_header_of_tensors_is_refused(header: bytes, tmp_path: Path) -> None:
    file = written(tmp_path, len(header).to_bytes(8, "little") + header + bytes(8), "w.safetensors")
    assert "another kind, or damaged" in refusal(lambda: read_safetensors(file))


def test_a_long_header_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "w.safetensors"
    with file.open("wb") as stream:
        stream.write((1 << 40).to_bytes(8, "little") + b"{")
        stream.truncate(1 << 41)
    assert "another kind, or damaged" in refusal(lambda: read_safetensors(file))


def test_every_type_is_known_by_name_and_shape(tmp_path: Path) -> None:
    from rnn.files.safetensors import _TYPES

    header = {kind: {"dtype": kind, "shape": [0, 3], "data_offsets": [0, 0]} for kind in [*_TYPES, "F4"]}
    text = json.dumps(header).encode()
    arrays = read_safetensors(written(tmp_path, len(text).to_bytes(8, "little") + text, "w.safetensors"))
    assert {name: (array.kind, array.shape) for name, array in arrays.items()} == {
        kind: (kind, (0, 3)) for kind in [*_TYPES, "F4"]
    }
