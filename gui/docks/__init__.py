"""The docks that the panels lie in, and how they are arranged."""
