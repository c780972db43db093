"""The functions that are compiled, and nothing else."""
