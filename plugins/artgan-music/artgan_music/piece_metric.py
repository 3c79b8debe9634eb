"""The metrics of pieces in several voices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric

from .music_metric import Copied, Distance, Means, MusicMetric

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .piece import Piece


@dataclass(frozen=True)
class PieceMetric(MusicMetric["Piece"]):
    """What all metrics of pieces share."""

    modalities = frozenset({"polyphony"})

    def works(self, texts: NDArray[Any]) -> list[Piece]:
        from .piece import Piece

        return [Piece.of_text(text) for text in texts]

    def lots(self, works: Sequence[Piece]) -> NDArray[np.int64]:
        """Return the number of the score of each, (N,): one goes on where the next begins, and shares bars with it."""
        import numpy as np

        begins = [not goes_on(before, piece) for before, piece in pairwise(works)]
        return np.cumsum([0, *begins][: len(works)], dtype=np.int64)


@dataclass(frozen=True)
class Harmony(PieceMetric, Means["Piece"]):
    """The share of beats on which voices sound a chord, of time for which they cross, and of parallel moves."""

    name = "harmony"
    drawn = True
    meaning = "chords on the beat, voices that cross, parallel fifths and octaves; as much as in real pieces is best"

    def of_each(self, works: Sequence[Piece]) -> Mapping[str, NDArray[np.float64]]:
        import numpy as np

        from .harmony import EACH

        return {name: np.array([count(piece) for piece in works]) for name, count in EACH.items()}


@dataclass(frozen=True)
class PieceDistance(PieceMetric, Distance["Piece"]):
    """The energy distance of pieces to real ones, by harmony, pitch classes, leaps and intervals; 0 is best."""

    name = "piece-distance"
    meaning = "how far pieces are from real ones; 0 is best"
    label = "piece distance"

    def numbers_of(self, work: Piece) -> NDArray[np.float64]:
        from .harmony import numbers_of

        return numbers_of(work)


@dataclass(frozen=True)
class CopiedPieces(PieceMetric, Copied["Piece"]):
    """The share of pieces that have half of their bars, in all voices, from one that was trained on."""

    name = "copied-pieces"
    meaning = "share of pieces with half of their bars from one piece"


PIECE_METRICS: list[type[Metric]] = [Harmony, CopiedPieces, PieceDistance]


def goes_on(before: Piece, piece: Piece) -> bool:
    """Return whether a piece begins within another, as pieces of a score do: at its middle, or before it at the end."""
    first, then = before.bars, piece.bars
    return any(first[shift:] == then[: len(first) - shift] for shift in range(1, len(first) // 2 + 1))
