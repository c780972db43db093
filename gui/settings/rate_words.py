"""What a schedule has made of the learning rate, in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnn.config import RunConfig
from rnn.number_format import short
from rnn.observing.snapshot import RunInfo


def rate_words(info: RunInfo, config: RunConfig, update: int) -> str:
    """The learning rate that the newest of so many updates used.

    Empty where the schedule is constant, or where the form's ``config`` has another one than the run.
    """
    schedule = config.training.schedule
    if schedule == "constant" or schedule != info.config.training.schedule:
        return ""
    training = replace(info.config.training, learning_rate=config.training.learning_rate)
    (rate,) = training.learning_rates(np.array([max(update - 1, 0)]), info.updates_an_epoch).tolist()
    return f"now {short(rate)}"
