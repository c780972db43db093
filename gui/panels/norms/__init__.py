"""Norms of gradients, weights and steps."""
