"""What a person can do with artgan, as functions."""
