"""The arrangement of the panels on disk: what is damaged or of another version is none."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass

VERSION = 3


@dataclass(frozen=True, slots=True)
class SavedLayout:
    """An arrangement of docks.

    Attributes:
        places: the names of all docks, shown or not.
        shown: the names of those that a person wants to see.
        by_hand: whether a person has moved any of them.
        state: where they are, as Qt has it.
        layout: the one that was chosen last.
    """

    places: tuple[str, ...]
    shown: tuple[str, ...]
    by_hand: bool
    state: bytes
    layout: str

    def to_text(self) -> str:
        """One line, with a sum that tells whether it is whole."""
        state = base64.b64encode(self.state).decode()
        content = json.dumps([VERSION, self.places, self.shown, self.by_hand, state, self.layout])
        return f"{_sum(content)} {content}"

    @classmethod
    def from_text(cls, text: str) -> SavedLayout | None:
        """What ``to_text`` gave; None of anything else."""
        found, _, content = text.partition(" ")
        if found != _sum(content):
            return None
        try:
            version, places, shown, by_hand, state, layout = json.loads(content)
            saved = cls(tuple(places), tuple(shown), bool(by_hand), base64.b64decode(state), str(layout))
        except (ValueError, TypeError, RecursionError):
            return None
        return saved if version == VERSION else None


def _sum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
