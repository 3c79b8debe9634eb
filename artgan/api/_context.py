"""Whom the functions of the api tell how they get on, unless they are given somebody."""

from __future__ import annotations

from ..interfaces import Reporter, Silent

SILENT: Reporter = Silent()
"""Tells nobody."""
