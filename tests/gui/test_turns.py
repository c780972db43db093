"""Turns: window and training thread do not run Python at the same time, and neither waits for ever."""

from __future__ import annotations

import threading
import time

from gui.turns import THREAD_SECONDS, WINDOW_SECONDS, Turns


def test_work_that_is_asked_for_while_the_window_paints_comes_after_it() -> None:
    turns, seen = Turns(), list[str]()
    with turns.for_painting():
        assert turns.is_painting

        def work() -> None:
            with turns.for_work():
                seen.append("work")

        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(THREAD_SECONDS / 5)
        seen.append("painted")
    thread.join(5.0)
    assert seen == ["painted", "work"]
    assert not turns.is_painting


def test_the_window_waits_for_the_piece_of_work_under_way() -> None:
    turns, at_work, order = Turns(), threading.Event(), list[str]()

    def work() -> None:
        with turns.for_work():
            at_work.set()
            time.sleep(WINDOW_SECONDS / 4)
            order.append("work")

    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(5.0)
    with turns.for_painting():
        order.append("painted")
    thread.join(5.0)
    assert order == ["work", "painted"]


def test_neither_waits_for_ever() -> None:
    turns, at_work, done = Turns(), threading.Event(), threading.Event()

    def work() -> None:
        with turns.for_work():
            at_work.set()
            done.wait(20.0)

    thread = threading.Thread(target=work)
    thread.start()
    assert at_work.wait(5.0)
    begun = time.perf_counter()
    with turns.for_painting():
        assert WINDOW_SECONDS * 0.9 <= time.perf_counter() - begun < 5.0
        begun = time.perf_counter()
        with turns.for_work():
            assert THREAD_SECONDS * 0.9 <= time.perf_counter() - begun < 5.0
    done.set()
    thread.join(5.0)
    with turns.for_painting():
        assert turns.is_painting
