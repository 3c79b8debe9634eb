"""How unlike each other pictures are, quick enough to be measured while training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Metric

if TYPE_CHECKING:
    from numpy.typing import NDArray

PICTURES = 512
"""Pictures whose distances are taken, at most."""


@dataclass(frozen=True)
class Diversity(Metric):
    """How unlike each other pictures are: the mean distance of two, at 8 x 8, as a share of the range of levels.

    It falls towards zero where a generator comes to make one picture again and again.
    """

    name = "diversity"
    representation = "pixels"
    drawn = True
    meaning = "mean distance of two works; near zero they are all alike"

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        import torch

        from .thumbnails import thumbnails

        small = thumbnails(fake, PICTURES)
        apart = torch.pdist(small).square().mean() / small.shape[1] if len(small) > 1 else torch.zeros(())
        return {"diversity": float(apart.sqrt())}
