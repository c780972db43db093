"""Figures as a person reads them."""

from __future__ import annotations

from rnn.number_format import percent

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def sub(name: str, step: int) -> str:
    """A name with a time step below it: h₁₂."""
    return name + str(step).translate(SUBSCRIPTS)


def accuracy_words(share: float) -> str:
    """The share of answers that are correct, from 0 to 1: "98.4 % correct"."""
    return f"{percent(share)} correct"
