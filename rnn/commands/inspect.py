"""inspect: where the gradient of somebody's own network goes, without a window."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rnn.array import Array
from rnn.batch import Batch
from rnn.cells import CELLS
from rnn.commands.arguments import Parser
from rnn.commands.guard import guarded
from rnn.errors import DataError, ScopeError
from rnn.files import scratch, write_all
from rnn.inspection import Report, inspect, of_weights
from rnn.inspection_summary import summary
from rnn.network import Network, States
from rnn.nonlinearities import NONLINEARITIES
from rnn.npz import numeric, read_npz
from rnn.readout import READOUTS, Readout
from rnn.tasks.data_file import classes
from rnn.weights import network_of, npz_bytes, read_weights

DESCRIPTION = """\
Measure a recurrent network that you trained elsewhere: where its gradient goes, and how far back.

MODEL is an .npz or .safetensors file with PyTorch's names: any prefix before weight_ih_l0, and a linear layer
as the readout. Without --data only what the weights tell is measured. The summary goes to stdout.

DATA is an .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs), or class
numbers (sequences, time steps); h0_l0, h0_l1, … and c0_l0, … (sequences, units) are the states that the
sequences begin in, zero where they are left out. All sequences form one batch: loss, loss_terms, output, the
hidden states, every grad.NAME and the lags are of the whole batch, the rest is of one sequence of it.

In the report, time comes first:
  loss, loss_terms (T), output (T, N, O), hidden_l0 and cell_l0 (T, N, H), grad.NAME as the model names it
  dL_dh_norm_l0, dL_dc_norm_l0 (T)        the norm of the gradient by the state of each step
  dLi_dhj_norm_l0, dLi_dcj_norm_l0 (T, T) of the loss of step i by the state of step j, NaN above the diagonal
  lag_contribution_weight_hh_norm (T)     of the part of the gradient of W_h that passed n Jacobians
  lag_left_weight_hh_norm (T+1)           of what is missing of it without any, with one, … of these parts
  jacobian_singular_values (T, H)         of each step's Jacobian, the largest first; row 0 is that of step 1
  dhT_dhj_spectral_norm (T)               of the Jacobian of the last state by the state of each step
  eigenvalues_weight_hh, singular_values_weight_hh (H), or (gates, H)
With more than one layer each of them ends in its layer, such as _l0. For an LSTM the Jacobians are those of h
and c together, and the gradient by h is told apart from that by c.
"""
EPILOG = """\
examples:
  python3 main.py inspect mine.safetensors --out weights.npz
  python3 main.py inspect mine.npz --data batch.npz --loss nll --head decoder --out report.npz --csv figures

exit codes: 0 measured, 2 an argument or a file is wrong, and nothing was written.
"""


def main(arguments: Sequence[str]) -> int:
    """Measure as the arguments say and return the exit code; a mistake is one sentence on stderr."""
    return guarded(run, arguments)


def run(arguments: Sequence[str]) -> int:
    """Measure, write the report and print the summary.

    Raises:
        ScopeError: an argument or a file is wrong; nothing was written.
    """
    options = _parser().parse_args(arguments)
    _refuse_outputs(options)
    data = read_npz(options.data) if options.data else None
    readout = _readout(options.loss, data)
    network, names = network_of(
        read_weights(options.model),
        options.model,
        head=options.head,
        cell=options.cell or "vanilla",
        nonlinearity=options.nonlinearity,
        readout=readout,
    )
    _refuse_other_cell(options, network)
    if data is None:
        report = Report(of_weights(network), None, 0)
    else:
        batch, start = _batch(options, data, network)
        if not 0 <= options.sequence < batch.x.shape[1]:
            last = batch.x.shape[1] - 1
            raise ScopeError(f"--sequence must be from 0 to {last:,}, not {options.sequence:,}")
        with np.errstate(all="ignore"):
            report = inspect(network, batch, start, options.sequence, names)
    text = summary(network, report)
    _write(options, report)
    print(text)
    return 0


def _parser() -> Parser:
    parser = Parser("inspect", DESCRIPTION, EPILOG)
    parser.add_argument("model", metavar="MODEL", help="the weights, .npz or .safetensors")
    parser.add_argument("--data", metavar="DATA.npz", help="the batch to measure it on")
    parser.add_argument("--cell", choices=tuple(CELLS), help="found from the shapes where it is not given")
    parser.add_argument(
        "--nonlinearity",
        choices=tuple(NONLINEARITIES),
        default="tanh",
        help="of a vanilla cell; tanh by default",
    )
    parser.add_argument(
        "--loss", choices=tuple(READOUTS), help="mse, or nll for class numbers, which is found from y"
    )
    parser.add_argument("--head", metavar="NAME", help="the readout, before .weight, where there are several")
    parser.add_argument(
        "--sequence",
        metavar="N",
        type=int,
        default=0,
        help="the one that is looked at by itself; 0 by default",
    )
    parser.add_argument("--out", metavar="REPORT.npz", required=True, help="the file to write")
    parser.add_argument("--csv", metavar="DIR", help="write each array as a CSV file too, into this folder")
    return parser


def _refuse_outputs(options: Any) -> None:
    if not options.out.lower().endswith(".npz"):
        raise ScopeError(f"--out must end in .npz, not {options.out!r}")
    for source in filter(None, (options.model, options.data)):
        if os.path.exists(options.out) and os.path.exists(source) and os.path.samefile(options.out, source):
            raise DataError(options.out, "", "is read by this command and would be written over")


def _readout(loss: str | None, data: dict[str, Any] | None) -> type[Readout]:
    has_classes = data is not None and "y" in data and np.ndim(data["y"]) == 2
    name = loss or ("nll" if has_classes else "mse")
    if data is not None and "y" in data and READOUTS[name].classes != has_classes:
        wanted = "class numbers (sequences, time steps)" if READOUTS[name].classes else "numbers with outputs"
        raise ScopeError(f"--loss {name} needs y as {wanted}, found the shape {np.shape(data['y'])}")
    return READOUTS[name]


def _refuse_other_cell(options: Any, network: Network) -> None:
    wanted = CELLS[options.cell] if options.cell else type(network.cell)
    if type(network.cell) is not wanted:
        raise DataError(
            options.model,
            "weight_hh_l0",
            f"expected the shape of the cell {options.cell}, found that of {network.cell.title}",
        )
    if options.nonlinearity not in network.cell.nonlinearities:
        raise ScopeError(f"--nonlinearity is tanh in a {network.cell.title}, not {options.nonlinearity}")


def _batch(options: Any, data: dict[str, Any], network: Network) -> tuple[Batch, States]:
    """The whole file as one batch, and the states that it begins in."""
    file, axes = options.data, ("sequence", "time step", "input")
    x = numeric(file, data, "x", axes)
    N, T, D = x.shape
    if network.inputs != D:
        raise DataError(file, "x", f"expected {network.inputs} inputs as in the model, found {D}")
    y = (
        classes(file, data, "y")
        if network.readout.classes
        else numeric(file, data, "y", (*axes[:2], "output"))
    )
    if y.shape[:2] != (N, T):
        raise DataError(file, "y", f"expected {N} sequences of {T} time steps as in x, found {y.shape[:2]}")
    outputs = int(y.max()) + 1 if network.readout.classes else y.shape[2]
    if outputs != network.outputs and not (network.readout.classes and outputs < network.outputs):
        what = "classes below" if network.readout.classes else "outputs:"
        raise DataError(file, "y", f"expected {what} {network.outputs} as in the model, found {outputs}")
    return Batch(x.swapaxes(0, 1), y.swapaxes(0, 1)), _start(file, data, network, N)


def _start(file: str, data: dict[str, Any], network: Network, N: int) -> States:
    states = network.start(N)
    known = {"x", "y"}
    for layer, width in enumerate(network.widths):
        for number, letter in enumerate("hc"[: network.cell.states]):
            name = f"{letter}0_l{layer}"
            known.add(name)
            if name in data:
                given: Array = numeric(file, data, name, ("sequence", "unit"))
                if given.shape != (N, width):
                    raise DataError(file, name, f"expected the shape {(N, width)}, found {given.shape}")
                states[layer][number][...] = given
    if unknown := sorted(data.keys() - known):
        raise DataError(
            file, unknown[0], f"is not among the arrays that are read: {', '.join(sorted(known))}"
        )
    return states


def _write(options: Any, report: Report) -> None:
    out = Path(options.out)
    content = npz_bytes(report.arrays)  # type: ignore[arg-type]
    scratch(out.parent).close()
    if options.csv is not None:
        tables = {f"{name}.csv": _csv(array) for name, array in report.arrays.items()}
        write_all(options.csv, tables)
    write_all(out.parent, {out.name: content})


def _csv(array: Any) -> bytes:
    """One row a time step; further axes side by side, their places in the header."""
    rows = array.reshape(len(array), -1) if array.ndim else array.reshape(1, 1)
    places = (
        [".".join(str(i) for i in place) for place in np.ndindex(*array.shape[1:])]
        if array.ndim > 1
        else [""]
    )
    lines = [",".join(["row", *(f"value{'_' + place if place else ''}" for place in places)])]
    lines += [",".join([str(number), *map(_number, row)]) for number, row in enumerate(rows.tolist())]
    return ("\n".join(lines) + "\n").encode()


def _number(value: complex | float) -> str:
    return repr(value).strip("()") if isinstance(value, complex) else repr(value)
