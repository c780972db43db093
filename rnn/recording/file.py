"""A recording as a file: whole or not at all, and refused where anything in it was changed since."""

from __future__ import annotations

import contextlib
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from rnn.config import RunConfig, flatten
from rnn.config.toml import parsed_toml
from rnn.data.tasks import Data
from rnn.errors import DataError, Divergence
from rnn.files import mode_of, scratch, write_all
from rnn.files.safetensors import read_safetensors, write_safetensors
from rnn.recording.recorder import ORDERS, Recorder
from rnn.recording.recording import Checkpoint, Event, Recording
from rnn.recording.series import Series
from rnn.training.engines import EngineState
from rnn.training.epochs import EpochsState
from rnn.training.state import TrainerState
from rnn.training.trainer import Trainer

ABOUT = "recording"  # the array that holds all that is no array, as JSON
WHAT = "a recording, as train --record writes it"
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording that was read from a file.

    Attributes:
        recording: of the run.
        trainer: of the same run, at its first update.
        note: that later bits may differ here, in one sentence; empty on a machine like its own.
    """

    recording: Recording
    trainer: Trainer
    note: str


class RecordingFile:
    """A run that is recorded, and the file that will hold the recording.

    Arguments:
        place: of the file.
        trainer: the run, before its first update.
        budget: how many bytes the checkpoints may take.

    Attributes:
        recorder: of the run.

    Raises:
        DataError: nothing can be written there.
    """

    def __init__(self, place: Path, trainer: Trainer, budget: int) -> None:
        mode_of(place)
        self._place, self._stream = place, scratch(place)
        self.recorder = Recorder(trainer, budget)

    def write(self) -> None:
        """Write the recording up to now.

        Raises:
            DataError: it cannot be written; what was there before is then still there.
        """
        try:
            _write(self._stream, self.recorder.recording, self.recorder.trainer.data)
        except OSError as error:
            raise DataError(self._place, "", f"cannot be written ({error.strerror or error})") from None
        write_all({self._place: self._stream})

    def close(self) -> None:
        """Let go of what was not written."""
        with contextlib.suppress(OSError):  # a disk that was full still is
            self._stream.close()


def _write(stream: BinaryIO, recording: Recording, data: Data) -> None:
    checkpoints, parts = [], dict[str, list[NDArray[Any]]]()
    for checkpoint in recording.checkpoints:
        arrays, facts = _taken_down(checkpoint)
        checkpoints.append(facts)
        for name, array in arrays.items():
            parts.setdefault(f"checkpoint.{name}", []).append(array.reshape(-1))
    found = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    for name, series in recording.scalars.items():
        found |= {f"{name}.recent": series.recent, f"{name}.older": series.older}
    about = {
        "config": recording.config.from_the_root().to_toml(),
        "engine": recording.engine,
        "update": recording.update,
        "seconds": recording.seconds,
        "events": [[event.update, event.order, event.arguments, event.by] for event in recording.events],
        "divergence": _of_divergence(recording.divergence),
        "widths": {name: series.width for name, series in recording.scalars.items()},
        "checkpoints": checkpoints,
        "machine": _machine(),
        "data": _digest_of(data),
    }
    write_safetensors(stream, found | {ABOUT: np.frombuffer(json.dumps(about).encode(), dtype=np.uint8)})


def open_recording(path: str | Path) -> Opened:
    """Read a recording, and make its run anew up to its first update.

    Raises:
        DataError: it is missing, damaged or no recording; or a file that its run reads is missing, or is
            another one than then.
        ConfigError: its run is none that this version knows.
    """
    arrays = {name: np.asarray(array) for name, array in read_safetensors(path, WHAT).items()}
    try:
        about = json.loads(arrays.pop(ABOUT).tobytes())
        recording = _read(path, about, arrays)
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, RecursionError, OverflowError):
        raise DataError(path, "", f"expected {WHAT}; this is of another kind, or damaged") from None
    trainer = Trainer(recording.config)
    first = recording.checkpoints[0].state
    begun = trainer.network.parameters.vector.tobytes() == first.parameters.tobytes()
    if not begun or about["data"] != _digest_of(trainer.data):
        what = " or ".join(recording.config.files()) or "the program"
        reason = f"its run begins otherwise here than when it was recorded: {what} was changed since"
        raise DataError(path, "", reason)
    return Opened(recording, trainer, _difference(about["machine"]))


def _read(path: str | Path, about: Mapping[str, Any], arrays: Arrays) -> Recording:
    recording = Recording(RunConfig().with_values(flatten(path, parsed_toml(path, about["config"]))))
    recording.engine, recording.update = about["engine"], int(about["update"])
    recording.seconds, recording.divergence = float(about["seconds"]), _divergence(about["divergence"])
    for name in recording.scalars:
        older, recent = arrays.pop(f"{name}.older"), arrays.pop(f"{name}.recent")
        recording.scalars[name] = Series.of(older, int(about["widths"][name]), recent)
    for update, order, arguments, by in about["events"]:
        if order not in ORDERS:
            raise ValueError
        recording.note(Event(update, order, tuple(arguments), by))
    begins = dict.fromkeys(arrays, 0)
    for facts in about["checkpoints"]:
        of_one: Arrays = {}
        for name, shape in facts["shapes"].items():
            flat, begin = arrays[f"checkpoint.{name}"], begins[f"checkpoint.{name}"]
            end = begins[f"checkpoint.{name}"] = begin + int(np.prod(shape))
            of_one[name] = flat[begin:end].reshape(shape)
            of_one[name].flags.writeable = False
        recording.put_back(_brought_back(of_one, facts))
    if not recording.checkpoints or recording.checkpoints[0].state.update:
        raise ValueError
    return recording


def _taken_down(checkpoint: Checkpoint) -> tuple[Arrays, dict[str, Any]]:
    """The arrays of a checkpoint by name, and all else as JSON takes it."""
    state, engine, epochs = checkpoint.state, checkpoint.state.engine, checkpoint.state.epochs
    arrays: Arrays = {"parameters": state.parameters, "losses": epochs.losses}
    arrays |= {f"kept.{label}": vector for label, vector in state.kept.items()}
    if epochs.order is not None:
        arrays["order"] = epochs.order
    facts = {
        "events": checkpoint.events,
        "seconds": checkpoint.seconds,
        "update": state.update,
        "complete": epochs.complete,
        "generator": epochs.generator,
        "live": state.live,
        "target_epochs": state.target_epochs,
        "divergence": _of_divergence(state.divergence),
    }
    if engine is not None:
        arrays["before"] = engine.before
        numbers = {}
        for name, value in engine.optimizer.items():
            if isinstance(value, np.ndarray):
                arrays[f"optimizer.{name}"] = value
            else:
                numbers[name] = value
        for layer, states in enumerate(engine.carried):
            arrays |= {f"carried.{layer}.{number}": array for number, array in enumerate(states)}
        facts["engine"] = [engine.name, engine.partition, engine.precision, numbers]
    return arrays, facts | {"shapes": {name: array.shape for name, array in arrays.items()}}


def _brought_back(arrays: Arrays, facts: Mapping[str, Any]) -> Checkpoint:
    """The checkpoint that was taken down so."""
    engine = None
    if "engine" in facts:
        name, partition, precision, numbers = facts["engine"]
        optimizer = numbers | dict(_under("optimizer.", arrays))
        carried: dict[str, list[Any]] = {}
        for place, array in _under("carried.", arrays):
            carried.setdefault(place.partition(".")[0], []).append(array)
        states = tuple(map(tuple, carried.values()))
        engine = EngineState(name, partition, precision, arrays["before"], optimizer, states)
    epochs = EpochsState(facts["complete"], arrays["losses"], arrays.get("order"), facts["generator"])
    state = TrainerState(
        update=facts["update"],
        parameters=arrays["parameters"],
        epochs=epochs,
        live=facts["live"],
        target_epochs=facts["target_epochs"],
        kept=dict(_under("kept.", arrays)),
        divergence=_divergence(facts["divergence"]),
        engine=engine,
    )
    return Checkpoint(state, facts["events"], facts["seconds"])


def _under(prefix: str, arrays: Arrays) -> Iterator[tuple[str, NDArray[Any]]]:
    """The arrays whose names begin so, by the rest of their names."""
    return ((name[len(prefix) :], array) for name, array in arrays.items() if name.startswith(prefix))


def _of_divergence(divergence: Divergence | None) -> list[Any] | None:
    if divergence is None:
        return None
    return [divergence.epoch, divergence.update, divergence.time_step, divergence.tensor]


def _divergence(facts: list[Any] | None) -> Divergence | None:
    return None if facts is None else Divergence(*facts)


def _digest_of(data: Data) -> str:
    """The digest of all sequences, those that are held out included."""
    digest = hashlib.sha256()
    for part in filter(None, (data.train, data.validation)):
        for array in (part.x, part.y, part.scored, *part.start.values()):
            if array is not None:
                digest.update(f"{array.dtype.str} {array.shape}".encode())
                digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _machine() -> dict[str, str]:
    """What the last bits of an update hang on, beside the program."""
    built: Any = np.show_config("dicts")
    return {
        "system": f"{platform.system()} on {platform.machine()}",
        "processor": " ".join(built["SIMD Extensions"].get("found", ())),
        "NumPy": f"{np.__version__}, {built['Build Dependencies']['blas'].get('version', '')}",
        "Python": platform.python_version(),
    }


def _difference(then: Mapping[str, str]) -> str:
    """What is said of a recording that was made on such a machine."""
    others = [name for name, value in _machine().items() if then.get(name) != value]
    if not others:
        return ""
    what = " and ".join(others)
    return (
        f"It was recorded on another machine ({what}); what is trained again from a checkpoint may differ "
        "in the last bits here"
    )
