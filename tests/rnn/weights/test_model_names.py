"""The names of somebody's own model: found, kept, and told as they are."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.errors import DataError
from rnn.model.readout import SquaredError
from rnn.weights import Names, named_weights, network_of
from tests.rnn.weights.names import drawn


@pytest.mark.parametrize(
    ("prefix", "head"), [("rnn.lstm.", "rnn.fc"), ("head.", "out"), ("", "head"), ("a.rnn.", "b.head")]
)
def test_an_array_is_told_by_its_own_name(prefix: str, head: str) -> None:
    network = drawn()
    arrays = named_weights(network, Names(prefix, head))
    found, names = network_of(arrays, "w.npz", nonlinearity="tanh", readout=SquaredError)
    assert names == Names(prefix, head)
    assert found.parameters.vector.tobytes() == network.parameters.vector.tobytes()
    for name, shape in ((f"{head}.weight", (4, 9)), (f"{prefix}bias_hh_l0", (7,))):
        with pytest.raises(DataError) as refusal:
            network_of(arrays | {name: np.ones(shape)}, "w.npz", readout=SquaredError)
        assert str(refusal.value).startswith(f"w.npz, {name}: expected the shape ")
    with pytest.raises(DataError, match=r"w\.npz: expected an array ") as missing:
        network_of({n: a for n, a in arrays.items() if "weight_hh" not in n}, "w.npz", readout=SquaredError)
    assert f"expected an array {prefix}weight_hh_l0 (row, unit before), found " in str(missing.value)


def test_what_computes_nothing_is_not_listed_as_unused() -> None:
    beside = {"norm.weight": np.ones(3), "epoch": np.array(3), "steps": np.array([1, 2])}
    arrays = named_weights(drawn()) | beside
    _, names = network_of(arrays, "w.npz", nonlinearity="tanh", readout=SquaredError)
    assert names.unused == ("norm.weight", "steps")
    assert names.notes == ("Not used: norm.weight, steps; the network as read has no normalization",)
    assert Names().notes == ()
