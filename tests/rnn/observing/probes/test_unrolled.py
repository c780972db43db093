"""The unrolled network: its parts add up to the gradients of backpropagation, and each is what it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.config.presets import load_preset
from rnn.model.batch import Mask
from rnn.model.network import Network
from rnn.observing.probes.unrolled import Unrolled, Way, unrolled
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import MANIFEST, golden, golden_network, golden_start
from tests.rnn.observing.probes.checking import some_network, some_target
from tests.rnn.observing.probes.test_flow import moment_of

SINGLE = [
    name
    for name, case in MANIFEST.items()
    if not name.startswith("article") and golden(name)["x"].shape[1] == 1
]
KINDS = [("vanilla", "tanh"), ("vanilla", "relu"), ("vanilla", "identity"), ("gru", "tanh"), ("lstm", "tanh")]


def of(
    network: Network, T: int, seed: int, truncation: int | None = None, scored: Mask | None = None
) -> Unrolled:
    x, y = some_target(network, T, seed)
    return unrolled(moment_of(network, x, y, truncation=truncation, scored=scored))


def close(ours: Array, reference: Array) -> None:
    largest = np.abs(reference).max()
    np.testing.assert_allclose(ours, reference, rtol=1e-12, atol=1e-12 * largest)


@pytest.mark.parametrize(("cell", "g"), KINDS)
@pytest.mark.parametrize("readout", ["mse", "nll"])
@settings(max_examples=15)
@given(
    T=st.integers(1, 7),
    widths=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    truncation=st.none() | st.integers(1, 8),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_parts_add_up_to_the_gradients_of_backpropagation(
    *, cell: str, g: str, readout: str, T: int, widths: list[int], truncation: int | None, seed: int
) -> None:
    network = some_network(seed, tuple(widths), cell, nonlinearity=g, readout=readout)
    x, y = some_target(network, T, seed)
    moment = moment_of(network, x, y, truncation=truncation)
    found = unrolled(moment)
    _, dy = network.readout.loss(moment.tape.output, moment.batch)
    only_last = np.zeros_like(dy)
    only_last[-1] = dy[-1]
    for ways, sent, stops in ((found.whole, dy, truncation), (found.last, only_last, None)):
        for way, states in zip(ways, network.backward(moment.tape, sent, stops).states, strict=True):
            for passed, own, total, state in zip(way.passed, way.own, way.total, states, strict=True):
                close(total, state[:, 0])
                close(passed + own, state[:, 0])


@pytest.mark.parametrize("name", SINGLE)
def test_the_totals_are_those_of_the_reference_cases(name: str) -> None:
    case, network = golden(name), golden_network(name)
    truncation = MANIFEST[name]["truncation"]
    start = golden_start(case)
    found = unrolled(moment_of(network, case["x"], case["y"], start, truncation=truncation))
    for layer, way in enumerate(found.whole):
        norms = np.linalg.norm(way.total[0][1:], axis=1)
        np.testing.assert_allclose(norms, case[f"dL_dh_norm_l{layer}"], rtol=1e-10)
    np.testing.assert_allclose(found.loss_terms.sum(), case["loss"], rtol=1e-12)


@pytest.mark.parametrize(("cell", "g"), KINDS)
def test_what_passes_a_step_is_the_total_after_it_times_the_numeric_jacobian(cell: str, g: str) -> None:
    network = some_network(3, (4,), cell, nonlinearity=g)
    found = of(network, 5, 3)
    for t in range(1, 5):
        at = [layer.copy() for layer in _states(found, t)]

        def after(flat: Array, t: int = t) -> Array:
            start = [tuple(part[None] for part in np.split(flat, len(found.whole[0].total)))]
            final = network.forward(found.x[t : t + 1, None], start).final[0]
            return np.concatenate([part[0] for part in final])

        flat = np.concatenate(at)
        steps = 1e-6 * np.eye(len(flat))
        jacobian = np.array([(after(flat + step) - after(flat - step)) / 2e-6 for step in steps])
        for way in (found.last[0], found.whole[0]):
            # c's total holds what comes by h of its own step, which the numeric h_t+1 holds as well.
            pulled = [way.total[0][t + 1], *(total[t + 1] - own[t + 1] for total, own in _cells(way))]
            passed = np.concatenate([part[t] for part in way.passed])
            np.testing.assert_allclose(jacobian @ np.concatenate(pulled), passed, rtol=1e-6, atol=1e-9)


def _states(found: Unrolled, t: int) -> list[Array]:
    names = ("h", "cell state")[: len(found.whole[0].total)]
    return [found.signals[0][name][t] for name in names]


def _cells(way: Way) -> list[tuple[Array, Array]]:
    return list(zip(way.total[1:], way.own[1:], strict=True))


@pytest.mark.parametrize("cell", EVERY_CELL)
def test_only_its_own_step_adds_the_last_loss_in_the_top_layer(cell: str) -> None:
    scored = np.zeros((8, 1), dtype=bool)
    scored[[2, 5]] = True
    found = of(some_network(1, (3, 4), cell), 8, 1, scored=scored)
    assert found.end == 6
    there = np.flatnonzero(np.abs(found.last[1].own[0]).max(axis=1))
    np.testing.assert_array_equal(there, [6])
    there = np.flatnonzero(np.abs(found.whole[1].own[0]).max(axis=1))
    np.testing.assert_array_equal(there, [3, 6])
    for way in (*found.last, *found.whole):
        assert not way.total[0][7:].any()


def test_truncation_lets_nothing_pass_where_it_stops_and_leaves_the_last_loss_alone() -> None:
    network = some_network(2, (4,), "lstm")
    free, cut = of(network, 7, 2), of(network, 7, 2, truncation=3)
    for state in cut.whole[0].passed:
        assert not state[[3, 6]].any()
        assert state[[1, 2, 4, 5]].any(axis=1).all()
    for one, other in zip(free.last[0].passed, cut.last[0].passed, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_is_a_frozen_copy_with_the_weights_of_its_moment() -> None:
    network = some_network(5, (3,))
    found = of(network, 4, 5)
    before = found.weights["l0.Wh"].copy()
    network.parameters.vector[:] = 0.0
    np.testing.assert_array_equal(found.weights["l0.Wh"], before)
    arrays = [found.x, found.output, found.loss_terms, found.weights["head.W"], *found.last[0].passed]
    assert not any(array.flags.writeable for array in arrays)
    assert (found.steps, found.widths) == (4, (3,))


def test_while_training_it_is_as_new_as_the_snapshot() -> None:
    trainer = Trainer(load_preset("article").config)
    request = SnapshotRequest(probes=frozenset({"unrolled"}))
    for update in (1, 2, 3):
        trainer.advance(1)
        found = trainer.snapshot(request, at_rest=False).probe(Unrolled)
        assert found is not None
        assert found.update == update
