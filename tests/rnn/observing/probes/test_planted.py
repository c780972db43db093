"""Planted errors: each one is found in every cell, and none where it changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from rnn.array import Array
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.check_result import GradientCheck
from rnn.observing.probes.planted import PLANTED, planted_gradient
from tests.rnn.added_cells import ADDED, EVERY_CELL
from tests.rnn.observing.probes.checking import checked, some_network, some_target

KINDS = [(cell, nonlinearity) for cell in EVERY_CELL for nonlinearity in EVERY_CELL[cell].nonlinearities]
READS = {"slope", "carry", "transpose"}


def found(check: GradientCheck, name: str) -> set[str]:
    """The parameters by which the check finds a planted error."""
    return {row.name for row in check.rows if row.verdict(row.planted[name]).verdict == "differs"}


@pytest.mark.parametrize("widths", [(4,), (3, 2)])
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize(("cell", "nonlinearity"), KINDS)
def test_every_planted_error_is_found_and_the_real_gradient_passes(
    cell: str, nonlinearity: str, readout: str, widths: tuple[int, ...]
) -> None:
    network = some_network(1, widths, cell, nonlinearity, readout=readout)
    check = checked(network, some_target(network, 5, seed=2))
    assert check.complete
    assert check.problem is None
    assert [row.name for row in check.rows] == list(network.parameters)
    for row in check.rows:
        assert row.verdict(row.backprop).verdict == "agrees", row.name
    meaningless = ({"slope"} if cell in ADDED else set()) | ({"bias"} if cell == "unbiased" else set())
    planted = set(PLANTED) - meaningless
    assert set(check.planted) == planted
    for name in planted:
        if (name, nonlinearity) == ("slope", "identity"):
            continue
        where = found(check, name)
        assert where, f"{name} is not found"
        assert not any(row.startswith("head") for row in where)
    harmless = {"slope": "every slope is 1"} if nonlinearity == "identity" else {}
    assert dict(check.same) == harmless
    biases = {name for name in network.parameters if name.endswith(".b") and name != "head.b"}
    assert cell == "unbiased" or found(check, "bias") == biases
    assert {"l0.Wx", *biases} & {"l0.Wx", "l0.b"} <= found(check, "transpose")


def reason(check: GradientCheck, name: str) -> str:
    """Why the planted gradient is the true one; the check does not find it then."""
    assert found(check, name) == set()
    return check.same[name]


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_over_one_time_step_nothing_is_carried(cell: str) -> None:
    network = some_network(1, (4,), cell)
    for check in (
        checked(network, some_target(network, 1, seed=2)),
        checked(network, some_target(network, 6, seed=2), truncation=1),
    ):
        for name in ("carry", "transpose"):
            assert reason(check, name) == "the gradient passes through one time step only"
        assert set(check.same) == {"carry", "transpose"}
        assert cell == "unbiased" or found(check, "bias") == {"l0.b"}


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_symmetric_matrix_has_no_wrong_transpose(cell: str) -> None:
    network = some_network(1, (4,), cell)
    H, Wh = 4, network.parameters["l0.Wh"]
    for begin in range(0, Wh.shape[1], H):
        block = Wh[:, begin : begin + H]
        block[...] = block + block.T
    check = checked(network, some_target(network, 5, seed=2))
    assert reason(check, "transpose") == "Wₕ is symmetric"
    assert found(check, "carry")
    Wh[0, 1] += 0.01
    assert found(checked(network, some_target(network, 5, seed=2)), "transpose")


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_a_single_unit_has_no_wrong_transpose(cell: str) -> None:
    network = some_network(1, (1,), cell)
    assert reason(checked(network, some_target(network, 5, seed=2)), "transpose") == "Wₕ is a single number"


def test_units_that_are_all_at_work_have_the_slope_of_the_identity() -> None:
    network = some_network(1, (4,), "vanilla", "relu")
    weights = network.parameters
    for name in ("l0.Wx", "l0.Wh"):
        weights[name][...] = 0.1 * np.abs(weights[name])
    weights["l0.b"][...] = 5.0
    assert reason(checked(network, some_target(network, 4, seed=2)), "slope") == "every slope is 1"


def test_a_bias_without_a_gradient_can_be_forgotten() -> None:
    network = some_network(1, (3,), "vanilla", "identity")
    x, y = some_target(network, 2, seed=2)
    network.parameters["head.W"][...] = 0.0
    check = checked(network, (x, y))
    assert reason(check, "bias") == "the gradient of the bias is zero"


def test_a_network_without_biases_has_none_to_forget() -> None:
    drawn = some_network(1, (3,))
    absent = ("l0.b", "head.b")
    network = Network(drawn.inputs, drawn.widths, drawn.outputs, absent=absent)
    for name, weight in network.present.items():
        weight[...] = drawn.parameters[name]
    check = checked(network, some_target(network, 3, seed=2))
    assert [row.name for row in check.rows] == list(network.present)
    assert reason(check, "bias") == "the gradient of the bias is zero"


def test_a_gradient_of_zero_hides_every_error() -> None:
    network = some_network(1, (3,), "gru")
    x, _ = some_target(network, 4, seed=2)
    check = checked(network, (x, network.forward(x).output))
    assert {reason(check, name) for name in PLANTED} == {"the whole gradient is zero"}


def backpropagated(network: Network, T: int = 5) -> tuple[Array, dict[str, Array]]:
    """The true flat gradient, and those with an error."""
    x, y = some_target(network, T, seed=3)
    tape = network.forward(x)
    dy = (tape.output - y) / T
    right = network.backward(tape, dy).parameters.vector.copy()
    return right, {name: planted_gradient(name, network, tape, dy) for name in PLANTED}


def test_a_planted_error_is_in_a_copy() -> None:
    network = some_network(1, (3, 2), "lstm")
    before = network.parameters.vector.copy()
    right, wrong = backpropagated(network)
    for gradient in wrong.values():
        assert not np.allclose(gradient, right, rtol=1e-3)
    again, _ = backpropagated(network)
    np.testing.assert_array_equal(again, right)
    np.testing.assert_array_equal(network.parameters.vector, before)


def test_without_the_carry_each_step_learns_from_its_own_loss_alone() -> None:
    network = some_network(1, (3,), "gru")
    x, y = some_target(network, 5, seed=3)
    _, wrong = backpropagated(network)
    tape = network.forward(x)
    alone = network.backward(tape, (tape.output - y) / 5, 1).parameters.vector
    np.testing.assert_allclose(wrong["carry"], alone, rtol=1e-12)
