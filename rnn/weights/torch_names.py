"""A network as PyTorch names and shapes its weights, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.cells import CELLS, Cell, Weights
from rnn.errors import DataError
from rnn.files.npz import numeric
from rnn.network import Network
from rnn.parameters import Parameters
from rnn.readout import Readout, SquaredError

LAYER_NAMES = ("rnn.weight_ih_l{}", "rnn.weight_hh_l{}", "rnn.bias_ih_l{}", "rnn.bias_hh_l{}")
HEAD_NAMES = ("head.weight", "head.bias")
FLOATS = ("float16", "float32", "float64")
_OF_LAYER = re.compile(r"rnn\.(\w+)_l(0|[1-9]\d*)")
_PYTORCHS = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}
_FREE = {"rnn.weight_ih_l0": (1, "inputs"), "head.weight": (0, "outputs")}
_SHARED = {"Wx", "Wh", "b", "bn"}  # the weights of a cell that PyTorch has a name for


def to_torch(network: Network) -> dict[str, Array]:
    """The weights as ``torch.nn.RNN``, ``GRU`` or ``LSTM`` and ``torch.nn.Linear`` name and shape them.

    PyTorch has two biases where our equations have one: ours is ``bias_ih``, and ``bias_hh`` is zero. The
    candidate of a GRU has two in ours as well: its hidden bias is the third block of ``bias_hh``. A weight
    that PyTorch has no name for is ``rnn.NAME_l0``, in our own shape. Biases that are absent are left out.
    """
    arrays: dict[str, Array] = {}
    for layer in range(len(network.widths)):
        weights = network.parameters.group(f"l{layer}")
        hidden_bias = np.zeros_like(weights["b"])
        if "bn" in weights:
            hidden_bias[-len(weights["bn"]) :] = weights["bn"]
        ours = (weights["Wx"].T, weights["Wh"].T, weights["b"], hidden_bias)
        arrays |= {name.format(layer): array.copy() for name, array in zip(LAYER_NAMES, ours, strict=True)}
        arrays |= {f"rnn.{name}_l{layer}": weights[name].copy() for name in _own(network.cell)}
    head = network.parameters.group("head")
    arrays |= {"head.weight": head["W"].T.copy(), "head.bias": head["b"].copy()}
    return _without_absent(network, arrays)


def gradients_in_torch_names(network: Network, gradient: Parameters) -> dict[str, Array]:
    """Gradients as PyTorch names and shapes them: both of its biases get that of our one.

    The candidate of a GRU has two biases in ours as well: its hidden bias is the last block of ``bias_hh``.
    Biases that are absent are left out.
    """
    arrays = {"head.weight": gradient["head.W"].T, "head.bias": gradient["head.b"]}
    for layer in range(len(network.widths)):
        weights = gradient.group(f"l{layer}")
        hidden = weights["b"].copy()
        if "bn" in weights:
            hidden[-len(weights["bn"]) :] = weights["bn"]
        arrays |= {
            f"rnn.weight_ih_l{layer}": weights["Wx"].T,
            f"rnn.weight_hh_l{layer}": weights["Wh"].T,
            f"rnn.bias_ih_l{layer}": weights["b"],
            f"rnn.bias_hh_l{layer}": hidden,
        }
    return _without_absent(network, arrays)


def from_torch(
    arrays: Mapping[str, Any],
    source: str | Path,
    *,
    cell: str = "vanilla",
    nonlinearity: str = "tanh",
    readout: type[Readout] = SquaredError,
) -> Network:
    """A network of the shapes and values of ``arrays``; arrays under other names may lie beside them.

    The two biases add up to our one. Modules made with ``bias=False`` have none; ours are then absent.

    Arguments:
        cell: the name in CELLS of the one that is meant, where several have these shapes.
        nonlinearity: what its units apply, where there is a choice.

    Raises:
        DataError: a name is missing or one too many, an array is not of finite floats, or a shape does not
            fit the others; it names ``source``.
    """
    layers, own = _structure(arrays, source)
    biases = any(name.startswith("rnn.bias_") for name in arrays)
    found = {
        name: _floats(source, arrays, name, axes)
        for name, axes in _expected(layers)
        if name in arrays or not ("bias" in name and (name == "head.bias" or not biases))
    }
    widths = tuple(found[f"rnn.weight_hh_l{layer}"].shape[1] for layer in range(layers))
    unit = _cell(found["rnn.weight_hh_l0"].shape, own, source, (cell, *CELLS), nonlinearity)
    for layer, width in enumerate(widths):
        name, shape = f"rnn.weight_hh_l{layer}", (unit.gates * width, width)
        _refuse_other(source, name, found[name], shape, unit)
    inputs, outputs = found["rnn.weight_ih_l0"].shape[1], len(found["head.weight"])
    absent = _absent(unit, layers, found)
    network = Network(inputs, widths, outputs, cell=unit, readout=readout, absent=absent)
    for name, expected in to_torch(network).items():
        if name not in found:
            found[name] = _floats(source, arrays, name, ("row", "column")[: expected.ndim])
        _refuse_other(source, name, found[name], expected.shape, unit)
    for layer in range(layers):
        _fill(network.parameters.group(f"l{layer}"), found, layer, source)
    head = network.parameters.group("head")
    head["W"][...] = found["head.weight"].T
    if "head.bias" in found:
        head["b"][...] = found["head.bias"]
    return network


def _fill(weights: Weights, found: Mapping[str, Array], layer: int, source: str | Path) -> None:
    names = [name.format(layer) for name in LAYER_NAMES]
    weights["Wx"][...], weights["Wh"][...] = found[names[0]].T, found[names[1]].T
    for name in weights.keys() - _SHARED:
        weights[name][...] = found[f"rnn.{name}_l{layer}"]
    if names[2] not in found:
        return
    bias_ih, bias_hh = found[names[2]], found[names[3]].copy()
    if "bn" in weights:
        weights["bn"][...] = bias_hh[-len(weights["bn"]) :]
        bias_hh[-len(weights["bn"]) :] = 0.0
    with np.errstate(over="ignore"):
        np.add(bias_ih, bias_hh, out=weights["b"])
    if not np.isfinite(weights["b"]).all():
        raise DataError(source, names[3], f"expected a finite sum with {names[2]}")


def _structure(arrays: Mapping[str, Any], source: str | Path) -> tuple[int, set[str]]:
    """How many layers there are, and the weights of theirs that PyTorch has no name for."""
    layers, own = 1, set()
    known = {name for kind in CELLS.values() for name in _own(kind())}
    for name in sorted(name for name in arrays if name.startswith(("rnn.", "head."))):
        match = _OF_LAYER.fullmatch(name)
        if match is not None and match[1] in _PYTORCHS | known:
            layers = max(layers, int(match[2][:9]) + 1)
            own |= {match[1]} - _PYTORCHS
        elif name not in HEAD_NAMES:
            raise DataError(source, name, _strange(name))
    return layers, own


def _strange(name: str) -> str:
    if name.endswith("_reverse"):
        return "belongs to a bidirectional network; expected one that reads in one direction"
    if name.startswith("rnn.weight_hr_l"):
        return "is the projection of an LSTM made with proj_size; expected one without"
    one, more = (", ".join(names).format(*"0000") for names in (LAYER_NAMES, HEAD_NAMES))
    return f"is not among the arrays that are read: {one}, the same with l1, l2, … for more layers, {more}"


def _expected(layers: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    """PyTorch's names for so many layers, and the axes of each."""
    for layer in range(layers):
        below = "unit below" if layer else "input"
        axes = (("row", below), ("row", "unit before"), ("row",), ("row",))
        yield from zip((name.format(layer) for name in LAYER_NAMES), axes, strict=True)
    yield from zip(HEAD_NAMES, (("output", "unit"), ("output",)), strict=True)


def _floats(source: str | Path, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> Array:
    if name in arrays and (dtype := np.asarray(arrays[name]).dtype).name not in FLOATS:
        raise DataError(source, name, f"expected {', '.join(FLOATS[:-1])} or {FLOATS[-1]}, found {dtype}")
    return numeric(source, arrays, name, axes)


def _cell(
    shape: tuple[int, ...], own: set[str], source: str | Path, names: tuple[str, ...], nonlinearity: str
) -> Cell:
    """The first cell of these names whose W_h may have this ``shape``."""
    height, width = shape
    for kind in (CELLS[name] for name in names):
        if kind.gates * width == height and own == set(_own(kind())):
            return kind(nonlinearity if nonlinearity in kind.nonlinearities else kind.nonlinearities[0])
    rows_of = {kind.title: "H" if kind.gates == 1 else f"{kind.gates}H" for kind in CELLS.values()}
    allowed = " or ".join(f"({rows}, H) for {title}" for title, rows in rows_of.items())
    hint = ", which looks transposed" if any(kind.gates * height == width for kind in CELLS.values()) else ""
    raise DataError(source, "rnn.weight_hh_l0", f"expected the shape {allowed}, found {shape}{hint}")


def _absent(cell: Cell, layers: int, found: Mapping[str, Array]) -> set[str]:
    """The biases that are not among the arrays that were ``found``, by our names."""
    absent = set() if "head.bias" in found else {"head.b"}
    for layer in range(layers):
        if f"rnn.bias_ih_l{layer}" not in found:
            absent |= {f"l{layer}.{name}" for name in ("b", "bn") if name in cell.roles}
    return absent


def _without_absent(network: Network, arrays: dict[str, Array]) -> dict[str, Array]:
    """Without the names of biases that the network does not have."""
    gone = {"head.bias"} if "head.b" in network.absent else set()
    for layer in range(len(network.widths)):
        if f"l{layer}.b" in network.absent:
            gone |= {name.format(layer) for name in LAYER_NAMES[2:]}
    return {name: array for name, array in arrays.items() if name not in gone}


def _own(cell: Cell) -> tuple[str, ...]:
    """The weights of a cell that PyTorch has no name for."""
    return tuple(name for name in cell.shapes(1, 1) if name not in _SHARED)


def _refuse_other(source: str | Path, name: str, array: Array, shape: tuple[int, ...], cell: Cell) -> None:
    if array.shape == shape:
        return
    of = "" if name in HEAD_NAMES else f" for {cell.title}"
    wanted, turned = str(shape), array.T.shape
    if name in _FREE:  # any length would do there, and the one that was found tells nothing
        axis, what = _FREE[name]
        rows, columns = (what if place == axis else length for place, length in enumerate(shape))
        wanted = f"({rows}, {columns})"
        turned = (*turned[:axis], shape[axis], *turned[axis + 1 :])
    hint = ", which looks transposed" if turned == shape else ""
    raise DataError(source, name, f"expected the shape {wanted}{of}, found {array.shape}{hint}")
