"""The built-in modalities, and the files that their works are kept in."""
