"""Norms of rows, however large or small."""

from __future__ import annotations

import math

import numpy as np

from rnn.array import Array


def norms(rows: Array) -> Array:
    """The Euclidean norm of each row (over all axes but the first), also where its square cannot be held."""
    flat = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        sizes = np.sqrt(np.einsum("ij,ij->i", flat, flat))
        unsure = np.flatnonzero(~((sizes > 1e-140) & (sizes < 1e140)) & (flat != 0.0).any(axis=1))
        if unsure.size:
            chosen = flat[unsure]
            largest = np.abs(chosen).max(axis=1)
            scale = np.where(np.isfinite(largest), largest, 1.0)
            sizes[unsure] = scale * np.linalg.norm(chosen / scale[:, None], axis=1)
    return np.asarray(sizes)
