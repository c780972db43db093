"""The fit of tasks that ask for a memory."""
