"""Artworks, their records, and the pages that show them."""
