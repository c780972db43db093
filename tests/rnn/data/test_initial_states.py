"""The states that sequences begin in: zero, or those that a file gives, wherever a sequence is run."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.config import RunConfig
from rnn.data.batches import Batches
from rnn.data.initial_states import refuse_unfit_start, start_states
from rnn.data.tasks import Sequences
from rnn.errors import DataError
from rnn.model.network import Network, States
from rnn.observing.probes.moment import start_of
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from rnn.training.validation import Validation
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import MANIFEST, golden, golden_start, write_data

T, N, D, H, OUTPUTS = 5, 4, 2, 3, 2


def drawn(cell: str, widths: tuple[int, ...] = (H,)) -> Network:
    network = Network(D, widths, OUTPUTS, cell=EVERY_CELL[cell]())
    network.initialize(np.random.default_rng(0), "orthogonal")
    return network


def given(*names: str) -> dict[str, Array]:
    rng = np.random.default_rng(1)
    return {name: rng.uniform(-1.0, 1.0, (N, H)) for name in names}


def sequences(**start: Array) -> Sequences:
    rng = np.random.default_rng(2)
    return Sequences(rng.standard_normal((T, N, D)), rng.standard_normal((T, N, OUTPUTS)), start=start)


@pytest.mark.parametrize(
    "numbers", [slice(1, 3), np.array([1, 2]), slice(1, 9)], ids=["slice", "order", "end"]
)
def test_each_sequence_begins_in_its_own_state_and_in_zero_where_none_is_given(numbers: Any) -> None:
    start = given("h0_l1", "c0_l0")
    states = start_states(drawn("lstm", (H, H)), sequences(**start), numbers)
    rows = numbers if isinstance(numbers, np.ndarray) else slice(1, min(numbers.stop, N))
    np.testing.assert_array_equal(states[0][1], start["c0_l0"][rows])
    np.testing.assert_array_equal(states[1][0], start["h0_l1"][rows])
    assert not states[0][0].any()
    assert not states[1][1].any()
    assert {array.shape for layer in states for array in layer} == {(len(states[0][1]), H)}


def test_given_states_are_not_those_of_the_next_update_too() -> None:
    network, data = drawn("gru"), sequences(**given("h0_l0"))
    start_states(network, data, slice(0, 2))[0][0][...] = 7.0
    assert np.abs(data.start["h0_l0"]).max() < 1.0


@pytest.mark.parametrize(
    ("cell", "names", "sentence"),
    [
        ("gru", ["c0_l0"], "d.npz, c0_l0: is not among the states that this network begins in: h0_l0"),
        (
            "lstm",
            ["h0_l1"],
            "d.npz, h0_l1: is not among the states that this network begins in: h0_l0, c0_l0",
        ),
    ],
)
def test_states_of_another_network_are_refused_by_their_names(
    cell: str, names: list[str], sentence: str
) -> None:
    with pytest.raises(DataError) as refusal:
        refuse_unfit_start(drawn(cell), sequences(**given(*names)), "d.npz")
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("ending", ["", "_validation"])
def test_states_of_another_width_are_refused_before_a_run_begins(ending: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {f"{name}{end}": rng.random((N, T, 2)) for name in "xy" for end in ("", "_validation")}
    file = write_data(tmp_path / "d.npz", **arrays, **{f"h0_l0{ending}": np.ones((N, H + 1))})
    config = RunConfig().with_values({"task.name": "data", "task.file": file, "model.layers": H})
    with pytest.raises(DataError) as refusal:
        Trainer(config)
    expected = f"h0_l0{ending}: expected the shape (4, 3) as in the network, found (4, 4)"
    assert str(refusal.value) == f"{file}, {expected}"


def test_a_displayed_sequence_begins_in_its_own_state_and_a_stream_in_that_of_its_first() -> None:
    network, data = drawn("vanilla"), sequences(**given("h0_l0"))
    h0 = data.start["h0_l0"]
    np.testing.assert_array_equal(start_of(network, data, Batches(N, 1, False), 2)[0][0], h0[2:3])
    streams = Batches(N, 2, True)  # sequences 1 and 2, 3 and 4
    np.testing.assert_array_equal(start_of(network, data, streams, 2)[0][0], h0[2:3])
    after = network.forward(data.x[:, 2:3], [(h0[2:3],)]).final[0][0]
    np.testing.assert_allclose(start_of(network, data, streams, 3)[0][0], after, rtol=1e-12)


def loss(network: Network, data: Sequences, start: States) -> float:
    tape = network.forward(data.x, start)
    return network.readout.scale * network.readout.loss(tape.output, data.batch(slice(None)))[0]


@pytest.mark.parametrize("cell", ["vanilla", "lstm"])
def test_held_out_sequences_begin_in_their_states(cell: str) -> None:
    network, names = drawn(cell), ["h0_l0", "c0_l0"][: EVERY_CELL[cell].states]
    data = sequences(**given(*names))
    start: States = [tuple(data.start[name] for name in names)]
    measured = Validation(network, data, carry=False).advance(math.inf)
    assert measured == pytest.approx(loss(network, data, start), rel=1e-12)
    assert measured != pytest.approx(loss(network, data, network.start(N)), rel=1e-3)
    one = Sequences(data.x.swapaxes(0, 1).reshape(-1, 1, D), data.y.swapaxes(0, 1).reshape(-1, 1, OUTPUTS))
    stream = Validation(network, data, carry=True).advance(math.inf)
    first: States = [tuple(state[:1] for state in start[0])]
    assert stream == pytest.approx(loss(network, one, first), rel=1e-12)


BATCHES = [name for name, case in MANIFEST.items() if case["loss"] == "mse" and case["truncation"] is None]


def trainer_on(name: str, folder: Path, **settings: Any) -> Trainer:
    """A run that begins with the weights, the data and the states of a reference case."""
    case, manifest = golden(name), MANIFEST[name]
    weights = {key.removeprefix("param."): array for key, array in case.items() if key.startswith("param.")}
    start = {key: array for key, array in case.items() if key.startswith(("h0_l", "c0_l"))}
    values = {
        "task.name": "data",
        "task.file": write_data(
            folder / "data.npz", x=case["x"].swapaxes(0, 1), y=case["y"].swapaxes(0, 1), **start
        ),
        "model.weights": write_data(folder / "model.npz", **weights),
        "training.batch": case["x"].shape[1],
        "engine": "numpy",
    }
    if manifest["cell"] == "rnn":
        values["model.nonlinearity"] = manifest["nonlinearity"]
    return Trainer(RunConfig().with_values(values | settings))


@pytest.mark.parametrize("name", BATCHES)
def test_the_first_update_of_a_reference_case_has_its_loss(name: str, tmp_path: Path) -> None:
    case = golden(name)
    assert any(state.any() for layer in golden_start(case) for state in layer)
    trainer = trainer_on(name, tmp_path)
    scalars = trainer.advance(updates=1)
    assert float(scalars.loss[0]) / trainer.network.readout.scale == pytest.approx(
        float(case["loss"]), rel=1e-12
    )


@pytest.mark.parametrize("name", ["lstm_batch", "gru_batch", "vanilla_tanh_batch"])
def test_a_carried_state_goes_on_from_the_given_one(name: str, tmp_path: Path) -> None:
    trainer = trainer_on(name, tmp_path, **{"task.carry_state": True, "training.batch": 1})
    data, network = trainer.data.train, trainer.network
    trainer.set_live("training.learning_rate", 0.0)
    scalars = trainer.advance(updates=2)
    states = start_states(network, data, slice(0, 1))
    for number, found in enumerate(scalars.loss.tolist()):
        batch = data.batch(slice(number, number + 1))
        tape = network.forward(batch.x, states)
        assert found == pytest.approx(network.readout.scale * network.readout.loss(tape.output, batch)[0])
        states = tape.final


@pytest.mark.parametrize("sequence", [0, 2])
@pytest.mark.parametrize("name", ["lstm_batch", "gru_batch", "vanilla_tanh_batch"])
def test_what_is_shown_begins_in_the_given_states(name: str, sequence: int, tmp_path: Path) -> None:
    trainer, case = trainer_on(name, tmp_path), golden(name)
    snapshot = trainer.snapshot(SnapshotRequest(sequence=sequence, probes=frozenset({"fit"}), span=2))
    np.testing.assert_allclose(snapshot.output, case["output"][:, sequence], rtol=1e-10)
    np.testing.assert_array_equal(snapshot.signals[0]["h"][0], case["h0_l0"][sequence])
    fit: Any = snapshot.probes["fit"]
    both = case["output"][:, sequence : sequence + 2].swapaxes(0, 1).reshape(-1, case["output"].shape[2])
    np.testing.assert_allclose(fit.output, both, rtol=1e-10)
