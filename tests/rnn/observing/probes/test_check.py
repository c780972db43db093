"""The gradient check: what it measures, what it holds still, and how it shares its time with the training."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.model.cells import CELLS, CellTape, State, Vanilla, Weights
from rnn.model.cells.base import Slopes
from rnn.model.network import Network
from rnn.model.readout import READOUTS
from rnn.observing.probes.article_recursion import ERRORS
from rnn.observing.probes.check_result import GradientCheck, Row
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import ADDED, EVERY_CELL
from tests.rnn.cases import golden, golden_network, golden_start, small
from tests.rnn.observing.probes.checking import checked, some_network, some_target
from tests.waiting import Clock

ASKED = SnapshotRequest(probes=frozenset({"check"}))
CHECK = import_module("rnn.observing.probes.check")  # the package has a function of this name


def finished(trainer: Trainer, request: SnapshotRequest = ASKED) -> GradientCheck:
    """Snapshots until the check is complete."""
    for _ in range(10_000):
        found = trainer.snapshot(request).probe(GradientCheck)
        assert found is not None
        if found.complete:
            return found
    raise AssertionError("the check goes on and on")


def verdicts(check: GradientCheck) -> set[str]:
    return {row.verdict(row.backprop).verdict for row in check.rows}


@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("readout", READOUTS)
@settings(max_examples=10)
@given(
    T=st.integers(1, 6),
    widths=st.lists(st.integers(1, 4), min_size=1, max_size=2),
    truncation=st.none() | st.integers(1, 6),
    masked=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_every_real_gradient_passes_truncated_or_not_from_any_state(
    *, cell: str, readout: str, T: int, widths: list[int], truncation: int | None, masked: bool, seed: int
) -> None:
    network = some_network(seed, tuple(widths), cell, readout=readout)
    rng = np.random.default_rng(seed)
    start = [tuple(rng.uniform(-1.0, 1.0, array.shape) for array in state) for state in network.start(1)]
    scored = None
    if masked:
        scored = rng.random((T, 1)) < 0.5
        scored[-1] = True
    found = checked(network, some_target(network, T, seed), start=start, truncation=truncation, scored=scored)
    # Of an added cell there are differences alone, which say nothing of the smallest gradients.
    assert verdicts(found) <= ({"agrees"} if cell in CELLS else {"agrees", "within rounding"})
    for row in found.rows:
        np.testing.assert_array_equal(len(row.backprop), row.size)
        exact = row.by_complex_steps(row.backprop)
        assert (exact is None) == (cell in ADDED)
        assert exact is None or exact.error < 1e-11 or np.abs(row.backprop).max() < 1e-6


def test_the_measured_gradients_are_those_of_the_reference() -> None:
    case, network = golden("vanilla_tanh_article"), golden_network("vanilla_tanh_article")
    found = checked(network, (case["x"], case["y"]), start=golden_start(case))
    names = ("rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "head.weight", "head.bias")
    for row, name in zip(found.rows, names, strict=True):
        expected = case[f"grad.{name}"].T.ravel()
        assert row.complex_steps is not None
        scale = np.abs(expected).max()
        np.testing.assert_allclose(row.differences, expected, atol=1e-7 * scale)
        np.testing.assert_allclose(row.complex_steps, expected, atol=1e-13 * scale)
        assert row.verdict(row.backprop).verdict == "agrees"


def test_a_truncated_gradient_is_not_that_of_the_whole_sequence() -> None:
    network = some_network(1, (4,))
    sequence = some_target(network, 6, seed=2)
    cut, whole = checked(network, sequence, truncation=2), checked(network, sequence)
    (of_cut,), (of_whole,) = ([row for row in found.rows if row.name == "l0.Wh"] for found in (cut, whole))
    assert of_whole.verdict(of_cut.backprop).verdict == "differs"
    assert of_cut.verdict(of_cut.article[frozenset()]).verdict == "agrees"
    assert of_cut.verdict(of_cut.article[frozenset(ERRORS)]).verdict == "differs"
    assert (cut.truncation, whole.truncation) == (2, None)


def test_an_error_in_a_cells_own_backward_pass_is_found() -> None:
    class Wrong(Vanilla):
        def slopes(self, weights: Weights, tape: CellTape) -> Slopes:
            return (0.5 * super().slopes(weights, tape)[0],)

    class Forgetful(Vanilla):
        def step_back(self, weights: Weights, slopes: Slopes, t: int, state: State, da: Array) -> State:
            return (0.999999 * super().step_back(weights, slopes, t, state, da)[0],)

    for cell in (Wrong(), Forgetful()):
        network = Network(2, (4,), 3, cell=cell)
        network.parameters.vector[:] = some_network(1, (4,)).parameters.vector
        found = checked(network, some_target(network, 6, seed=2))
        wrong = {row.name for row in found.rows if row.verdict(row.backprop).verdict == "differs"}
        assert {"l0.Wx", "l0.Wh", "l0.b"} == wrong
        assert found.no_complex == "the equations are not known here"
        assert all(row.complex_steps is None for row in found.rows)


def test_an_error_that_differences_miss_is_found_by_complex_steps() -> None:
    gradient = np.array([1.0, 2.0])
    row = Row("l0.b", 2, 2, 0.5, 0.0, gradient, gradient * (1.0 + 1e-9), gradient * (1.0 + 1e-15), {}, {})
    assert row.verdict(gradient).verdict == "agrees"
    slightly_off = gradient * (1.0 + 3e-9)
    assert row.by_differences(slightly_off).verdict == "agrees"
    assert row.verdict(slightly_off).verdict == "differs"
    assert row.verdict(slightly_off).error == pytest.approx(3e-9, rel=1e-5)


def test_what_rounding_hides_is_called_so() -> None:
    tiny = np.array([1e-11, -2e-11])
    row = Row("l0.b", 2, 2, 1.0, 0.0, tiny, 1.01 * tiny, None, {}, {})
    assert row.verdict(tiny).verdict == "cannot be compared"
    assert row.verdict(tiny).error == pytest.approx(0.0099, rel=1e-2)
    assert row.verdict(tiny + 1e-8).verdict == "differs"
    zero = Row("l0.b", 2, 2, 1.0, 0.0, 0.0 * tiny, 0.0 * tiny, None, {}, {})
    assert (zero.verdict(zero.backprop).error, zero.verdict(zero.backprop).verdict) == (0.0, "agrees")


def test_a_relu_at_its_kink_is_left_out() -> None:
    network = some_network(1, (3,), "vanilla", "relu")
    weights = network.parameters
    weights["l0.Wh"][...] = 0.0
    weights["l0.b"][...] = (1.0, 0.0, -1.0)
    weights["l0.Wx"][...] = 0.0
    found = checked(network, some_target(network, 4, seed=2))
    bias = next(row for row in found.rows if row.name == "l0.b")
    assert (bias.kinks, len(bias.backprop), bias.size) == (1, 2, 3)
    assert found.no_complex is not None
    assert verdicts(found) == {"agrees"}
    weights["l0.b"][...] = 0.0
    found = checked(network, some_target(network, 4, seed=2))
    bias = next(row for row in found.rows if row.name == "l0.b")
    assert bias.kinks == 3
    assert bias.verdict(bias.backprop).verdict == "not checked"


def test_in_a_wide_network_the_same_entries_are_drawn_every_time() -> None:
    network = some_network(1, (30,), gain=0.2)
    sequence = some_target(network, 3, seed=2)
    first, second = checked(network, sequence), checked(network, sequence)
    wide = {row.name: row for row in first.rows}["l0.Wh"]
    assert (wide.size, wide.drawn, len(wide.backprop)) == (900, 200, 200)
    tape = network.forward(sequence[0])
    whole = network.backward(tape, (tape.output - sequence[1]) / 3).parameters["l0.Wh"]
    assert set(wide.backprop) <= set(whole.ravel())
    assert len(set(wide.backprop)) == 200
    for one, other in zip(first.rows, second.rows, strict=True):
        np.testing.assert_array_equal(one.differences, other.differences)
        assert not one.differences.flags.writeable


class Counting(Clock):
    """A clock that notes how many passes through a network were begun from one look at it to the next."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(tick=0.001)
        self.passes, self.between = 0, list[int]()
        for name in ("forward", "backward"):
            monkeypatch.setattr(Network, name, self.counted(getattr(Network, name)))

    def counted(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def count(*arguments: Any) -> Any:
            self.passes += 1
            return method(*arguments)

        return count

    def perf_counter(self) -> float:
        self.between.append(self.passes)
        self.passes = 0
        return super().perf_counter()


def test_a_slice_ends_in_time_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = Trainer(
        small(task__length=200, model__layers="64", model__cell="lstm", model__initializer="orthogonal")
    )
    clock = Counting(monkeypatch)
    monkeypatch.setattr(CHECK, "time", clock)
    fractions = []
    for _ in range(12):
        clock.between.clear()
        found = trainer.snapshot(ASKED, at_rest=False).probe(GradientCheck)
        assert found is not None
        fractions.append(found.fraction)
        assert len(clock.between) - 1 == pytest.approx(CHECK.SLICE_SECONDS / clock.tick, abs=1)
        assert max(clock.between[1:]) <= 2  # and the clock is looked at after every pass or two
    assert fractions == sorted(fractions)
    assert 0.0 < fractions[-1] < 1.0


def test_a_check_keeps_to_the_weights_that_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer, still = Trainer(small()), Trainer(small())
    expected = finished(still)
    monkeypatch.setattr(CHECK, "SLICE_SECONDS_AT_REST", 0.0)
    before = trainer.snapshot(ASKED).probe(GradientCheck)
    assert before is not None
    assert not before.complete
    trainer.advance(3)
    found = finished(trainer)
    assert (found.update, found.sequence) == (0, 0)
    for one, other in zip(found.rows, expected.rows, strict=True):
        np.testing.assert_array_equal(one.differences, other.differences)
        np.testing.assert_array_equal(one.backprop, other.backprop)


def test_the_training_is_not_touched() -> None:
    watched, alone = Trainer(small()), Trainer(small())
    for trainer in (watched, alone):
        trainer.advance(2)
    finished(watched)
    for trainer in (watched, alone):
        trainer.advance(3)
    np.testing.assert_array_equal(watched.network.parameters.vector, alone.network.parameters.vector)


def test_the_result_stays_until_another_one_is_asked_for() -> None:
    trainer = Trainer(small())
    first = finished(trainer)
    trainer.advance(4)
    assert finished(trainer) is first
    again = finished(trainer, SnapshotRequest(probes=ASKED.probes, check=1))
    assert (again.number, again.update) == (1, 4)
    assert not np.array_equal(again.rows[0].backprop, first.rows[0].backprop)
    other = finished(trainer, SnapshotRequest(probes=ASKED.probes, check=1, sequence=2))
    assert other.sequence == 2
    trainer.reset()
    assert finished(trainer).update == 0


def test_a_gradient_that_is_not_finite_is_not_checked() -> None:
    network = some_network(1, (3,), "vanilla", "identity")
    network.parameters["head.W"][...] = 1e200
    x, y = some_target(network, 5, seed=2)
    with np.errstate(over="ignore", invalid="ignore"):
        found = checked(network, (x, y))
    assert (found.problem, found.rows) == ("the gradient is not finite", ())
    assert found.complete


@pytest.mark.parametrize("updates", [0, 30])
def test_answers_that_cancel_are_rounded_and_not_wrong(updates: int) -> None:
    changes = {
        "model__cell": "lstm",
        "model__layers": "32",
        "task__length": 60,
        "model__initializer": "uniform",
    }
    trainer = Trainer(small(**changes, task__sequences=100, training__learning_rate=0.01))
    trainer.advance(updates)
    found = finished(trainer)
    assert verdicts(found) <= {"agrees", "within rounding"}
    row = next(row for row in found.rows if row.name == "l0.Wx")
    assert row.rounding > 1e-9
    assert row.by_differences(row.backprop).verdict == "within rounding"
    assert row.by_differences(row.backprop + 10.0 * row.rounding + 1e-8).verdict == "differs"


def test_saturated_units_pass_as_far_as_can_be_seen() -> None:
    network = Network(1, (32,), 1)
    network.initialize(np.random.default_rng(0), "uniform")
    rng = np.random.default_rng(1)
    found = checked(network, (rng.standard_normal((10, 1, 1)), rng.standard_normal((10, 1, 1))))
    assert verdicts(found) <= {"agrees", "within rounding"}
    assert "within rounding" in {row.by_differences(row.backprop).verdict for row in found.rows}
