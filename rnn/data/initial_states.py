"""The states that sequences begin in: zero, but for those that their file gives."""

from __future__ import annotations

from rnn.data.tasks.base import STATE_LETTERS, Sequences, start_name
from rnn.errors import DataError
from rnn.model.batch import Classes
from rnn.model.network import Network, States


def start_states(network: Network, sequences: Sequences, numbers: slice | Classes) -> States:
    """What the sequences of these ``numbers``, counted from 0, begin in where no state is carried into them.

    For each layer its states, each array (B, H): h_0, then an LSTM's c_0; zero where none is given.
    """
    if isinstance(numbers, slice):
        states = network.start(len(range(*numbers.indices(sequences.count))))
    else:
        states = network.start(len(numbers))
    if sequences.start:
        for layer, arrays in enumerate(states):
            for letter, array in zip(STATE_LETTERS, arrays, strict=False):
                given = sequences.start.get(start_name(letter, layer))
                if given is not None:
                    array[...] = given[numbers]
    return states


def refuse_unfit_start(network: Network, sequences: Sequences, file: object, ending: str = "") -> None:
    """Raise DataError where a given state is none of this network's, or of another shape.

    Arguments:
        file, ending: where the states are from, and what their names end in there.
    """
    letters = STATE_LETTERS[: network.cell.states]
    fitting = {
        start_name(letter, layer): (sequences.count, width)
        for layer, width in enumerate(network.widths)
        for letter in letters
    }
    for name, given in sequences.start.items():
        if name not in fitting:
            reason = f"is not among the states that this network begins in: {', '.join(fitting)}"
            raise DataError(file, name + ending, reason)
        if given.shape != fitting[name]:
            reason = f"expected the shape {fitting[name]} as in the network, found {given.shape}"
            raise DataError(file, name + ending, reason)
