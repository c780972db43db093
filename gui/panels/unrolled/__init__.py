"""The unrolled network."""
