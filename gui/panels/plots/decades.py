"""Norms on a logarithmic axis: their decades, which of them to show, and where they are drawn."""

from __future__ import annotations

import numpy as np

from gui.panels.plots.labels import Polyline
from gui.panels.plots.plot import Plot
from gui.panels.plots.pyramid import Pyramid, trimmed
from rnn.array import Array

LEAST_DECADES = 5.0
BAND_DECADES = 2.0  # of the band beyond the curves are in view
NO_BAND: Array = np.empty(0)


def decades(norms: Array) -> Array:
    """log10 of ``norms``; NaN, a gap, where a norm is 0 or not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(np.where(np.isfinite(norms) & (norms > 0.0), norms, np.nan)))


def show_decades(plot: Plot, curves: Array, bands: Array = NO_BAND) -> None:
    """Show all of the ``curves``, the ``bands`` where they are near, and `LEAST_DECADES`."""
    finite = curves[np.isfinite(curves)]
    if len(finite) == 0:
        plot.set_ranges(y=plot.held[1] or (-6.0, 0.0))
        return
    bottom, top = float(finite.min()), float(finite.max())
    around = np.clip(bands[np.isfinite(bands)], bottom - BAND_DECADES, top + BAND_DECADES)
    bottom, top = min(around, default=bottom), max(around, default=top)
    if (short_of := LEAST_DECADES - (top - bottom)) > 0.0:
        bottom, top = bottom - 0.5 * short_of, top + 0.5 * short_of
    plot.hold(bottom, top)


def placed(plot: Plot, logs: Array) -> Polyline:
    """Time steps and log10 of norms as far as they are in view, those far outside a little outside."""
    left, right = plot.shown()[0]
    series = Pyramid()
    series.extend(plot.near(logs))
    places, values = series.within(left - 1.0, right - 1.0, plot.columns)
    return trimmed(places + 1.0, values)
