"""The game: trainer, randomness, averages, checkpoints, and the run that holds them."""
