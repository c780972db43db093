"""How a run trains: the trainer, its state and epochs, validation, divergence and engines."""
