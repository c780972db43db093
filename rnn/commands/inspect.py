"""inspect: where the gradient of somebody's own network goes, without a window."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from rnn.commands.arguments import Parser
from rnn.commands.guard import guarded, say
from rnn.commands.interrupts import interrupts
from rnn.commands.progress import ProgressLine
from rnn.data.initial_states import refuse_unfit_start, start_states
from rnn.data.tasks import Sequences
from rnn.data.tasks.brought import holds_classes, other_reading, sequences_of
from rnn.errors import DataError, ScopeError, Undecided
from rnn.files import claimed, tidy, write_all
from rnn.files.npz import read_npz
from rnn.files.stored import kind_of_array, place
from rnn.model.cells import CELLS
from rnn.model.network import Network
from rnn.model.nonlinearities import NONLINEARITIES
from rnn.model.readout import READOUTS, Readout
from rnn.number_format import counted, listed
from rnn.report.inspection import ALL, OF_WEIGHTS, Report, bare, inspect, names_of, of_weights
from rnn.report.summary import summary
from rnn.training.claims import difference
from rnn.weights import Names, network_of, npz_bytes, read_weights, to_torch

DESCRIPTION = """\
Measure a recurrent network that you trained elsewhere: where its gradient goes, and how far back.

MODEL is an .npz or .safetensors file with PyTorch's names: any prefix before weight_ih_l0 (of a cell,
weight_ih), and one linear layer as the readout. What else is in the file is not used, and the summary says
so; biases that it does not have are zero. Without --data only what the weights tell is measured. The summary
goes to stdout, and says first what the files do not tell and was assumed.

DATA is an .npz file with x (sequences, time steps, inputs) and y (sequences, time steps, outputs), or class
numbers from 0 on, integers (sequences, time steps); y (sequences, outputs), or class numbers (sequences), are
one answer a sequence, at its last scored time step. mask (sequences, time steps) is 1 where a time step is
scored, as one or more of each sequence must be; h0_l0, h0_l1, … and c0_l0, … (sequences, units) are the
states that the sequences begin in, zero where they are left out. output (sequences, time steps, outputs) and
loss, PyTorch's mean, may be those of your own model: where the network as read answers otherwise by 1e-4
relative, nothing is measured. What is held out, such as x_validation, is not measured. All sequences form one
batch: loss, loss_terms, output, the hidden states, every grad.NAME and the lags are of the whole batch, the
rest is of one sequence.

The loss is the mean over the scored time steps, of half the square of what is missed, summed over the outputs
(nn.MSELoss and its gradients are 2/outputs times that), or of nll (nn.CrossEntropyLoss). The norm of its
gradient counts bias_ih and bias_hh each; train has one bias for the two, and a smaller norm.

In the report, time comes first:
  loss, loss_torch (PyTorch's mean), loss_terms (T), output (T, N, O), hidden_l0 and cell_l0 (T, N, H),
  grad.NAME                               the gradient by the array that the model calls NAME
  dL_dh_norm_l0, dL_dc_norm_l0 (T)        the norm of the gradient by the state of each time step
  dL_doutput_norm_l0 (T)                  of the part that the layers above send back to that very time step
  dLi_dhj_norm_l0, dLi_dcj_norm_l0 (T, T) of the loss of time step i by the state of time step j, NaN above
                                          the diagonal
  lag_contribution_weight_hh_norm (T)     of the part of that gradient that came from n time steps back
  lag_left_weight_hh_norm (T+1)           of what is missing of it without any, with one, … of these parts
  jacobian_singular_values (T, H)         of each time step's Jacobian, largest first; row 0 is the first's
  dhT_dhj_spectral_norm                   of the Jacobian of the state at the last scored time step by that of
                                          each one up to it
  eigenvalues_weight_hh, singular_values_weight_hh (H), or (gates, H)
With more than one layer each of them ends in its layer, such as _l0. For an LSTM the Jacobians are those of h
and c together, and the gradient by h is told apart from that by c.
"""
EPILOG = """\
examples:
  python3 main.py inspect mine.safetensors --out weights.npz
  python3 main.py inspect mine.npz --data batch.npz --loss nll --head decoder --out report.npz --csv figures

exit codes:
  0 measured, 2 an argument or a file is wrong and nothing was written, or the summary cannot be written to
  stdout, with the report in its place; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by SIGHUP, with the whole
  report or nothing.
"""


def main(arguments: Sequence[str]) -> int:
    """Measure as the arguments say and return the exit code; a mistake is one sentence on stderr."""
    return guarded(run, arguments)


def run(arguments: Sequence[str]) -> int:
    """Measure, write the report and print the summary.

    Raises:
        ScopeError: an argument or a file is wrong and nothing was written, or stdout cannot be written.
    """
    options = _parser().parse_args(arguments)
    _refuse_outputs(options)
    data = _data(options)
    network, names = _network(options, data)
    sequences = None if data is None else _sequences(options, data, network, names)
    wanted = _wanted(options, network, names)
    if sequences is None:
        report = of_weights(network, wanted)
    else:
        report = _measured(network, names, sequences, options.sequence or 0, wanted)
    notes = () if sequences is None else sequences.notes
    text = summary(network, report, names, notes)
    with interrupts() as interrupt:
        _write(options, report)
    interrupt.raise_it()
    say(text, sys.stdout)
    return 0


def _measured(
    network: Network, names: Names, sequences: Sequences, number: int, wanted: Collection[str]
) -> Report:
    """What is ``wanted`` of all sequences as one batch, and of that with this ``number``."""
    if not 0 <= number < sequences.count:
        raise ScopeError(f"--sequence must be from 0 to {sequences.count - 1:,}, not {number:,}")
    everything, line = slice(0, sequences.count), ProgressLine(sys.stderr)
    batch, start = sequences.batch(everything), start_states(network, sequences, everything)
    try:
        with np.errstate(all="ignore"):
            return inspect(network, batch, start, number, names, wanted=wanted, told=line.say_now_and_then)
    finally:
        line.end()


def _wanted(options: Any, network: Network, names: Names) -> Collection[str]:
    """What --only names, or everything."""
    if options.only is None:
        return ALL
    there = names_of(network) if options.data else OF_WEIGHTS
    asked = [name.strip() for name in options.only.split(",")]
    gradients = [f"grad.{name}" for name in names.renamed(to_torch(network))] if options.data else []
    known = {*there, *gradients, *map(bare, gradients)}
    for name in asked:
        if name not in known and bare(name) not in known:
            raise ScopeError(f"--only takes {listed(there, 14)}, not {name!r}")
    return asked


def _parser() -> Parser:
    parser = Parser("inspect", DESCRIPTION, EPILOG)
    parser.add_argument("model", metavar="MODEL", help="the weights, .npz or .safetensors")
    parser.add_argument("--data", metavar="DATA.npz", help="the batch to measure it on")
    parser.add_argument("--cell", choices=tuple(CELLS), help="found from the shapes where it is not given")
    parser.add_argument(
        "--nonlinearity",
        choices=tuple(NONLINEARITIES),
        help="of a vanilla cell, whose file does not tell; tanh is assumed where it is not given",
    )
    parser.add_argument(
        "--loss", choices=tuple(READOUTS), help="mse, or nll for class numbers, which is found from y"
    )
    parser.add_argument(
        "--rnn",
        metavar="PREFIX",
        default="",
        help="the recurrent module, before .weight_ih_l0, where there are several: it alone, from zero",
    )
    parser.add_argument(
        "--head",
        metavar="NAME",
        default="",
        help="the readout, before .weight, where several layers fit or where it may be an embedding",
    )
    parser.add_argument(
        "--sequence",
        metavar="N",
        type=int,
        help="the one that is looked at by itself, counted from 0: sequence 1 of the window is 0; 0 by "
        "default",
    )
    parser.add_argument(
        "--only",
        metavar="NAME[,NAME…]",
        help="measure and write these arrays alone, in all layers, such as lag_left_weight_hh_norm; grad is "
        "every grad.NAME",
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


def _data(options: Any) -> dict[str, Any] | None:
    """The arrays of --data; None without it, where nothing may be asked for that needs it."""
    if options.data:
        return read_npz(options.data)
    for name, value in (("--sequence", options.sequence), ("--loss", options.loss)):
        if value is not None:
            raise ScopeError(f"{name} needs --data; without it the weights alone are measured")
    return None


def _network(options: Any, data: Mapping[str, Any] | None) -> tuple[Network, Names]:
    """The network of the options, with the readout that fits y."""
    try:
        network, names = network_of(
            read_weights(options.model),
            options.model,
            rnn=options.rnn,
            head=options.head,
            cell=options.cell or "vanilla",
            nonlinearity=options.nonlinearity or "",
            readout=_readout(options.loss, data),
        )
    except Undecided as error:
        raise error.told(f"name {{}} with {error.setting.replace('model.', '--')}") from None
    _refuse_other_cell(options, network, names)
    return network, names


def _readout(loss: str | None, data: Mapping[str, Any] | None) -> type[Readout]:
    has_classes = data is not None and "y" in data and holds_classes(data["y"])
    name = loss or ("nll" if has_classes else "mse")
    if data is not None and "y" in data and READOUTS[name].classes != has_classes:
        wanted = "as integers, which are class numbers" if READOUTS[name].classes else "as numbers"
        found = f"{kind_of_array(data['y'])} of the shape {data['y'].shape}"
        raise ScopeError(f"--loss {name} needs y {wanted}, found {found}")
    return READOUTS[name]


def _refuse_other_cell(options: Any, network: Network, names: Names) -> None:
    wanted = CELLS[options.cell] if options.cell else type(network.cell)
    if type(network.cell) is not wanted:
        raise DataError(
            options.model,
            names.own("rnn.weight_hh_l0"),
            f"expected the shape of the cell {options.cell}, found that of {network.cell.title}",
        )
    if options.nonlinearity and options.nonlinearity not in network.cell.nonlinearities:
        raise ScopeError(f"--nonlinearity is tanh in {network.cell.title}, not {options.nonlinearity}")


def _sequences(options: Any, data: Mapping[str, Any], network: Network, names: Names) -> Sequences:
    """What is in the file beside what is held out, where it fits the network."""
    file = options.data
    sequences = sequences_of(file, data)
    if sequences.inputs != network.inputs:
        reason = f"expected {counted(network.inputs, 'input')} as in the model, found {sequences.inputs}"
        raise DataError(file, "x", reason)
    if network.readout.classes:
        _refuse_other_classes(file, sequences.y, network.outputs)
    elif (outputs := sequences.y.shape[2]) != network.outputs:
        reason = f"expected {counted(network.outputs, 'output')} as in the model, found {outputs}"
        raise DataError(file, "y", reason + other_reading(sequences, network.outputs))
    refuse_unfit_start(network, sequences, file)
    if found := difference(network, sequences, file):
        raise found.error(file, names.assumed)
    return sequences


def _refuse_other_classes(file: str, y: Any, outputs: int) -> None:
    """Raise DataError where one of the class numbers ``y`` (T, N) is none of the model's."""
    beyond = np.argwhere(y.swapaxes(0, 1) >= outputs)
    if len(beyond):
        sequence, step = beyond[0]
        classes = f"0 to {outputs - 1}" if outputs > 1 else "0 alone"
        raise DataError(
            file,
            place("y", ("sequence", "time step"), beyond[0]),
            f"expected one of the model's classes, {classes}, since they count from 0; "
            f"found {y[step, sequence]}",
        )


def _write(options: Any, report: Report) -> None:
    """Write the report, and the tables where they are asked for: all, or nothing."""
    files = {Path(options.out): npz_bytes(report.arrays)}  # type: ignore[arg-type]
    if options.csv is None:
        write_all(files)
        return
    folder = Path(options.csv)
    # A model may call its arrays by what would lead out of the folder.
    tables = {f"{quote(name, safe='')}.csv": _csv(array) for name, array in report.arrays.items()}
    beside = {folder / name: table for name, table in tables.items()}
    with claimed(folder):
        _refuse_stale(folder, tables)
        tidy(beside)
        write_all(files | beside)


def _refuse_stale(folder: Path, tables: Mapping[str, bytes]) -> None:
    """Raise DataError where tables of another report would be left beside those of this one."""
    there = sorted(os.listdir(folder)) if folder.is_dir() else []
    for name in there:
        figure, ending = os.path.splitext(name)
        is_table = ending == ".csv" and (figure.startswith("grad.") or bare(figure) in ALL)
        if is_table and name not in tables:
            reason = "is of another report and would be mixed with this one; name another --csv, or empty it"
            raise DataError(folder / name, "", reason)


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
