"""All that was measured of the newest moment, in one."""

from __future__ import annotations

from collections.abc import Iterable

from rnn.observing.snapshot import Snapshot


def whole(snapshots: Iterable[Snapshot], before: Snapshot | None = None) -> Snapshot | None:
    """What these measurements say together; ``before`` counts as long as it is of the same moment."""
    found = before
    for each in snapshots:
        same = found is not None and (found.update, found.sequence) == (each.update, each.sequence)
        found = found.with_results(each) if found is not None and same else each
    return found
