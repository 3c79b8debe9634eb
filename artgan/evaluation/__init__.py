"""How good, varied and original samples are: what takes too long to be measured while training."""
