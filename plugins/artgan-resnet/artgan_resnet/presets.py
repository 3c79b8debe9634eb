"""The preset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artgan.interfaces import Choice, Machine, Preset, Survey, Wishes


@dataclass(frozen=True)
class Sngan(Preset):
    """SNGAN with residual networks and the hinge loss, sized for two CPU cores.

    The learning rates are ten times the paper's: of six settings, each trained for four minutes on `tiles`, they made
    the sharpest and most varied works.
    """

    name = "sngan"
    paper = "Miyato et al. 2018, arXiv:1802.05957"
    dataset = "tiles"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        adam = {"optimiser": "Adam", "lr": 2e-3, "beta1": 0.0, "beta2": 0.9}
        players = {"generator": {"name": "resnet"}, "discriminator": {"name": "resnet"}, "loss": {"name": "hinge"}}
        optimisers = {"generator_optimiser": {**adam}, "discriminator_optimiser": {**adam}}
        training = {"training": {"minutes": 15, "batch": 32, "ema": 0.995, "decay": 0.5}}
        return (
            Choice(players, "as in the paper"),
            Choice(optimisers, "the sharpest of six settings"),
            Choice(training, "sized for two CPU cores"),
        )
