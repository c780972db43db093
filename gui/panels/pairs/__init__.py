"""Who taught whom."""
