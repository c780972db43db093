"""Panels that show one of several views at a time."""
