"""What is reached by counting characters and pairs of them: the lines that a network has to beat."""

from __future__ import annotations

import math

import numpy as np

from rnn.array import Array
from rnn.data.tasks.base import Reference
from rnn.model.batch import Classes
from rnn.number_format import short

ADDED = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def uniform(symbols: int) -> Reference:
    """All characters equally likely: ln V."""
    return Reference("uniform", math.log(symbols))


def single_characters(train: Classes, measured: Classes, symbols: int) -> Reference:
    """Each character as likely as it is frequent, with add-one smoothing: P(c) = (n_c + 1) / (N + V).

    Arguments:
        train: the characters that are counted.
        measured: those whose mean negative log-likelihood is given.
    """
    counts = np.bincount(train.ravel(), minlength=symbols)
    log = np.log(counts + 1.0) - math.log(train.size + symbols)
    return Reference("single characters", float(-np.mean(log[measured])))


def best_bigram(train: tuple[Classes, Classes], measured: tuple[Classes, Classes], symbols: int) -> Reference:
    """P(c | b) = (n_bc + k) / (n_b + k V), with the k of `ADDED` that is the best on what is measured.

    The choice favours the bigram, so that a network below the line is better than any of them (Jurafsky and
    Martin, Speech and Language Processing, chapter 3: add-k smoothing).

    Arguments:
        train: the pairs that are counted: characters, and for each the one that follows it.
        measured: the pairs whose mean negative log-likelihood is given.
    """
    counts = _pairs(*train, symbols).astype(np.float64)
    after = counts.sum(axis=1)
    often = _pairs(*measured, symbols)
    first, second = np.nonzero(often)
    weight = often[first, second] / measured[0].size
    pairs, begun = counts[first, second], after[first]
    losses = {k: _mean_loss(weight, pairs, begun, k, symbols) for k in ADDED}
    best = min(losses, key=losses.__getitem__)
    return Reference(f"best add-k bigram, k = {short(best, 1)}", losses[best])


def _mean_loss(weight: Array, pairs: Array, begun: Array, k: float, symbols: int) -> float:
    """−Σ w ln((n_bc + k) / (n_b + k V))."""
    return float(-np.sum(weight * (np.log(pairs + k) - np.log(begun + k * symbols))))


def _pairs(first: Classes, second: Classes, symbols: int) -> Classes:
    """(V, V) how often each character follows each."""
    places = first.ravel() * symbols + second.ravel()
    return np.bincount(places, minlength=symbols * symbols).reshape(symbols, symbols)
