"""Changes by hand that are taken back and made again."""

from gui.settings.history import DEPTH, History
from rnn.config import RunConfig

A, B, C = (RunConfig().with_values({"seed": seed}) for seed in (1, 2, 3))


def test_changes_are_taken_back_and_made_again_in_order() -> None:
    history = History()
    assert not history.can_undo(A)
    history.remember(A)
    history.remember(B)
    assert history.can_undo(C)
    assert history.undo(C) == B
    assert history.undo(B) == A
    assert history.undo(A) is None
    assert [history.redo(A), history.redo(B), history.redo(C)] == [B, C, None]
    assert history.undo(C) == B


def test_another_change_ends_what_can_be_made_again() -> None:
    history = History()
    history.remember(A)
    assert history.undo(B) == A
    history.remember(A)
    assert history.redo(C) is None


def test_what_is_on_show_already_is_no_change() -> None:
    history = History()
    history.remember(A)
    assert not history.can_undo(A)
    history.remember(B)
    assert history.undo(B) == A


def test_what_is_forgotten_cannot_be_made_again() -> None:
    history = History()
    history.remember(A)
    assert history.forget_last() == A
    assert history.forget_last() is None
    assert history.redo(B) is None


def test_the_oldest_changes_are_let_go() -> None:
    history = History()
    configs = [RunConfig().with_values({"seed": seed}) for seed in range(DEPTH + 5)]
    for config in configs:
        history.remember(config)
    now = RunConfig().with_values({"seed": DEPTH + 5})
    taken_back = 0
    while (before := history.undo(now)) is not None:
        now, taken_back = before, taken_back + 1
    assert (taken_back, now) == (DEPTH, configs[5])
