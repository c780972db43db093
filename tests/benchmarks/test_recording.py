"""What recording costs and how long a seek takes, at the presets' own epochs, compiled (``-s`` prints it).

In seconds of the thread alone, so that a machine that is busy does not tell.
"""

from __future__ import annotations

import random
import statistics
import time

import pytest

from rnn.config.presets import load_preset, presets
from rnn.recording import Recorder, Replay
from rnn.training.engines.compiled.engine import Compiled
from rnn.training.scalars import Scalars
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
def test_recording_costs_at_most_three_per_cent(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it adds to the training's own time in one run, in bursts as the window makes them."""
    config = load_preset(name).config.with_values(
        {"training.epochs": 1_000_000, "training.learning_rate": 1e-4}
    )
    recorder = Recorder(trainer_with(config, Compiled))
    advance, trained = recorder.trainer.advance, [0.0]

    def clocked(updates: float, seconds: float) -> Scalars:
        begun = time.thread_time()
        scalars = advance(updates, seconds)
        trained[0] += time.thread_time() - begun
        return scalars

    monkeypatch.setattr(recorder.trainer, "advance", clocked)
    recorder.advance(seconds=0.006)
    begun, trained[0] = time.thread_time(), 0.0
    while trained[0] < 2.0:
        recorder.advance(seconds=0.006)
    cost = (time.thread_time() - begun) / trained[0] - 1.0
    print(f"{name}: {100 * cost:.1f} % with {len(recorder.recording.checkpoints)} checkpoints")
    assert cost < 0.03
