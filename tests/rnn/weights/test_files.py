"""Files of weights: .npz and .safetensors, whole or not at all, and what is no such file."""

from __future__ import annotations

import contextlib
import io
import json
import os
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load, save

from rnn.config import ModelConfig
from rnn.errors import DataError
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.model.readout import SoftmaxNll
from rnn.training.build import load_weights
from rnn.weights import from_torch, npz_bytes, read_weights, save_weights, to_torch
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import GOLDEN, MANIFEST, golden, golden_network, golden_start

ENDINGS = (".npz", ".safetensors")
OTHER_KIND = r"expected an? .*\.safetensors file.*; this is of another kind, or damaged"


def drawn(cell: str = "gru", widths: tuple[int, ...] = (3, 2)) -> Network:
    network = Network(2, widths, 4, cell=CELLS[cell]())
    network.parameters.vector[:] = np.random.default_rng(0).standard_normal(network.parameters.vector.size)
    return network


def loaded(file: Path, inputs: int = 2, outputs: int = 4) -> Network:
    return load_weights(ModelConfig(weights=str(file)), inputs, outputs)[0]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("cell", EVERY_CELL)
def test_there_and_back_are_the_same_bits(cell: str, ending: str, tmp_path: Path) -> None:
    network = drawn(cell)
    save_weights(tmp_path / f"w{ending}", network)
    assert os.listdir(tmp_path) == [f"w{ending}"]
    model = ModelConfig(cell=cell, weights=str(tmp_path / f"w{ending}"))
    back, _ = load_weights(model, 2, 4)
    assert (type(back.cell), back.widths) == (CELLS[cell], (3, 2))
    assert back.parameters.vector.tobytes() == network.parameters.vector.tobytes()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["vanilla_relu_stacked", "gru_batch", "lstm_stacked_text"])
def test_the_reference_weights_in_a_file_compute_what_pytorch_does(
    name: str, ending: str, tmp_path: Path
) -> None:
    case, file = golden(name), tmp_path / f"w{ending}"
    save_weights(file, golden_network(name))
    manifest = MANIFEST[name]
    model = ModelConfig(weights=str(file), nonlinearity=manifest["nonlinearity"] or "tanh")
    network, _ = load_weights(model, manifest["D"], manifest["O"])
    output = network.forward(case["x"], golden_start(case)).output
    np.testing.assert_allclose(output, case["output"], rtol=1e-12, atol=1e-12 * np.abs(output).max())


def test_a_safetensors_file_holds_what_its_library_reads(tmp_path: Path) -> None:
    network = drawn("lstm")
    save_weights(tmp_path / "w.safetensors", network)
    arrays = load((tmp_path / "w.safetensors").read_bytes())
    assert sorted(arrays) == sorted(to_torch(network))
    for name, array in to_torch(network).items():
        np.testing.assert_array_equal(arrays[name], array)


def test_the_same_weights_are_the_same_bytes(tmp_path: Path) -> None:
    for ending in ENDINGS:
        for name in ("a", "b"):
            save_weights(tmp_path / f"{name}{ending}", drawn())
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()
    with np.load(io.BytesIO(npz_bytes(to_torch(drawn())))) as archive:
        assert archive.files == list(to_torch(drawn()))


def test_the_content_counts_and_not_the_ending(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.npz", drawn())
    save_weights(tmp_path / "v.safetensors", drawn())
    os.rename(tmp_path / "w.npz", tmp_path / "w.safetensors")
    os.rename(tmp_path / "v.safetensors", tmp_path / "v")
    for name in ("w.safetensors", "v"):
        assert loaded(tmp_path / name).parameters.vector.tobytes() == drawn().parameters.vector.tobytes()


def test_the_readout_and_the_nonlinearity_are_those_of_the_config(tmp_path: Path) -> None:
    save_weights(tmp_path / "w.npz", drawn("vanilla"))
    model = ModelConfig(weights=str(tmp_path / "w.npz"), readout="nll", nonlinearity="logistic")
    network, _ = load_weights(model, 2, 4)
    assert (network.readout, network.cell.nonlinearity) == (SoftmaxNll, "logistic")


@pytest.mark.parametrize("kind", ["float16", "float32"])
def test_shorter_floats_are_read(kind: str, tmp_path: Path) -> None:
    arrays = {name: array.astype(kind) for name, array in to_torch(drawn()).items()}
    (tmp_path / "w.safetensors").write_bytes(save(arrays))
    network = loaded(tmp_path / "w.safetensors")
    np.testing.assert_array_equal(network.parameters["l0.Wx"], arrays["rnn.weight_ih_l0"].T.astype(float))


@pytest.mark.parametrize("name", ["w", "w.pt", "w.npy", "w.npz.gz", ".npz"])
def test_a_name_with_another_ending_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r": expected a name that ends in \.npz or \.safetensors$"):
        save_weights(tmp_path / name, drawn())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_cannot_be_written_leaves_nothing_behind(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"w{ending}").mkdir()
    with pytest.raises(DataError, match="expected a file or nothing, found a folder"):
        save_weights(tmp_path / f"w{ending}", drawn())
    assert os.listdir(tmp_path) == [f"w{ending}"]


def tensor_file(tensors: dict[str, tuple[str, tuple[int, ...], bytes]]) -> bytes:
    """A .safetensors file of tensors of any type, each as its type, shape and bytes."""
    entries, content = {}, b""
    for name, (kind, shape, data) in tensors.items():
        span = [len(content), len(content) + len(data)]
        entries[name] = {"dtype": kind, "shape": shape, "data_offsets": span}
        content += data
    header = json.dumps(entries).encode()
    return struct.pack("<Q", len(header)) + header + content


def tensors_of(network: Network) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {name: ("F64", array.shape, array.tobytes()) for name, array in to_torch(network).items()}


@pytest.mark.parametrize(("kind", "size"), [("I64", 8), ("BOOL", 1), ("F8_E4M3", 1), ("C64", 8)])
def test_a_tensor_of_another_kind_is_named_where_it_is_used(kind: str, size: int, tmp_path: Path) -> None:
    file = tmp_path / "w.safetensors"
    other = (kind, (4, 2), bytes(8 * size))
    file.write_bytes(tensor_file(tensors_of(drawn()) | {"head.weight": other}))
    with pytest.raises(DataError, match=rf"head\.weight: expected float16, .* or float64, found {kind}$"):
        loaded(file)
    file.write_bytes(tensor_file(tensors_of(drawn()) | {"decoder.bias": other}))
    assert loaded(file).parameters.vector.tobytes() == drawn().parameters.vector.tobytes()


def test_a_bfloat16_is_read_exactly(tmp_path: Path) -> None:
    whole = np.array([1.0, -2.5, 3.0e38, 2.0**-126, -0.0, 1 / 3, 0.1, 7.0], dtype=np.float32)
    bits = whole.view(np.uint32) >> 16
    tensor = ("BF16", (4, 2), bits.astype("<u2").tobytes())
    (tmp_path / "w.safetensors").write_bytes(tensor_file(tensors_of(drawn()) | {"head.weight": tensor}))
    found = loaded(tmp_path / "w.safetensors").parameters["head.W"].T.reshape(-1)
    np.testing.assert_array_equal(found, (bits.astype(np.uint32) << 16).view(np.float32).astype(float))
    np.testing.assert_allclose(found, whole.astype(float), rtol=2.0**-7)


def test_every_truncated_file_is_refused(tmp_path: Path) -> None:
    whole = save(to_torch(drawn("vanilla", (1,))))
    file = tmp_path / "w.safetensors"
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(DataError, match=OTHER_KIND):
            loaded(file)
    file.write_bytes(whole + b"\0")
    with pytest.raises(DataError, match=OTHER_KIND):
        loaded(file)


def saved_arrays(file: Path) -> bytes:
    """All arrays of a file of weights, as one string of bytes."""
    return npz_bytes({name: array.read() for name, array in read_weights(file).items()})


def flips_that_are_read(file: Path, bits: Iterable[int]) -> tuple[int, int]:
    """Flip each of these bits of a file of weights: how many are read as the same weights, and as others."""
    whole, arrays, same, others = file.read_bytes(), saved_arrays(file), 0, 0
    for bit in bits:
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        file.write_bytes(damaged)
        with contextlib.suppress(DataError):
            is_same = saved_arrays(file) == arrays
            same, others = same + is_same, others + (not is_same)
    return same, others


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_with_a_bit_that_is_flipped_is_refused_or_the_same(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"w{ending}"
    save_weights(file, drawn("vanilla", (1,)))
    bits = range(0, 8 * file.stat().st_size, 29)
    same, others = flips_that_are_read(file, bits)
    assert others == 0
    assert same <= (0.4 * len(bits) if ending == ".npz" else 0)  # a zip holds dates, attributes and the like


def test_a_tensor_file_of_another_program_may_say_what_it_likes(tmp_path: Path) -> None:
    arrays = to_torch(drawn())
    for metadata in (None, {}, {"format": "pt", "sha256": "0", "by": "rnn-scope"}):
        (tmp_path / "w.safetensors").write_bytes(save(arrays, metadata))
        assert saved_arrays(tmp_path / "w.safetensors") == npz_bytes(dict(sorted(arrays.items())))


def test_other_weights_under_the_old_checksum_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "w.safetensors"
    save_weights(file, drawn())
    with safe_open(file, "numpy") as opened:
        metadata = opened.metadata()
    file.write_bytes(save({name: 2.0 * array for name, array in to_torch(drawn()).items()}, metadata))
    with pytest.raises(DataError, match="is damaged, or was changed by a program that kept its old checksum"):
        loaded(file)


@pytest.mark.parametrize("content", [b"", b"hello", b"12345678{", b"\xff" * 8 + b"{}"])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(DataError, match=rf"w\.safetensors: {OTHER_KIND}$"):
        loaded(tmp_path / "w.safetensors")


def test_a_file_of_torch_save_says_what_to_do(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.pt", "w") as archive:
        archive.writestr("w/data.pkl", b"\x80\x02}q\x00.")
        archive.writestr("w/data/0", bytes(24))
    expected = r"w\.pt: expected an \.npz or \.safetensors file, found a file of torch\.save: save a "
    with pytest.raises(DataError, match=expected):
        loaded(tmp_path / "w.pt")


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="none: there is no such file"):
        loaded(tmp_path / "none")
    with pytest.raises(DataError, match="expected a file, found a folder"):
        loaded(tmp_path)
    with pytest.raises(DataError, match="is not the name of a file"):
        loaded(tmp_path / "zero\0")


def test_weights_for_other_data_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "w.npz"
    save_weights(file, drawn())
    with pytest.raises(
        DataError, match=r"weight_ih_l0: expected as many inputs as the data has, 1, found 2$"
    ):
        loaded(file, inputs=1)
    with pytest.raises(DataError, match=r"weight: expected as many outputs as the data has, 1, found 4$"):
        loaded(file, outputs=1)


def test_the_article_weights_are_a_file_of_weights() -> None:
    network = loaded(GOLDEN / "article_weights.npz", 1, 1)
    assert network.widths == (10,)
    same = from_torch(golden("article_weights"), "w.npz").parameters.vector
    assert network.parameters.vector.tobytes() == same.tobytes()
    assert np.abs(same).max() > 0
