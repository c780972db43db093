"""Turns: window and training thread do not run Python at the same time, and neither waits for ever."""

from __future__ import annotations

import threading
import time

import pytest

import gui.bench.turns as turns_module
from gui.bench.turns import THREAD_SECONDS, WINDOW_SECONDS, Turns
from tests.waiting import PATIENCE

MOMENT = 0.05  # seconds in which whoever does not wait would come first


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gives up waiting, however slow the machine is."""
    for name in ("THREAD_SECONDS", "WINDOW_SECONDS"):
        monkeypatch.setattr(turns_module, name, PATIENCE)


@pytest.mark.usefixtures("patient")
def test_work_that_is_asked_for_while_the_window_paints_comes_after_it() -> None:
    turns, asks, at_work, order = Turns(), threading.Event(), threading.Event(), list[str]()

    def work() -> None:
        asks.set()
        with turns.for_work():
            order.append("work")
            at_work.set()

    thread = threading.Thread(target=work)
    with turns.for_painting():
        assert turns.is_painting
        thread.start()
        assert asks.wait(PATIENCE)
        assert not at_work.wait(MOMENT)
        order.append("painted")
    assert at_work.wait(PATIENCE)
    thread.join(PATIENCE)
    assert order == ["painted", "work"]
    assert not turns.is_painting


@pytest.mark.usefixtures("patient")
def test_the_window_waits_for_the_piece_of_work_under_way() -> None:
    turns, order = Turns(), list[str]()
    at_work, asks, paints = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        with turns.for_work():
            at_work.set()
            asks.wait(PATIENCE)
            paints.wait(MOMENT)
            order.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(PATIENCE)
    asks.set()
    with turns.for_painting():
        order.append("painted")
        paints.set()
    thread.join(PATIENCE)
    assert order == ["work", "painted"]


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("other", ["the window", "a thread"])
def test_who_waits_has_its_turn_in_the_midst_of_a_longer_piece_of_work(other: str) -> None:
    turns, order = Turns(), list[str]()
    at_work, came, over = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        with turns.for_work() as breathe:
            at_work.set()
            while not came.is_set():
                breathe()
            order.append("work")
        over.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(PATIENCE)
    with turns.for_painting() if other == "the window" else turns.for_work():
        order.append(other)
        came.set()
        assert not over.wait(MOMENT)
    assert over.wait(PATIENCE)
    thread.join(PATIENCE)
    assert order == [other, "work"]


def test_neither_waits_for_ever() -> None:
    turns, at_work, done, ended = Turns(), threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        with turns.for_work():
            at_work.set()
            done.wait()
            ended.set()

    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(PATIENCE)
    begun = time.perf_counter()
    with turns.for_painting():
        assert time.perf_counter() - begun >= 0.9 * WINDOW_SECONDS
        begun = time.perf_counter()
        with turns.for_work():
            assert time.perf_counter() - begun >= 0.9 * THREAD_SECONDS
    assert not ended.is_set()
    done.set()
    thread.join(PATIENCE)
    with turns.for_painting():
        assert turns.is_painting
