"""The same updates as in NumPy, compiled."""
