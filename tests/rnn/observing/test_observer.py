"""What is measured anew, and what is given again."""

from __future__ import annotations

import traceback
import weakref
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from rnn.array import Array
from rnn.observing import observer
from rnn.observing.probes import PROBES, Flow, GradientCheck, Moment, Probe, Spectrum
from rnn.observing.snapshot import SnapshotRequest
from rnn.training.trainer import Trainer
from tests.rnn.cases import small


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the probes that measure, one after the other."""
    names: list[str] = []

    def counting(name: str, probe: Probe) -> Probe:
        def measure(moment: Moment) -> object:
            names.append(name)
            return probe.measure(moment)

        return replace(probe, measure=measure)

    monkeypatch.setattr(observer, "PROBES", {name: counting(name, probe) for name, probe in PROBES.items()})
    return names


def asked(*probes: str, **changes: Any) -> SnapshotRequest:
    return SnapshotRequest(probes=frozenset(probes), **changes)


def test_while_a_check_goes_on_at_rest_nothing_else_is_measured_anew(
    measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("rnn.observing.probes.check"), "SLICE_SECONDS_AT_REST", 0.0)
    trainer = Trainer(small())
    request = asked("check", "flow", "spectrum", "pairs")
    first = trainer.snapshot(request)
    assert not first.complete
    moments = (trainer.snapshot(request) for _ in range(10_000))
    last = next(moment for moment in moments if moment.complete)
    for name in ("flow", "spectrum", "pairs"):
        assert measured.count(name) == 1
        assert last.probes[name] is first.probes[name]
    slices = measured.count("check")
    assert slices > 1
    assert trainer.snapshot(request).probe(GradientCheck) is last.probe(GradientCheck)
    assert measured.count("check") == slices


def test_another_panel_at_rest_costs_its_own_probe_alone(measured: list[str]) -> None:
    trainer = Trainer(small())
    trainer.snapshot(asked("flow"))
    trainer.snapshot(asked("flow", "pairs"))
    assert measured == ["flow", "pairs"]


def test_at_rest_whatever_changes_is_measured_anew(measured: list[str]) -> None:
    trainer = Trainer(small())
    request = asked("fit")

    def times(request: SnapshotRequest = request) -> int:
        measured.clear()
        trainer.snapshot(request)
        trainer.snapshot(request)
        return len(measured)

    assert times() == 1
    assert times() == 0
    assert times(replace(request, sequence=1)) == 1
    assert times(replace(request, sequence=1, span=2)) == 1
    trainer.set_live("training.learning_rate", 0.5)
    assert times() == 1
    trainer.keep_now()
    assert times() == 1
    trainer.kept.clear()
    assert times() == 1
    trainer.advance(1)
    assert times() == 1
    trainer.network.parameters["head.b"][0] += 1.0
    assert times() == 1
    trainer.reset()
    assert times() == 1


def test_what_is_measured_at_rest_is_not_that_of_the_training_before(measured: list[str]) -> None:
    trainer = Trainer(small())
    request = asked("spectrum")
    trainer.snapshot(request, at_rest=False)
    trainer.snapshot(request)
    assert measured == ["spectrum", "spectrum"]
    trainer.advance(1)
    after = trainer.snapshot(request)
    assert measured == ["spectrum"] * 3
    values = np.linalg.eigvals(trainer.network.parameters["l0.Wh"])
    found = after.probe(Spectrum)
    assert found is not None
    assert found.layers[0].radii[0] == pytest.approx(np.abs(values).max(), rel=1e-12)


def test_each_probe_remembers_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[int]] = {"flow": [], "pairs": []}

    def remembering(name: str) -> Probe:
        def measure(moment: Moment) -> object:
            seen[name].append(moment.memory.get("times", 0))
            moment.memory["times"] = moment.memory.get("times", 0) + 1
            return Flow((), None)

        return Probe(measure)

    monkeypatch.setattr(observer, "PROBES", {name: remembering(name) for name in seen})
    trainer = Trainer(small())
    trainer.snapshot(asked("flow", "pairs"), at_rest=False)
    trainer.snapshot(asked("flow"), at_rest=False)
    trainer.snapshot(asked("flow", "pairs"), at_rest=False)
    assert seen == {"flow": [0, 1, 2], "pairs": [0, 1]}


@pytest.mark.parametrize("name", PROBES)
def test_a_probe_that_raises_costs_itself_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def fail(moment: Moment) -> object:
        raise MemoryError(f"for {name}")

    trainer, everything = Trainer(small()), asked(*PROBES)
    with monkeypatch.context() as planted:
        planted.setitem(PROBES, name, replace(PROBES[name], measure=fail))
        snapshot = trainer.snapshot(everything)
    assert snapshot.probes.keys() == PROBES.keys() - {name}
    assert {failed: str(error) for failed, error in snapshot.failures.items()} == {name: f"for {name}"}
    again = trainer.snapshot(everything)
    assert again.probes.keys() == PROBES.keys()
    assert not again.failures


def test_each_measurement_is_of_the_whole_moment_and_holds_one_probe() -> None:
    trainer = Trainer(small())
    look = observer.Observer(trainer.network, trainer.data, trainer.batches, None).look(
        asked("flow", "pairs", sequence=1), trainer.instant
    )
    assert not look.snapshot.probes
    for name in ("pairs", "flow"):
        found = look.measure(name)
        assert found.probes.keys() == {name}
        assert (found.sequence, found.update) == (1, 0)
        assert found.output is look.snapshot.output
    assert look.snapshot.probes.keys() == {"flow", "pairs"}


def test_nothing_of_what_was_measured_lives_on_in_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[weakref.ref[Array]] = []

    def fail(moment: Moment) -> object:
        held.append(weakref.ref(moment.tape.output))
        raise MemoryError

    monkeypatch.setitem(PROBES, "flow", replace(PROBES["flow"], measure=fail))
    snapshot = Trainer(small()).snapshot(asked("flow"))
    (error,) = snapshot.failures.values()
    assert "in fail" in "".join(traceback.format_exception(error))
    assert held[0]() is None
