"""The preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from artgan.interfaces import Preset


@dataclass(frozen=True)
class Sngan(Preset):
    """SNGAN with residual networks and the hinge loss, sized for two CPU cores.

    The learning rates are ten times the paper's: of six settings, each trained for four minutes on `tiles`, they made
    the sharpest and most varied works.
    """

    name = "sngan"
    paper = "Miyato et al. 2018, arXiv:1802.05957"

    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        adam = {"optimiser": "Adam", "beta1": 0.0, "beta2": 0.9}
        return {
            "dataset": {"name": "tiles"},
            "generator": {"name": "resnet"},
            "discriminator": {"name": "resnet"},
            "loss": {"name": "hinge"},
            "training": {"minutes": 15, "batch": 32, "ema": 0.995, "decay": 0.5},
            "generator_optimiser": adam | {"lr": 2e-3},
            "discriminator_optimiser": adam | {"lr": 2e-3},
        }
