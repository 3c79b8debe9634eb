"""What artgan itself offers, for tests that are run once with each component of a kind."""

from __future__ import annotations

from artgan.plugins.loader import BUILTIN, installed, load

REGISTRY = load([item for item in installed() if item.target == BUILTIN]).registry
"""The built-in components alone, whatever else is installed."""
