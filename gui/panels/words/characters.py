"""Characters as a person can see them."""

from __future__ import annotations

import unicodedata

VISIBLE = {"\n": "↵", "\t": "⇥", " ": "␣"}
CONTROL_PICTURES = 0x2400


def visible(character: str) -> str:
    """A character as one sign: ↵ for a new line, ␣ for a space, □ for what has no look of its own.

    A name of several characters keeps its spaces, which are seen between the others.
    """
    if len(character) != 1:
        return "".join(each if each == " " else visible(each) for each in character)
    if character in VISIBLE:
        return VISIBLE[character]
    if ord(character) < 0x20:
        return chr(CONTROL_PICTURES + ord(character))
    if unicodedata.category(character).startswith("M"):
        return "◌" + character
    return character if character.isprintable() else "□"


def spelled(character: str) -> str:
    """The same for where there is room for a short word."""
    return {" ": "space", "\t": "tab"}.get(character, visible(character))
