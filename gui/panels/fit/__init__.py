"""The fit of numbers."""
