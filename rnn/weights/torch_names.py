"""A network as PyTorch names and shapes its weights, and back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.errors import DataError
from rnn.files.stored import kind_of_array, numeric, refuse_other_axes, refuse_too_many
from rnn.model.cells import CELLS, Cell, Weights
from rnn.model.network import Network
from rnn.model.parameters import Parameters
from rnn.model.readout import Readout, SquaredError

LAYER_NAMES = ("rnn.weight_ih_l{}", "rnn.weight_hh_l{}", "rnn.bias_ih_l{}", "rnn.bias_hh_l{}")
HEAD_NAMES = ("head.weight", "head.bias")
FLOATS = ("float16", "float32", "float64")
_OF_LAYER = re.compile(r"rnn\.(\w+)_l(0|[1-9]\d*)")
_PYTORCHS = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}
_FREE = {"rnn.weight_ih_l0": (1, "inputs"), "head.weight": (0, "outputs")}
_MATRICES, _BIASES = ("Wx", "Wh"), ("b", "bn")  # the weights of a cell that PyTorch has a name for


def to_torch(network: Network) -> dict[str, Array]:
    """The weights as ``torch.nn.RNN``, ``GRU`` or ``LSTM`` and ``torch.nn.Linear`` name and shape them.

    PyTorch has two biases where our equations have one: ours is ``bias_ih``, and ``bias_hh`` is zero. The
    candidate of a GRU has two in ours as well: its hidden bias is the third block of ``bias_hh``. A weight
    that PyTorch has no name for is ``rnn.NAME_l0``, in our own shape. Biases that are absent are left out.
    """
    return _named(network, network.parameters, in_both=False)


def gradients_in_torch_names(network: Network, gradient: Parameters) -> dict[str, Array]:
    """Gradients as PyTorch names and shapes them: both of its biases get that of our one.

    The candidate of a GRU has two biases in ours as well: its hidden bias is the last block of ``bias_hh``.
    Biases that are absent are left out.
    """
    return _named(network, gradient, in_both=True)


def _named(network: Network, parameters: Parameters, *, in_both: bool) -> dict[str, Array]:
    """Copies of what ``parameters`` hold, our bias as ``bias_ih`` alone or as both."""
    arrays: dict[str, Array] = {}
    for layer in range(len(network.widths)):
        weights = parameters.group(f"l{layer}")
        ours = [weights["Wx"].T, weights["Wh"].T]
        if f"l{layer}.b" in network.present:
            bias_hh = weights["b"].copy() if in_both else np.zeros_like(weights["b"])
            if "bn" in weights:
                bias_hh[-len(weights["bn"]) :] = weights["bn"]
            ours += [weights["b"], bias_hh]
        arrays |= {name.format(layer): array.copy() for name, array in zip(LAYER_NAMES, ours, strict=False)}
        arrays |= {f"rnn.{name}_l{layer}": weights[name].copy() for name in _own(weights)}
    arrays["head.weight"] = parameters["head.W"].T.copy()
    if "head.b" in network.present:
        arrays["head.bias"] = parameters["head.b"].copy()
    return arrays


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
    axes: dict[str, tuple[str, ...]] = {}
    found: dict[str, Any] = {}
    for name, its in _expected(layers):
        if name in arrays or not ("bias" in name and (name == "head.bias" or not biases)):
            axes[name], found[name] = its, _floats(source, arrays, name, its)
    widths = tuple(found[f"rnn.weight_hh_l{layer}"].shape[1] for layer in range(layers))
    meant = [kind for kind in map(CELLS.__getitem__, (cell, *CELLS)) if _fits(kind, own, biases)]
    unit = _cell(found["rnn.weight_hh_l0"].shape, meant, source, nonlinearity)
    for layer, width in enumerate(widths):
        name, shape = f"rnn.weight_hh_l{layer}", (unit.gates * width, width)
        _refuse_other(source, name, found[name], shape, unit)
    refuse_too_many(source, found)
    inputs, outputs = found["rnn.weight_ih_l0"].shape[1], found["head.weight"].shape[0]
    absent = _absent(unit, layers, found)
    network = Network(inputs, widths, outputs, cell=unit, readout=readout, absent=absent)
    for name, expected in to_torch(network).items():
        if name not in found:
            axes[name] = ("row", "column")[: expected.ndim]
            found[name] = _floats(source, arrays, name, axes[name])
        _refuse_other(source, name, found[name], expected.shape, unit)
    found = {name: numeric(source, found, name, axes[name]) for name in found}  # now they are read
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
    for name in _own(weights):
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
    known = {name for kind in CELLS.values() for name in _own(kind().shapes(1, 1))}
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


def _floats(source: str | Path, arrays: Mapping[str, Any], name: str, axes: tuple[str, ...]) -> Any:
    """The array ``name``, not read yet, which has floats and these axes."""
    if name in arrays and arrays[name].dtype.name not in FLOATS:
        found = kind_of_array(arrays[name])
        raise DataError(source, name, f"expected {', '.join(FLOATS[:-1])} or {FLOATS[-1]}, found {found}")
    refuse_other_axes(source, arrays, name, axes)
    return arrays[name]


def _fits(kind: type[Cell], own: set[str], biases: bool) -> bool:
    """Whether a cell has just these weights that PyTorch has no name for, and biases where there are some."""
    weights = kind().shapes(1, 1)
    return own == set(_own(weights)) and (not biases or "b" in weights)


def _cell(shape: tuple[int, ...], meant: Sequence[type[Cell]], source: str | Path, nonlinearity: str) -> Cell:
    """The first that is ``meant`` and whose W_h may have this ``shape``."""
    height, width = shape
    for kind in meant:
        if kind.gates * width == height:
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
            absent |= {f"l{layer}.{name}" for name in cell.shapes(1, 1) if name in _BIASES}
    return absent


def _own(weights: Collection[str]) -> tuple[str, ...]:
    """Those of a cell's ``weights`` that PyTorch has no name for."""
    shared = (*_MATRICES, *_BIASES) if "b" in weights else _MATRICES
    return tuple(name for name in weights if name not in shared)


def _refuse_other(source: str | Path, name: str, array: Array, shape: tuple[int, ...], cell: Cell) -> None:
    if array.shape == shape:
        return
    of = "" if name in HEAD_NAMES else f" for {cell.title}"
    wanted, turned = str(shape), array.shape[::-1]
    if name in _FREE:  # any length would do there, and the one that was found tells nothing
        axis, what = _FREE[name]
        rows, columns = (what if place == axis else length for place, length in enumerate(shape))
        wanted = f"({rows}, {columns})"
        turned = (*turned[:axis], shape[axis], *turned[axis + 1 :])
    hint = ", which looks transposed" if turned == shape else ""
    raise DataError(source, name, f"expected the shape {wanted}{of}, found {array.shape}{hint}")
