"""The loss along a line."""
