"""What is measured of a cell that somebody adds is true of it, or is not said."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.model.batch import Batch
from rnn.model.network import Network
from rnn.observing.probes.article_recursion import does_not_apply
from rnn.observing.probes.flow import flow
from rnn.observing.probes.parameter_norms import saturated
from rnn.observing.probes.spectrum import spectrum
from rnn.observing.probes.unrolled import unrolled
from rnn.report.inspection import inspect
from rnn.report.opening import CELL, Wish, look
from rnn.report.summary import summary
from rnn.weights import Names, save_weights
from tests.rnn.added_cells import ADDED, EVERY_CELL
from tests.rnn.cases import write_data
from tests.rnn.observing.probes.checking import checked, some_network, some_target
from tests.rnn.observing.probes.test_flow import moment_of


@pytest.fixture(params=ADDED)
def network(request: pytest.FixtureRequest) -> Network:
    return some_network(3, (4,), request.param)


def test_nothing_is_said_that_follows_from_the_equation_of_another_cell(network: Network) -> None:
    moment = moment_of(network, *some_target(network, 6, 1))
    assert network.cell.of_one_sum is None
    assert flow(moment).layers[0].split is None
    assert saturated(network, moment.tape) is None
    assert does_not_apply(network) == f"it is for a vanilla cell, not for {network.cell.title}"


def test_the_check_measures_it_and_says_that_it_has_no_complex_steps(network: Network) -> None:
    check = checked(network, some_target(network, 6, 1))
    assert check.no_complex == "the equations are not known here"
    assert {row.verdict(row.backprop).verdict for row in check.rows} == {"agrees"}
    assert [row.name for row in check.rows] == list(network.parameters)


@pytest.mark.parametrize("name", [name for name, kind in EVERY_CELL.items() if kind.gates == 1])
def test_the_mean_slope_is_that_of_the_state_by_its_sum(name: str) -> None:
    network = some_network(3, (4,), name)
    moment = moment_of(network, *some_target(network, 6, 1))
    found = spectrum(moment).layers[0].mean_slope
    weights, tape = network.parameters.group("l0"), moment.tape.cells[0]
    Wx = weights["Wx"]
    pushes = np.linalg.lstsq(Wx.T, np.ones(4), rcond=None)[0]  # an input that moves the sums …
    slopes = []
    for t in range(6):
        start = tuple(state[t] for state in tape.states)
        sides = [
            network.cell.forward(weights, tape.x[t : t + 1] + side * pushes, start).h[1, 0]
            for side in (1e-6, -1e-6)
        ]
        slopes.append((sides[0] - sides[1]) / 2e-6 / (pushes @ Wx))  # … by so much each
    assert found == pytest.approx(np.mean(slopes), rel=1e-7)


def test_a_page_on_it_names_its_own_states_alone(network: Network) -> None:
    x, y = some_target(network, 6, 1)
    report = inspect(network, Batch(x, y), network.start(1), 0, Names())
    page = summary(network, report, Names())
    assert page.startswith(f"{network.cell.title}, 1 layer of 4 units")
    assert "tanh" not in page.removeprefix(network.cell.title)
    for symbol in network.cell.symbols:
        assert re.search(rf"  layer 1, {symbol}   \w+: ×[\d.]+ per time step, ", page)
    assert ("with c held" in page) == ("c" in network.cell.symbols)
    assert {name for name in report.arrays if name.startswith("grad.rnn.bias")} == (
        set() if "l0.b" not in network.parameters else {"grad.rnn.bias_ih_l0", "grad.rnn.bias_hh_l0"}
    )


def test_the_parts_of_its_gradient_add_up(network: Network) -> None:
    found = unrolled(moment_of(network, *some_target(network, 6, 1)))
    for way in (*found.last, *found.whole):
        for passed, own, total in zip(way.passed, way.own, way.total, strict=True):
            np.testing.assert_allclose(passed + own, total, rtol=1e-12, atol=1e-15)


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("name", EVERY_CELL)
def test_its_own_file_is_opened_as_what_it_is(name: str, tmp_path: Path) -> None:
    network = some_network(3, (4,), name)
    save_weights(tmp_path / "m.npz", network)
    rng = np.random.default_rng(0)
    data = write_data(tmp_path / "d.npz", x=rng.random((3, 5, 2)), y=rng.random((3, 5, 3)))
    found = look(Wish(model=str(tmp_path / "m.npz"), data=data, stated={CELL: name}), RunConfig())
    assert (found.refusal, found.chosen[CELL]) == ("", name)
    assert name in found.choices[CELL]
