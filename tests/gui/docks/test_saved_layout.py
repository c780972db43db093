"""The arrangement of the panels on disk."""

import hashlib

from gui.docks.saved_layout import SavedLayout


def summed(content: str) -> str:
    """A text with a sum that is right, as only somebody who means harm would write it."""
    return f"{hashlib.sha256(content.encode()).hexdigest()} {content}"


def test_a_text_that_is_damaged_or_of_another_version_is_no_layout() -> None:
    text = SavedLayout(("a",), ("a",), False, b"\x00\xff", "Gradient").to_text()
    assert SavedLayout.from_text(text) == SavedLayout(("a",), ("a",), False, b"\x00\xff", "Gradient")
    flipped = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
    for other in (flipped, text[:-1], "", "x", *map(summed, ("7", "[]", "[3, 1, 2, 3, 4, 5]", "[" * 99_999))):
        assert SavedLayout.from_text(other) is None
