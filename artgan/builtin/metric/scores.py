"""What features tell of pictures by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from artgan.interfaces import Comparison, FeatureExtractor, Metric, Number

MEANINGS = {"Inception Score": "sure and varied classes of ImageNet; higher is better"}


@dataclass(frozen=True)
class Scores(Metric):
    """What features tell of pictures by themselves, such as the Inception Score."""

    name = "scores"
    representation = "pixels"
    on_features = True

    def refusal(self, extractor: FeatureExtractor) -> str:
        if extractor.has_scores:
            return ""
        return f"features {extractor.label} tell nothing by themselves: leave out --metric {self.name}"

    def cost(self, samples: int, features: int) -> float:
        return float(samples)

    def compare(self, comparison: Comparison) -> Mapping[str, Number]:
        extractor = comparison.extractor
        scores = extractor.features.scores(comparison.fake.features) if extractor else {}
        return {comparison.named(name): Number(value, meaning=MEANINGS.get(name, "")) for name, value in scores.items()}
