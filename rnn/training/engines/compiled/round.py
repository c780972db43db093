"""How the passes of an epoch follow each other, what they cost, and how many of them a call makes."""

from __future__ import annotations

import math

SHARE = 0.85  # of the time that is left, for a call: what is measured of passes is never exact


class Round:
    """An epoch is ``updates`` passes, then ``validation`` passes; a place is counted on through epochs.

    A call makes whole epochs, or passes of one kind.

    Attributes:
        updates: U.
        passes: of both kinds.
    """

    def __init__(self, updates: int, validation: int) -> None:
        self.updates = updates
        self.passes = updates + validation
        self._seconds = [math.inf, math.inf]  # a pass of each kind takes so long

    def updates_to(self, place: int) -> int:
        """How many updates there are before a place, from the begin of its first epoch."""
        epochs, left = divmod(place, self.passes)
        return epochs * self.updates + min(left, self.updates)

    def passes_to(self, updates: float) -> float:
        """How many passes so many updates are, and a validation that follows the last one."""
        if updates == math.inf:
            return math.inf
        epochs, left = divmod(int(updates), self.updates)
        return epochs * self.passes + left

    def affordable(self, place: int, most: float, seconds: float) -> int:
        """How many passes to make from a place on in one call, at most so many, with so much time left."""
        if seconds == math.inf:
            return int(most)
        counts = self._counts(place, self.passes - place)
        seconds *= SHARE
        rest = self._expected(counts)
        if rest <= seconds:
            epochs = (seconds - rest) / self._expected(self._counts(0, self.passes))
            return int(min(most, self.passes - place + self.passes * int(epochs)))
        kind = 0 if counts[0] else 1
        return max(1, int(min(most, counts[kind], seconds / self._seconds[kind])))

    def took(self, place: int, passes: int, seconds: float) -> None:
        """Learn from how long a call took."""
        counts = self._counts(place, passes)
        expected = self._expected(counts)
        for kind, count in enumerate(counts):
            if count and math.isfinite(expected):
                self._seconds[kind] *= seconds / expected
            elif count:
                self._seconds[kind] = seconds / passes

    def _counts(self, place: int, passes: int) -> tuple[int, int]:
        """How many passes of each kind so many from a place on are."""
        updates = self.updates_to(place + passes) - self.updates_to(place)
        return updates, passes - updates

    def _expected(self, counts: tuple[int, int]) -> float:
        """How long these should take; infinite where that is not known yet."""
        return sum(count * seconds for count, seconds in zip(counts, self._seconds, strict=True) if count)
