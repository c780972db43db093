"""The fit of a text."""
