"""From a seed to a work, and back."""
