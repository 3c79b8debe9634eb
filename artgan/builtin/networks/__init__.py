"""The torch modules that the built-in components build."""
