"""The metrics of pieces in several voices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Comparison, Metric, Number, Samples

from .metric import HALF, MOST, bars_in_common, copied, energy_distance, mean_of, spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .piece import Piece


@dataclass(frozen=True)
class PieceMetric(Metric):
    """What all metrics of pieces share."""

    modalities = frozenset({"polyphony"})
    interval = "own"


@dataclass(frozen=True)
class Harmony(PieceMetric):
    """The share of beats on which voices sound a chord, of time for which they cross, and of parallel moves."""

    name = "harmony"
    drawn = True
    meaning = "chords on the beat, voices that cross, parallel fifths and octaves; as much as in real pieces is best"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        return {name: float(values.mean()) for name, values in self._of_each(_pieces(fake)).items()}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        return {name: mean_of(values) for name, values in self._of_each(_read(comparison.fake)).items()}

    def _of_each(self, pieces: list[Piece]) -> dict[str, NDArray[Any]]:
        """Return the numbers of each piece, by name."""
        import numpy as np

        from .harmony import EACH

        return {name: np.array([count(piece) for piece in pieces]) for name, count in EACH.items()}


@dataclass(frozen=True)
class PieceDistance(PieceMetric):
    """The energy distance of pieces to real ones, by harmony, pitch classes, leaps and intervals; 0 is best."""

    name = "piece-distance"
    paper = "Székely and Rizzo 2013, doi:10.1016/j.jspi.2013.03.018"
    judges = True
    meaning = "how far pieces are from real ones; 0 is best"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        import numpy as np

        from .harmony import numbers_of

        mine, other = (np.stack([numbers_of(piece) for piece in spread(_pieces(side), MOST)]) for side in (real, fake))
        return {"piece distance": energy_distance(mine, other)}


@dataclass(frozen=True)
class CopiedPieces(PieceMetric):
    """The share of pieces that have half of their bars, in all voices, from one that was trained on."""

    name = "copied-pieces"
    reference = "trained on"
    meaning = "share of pieces with half of their bars from one piece"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        common, _ = bars_in_common(_pieces(real), _pieces(fake))
        return {"half copied": float((common >= HALF).mean())}

    def compare(self, comparison: Comparison) -> Mapping[str, float | Number]:
        return {"half copied": copied(*bars_in_common(_read(comparison.train), _read(comparison.fake)))}


PIECE_METRICS: list[type[Metric]] = [Harmony, CopiedPieces, PieceDistance]


def _pieces(texts: NDArray[Any]) -> list[Piece]:
    from .piece import Piece

    return [Piece.of_text(text) for text in texts]


def _read(samples: Samples) -> list[Piece]:
    return samples.once("pieces", lambda: _pieces(samples.readable))
