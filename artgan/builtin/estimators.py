"""The built-in estimators: how the generator learns through its samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from artgan.interfaces import Estimator, Spec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Pathwise(Estimator):
    """Differentiates the samples themselves: the gradient flows from the loss through them into the generator."""

    name = "pathwise"
    needs = frozenset({"sample-gradient"})

    def build(self, spec: Spec) -> nn.Module:
        from .estimating import PathwiseEstimator

        return PathwiseEstimator()
