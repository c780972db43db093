"""The sub-command that needs no window, and what all sub-commands share."""
