"""What modalities are shown: compact samples, a record, and a folder to write in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ..errors import ArtganError, describe
from ..interfaces import Modality

RECORD = {
    "title": "樹 “ė” <&>",
    "seed": 2**64 - 1,
    "share": 0.1,
    "flags": [True, None, "x" * 300],
    "nested": {"ключ": ["", "\n"]},
}


@dataclass(frozen=True)
class Exhibit:
    """Compact samples that are shown and kept.

    Attributes:
        modality: what is checked.
        samples: compact samples, (N, ...).
        folder: where files may be written.
    """

    modality: Modality
    samples: NDArray[Any]
    folder: Path

    def path(self, name: str) -> Path:
        """Return the path of an artwork."""
        return self.folder / f"{name}{self.modality.suffix}"


def refusal(read: Callable[[], object]) -> str:
    """Return what is wrong with how something is refused: nothing where it is ArtganError, in one line."""
    try:
        read()
    except ArtganError as error:
        return "" if len(str(error).splitlines()) == 1 else "raises ArtganError of several lines"
    except (Exception, SystemExit) as error:
        return f"raises {describe(error)}"
    return "raises nothing"
