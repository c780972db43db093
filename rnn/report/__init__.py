"""What ``inspect`` says of a batch: the measurements, a summary in sentences, and what to try."""
