"""How far pictures are from real ones by the distribution of their features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from artgan.interfaces import Comparison, FeatureExtractor, Metric, Number

from ..features import RandomFeatures

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Frechet(Metric):
    """The Fréchet distance of pictures on features, which depends on how many there are; less is better.

    While training it is taken on the built-in features, which need no download: they rank generators of one data set
    by texture, colour and coarse shape.
    """

    name = "frechet"
    representation = "pixels"
    paper = "Heusel et al. 2017, arXiv:1706.08500"
    judges = True
    interval = "sets"
    on_features = True

    def cost(self, samples: int, features: int) -> float:
        return float(samples * min(samples, features) ** 2)

    def measure(self, real: NDArray[Any], fake: NDArray[Any]) -> Mapping[str, float]:
        from .feature_distances import frechet

        extract = FeatureExtractor(RandomFeatures())
        return {extract.named("Fréchet distance"): frechet(extract(real), extract(fake))}

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        from .feature_distances import frechet

        published = comparison.extractor is not None and comparison.extractor.is_inception
        what = "Fréchet distance on Inception" if published else "distance of means and spreads"
        value = frechet(comparison.fake.features, comparison.held_out.features)
        return {comparison.named("Fréchet"): Number(value, meaning=f"{what}; lower is better")}


@dataclass(frozen=True)
class Fid(Frechet):
    """The Fréchet distance on the pinned Inception, on which alone it is called FID; less is better."""

    name = "fid"
    judges = False
    by_default = False

    def refusal(self, extractor: FeatureExtractor) -> str:
        if extractor.is_inception:
            return ""
        return (
            f"the Fréchet distance is called FID on the pinned Inception alone, not on {extractor.label}: "
            "--metric frechet, or --features inception of the plugin artgan-fidelity"
        )


@dataclass(frozen=True)
class Kid(Metric):
    """The kernel distance of pictures on features, times 1000, without bias; less is better."""

    name = "kid"
    representation = "pixels"
    paper = "Binkowski et al. 2018, arXiv:1801.01401"
    on_features = True
    meaning = "kernel distance, times 1000; lower is better"

    def compare(self, comparison: Comparison) -> Mapping[str, float]:
        from .feature_distances import kernel_distance

        return {comparison.named("KID"): 1000 * kernel_distance(comparison.fake.features, comparison.held_out.features)}
