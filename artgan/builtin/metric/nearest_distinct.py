"""Of how many kinds works are, quick enough to be measured while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURES = 512
"""Pictures of either side that are looked at, at most."""

SET, SHARE = 64, 4
"""Works of a set at most, and how many times as many real pictures there must be."""


@dataclass(frozen=True)
class NearestDistinct(Metric):
    """How many different real pictures works are nearest to, as a share of the works, at 8 x 8, in sets of 64.

    The mean over all sets that can be drawn of the works is taken, as in rarefaction. It falls where a generator makes
    works of few kinds, however unlike each other these are. With fewer than 256 real pictures, sets are of a quarter of
    them, since in larger ones varied works would be nearest to the same ones too; with fewer than 8 it is always 1.
    """

    name = "nearest-distinct"
    representation = "pixels"
    paper = "Hurlbert 1971, doi:10.2307/1934145"
    drawn = True
    reference = "trained on"
    meaning = "real pictures that works are nearest to, per work; low where these are of few kinds"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        import torch

        from .thumbnails import thumbnails

        size = max(1, min(SET, len(real) // SHARE, len(fake)))
        works = thumbnails(fake, PICTURES)
        counts = torch.cdist(works, thumbnails(real, PICTURES)).argmin(1).bincount().tolist()
        return {"nearest distinct": sum(_share_of_sets(len(works), count, size) for count in counts) / size}


def _share_of_sets(works: int, count: int, size: int) -> float:
    """Return in what share of all sets of so many works one of so many among them is."""
    from math import comb

    return 1 - comb(works - count, size) / comb(works, size)
