"""Numbers as people read them."""

from __future__ import annotations


def counted(number: int, thing: str) -> str:
    """Return ``1 sample`` or ``2,000 samples``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def roughly(seconds: float) -> str:
    """Return seconds as ``a few seconds``, ``about 40 s``, ``about 4 min`` or ``about 1.5 h``."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds, -1):.0f} s"
    return f"about {max(1, round(seconds / 60))} min" if seconds < 5400 else f"about {seconds / 3600:.1f} h"


def duration(seconds: float) -> str:
    """Return seconds as ``1 h 02 min``, ``4 min 05 s`` or ``7 s``."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
