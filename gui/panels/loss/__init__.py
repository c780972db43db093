"""The loss panel."""
