"""The gradient through time."""
