"""How far something that takes long is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many items are done, and how many there are."""
