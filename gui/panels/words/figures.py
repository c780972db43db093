"""Figures as a person reads them."""

from __future__ import annotations

from rnn.number_format import percent


def accuracy_words(share: float) -> str:
    """The share of answers that are correct, from 0 to 1: "98.4 % correct"."""
    return f"{percent(share)} correct"
