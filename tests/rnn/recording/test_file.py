"""A recording that is written is read again to the last bit, or refused."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rnn.config import RunConfig
from rnn.errors import DataError, ScopeError
from rnn.files.safetensors import read_safetensors, safetensors_bytes
from rnn.model.cells import CELLS
from rnn.optimizing.optimizers import OPTIMIZERS
from rnn.recording import Recorder, Recording, Replay, file, open_recording
from rnn.recording.file import RecordingFile
from rnn.training.engines import ENGINES
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.engines.numpy_engine import Numpy
from rnn.training.trainer import Trainer
from rnn.weights import save_weights
from tests.rnn.cases import data_trainer, small
from tests.rnn.cuts import bits, trainer_with
from tests.rnn.recording.recorded import changes, recorded, stopped
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")
SUCCESSION: dict[str, dict[str, Any]] = {
    "plain": {},
    "shuffled": {"training.shuffle": True, "training.batch": 3},
    "carried": {"task.carry_state": True, "training.batch": 2},
}


def written(place: Path, recorder: Recorder) -> Path:
    """The file of what was recorded so far."""
    one = RecordingFile(place, recorder.trainer, 1)
    one.recorder = recorder
    one.write()
    one.close()
    return place


def all_of(recording: Recording) -> Any:
    """Everything that a recording holds."""
    scalars = {
        name: (series.recent, series.older, series.width) for name, series in recording.scalars.items()
    }
    return bits(
        [
            recording.config,
            recording.engine,
            recording.update,
            recording.seconds,
            recording.divergence,
            recording.events,
            recording.checkpoints,
            scalars,
        ]
    )


@pytest.mark.parametrize("succession", SUCCESSION)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_read_is_what_was_written(
    engine: str, cell: str, optimizer: str, succession: str, tmp_path: Path
) -> None:
    changed = {"model.cell": cell, "model.layers": "3,2", "training.optimizer": optimizer}
    config = small(training__epochs=2).with_values(changed | SUCCESSION[succession])
    recorder = recorded(config, ENGINES[engine], changes(trainer_with(config, ENGINES[engine])))
    opened = open_recording(written(tmp_path / "r", recorder))
    assert all_of(opened.recording) == all_of(recorder.recording)
    assert opened.note == ""
    replay = Replay(opened.recording, trainer_with(config, ENGINES[engine]))
    replay.go_to(11)
    like = stopped(config, ENGINES[engine], recorder.recording.events, 11)
    assert bits(replay.trainer.state()) == bits(like.state())


def test_a_run_that_diverged_is_read_too(tmp_path: Path) -> None:
    config = small(model__nonlinearity="identity", training__learning_rate=1e6, training__epochs=60)
    recorder = recorded(config, Numpy)
    recording = open_recording(written(tmp_path / "r", recorder)).recording
    assert str(recording.divergence) == str(recorder.recording.divergence) != "None"


def test_another_machine_is_told_and_the_checkpoints_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = written(tmp_path / "r", recorded(small(), Numpy))
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    opened = open_recording(place)
    assert opened.note == (
        "It was recorded on another machine (system); what is trained again from a checkpoint may differ in "
        "the last bits here"
    )
    assert opened.recording.checkpoints


def test_an_engine_that_is_not_to_be_had_is_an_obstacle_where_it_must_train(tmp_path: Path) -> None:
    recorder = Recorder(Trainer(small(engine="numpy")))
    while recorder.trainer.update < 3:
        recorder.advance(1)
    recorder.recording.engine = "abacus"
    opened = open_recording(written(tmp_path / "r", recorder))
    replay = Replay(opened.recording, opened.trainer)
    replay.go_to(0)
    with pytest.raises(ScopeError, match="The engine abacus, which made these updates, cannot be had here"):
        replay.go_to(1)


def refusals_of(place: Path, contents: Iterable[bytes]) -> set[str]:
    """What is said of a file that holds each of these; empty where it is opened."""
    said = set()
    for content in contents:
        place.write_bytes(content)
        try:
            open_recording(place)
            said.add("")
        except ScopeError as error:
            said.add(str(error).removeprefix(f"{place}: "))
    return said


DAMAGED = {
    "expected a recording, as train --record writes it; this is of another kind, or damaged",
    "is damaged, or was changed by a program that kept its old checksum",
}


def damaged(content: bytes, every: int) -> Iterable[bytes]:
    """Cut, and with one bit flipped, at every so many bytes."""
    for place in range(0, len(content), every):
        yield content[:place]
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        yield bytes(flipped)


def test_a_recording_that_was_cut_or_flipped_is_refused(tmp_path: Path) -> None:
    content = written(tmp_path / "r", recorded(small(), Numpy)).read_bytes()
    said = refusals_of(tmp_path / "r", damaged(content, 97))
    assert "" not in said
    assert said > DAMAGED  # where a type in the header is what was flipped, that is named


def test_files_of_other_kinds_are_refused(tmp_path: Path) -> None:
    trainer = trainer_with(small(), Numpy)
    save_weights(tmp_path / "w.safetensors", trainer.network)
    save_weights(tmp_path / "w.npz", trainer.network)
    contents = [
        (tmp_path / "w.safetensors").read_bytes(),
        (tmp_path / "w.npz").read_bytes(),
        b"",
        b"seed = 1",
    ]
    assert refusals_of(tmp_path / "r", contents) <= DAMAGED
    with pytest.raises(DataError, match="there is no such file"):
        open_recording(tmp_path / "nothing")


@pytest.mark.parametrize(
    "change",
    [
        {"events": [[1, "__init__", [], "a person"]]},
        {"events": 3},
        {"checkpoints": []},
        {"checkpoints": [{}]},
        {"update": "many"},
        {"config": "seed = x"},
        {"widths": {}},
        {"divergence": [1]},
    ],
    ids=str,
)
def test_a_recording_that_says_something_else_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    place = written(tmp_path / "r", recorded(small(), Numpy))
    arrays = {name: np.asarray(array) for name, array in read_safetensors(place).items()}
    about = json.loads(arrays[file.ABOUT].tobytes()) | change
    arrays[file.ABOUT] = np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)
    (said,) = refusals_of(place, [safetensors_bytes(arrays)])
    assert said


def test_a_run_whose_data_were_changed_since_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 5, 1))
    recorder = Recorder(data_trainer(tmp_path, x=x, y=y))
    while recorder.trainer.update < 5:
        recorder.advance(1)
    place = written(tmp_path / "r", recorder)
    assert open_recording(place).recording.update == 5
    data_trainer(tmp_path, x=x, y=2.0 * y)
    with pytest.raises(DataError, match=r"its run begins otherwise here.*: task\.file was changed since"):
        open_recording(place)
    (tmp_path / "data.npz").unlink()
    with pytest.raises(DataError, match=r"there is no such file, and task\.file names it"):
        open_recording(place)


def test_a_place_where_nothing_can_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "r", tmp_path):
        with pytest.raises(DataError, match="expected a f"):
            RecordingFile(place, trainer_with(RunConfig(), Compiled), 1 << 20)
