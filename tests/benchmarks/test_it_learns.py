"""Every preset that promises to learn does, with its own seed, and reports its figures.

Run with ``python3 main.py test tests/benchmarks/test_it_learns.py -s``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from rnn.config.presets import load_preset
from rnn.training.scalars import EpochResult
from rnn.training.trainer import Trainer

SECONDS = 120.0


class Promise(NamedTuple):
    """What holds of the last epoch of a preset: a figure of it, and what it must be below or above."""

    figure: Callable[[EpochResult], float | None]
    below: float | None = None
    above: float | None = None


def train_loss(last: EpochResult) -> float | None:
    return last.train_loss


def held_out_loss(last: EpochResult) -> float | None:
    return last.validation_loss


def accuracy(last: EpochResult) -> float | None:
    return last.accuracy


def bigram_loss(name: str) -> float:
    """What the best add-k bigram reaches on the held-out part of this preset's text, in nats."""
    config = load_preset(name).config
    lines = config.task.references(config.task.generate(np.random.default_rng(config.seed)))
    return next(line.loss for line in lines if line.label.startswith("best add-k bigram"))


PROMISES = {
    "article-adam": Promise(train_loss, below=0.011),
    "article-carried": Promise(train_loss, below=0.0005),
    "adding": Promise(held_out_loss, below=0.01),
    "copy-memory": Promise(accuracy, above=0.99),
    "temporal-order": Promise(accuracy, above=0.95),
    # Half the perplexity of the bigram.
    "text": Promise(held_out_loss, below=bigram_loss("text") - math.log(2.0)),
}


@pytest.mark.parametrize("name", PROMISES)
def test_the_preset_learns_what_it_promises(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    promise = PROMISES[name]
    trainer = Trainer(load_preset(name).config)
    start = time.perf_counter()
    last = trainer.advance().epochs[-1]
    seconds = time.perf_counter() - start
    column = trainer.network.readout.column
    with capsys.disabled():
        print(f"\n  {name:16} {last.epoch:3} epochs, {last.update:6,} updates, {seconds:5.1f} s:", end="")
        print(f" train {column} {last.train_loss:.6f}", end="")
        print(
            "" if last.validation_loss is None else f", held-out {column} {last.validation_loss:.6f}", end=""
        )
        print("" if last.accuracy is None else f", accuracy {100 * last.accuracy:.2f} %")
    assert trainer.divergence is None
    found = promise.figure(last)
    assert found is not None
    assert promise.below is None or found < promise.below
    assert promise.above is None or found > promise.above
    assert seconds < SECONDS
