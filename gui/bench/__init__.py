"""The runs, and the threads that train them behind the window; no Qt."""
