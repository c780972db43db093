"""Words that several panels use."""
