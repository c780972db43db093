"""Recurrent networks, their training and their measurements, without any window."""
