"""Plots, and what is drawn in them by more than one panel."""
