"""Under what terms a user's own samples are: works carry it."""

from __future__ import annotations

from artgan import printable

UNKNOWN = "not stated"
LICENCE = "under what terms they are, such as CC0 1.0; works carry it"


def stated(licence: str) -> str:
    """Return a licence as its user gave it, on one line; `UNKNOWN` where nothing was said."""
    return printable(" ".join(licence.split())) or UNKNOWN
