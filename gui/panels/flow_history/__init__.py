"""The gradient through time, over training."""
