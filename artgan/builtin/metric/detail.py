"""How much fine detail pictures hold, and how their patches differ from real ones, without any features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Comparison, Metric, Role

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Detail(Metric):
    """Fine detail beside the data's; below 1 blurry, above noisy."""

    name = "detail"
    representation = "pixels"
    role = Role.DETAIL
    meaning = "fine detail beside the data's; below 1 blurry, above noisy"

    def cost(self, samples: int, features: int) -> float:
        return float(samples)

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .pyramid import sharpness

        return {"detail": sharpness(fake) / sharpness(real)}


@dataclass(frozen=True)
class Patches(Metric):
    """The sliced Wasserstein distance of small patches of pictures, by the size that they are seen at; less is better.

    The finest level tells of texture, the coarsest of composition.
    """

    name = "patches"
    representation = "pixels"
    paper = "Karras et al. 2018, arXiv:1710.10196"
    meaning = "distance of small patches, times 1000; lower is better"

    def cost(self, samples: int, features: int) -> float:
        return float(samples)

    def compare(self, comparison: Comparison) -> Mapping[str, float]:
        from .pyramid import patch_distances

        real, fake = comparison.held_out.readable, comparison.fake.readable
        size = min(len(real), len(fake))
        return {f"patches at {height} px": far for height, far in patch_distances(real[:size], fake[:size]).items()}
