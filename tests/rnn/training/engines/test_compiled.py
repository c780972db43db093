"""The compiled engine makes the same updates as NumPy."""

from __future__ import annotations

import gc
import itertools
import math
import subprocess
import sys
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.array import Array
from rnn.config import RunConfig, TrainingConfig
from rnn.data.batches import Batches
from rnn.data.tasks import Sequences
from rnn.model.cells import CELLS, Vanilla
from rnn.model.network import Network
from rnn.model.readout import READOUTS, SquaredError
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.compiled.support import compiles
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.trainer import Trainer
from tests.rnn.cases import GOLDEN, golden
from tests.rnn.training.engines.engine_cases import CELLS_AND_G, Problem, difference, trained
from tests.rnn.training.test_reproducible import RUNS
from tests.waiting import Clock

ROOT = Path(__file__).parents[4]
# Each for a path of its own: one row, rows left over of four, states that go on, steps without a score, rows
# that are gathered, several groups of time steps.
SIZES: dict[str, dict[str, Any]] = {
    "one sequence": {"N": 4, "B": 1},
    "a last batch that is smaller": {"N": 7, "B": 3},
    "streams": {"N": 5, "B": 2, "carried": True},
    "masks": {"N": 6, "B": 6, "masked": True},
    "symbols and masks": {"N": 5, "B": 5, "D": 11, "masked": True, "symbols": True},
    "many groups": {"T": 21, "N": 33, "B": 33, "O": 9},
}
RATE = 1e-4  # so small that weights without a bound do not run away within an epoch
WIDTHS = [(10,), (3, 9), (33, 4, 8)]

pytestmark = pytest.mark.usefixtures("kernels")


def assert_same(problem: Problem, truncation: int | None = None, rtol: float = 1e-12) -> None:
    """Losses, norms, weights and states of an epoch agree, and the last update's gradient."""
    batches, training = problem.batches, TrainingConfig(truncation=truncation)
    (wanted, numpy), (found, compiled) = problem.engine(Numpy), problem.engine(Compiled)
    ours, theirs = (trained(engine, batches, training=training, rate=RATE) for engine in (compiled, numpy))
    np.testing.assert_allclose(ours.loss, theirs.loss, rtol=rtol)
    np.testing.assert_allclose(ours.grad_norm, theirs.grad_norm, rtol=rtol)
    assert difference(found.parameters.vector, wanted.parameters.vector) < rtol
    assert isinstance(compiled, Compiled)
    assert isinstance(numpy, Numpy)
    assert difference(compiled.gradient, numpy.gradient / RATE) < rtol  # SGD has made a step of it
    last = batches.updates - 1
    for one, other in zip(compiled.states(last), numpy.states(last), strict=True):
        for state, like in zip(one, other, strict=True):
            np.testing.assert_allclose(state[: len(like)], like[: len(state)], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("widths", WIDTHS, ids=str)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize(("cell", "g"), CELLS_AND_G)
def test_a_gradient_is_that_of_numpy(
    cell: str, g: str, readout: str, size: str, widths: tuple[int, ...]
) -> None:
    problem = Problem(cell=cell, g=g, readout=readout, widths=widths, **SIZES[size])
    assert_same(problem)
    assert_same(problem, truncation=3)


@pytest.mark.parametrize(("cell", "g"), [("vanilla", "tanh"), ("gru", "tanh"), ("lstm", "tanh")])
def test_a_gradient_of_a_wide_layer_is_that_of_numpy(cell: str, g: str) -> None:
    assert_same(Problem(cell=cell, g=g, widths=(150, 64), T=12, N=42, B=21, D=2, O=5))


@given(
    problem=st.builds(
        Problem,
        cell=st.sampled_from(sorted(CELLS)),
        readout=st.sampled_from(sorted(READOUTS)),
        widths=st.lists(st.integers(1, 20), min_size=1, max_size=3).map(tuple),
        T=st.integers(1, 9),
        N=st.integers(1, 14),
        B=st.integers(1, 6),
        D=st.integers(1, 10),
        O=st.integers(1, 10),
        carried=st.booleans(),
        masked=st.booleans(),
        once=st.booleans(),
        symbols=st.booleans(),
        seed=st.integers(0, 3),
    ),
    truncation=st.none() | st.integers(1, 10),
)
@settings(max_examples=150)
def test_a_gradient_is_that_of_numpy_for_any_shape(problem: Problem, truncation: int | None) -> None:
    assert_same(problem, truncation, rtol=1e-11)


CONDITIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "clipped": {"clip_norm": 0.3, "clip_value": 0.1},
    "decayed": {"weight_decay": 0.02, "clip_norm": 5.0},
}


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_run_is_that_of_numpy(cell: str, optimizer: str, condition: str) -> None:
    problem = Problem(cell=cell, N=12, B=2, widths=(11, 6))
    rng = np.random.default_rng(3)
    orders = [rng.permutation(problem.N) for _ in range(9)]
    results = []
    for kind in (Numpy, Compiled):
        network, engine = problem.engine(kind, optimizer)
        training = TrainingConfig(optimizer=optimizer, **CONDITIONS[condition])
        burst = trained(engine, problem.batches, training=training, epochs=9, rate=0.004, orders=orders)
        assert len(burst.loss) == 54
        results.append((burst.loss, burst.grad_norm, network.parameters.vector))
    for wanted, found in zip(*results, strict=True):
        assert difference(found, wanted) < 1e-10


ABSENT = {
    "all": ("l0.b", "l0.bn", "l1.b", "l1.bn", "head.b"),
    "of the readout": ("head.b",),
    "of a layer": ("l1.b", "l1.bn"),
}


@pytest.mark.parametrize("which", ABSENT)
@pytest.mark.parametrize("cell", CELLS)
def test_biases_that_there_are_not_stay_at_zero(cell: str, which: str) -> None:
    absent = tuple(name for name in ABSENT[which] if name.split(".")[1] in ("b", *CELLS[cell]().roles))
    problem = Problem(cell=cell, N=12, B=2, widths=(11, 6), absent=absent)
    assert_same(problem)
    training = TrainingConfig(clip_norm=0.3, clip_value=0.1, weight_decay=0.02)
    for optimizer in OPTIMIZERS:
        results = []
        for kind in (Numpy, Compiled):
            network, engine = problem.engine(kind, optimizer)
            burst = trained(engine, problem.batches, training=training, epochs=3, rate=0.004)
            assert len(burst.loss) == 18
            assert {name for name, weight in network.parameters.items() if not weight.any()} == set(absent)
            results.append((burst.loss, burst.grad_norm, network.parameters.vector))
        for wanted, found in zip(*results, strict=True):
            assert difference(found, wanted) < 1e-10


def test_optimizers_have_the_constants_of_their_classes() -> None:
    from rnn.training.engines.compiled.kernels import optimizers

    momentum, rmsprop, adam = (OPTIMIZERS[name] for name in ("momentum", "rmsprop", "adam"))
    assert vars(momentum)["momentum"] == optimizers.MOMENTUM_KEPT
    assert (vars(rmsprop)["decay"], vars(rmsprop)["epsilon"]) == (
        optimizers.RMSPROP_DECAY,
        optimizers.RMSPROP_EPSILON,
    )
    assert (vars(adam)["beta1"], vars(adam)["beta2"], vars(adam)["epsilon"]) == (
        optimizers.ADAM_BETA1,
        optimizers.ADAM_BETA2,
        optimizers.ADAM_EPSILON,
    )


@pytest.mark.parametrize("run", RUNS)
def test_a_reference_run_agrees_update_for_update(run: str) -> None:
    reference = golden("article_training")
    config = RunConfig().with_values(
        {
            "task.name": "data",
            "task.file": str(GOLDEN / "article_data.npz"),
            "model.weights": str(GOLDEN / "article_weights.npz"),
        }
        | {f"training.{name}": value for name, value in RUNS[run].items()}
    )
    whole = Trainer(config)
    engine = Compiled(whole.network, whole.data.train, whole.batches, config.training.optimizer)
    burst = trained(
        engine, whole.batches, training=config.training, epochs=3, rate=config.training.learning_rate
    )
    count = len(burst.loss)
    assert count == 300
    np.testing.assert_allclose(burst.loss, reference[f"{run}.mse"].ravel()[:count], rtol=0, atol=1e-8)
    norms = reference[f"{run}.grad_norm"].ravel()[:count]
    np.testing.assert_allclose(burst.grad_norm, norms, rtol=0, atol=1e-8)


@pytest.mark.parametrize(
    "problem",
    [
        Problem(N=41, B=1, widths=(10,), carried=True),
        Problem(cell="gru", N=50, B=3, widths=(4, 9)),
        Problem(cell="lstm", N=40, B=7, carried=True, symbols=True, readout="nll"),
    ],
    ids=lambda problem: problem.cell,
)
def test_bursts_of_any_size_give_the_same_bits(problem: Problem) -> None:
    wanted = None
    for seed in range(4):
        rng = np.random.default_rng(seed)
        network, engine = problem.engine(Compiled, "adam")
        losses = []
        for _ in range(2):
            engine.begin_epoch(None)
            position, epoch = 0, problem.batches.updates
            while position < epoch:
                most = epoch - position if seed == 0 else int(rng.integers(1, epoch - position + 1))
                deadline = 0.0 if seed and rng.random() < 0.3 else math.inf
                burst = engine.train(
                    TrainingConfig(),
                    position,
                    lambda at, n: 0.01 / (1 + at + np.arange(n)),
                    most,
                    1,
                    deadline=deadline,
                )
                assert len(burst.loss) == (1 if deadline == 0.0 else most)
                position += len(burst.loss)
                losses.append(burst.loss)
        bits = np.concatenate([*losses, network.parameters.vector]).tobytes()
        wanted = wanted or bits
        assert bits == wanted


def test_a_gradient_that_is_not_finite_changes_nothing() -> None:
    problem = Problem(g="identity", N=8, B=2, T=9, widths=(6,))
    results = []
    for kind in (Numpy, Compiled):
        network, engine = problem.engine(kind)
        network.parameters["l0.Wh"][...] *= 1e40
        engine.begin_epoch(None)
        start = network.parameters.vector.copy()
        burst = trained(engine, problem.batches)
        assert burst.failed == "gradient"
        np.testing.assert_array_equal(network.parameters.vector, start)
        np.testing.assert_array_equal(engine.before, start)
        results.append(len(burst.loss))
    assert results == [0, 0]


@pytest.mark.parametrize("rate", [3.0, 30.0, 1e5])
@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_a_run_that_comes_apart_does_so_at_the_same_update(cell: str, rate: float) -> None:
    problem = Problem(cell=cell, g="identity" if cell == "vanilla" else "tanh", N=30, B=1, carried=True)
    results = []
    for kind in (Numpy, Compiled):
        network, engine = problem.engine(kind)
        burst = trained(engine, problem.batches, epochs=40, rate=rate)
        results.append((burst.failed, len(burst.loss), np.isfinite(network.parameters.vector).all()))
    assert results[0] == results[1]


def test_weights_that_are_not_finite_are_left_standing_with_those_before() -> None:
    problem = Problem(N=3, B=1)
    results = []
    for kind in (Numpy, Compiled):
        network, engine = problem.engine(kind)
        start = network.parameters.vector.copy()
        network.parameters.vector *= 1e3
        burst = trained(engine, problem.batches, rate=1e308)
        assert (burst.failed, len(burst.loss)) == ("weights", 0)
        np.testing.assert_array_equal(engine.before, start * 1e3)
        results.append(np.isfinite(network.parameters.vector))
    assert not results[1].all()
    np.testing.assert_array_equal(results[0], results[1])


def test_a_failed_update_leaves_the_states_that_it_began_in() -> None:
    problem = Problem(cell="lstm", N=6, B=2, carried=True)
    states = []
    for kind in (Numpy, Compiled):
        network, engine = problem.engine(kind)
        engine.train(TrainingConfig(), 0, lambda _, n: np.full(n, 0.1), 1, 1, deadline=math.inf)
        network.parameters["head.W"][...] = np.nan
        burst = engine.train(TrainingConfig(), 1, lambda _, n: np.full(n, 0.1), 1, 1, deadline=math.inf)
        assert burst.failed == "gradient"
        states.append([state for layer in engine.states(1) for state in layer])
    assert states[1][0].shape == (2, 5)
    for found, wanted in zip(states[1], states[0], strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
        assert (found != 0.0).all()


def test_it_returns_at_the_deadline_and_not_much_before(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = Problem(N=400_000, B=1, T=3, D=1, O=1)
    _, engine = problem.engine(Compiled)
    assert isinstance(engine, Compiled)
    clock, step = Clock(), engine._step

    def takes_a_microsecond_an_update(call: Any) -> None:
        step(call)
        clock.now += 1e-6 * call.done

    monkeypatch.setattr("rnn.training.engines.compiled.engine.time", clock)
    monkeypatch.setattr(engine, "_step", takes_a_microsecond_an_update)
    position, made = 0, list[int]()
    for _ in range(5):
        burst = engine.train(
            TrainingConfig(),
            position,
            lambda _, n: np.zeros(n),
            problem.N - position,
            1,
            deadline=clock.now + 0.02,
        )
        made.append(len(burst.loss))
        position += made[-1]
    assert made[0] == 1  # measures how long an update takes
    assert 0.8 * 20_000 < min(made[1:]) <= max(made) <= 20_000


def test_without_a_deadline_a_call_makes_so_many_updates_as_there_is_memory_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rnn.training.engines.compiled.engine.AT_MOST", 10)
    problem = Problem(N=8, B=2)
    planned = list[int]()

    def rates(_: int, count: int) -> Array:
        planned.append(count)
        return np.zeros(count)

    _, engine = problem.engine(Compiled)
    found = []
    for position in (0, 2):
        burst = engine.train(TrainingConfig(), position, rates, math.inf, 10**9, deadline=math.inf)
        found.append((len(burst.loss), len(burst.ended)))
    assert found == [(10, 2), (10, 3)]
    assert planned == [10, 10]


def test_a_deadline_that_is_past_makes_one_update() -> None:
    _, engine = Problem().engine(Compiled)
    burst = engine.train(TrainingConfig(), 0, lambda _, n: np.zeros(n), 3, 1, deadline=0.0)
    assert len(burst.loss) == 1


def test_read_only_sequences_and_other_types_are_taken() -> None:
    problem = Problem(symbols=True, readout="nll")
    sequences = problem.sequences()
    x, y = sequences.x.astype(np.uint8), sequences.y.astype(np.int16)
    x.flags.writeable = False
    network = problem.network()
    engine = Compiled(network, Sequences(x, y, symbols=problem.D), problem.batches, "sgd")
    _, wanted = problem.engine(Numpy)
    found, like = trained(engine, problem.batches), trained(wanted, problem.batches)
    np.testing.assert_allclose(found.loss, like.loss, rtol=1e-12)


@pytest.mark.parametrize(("name", "value"), [("x", 3), ("x", -1), ("y", 2), ("y", -1)])
def test_a_number_beyond_the_alphabet_or_the_classes_is_refused(name: str, value: int) -> None:
    problem = Problem(symbols=True, readout="nll")
    sequences = problem.sequences()
    getattr(sequences, name)[1, 2] = value
    with pytest.raises(IndexError, match="out of range"):
        Compiled(problem.network(), sequences, problem.batches, "sgd")


def test_sequences_that_do_not_fit_the_network_are_refused() -> None:
    problem = Problem()
    wider = Problem(D=4).sequences()
    with pytest.raises(ValueError, match="do not fit"):
        Compiled(problem.network(), wider, problem.batches, "sgd")


@pytest.mark.parametrize("shape", [(5, 7), (6, 6), (42,), (7, 6)])
def test_a_mask_that_does_not_fit_the_sequences_is_refused(shape: tuple[int, ...]) -> None:
    problem = Problem()
    sequences = replace(problem.sequences(), scored=np.ones(shape, dtype=bool))
    with pytest.raises(ValueError, match=r"a mask .* does not fit"):
        Compiled(problem.network(), sequences, problem.batches, "sgd")


@pytest.mark.parametrize("count", [6, 8])
def test_batches_of_other_sequences_are_refused(count: int) -> None:
    problem = Problem()
    with pytest.raises(ValueError, match="do not fit"):
        Compiled(problem.network(), problem.sequences(), Batches(count, 3, False), "sgd")


@pytest.mark.parametrize("order", [range(6), range(8), [range(7)]])
def test_an_order_of_another_length_is_refused(order: Any) -> None:
    _, engine = Problem().engine(Compiled)
    with pytest.raises(ValueError, match=r"an order .* does not fit"):
        engine.begin_epoch(np.array(order))


@pytest.mark.parametrize("number", [-1, 7, 2**40])
def test_an_order_with_a_number_of_no_sequence_is_refused(number: int) -> None:
    _, engine = Problem().engine(Compiled)
    with pytest.raises(IndexError, match="out of range"):
        engine.begin_epoch(np.array([0, 1, 2, number, 4, 5, 6]))


def test_other_threads_go_on_while_it_trains() -> None:
    problem = Problem(N=60_000, B=1, T=10, widths=(16,))
    _, engine = problem.engine(Compiled)

    def longest_rest() -> float:
        """Of this thread while the other one trains, as a share of that time."""
        thread = threading.Thread(target=trained, args=(engine, problem.batches))
        moments = [time.perf_counter()]
        thread.start()
        while thread.is_alive():
            moments.append(time.perf_counter())
        return float(np.diff(moments).max() / (moments[-1] - moments[0]))

    # Another program may have its turn; where a training held the interpreter, each of these would fail.
    assert any(longest_rest() < 0.5 for _ in range(30))


def test_training_keeps_no_memory() -> None:
    problem = Problem(N=50, B=1, widths=(20,))
    _, engine = problem.engine(Compiled, "adam")
    rates = np.full(50, 0.001)

    def train(times: int) -> None:
        for _ in range(times):
            engine.train(TrainingConfig(), 0, lambda _, n: rates[:n], 50, 1, deadline=math.inf)

    train(10)
    tracemalloc.start()
    try:
        train(10)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        train(4000)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 50_000  # one object a call would be more, the pools that Python keeps are less


class Other(Vanilla):
    """A cell that there is no kernel for, though it inherits from one that there is."""


class OtherError(SquaredError):
    """And a readout."""


def test_all_that_can_be_chosen_is_compiled_and_nothing_else() -> None:
    for (cell, g), readout, optimizer in itertools.product(CELLS_AND_G, READOUTS, OPTIMIZERS):
        assert compiles(Problem(cell=cell, g=g, readout=readout).network(), optimizer)
    assert {cell for cell, _ in CELLS_AND_G} == set(CELLS)
    assert {g for cell, g in CELLS_AND_G if cell == "vanilla"} == set(Vanilla.nonlinearities)
    assert not compiles(Network(1, [2], 1, cell=Other()), "sgd")
    assert not compiles(Network(1, [2], 1, readout=OtherError), "sgd")


def test_what_can_be_compiled_is_known_without_numba() -> None:
    code = (
        "import sys; sys.modules['numba'] = sys.modules['llvmlite'] = None\n"
        "import rnn.training.engines.compiled.engine\n"
        "from rnn.training.engines.compiled.support import compiles\n"
        "from rnn.model.network import Network\n"
        "print(compiles(Network(1, [2], 1), 'adam'))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]
