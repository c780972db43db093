"""What recording costs and how long a seek takes, at the presets' own epochs, compiled (``-s`` prints it).

In seconds of the thread alone, so that a machine that is busy does not tell.
"""

from __future__ import annotations

import random
import statistics
import time
from typing import Any

import pytest

from rnn.config.presets import load_preset, presets
from rnn.recording import Recorder, Replay
from rnn.training.engines.compiled.engine import Compiled
from tests.rnn.cuts import trainer_with
from tests.rnn.training.engines.conftest import kernels  # noqa: F401

pytestmark = pytest.mark.usefixtures("kernels")
NAMES = [preset.name for preset in presets()]


@pytest.mark.parametrize("name", NAMES)
def test_any_seek_takes_a_quarter_of_a_second_at_most(name: str) -> None:
    recorder = Recorder(trainer_with(load_preset(name).config, Compiled))
    while not recorder.trainer.finished:
        recorder.advance(seconds=0.05)
    recording = recorder.recording
    replay = Replay(recording, trainer_with(recording.config, Compiled))
    random.seed(0)
    took, at_once = [], []
    for _ in range(100):
        update, begun = random.randint(0, recording.update), time.thread_time()
        way = replay.seek(update)
        next(way)
        at_once.append(time.thread_time() - begun)
        list(way)
        took.append(time.thread_time() - begun)
    megabytes = sum(checkpoint.size for checkpoint in recording.checkpoints) / 1e6
    print(
        f"{name}: {recording.seconds:.2f} s, {len(recording.checkpoints)} checkpoints, {megabytes:.1f} MB; a "
        f"seek {1e3 * statistics.median(took):.0f} ms, at most {1e3 * max(took):.0f}; its first moment after "
        f"{1e3 * statistics.median(at_once):.1f} ms"
    )
    assert max(took) < 0.25
    assert statistics.median(at_once) < 0.03


@pytest.mark.parametrize("name", NAMES)
def test_recording_costs_at_most_three_per_cent(name: str) -> None:
    """Both ways in turns, by the seconds of this thread, so that what else runs holds up both alike."""
    config = load_preset(name).config.with_values(
        {"training.epochs": 1_000_000, "training.learning_rate": 1e-4}
    )
    plain, recorder = trainer_with(config, Compiled), Recorder(trainer_with(config, Compiled))

    def seconds_an_update(advance: Any) -> float:
        made, ends, begun = 0, time.perf_counter() + 0.1, time.thread_time()
        while time.perf_counter() < ends:
            made += len(advance(seconds=0.006).loss)
        return (time.thread_time() - begun) / made

    pairs = [(seconds_an_update(plain.advance), seconds_an_update(recorder.advance)) for _ in range(40)]
    ratio = statistics.median(recorded / without for without, recorded in pairs)
    print(f"{name}: {100 * (ratio - 1):+.1f} % with {len(recorder.recording.checkpoints)} checkpoints")
    assert ratio < 1.03
