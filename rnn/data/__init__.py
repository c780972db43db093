"""What a network is trained on: sequences, the batches that they are cut into, tasks and tables."""
