"""The presets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artgan.interfaces import Choice, Machine, Preset, Survey, Wishes


@dataclass(frozen=True)
class StylePreset(Preset):
    """StyleGAN2 in minutes: cross-entropy, a lazy R1, an average that trails, and differentiable augmentation."""

    name = "style"
    paper = "Karras et al. 2020, arXiv:1912.04958; Zhao et al. 2020, arXiv:2006.10738"
    dataset = "tiles"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        players = {"generator": {"name": "style"}, "discriminator": {"name": "residual"}, "loss": {"name": "bce"}}
        adam = {"optimiser": "Adam", "lr": 2e-3, "beta1": 0.0, "beta2": 0.99}
        optimisers = {"generator_optimiser": adam, "discriminator_optimiser": adam}
        penalty = {"penalty": [{"name": "r1", "gamma": 1.0, "interval": 8}]}
        moved = {"augmentation": [{"name": "diffaug", "color": False, "cutout": 0.0}]}
        training = {"minutes": 10, "batch": _batch(survey), "ema": 0.995, "decay": 0.5}
        return (
            Choice(players, "as in the paper"),
            Choice({**optimisers, **penalty}, "the paper's, for small pictures"),
            Choice(moved, "few pictures are soon known by heart"),
            Choice({"training": training}, "sized for two CPU cores"),
        )


@dataclass(frozen=True)
class R3Preset(Preset):
    """R3GAN in minutes: each fake is compared with a real, both penalties at each step, all falling at first.

    As in the paper, penalties and rates begin high and the average's memory short, and settle while the run goes on.
    """

    name = "r3"
    paper = "Huang et al. 2024, arXiv:2501.05441"
    dataset = "tiles"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        players = {"generator": {"name": "r3"}, "discriminator": {"name": "r3"}, "loss": {"name": "relativistic"}}
        adam = {"optimiser": "Adam", "lr": "cosine:1e-3..3e-4@0..0.5", "beta1": 0.0, "beta2": "cosine:0.9..0.99@0..0.2"}
        gamma = "cosine:2..0.2@0..0.2"
        penalties = [{"name": "r1", "gamma": gamma}, {"name": "r2", "gamma": gamma}]
        moved = {"augmentation": [{"name": "diffaug", "color": False, "cutout": 0.0}]}
        training = {"minutes": 10, "batch": _batch(survey), "ema": "cosine:0.9..0.995@0..0.2"}
        return (
            Choice({**players, "penalty": penalties}, "as in the paper"),
            Choice({"generator_optimiser": adam, "discriminator_optimiser": adam}, "the paper's schedules, sooner"),
            Choice(moved, "few pictures are soon known by heart"),
            Choice({"training": training}, "sized for two CPU cores"),
        )


def _batch(survey: Survey) -> int:
    """Return 16, or the largest power of two within half of the samples where they are fewer."""
    if not 0 < survey.count < 32:
        return 16
    return 1 << max(1, survey.count // 2).bit_length() - 1
