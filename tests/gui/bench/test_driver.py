"""The driver of a training at rest: changes are shown, and weights are saved as their model names them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gui.bench.driver import Driver
from gui.bench.mailbox import Mailbox
from rnn.config.presets import load_preset
from rnn.observing.probes import Line
from rnn.observing.snapshot import Snapshot, SnapshotRequest
from rnn.training.trainer import Trainer
from rnn.weights import npz_bytes, to_torch
from tests.gui.bench.measured import whole
from tests.waiting import Clock

LOOK = SnapshotRequest(probes=frozenset({"line"}))


def shown(driver: Driver, mailbox: Mailbox) -> Snapshot | None:
    driver.show()
    driver.watchers[0].look()
    return whole(mailbox.take().snapshots)


@pytest.mark.parametrize(
    ("key", "value"),
    [("training.learning_rate", 0.001), ("training.clip_norm", 0.5), ("training.clip_norm", None)],
)
def test_a_live_setting_is_seen_at_once_while_it_rests(key: str, value: Any) -> None:
    mailbox = Mailbox(LOOK)
    driver = Driver(Trainer(load_preset("clipped").config), mailbox, rate=None)
    before = shown(driver, mailbox)
    assert before is not None
    assert shown(driver, mailbox) is None  # nothing has changed
    driver.set_live(key, value)
    after = shown(driver, mailbox)
    assert after is not None
    old, new = before.probe(Line), after.probe(Line)
    assert old is not None
    assert new is not None
    assert new.update == old.update == 0
    rate = 0.001 if key.endswith("rate") else old.training.learning_rate
    assert new.sgd.length == pytest.approx(rate * new.norm, rel=1e-12)
    if key.endswith("clip_norm"):
        assert old.clipped is not None
        assert (new.clipped is None) == (value is None)
        assert new.clipped is None or new.clipped.length == pytest.approx(rate * 0.5, rel=1e-5)


def test_a_rate_is_kept() -> None:
    clock = Clock(tick=1e-6)
    mailbox = Mailbox(LOOK)
    driver = Driver(Trainer(load_preset("article").config), mailbox, rate=200.0, clock=clock.perf_counter)
    driver.go()
    made = 0
    while made < 100:
        clock.now += driver.idle_seconds() or 0.0
        driver.train()
        made += sum(len(part.loss) for part in mailbox.take().scalars)
    assert clock.now == pytest.approx(99 / 200, abs=1e-3)


def test_weights_are_saved_under_the_names_of_their_model(tmp_path: Path) -> None:
    config = load_preset("article").config
    ours = to_torch(Trainer(config).network)
    theirs = {name.replace("rnn.", "net.").replace("head.", "fc."): array for name, array in ours.items()}
    (tmp_path / "w.npz").write_bytes(npz_bytes(theirs))
    trainer = Trainer(config.with_values({"model.weights": str(tmp_path / "w.npz")}))
    Driver(trainer, Mailbox(LOOK), rate=None).save_weights(tmp_path / "saved.npz")
    with np.load(tmp_path / "saved.npz") as saved:
        assert saved.files == list(theirs)
        for name, array in theirs.items():
            np.testing.assert_allclose(saved[name], array, rtol=1e-15)
