"""The trainer: updates, epochs, validation, bursts, kept and live values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.errors import ConfigError, DataError
from rnn.model.readout import READOUTS
from rnn.observing.probes import ParameterNorms
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.added_cells import EVERY_CELL
from tests.rnn.cases import GOLDEN, data_trainer, small, write_data


def test_one_update_takes_the_rate_times_the_gradient_off() -> None:
    trainer = Trainer(small(training__learning_rate=0.3))
    before = trainer.network.parameters.vector.copy()
    batch = trainer.data.train.batch(slice(0, 1))
    tape = trainer.network.forward(batch.x)
    loss, dy = trainer.network.readout.loss(tape.output, batch)
    gradient = trainer.network.backward(tape, dy).parameters.vector.copy()
    scalars = trainer.advance(1)
    np.testing.assert_array_equal(trainer.network.parameters.vector, before - 0.3 * gradient)
    assert scalars.loss[0] == 2.0 * loss
    assert scalars.grad_norm[0] == pytest.approx(np.linalg.norm(gradient), rel=1e-14)


def test_sequences_are_trained_on_in_their_order() -> None:
    trainer = Trainer(small(training__learning_rate=0.0, training__epochs=2))
    scalars = trainer.advance()
    output = trainer.network.forward(trainer.data.train.x).output
    each = ((output - trainer.data.train.y) ** 2).mean(axis=(0, 2))
    np.testing.assert_allclose(scalars.loss, np.tile(each, 2), rtol=1e-12)


def test_a_carried_state_makes_an_epoch_one_long_sequence() -> None:
    trainer = Trainer(small(task__carry_state=True, training__learning_rate=0.0, training__epochs=2))
    scalars = trainer.advance()
    for part, mse in ((trainer.data.train, scalars.loss[:7]), (trainer.data.train, scalars.loss[7:])):
        x, y = (array.swapaxes(0, 1).reshape(-1, 1, 1) for array in (part.x, part.y))
        errors = (trainer.network.forward(x).output - y)[:, 0, 0] ** 2
        np.testing.assert_allclose(mse, errors.reshape(7, 5).mean(axis=1), rtol=1e-12)


def test_an_epoch_has_the_mean_of_its_updates_and_ends_with_its_last_one() -> None:
    scalars = Trainer(small()).advance()
    assert [(result.epoch, result.update) for result in scalars.epochs] == [(1, 7), (2, 14), (3, 21)]
    means = scalars.loss.reshape(3, 7).mean(axis=1)
    np.testing.assert_allclose([result.train_loss for result in scalars.epochs], means, rtol=1e-14)


def test_validation_measures_the_weights_at_the_end_of_every_epoch() -> None:
    trainer = Trainer(small())
    held_out = trainer.data.validation
    assert held_out is not None
    for _ in range(3):
        (result,) = trainer.advance(7).epochs
        errors = trainer.network.forward(held_out.x).output - held_out.y
        assert result.validation_loss == pytest.approx((errors**2).mean(), rel=1e-13)


def test_nothing_held_out_is_no_validation() -> None:
    scalars = Trainer(small(task__validation_sequences=0)).advance()
    assert [result.validation_loss for result in scalars.epochs] == [None, None, None]


def test_a_burst_without_time_makes_one_update_and_one_slice_of_validation() -> None:
    # 64 steps a sequence and 512 a slice: 100 sequences are 13 slices, of which the 13th ends the epoch.
    trainer = Trainer(small(task__length=65, task__validation_sequences=100, training__epochs=1))
    for update in range(1, 8):
        scalars = trainer.advance(seconds=0.0)
        assert len(scalars.loss) == 1
        assert trainer.update == update
        assert not scalars.epochs
    for _ in range(12):
        scalars = trainer.advance(seconds=0.0)
        assert len(scalars.loss) == len(scalars.epochs) == 0
        assert trainer.validating
    scalars = trainer.advance(seconds=0.0)
    assert len(scalars.epochs) == 1
    assert trainer.finished


def test_a_burst_ends_with_the_update_that_passes_its_time() -> None:
    trainer = Trainer(small(training__epochs=1_000_000, training__learning_rate=1e-3))
    made = [len(trainer.advance(seconds=0.002).loss) for _ in range(20)]
    assert min(made) >= 1
    assert trainer.update == sum(made) < 1_000_000


def test_a_burst_of_updates_includes_the_end_of_their_epoch() -> None:
    trainer = Trainer(small())
    assert len(trainer.advance(7).epochs) == 1
    assert trainer.epoch == 1
    assert not trainer.advance(6).epochs
    assert trainer.advance(1).epochs[0].epoch == 2


def test_a_finished_run_makes_no_update_until_it_is_extended() -> None:
    trainer = Trainer(small(training__epochs=1))
    trainer.advance()
    assert trainer.finished
    assert len(trainer.advance().loss) == 0
    trainer.extend(2)
    scalars = trainer.advance()
    assert scalars.first == 8
    assert [result.epoch for result in scalars.epochs] == [2, 3]
    longer = Trainer(small(training__epochs=3))
    longer.advance()
    np.testing.assert_array_equal(trainer.network.parameters.vector, longer.network.parameters.vector)


def test_the_weights_of_named_epochs_are_kept_at_full_speed() -> None:
    trainer = Trainer(small(training__epochs=4), frozenset({2, 3, 99}))
    trainer.advance()
    assert set(trainer.kept) == {"epoch 2", "epoch 3"}
    for epochs in (2, 3):
        other = Trainer(small(training__epochs=epochs))
        other.advance()
        np.testing.assert_array_equal(trainer.kept[f"epoch {epochs}"], other.network.parameters.vector)


def test_weights_kept_now_say_when_it_was_and_stay_as_they_were() -> None:
    trainer = Trainer(small())
    assert trainer.keep_now() == "epoch 0"
    trainer.advance(5)
    assert trainer.keep_now() == "update 5"
    then = trainer.network.parameters.vector.copy()
    trainer.advance(2)
    assert trainer.keep_now() == "epoch 1"
    np.testing.assert_array_equal(trainer.kept["update 5"], then)
    assert (trainer.kept["epoch 1"] != then).any()


def test_the_learning_rate_takes_effect_at_the_next_update() -> None:
    trainer = Trainer(small())
    trainer.advance(3)
    trainer.set_live("training.learning_rate", 0.0)
    before = trainer.network.parameters.vector.copy()
    trainer.advance(4)
    np.testing.assert_array_equal(trainer.network.parameters.vector, before)


def test_the_clip_norm_takes_effect_at_the_next_update_and_bounds_the_step() -> None:
    trainer = Trainer(small(training__learning_rate=1.0))
    trainer.set_live("training.clip_norm", 0.01)
    before = trainer.network.parameters.vector.copy()
    scalars = trainer.advance(1)
    step = np.linalg.norm(trainer.network.parameters.vector - before)
    assert scalars.grad_norm[0] > 0.1
    assert step == pytest.approx(0.01, rel=1e-4)
    trainer.set_live("training.clip_norm", None)
    before = trainer.network.parameters.vector.copy()
    scalars = trainer.advance(1)
    step = np.linalg.norm(trainer.network.parameters.vector - before)
    assert step == pytest.approx(scalars.grad_norm[0], rel=1e-9)


def test_the_scalars_of_a_burst_cannot_be_changed() -> None:
    scalars = Trainer(small()).advance(3)
    assert not scalars.loss.flags.writeable
    assert not scalars.grad_norm.flags.writeable


def test_given_weights_set_the_width() -> None:
    config = RunConfig().with_values(
        {"model.weights": str(GOLDEN / "article_weights.npz"), "model.layers": 4}
    )
    trainer = Trainer(config)
    assert trainer.config.model.layers == (10,)
    assert trainer.network.widths == (10,)


def test_weights_that_do_not_fit_the_data_are_refused(tmp_path: Path) -> None:
    file = write_data(tmp_path / "two.npz", x=np.ones((2, 3, 2)), y=np.ones((2, 3, 1)))
    weights = str(GOLDEN / "article_weights.npz")
    config = RunConfig().with_values({"task.name": "data", "task.file": file, "model.weights": weights})
    with pytest.raises(DataError, match="as many inputs as the data has, 2, found 1"):
        Trainer(config)


def test_a_data_task_without_a_file_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"task\.file must name"):
        Trainer(RunConfig().with_values({"task.name": "data"}))


def test_the_info_says_what_is_known_before_the_first_update(tmp_path: Path) -> None:
    trainer = data_trainer(tmp_path, x=np.ones((5, 3, 2)), y=np.ones((5, 3, 4)))
    info = trainer.info()
    assert (info.sequences, info.steps, info.inputs, info.outputs) == (5, 3, 2, 4)
    assert info.references == ()
    assert info.config == trainer.config
    sine = Trainer(small())
    assert sine.info().references == sine.config.task.references(sine.data)


def test_a_batch_is_one_update_with_the_mean_of_its_sequences() -> None:
    config = small(training__batch=3, training__learning_rate=0.0, training__epochs=1)
    trainer = Trainer(config)
    scalars = trainer.advance()
    assert trainer.updates_an_epoch == len(scalars.loss) == 3
    each = Trainer(config.with_values({"training.batch": 1})).advance()
    means = [part.mean() for part in np.split(each.loss, [3, 6])]
    np.testing.assert_allclose(scalars.loss, means, rtol=1e-12)
    assert scalars.epochs[0].train_loss == pytest.approx(each.epochs[0].train_loss, rel=1e-12)


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("cell", EVERY_CELL)
def test_carried_streams_go_on_from_window_to_window(cell: str) -> None:
    changes = {"task__carry_state": True, "training__batch": 2, "training__learning_rate": 0.0}
    trainer = Trainer(small(**changes, model__cell=cell, training__epochs=2))
    scalars = trainer.advance()
    x, y = trainer.data.train.x, trainer.data.train.y
    streams = [[0, 1, 2, 3], [4, 5, 6]]  # windows of the two streams
    losses = np.full((2, 4), np.nan)
    for stream, windows in enumerate(streams):
        joined = x[:, windows].swapaxes(0, 1).reshape(-1, 1, 1)
        answers = trainer.network.forward(joined).output.reshape(len(windows), 5)
        losses[stream, : len(windows)] = ((answers - y[:, windows, 0].T) ** 2).mean(axis=1)
    np.testing.assert_allclose(scalars.loss, np.tile(np.nanmean(losses, axis=0), 2), rtol=1e-12)


def test_a_shuffled_epoch_has_every_sequence_in_another_order_each_time() -> None:
    config = small(training__learning_rate=0.0, training__epochs=3, training__shuffle=True)
    shuffled = Trainer(config).advance().loss.reshape(3, 7)
    straight = Trainer(config.with_values({"training.shuffle": False})).advance().loss[:7]
    for epoch in shuffled:
        np.testing.assert_array_equal(np.sort(epoch), np.sort(straight))
        assert (epoch != straight).any()
    assert (shuffled[0] != shuffled[1]).any()


def test_weight_decay_adds_so_many_times_the_weights_to_the_clipped_gradient() -> None:
    settings = {"training__learning_rate": 0.5, "training__clip_norm": 0.01}
    plain, decayed = Trainer(small(**settings)), Trainer(small(**settings, training__weight_decay=0.1))
    before = plain.network.parameters.vector.copy()
    plain.advance(1)
    decayed.advance(1)
    expected = plain.network.parameters.vector - 0.5 * 0.1 * before
    np.testing.assert_allclose(decayed.network.parameters.vector, expected, rtol=1e-12)


def test_clipping_by_element_bounds_every_part_of_the_step() -> None:
    trainer = Trainer(small(training__learning_rate=1.0, training__clip_value=0.01))
    before = trainer.network.parameters.vector.copy()
    trainer.advance(1)
    steps = np.abs(trainer.network.parameters.vector - before)
    assert steps.max() == pytest.approx(0.01, rel=1e-12)
    assert np.median(steps) < 0.01


def test_the_schedule_changes_the_step_and_not_the_setting() -> None:
    trainer = Trainer(small(training__schedule="warm-up", training__warmup_epochs=2))
    plain = Trainer(small())
    before = plain.network.parameters.vector.copy()
    trainer.advance(1)
    plain.advance(1)
    step = plain.network.parameters.vector - before
    np.testing.assert_allclose(trainer.network.parameters.vector - before, step / 14, rtol=1e-9, atol=1e-15)
    assert trainer.config.training.learning_rate == plain.config.training.learning_rate


def test_a_truncation_changes_the_gradient_alone() -> None:
    whole, truncated = (Trainer(small(training__truncation=k)) for k in (None, 2))
    first, second = whole.advance(1), truncated.advance(1)
    assert first.loss[0] == second.loss[0]
    assert first.grad_norm[0] != second.grad_norm[0]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"training__batch": 8},
            "training.batch must be at most 7, the sequences that there are, not 8",
        ),
        (
            {"training__truncation": 6},
            "training.truncation must be at most 5, the time steps of a sequence, or off, not 6",
        ),
    ],
)
def test_what_does_not_fit_the_sequences_is_refused(changes: dict[str, int], sentence: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        Trainer(small(**changes))
    assert str(refusal.value) == sentence


@pytest.mark.usefixtures("added_cells")
@pytest.mark.parametrize("cell", EVERY_CELL)
@pytest.mark.parametrize("readout", READOUTS)
def test_one_unit_one_step_and_one_sequence_are_enough(cell: str, readout: str, tmp_path: Path) -> None:
    y = np.array([[[0.5]]]) if readout == "mse" else np.array([[1]])
    file = write_data(tmp_path / "one.npz", x=np.ones((1, 1, 1)), y=y)
    config = RunConfig().with_values(
        {
            "task.name": "data",
            "task.file": file,
            "model.cell": cell,
            "model.readout": readout,
            "model.layers": "1,1",
            "training.epochs": 2,
        }
    )
    trainer = Trainer(config)
    scalars = trainer.advance()
    assert trainer.update == 2
    assert scalars.loss[1] < scalars.loss[0]


def test_a_readout_that_does_not_fit_the_targets_is_refused(tmp_path: Path) -> None:
    file = write_data(tmp_path / "classes.npz", x=np.ones((2, 3, 1)), y=np.ones((2, 3), dtype=int))
    asked = {"task.name": "data", "task.file": file, "model.readout": "mse"}
    config = RunConfig().with_values(asked)
    with pytest.raises(ConfigError, match=r"model\.readout must be nll, since the targets"):
        Trainer(config)


def test_the_readout_follows_the_targets_of_a_data_file_where_none_was_named(tmp_path: Path) -> None:
    classes = write_data(tmp_path / "classes.npz", x=np.ones((2, 3, 1)), y=np.ones((2, 3), dtype=int))
    numbers = write_data(tmp_path / "numbers.npz", x=np.ones((2, 3, 1)), y=np.ones((2, 3, 1)))
    config = RunConfig().with_values({"task.name": "data", "task.file": classes})
    assert config.model.readout == "nll"
    assert config.with_values({"task.file": numbers}).model.readout == "mse"
    assert config.with_values({"seed": 2}).model.readout == "nll"


def test_after_a_reset_no_weight_has_moved() -> None:
    trainer = Trainer(small())
    trainer.advance(5)
    trainer.reset()
    found = trainer.snapshot(SnapshotRequest(probes=frozenset({"parameter_norms"}))).probe(ParameterNorms)
    assert found is not None
    np.testing.assert_array_equal(found.step, 0.0)


def test_a_rate_that_a_schedule_lets_grow_past_all_bounds_is_a_divergence() -> None:
    changes = {"schedule": "step", "step_factor": 10.0, "step_epochs": 1, "epochs": 400, "learning_rate": 0.0}
    config = small(task__sequences=1, task__validation_sequences=0)
    trainer = Trainer(config.with_values({f"training.{name}": value for name, value in changes.items()}))
    trainer.advance()
    assert trainer.divergence is not None
    assert trainer.divergence.tensor.startswith("weight")
