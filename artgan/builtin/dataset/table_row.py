"""One row of a table of texts, and what its cells may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

ALONE = ""
"""The column of what is text without a name, such as the strings of a list."""
SAMPLED = 200
"""How many rows are looked at to tell what is in a table."""
TEXTS = (
    "text",
    "poem",
    "poems",
    "haiku",
    "verse",
    "lyrics",
    "content",
    "body",
    "quote",
    "sentence",
    "paragraphs",
    "line",
)
"""What people call the column of the text, the likeliest first."""

_NUMBER = re.compile(r"[-+%.,:/\s]*\d[-+%.,:/\s\d]*")


@dataclass(frozen=True)
class Row:
    """One row: where it stands, what of it is text by column, and why it cannot be used."""

    place: str
    cells: Mapping[str, str]
    fault: str = ""


def is_number(cell: str) -> bool:
    """Return whether a cell holds a number, a date or a time."""
    return bool(_NUMBER.fullmatch(cell.strip()))
