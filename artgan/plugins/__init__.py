"""Finds, loads, isolates and remembers plugins; installs them, and writes new ones."""
