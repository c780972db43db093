"""What is trained: a network of layers, its cells, readouts and parameters, and how they begin."""
