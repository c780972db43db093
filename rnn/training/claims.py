"""What somebody's own model answers on sequences, beside what it answers as it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnn.array import Array
from rnn.data.initial_states import start_states
from rnn.data.tasks.base import Sequences
from rnn.errors import DataError
from rnn.model.network import Network
from rnn.model.readout import log_softmax
from rnn.number_format import short

TOLERANCE = 1e-4  # relative; what float32 rounds is a hundredth of it
AT_ONCE = 256  # sequences, so that many need no more memory than few
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the network as read answers otherwise than the model that it was read from.

    Attributes:
        name: the array of the file that tells.
        place: where in it; empty for all of it.
        theirs, ours: the two figures.
    """

    name: str
    place: str
    theirs: float
    ours: float

    def __str__(self) -> str:
        at = f" at {self.place}," if self.place else ""
        theirs, ours = short(self.theirs, DIGITS), short(self.ours, DIGITS)
        return f"{self.name}{at} is {theirs} in the file and {ours} in the network as it was read"

    def error(self, file: object, assumed: Sequence[str]) -> DataError:
        """That ``file`` tells of it, with what was ``assumed`` in reading the model."""
        return DataError(file, "", ". ".join((f"{self}: that is another network", *assumed[:1])))


def difference(network: Network, sequences: Sequences, file: object) -> Difference | None:
    """Where ``network`` answers otherwise than it should on ``sequences``, by `TOLERANCE` relative.

    None where it does not, or where the ``file`` of the sequences does not say what it should answer.

    Raises:
        DataError: that has other axes than the answers of this network.
    """
    claims = sequences.claims
    if not claims:
        return None
    parts = [slice(begin, begin + AT_ONCE) for begin in range(0, sequences.count, AT_ONCE)]
    batches = [sequences.batch(part) for part in parts]
    starts = [start_states(network, sequences, part) for part in parts]
    with np.errstate(all="ignore"):
        outputs = [network.forward(*pair).output for pair in zip((b.x for b in batches), starts, strict=True)]
        if "output" in claims:
            output = np.concatenate(outputs, axis=1)
            if found := _of_output(
                network, sequences, _shaped(file, claims["output"], output, sequences), output
            ):
                return found
        if "loss" in claims:
            sums = (network.readout.losses(*pair).sum() for pair in zip(outputs, batches, strict=True))
            ours = network.readout.torch_scale(network.outputs) * float(sum(sums)) / sequences.scores
            theirs = float(claims["loss"])
            if not abs(ours - theirs) <= TOLERANCE * abs(theirs):
                return Difference("loss", "", theirs, ours)
    return None


def _shaped(file: object, given: Array, output: Array, sequences: Sequences) -> Array:
    """The answers that are ``given``, as ``output`` (T, N, O); those of one step a sequence at every step."""
    T, N, O = output.shape  # noqa: E741
    shape = (*given.shape, 1) if O == 1 and given.shape[-1:] != (1,) else given.shape
    if shape == (N, T, O):
        return given.reshape(shape).swapaxes(0, 1)
    if shape == (N, O) and sequences.scores == N:
        return np.broadcast_to(given.reshape(shape), output.shape)
    wanted = f"the shape {(N, T, O)}, as the network answers"
    raise DataError(file, "output", f"expected {wanted}, found {given.shape}")


def _of_output(network: Network, sequences: Sequences, theirs: Array, output: Array) -> Difference | None:
    """The largest difference of scored answers; those of a softmax may be what is made of its logits."""
    scored = np.ones(output.shape[:2], dtype=bool) if sequences.scored is None else sequences.scored
    forms = [output]
    if network.readout.classes:
        forms += [log_softmax(output), np.exp(log_softmax(output))]
    allowed = TOLERANCE * np.abs(theirs[scored]).max()
    missed = [np.where(scored[:, :, None], np.abs(form - theirs), 0.0) for form in forms]
    if any(each.max() <= allowed for each in missed):
        return None
    t, n, o = np.unravel_index(int(np.argmax(missed[0])), output.shape)
    place = f"sequence {n}, time step {t}, output {o}, counted from 0"
    return Difference("output", place, float(theirs[t, n, o]), float(output[t, n, o]))
