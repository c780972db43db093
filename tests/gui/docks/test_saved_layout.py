"""The arrangement of the panels on disk."""

from gui.docks.saved_layout import SavedLayout


def test_a_text_that_is_damaged_or_of_another_version_is_no_layout() -> None:
    text = SavedLayout(("a",), ("a",), False, b"\x00\xff", "Gradient").to_text()
    assert SavedLayout.from_text(text) == SavedLayout(("a",), ("a",), False, b"\x00\xff", "Gradient")
    flipped = text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:]
    for other in (flipped, text[:-1], "", "x", None, 7, [text]):
        assert SavedLayout.from_text(other) is None
