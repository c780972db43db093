"""Runs for the panel of the unrolled network, and the numbers that it writes."""

from __future__ import annotations

import re

from gui.panels.unrolled.panel import UnrolledPanel
from rnn.config import RunConfig
from rnn.observing.probes.unrolled import Unrolled
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.gui.panels.feeding import ARTICLE, begun, settle

REQUEST = SnapshotRequest(probes=frozenset({"unrolled"}))
STACKED_LSTM = ARTICLE.with_values(
    {"model.cell": "lstm", "model.layers": (6, 3), "model.initializer": "glorot"}
)


def feed(panel: UnrolledPanel, trainer: Trainer, updates: int = 0) -> Unrolled:
    """Train on and draw that moment."""
    scalars = trainer.advance(updates)
    snapshot = trainer.snapshot(REQUEST)
    panel.receive((scalars,), snapshot)
    settle(panel)
    moment = snapshot.probe(Unrolled)
    assert moment is not None
    return moment


def run(panel: UnrolledPanel, config: RunConfig = ARTICLE, updates: int = 20) -> Unrolled:
    return feed(panel, begun(panel, config), updates)


def figures(text: str) -> list[float]:
    """Every number in a line, as written with powers of ten."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    found = re.findall(r"(?<![\w₀-₉\[])(−?[\d.]+)(?:·10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text)
    return [
        float(mantissa.replace("−", "-")) * 10.0 ** float(power.translate(digits) or 0)
        for mantissa, power in found
    ]
