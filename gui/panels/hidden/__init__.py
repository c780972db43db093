"""The hidden-state panel."""
