"""The column of settings on the left: the form, the preset above it, and what is to be seen under it."""
