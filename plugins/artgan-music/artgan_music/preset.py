"""The presets of tunes and of pieces in several voices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from artgan.interfaces import Choice, Machine, Preset, Survey, Wishes

ADAM = {"optimiser": "Adam", "beta1": 0.5, "beta2": 0.999, "clip": 5.0}
FEW = 300
"""Fewer tunes than these are soon known by heart."""


@dataclass(frozen=True)
class TunesPreset(Preset):
    """Tunes from noise, without pre-training: the default for music."""

    name = "tunes"
    paper = "de Masson d'Autume et al. 2019, arXiv:1905.09922; Che et al. 2017 (MaliGAN), arXiv:1702.07983"
    dataset = "tunes"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        own = wishes.name("generator", "tune") == "tune"
        common = {
            "generator": {"name": "tune" if own else wishes.name("generator")},
            "discriminator": {"name": "tune"},
            "estimator": {"name": "ratio"},
            "loss": {"name": "bce"},
            "training": {"batch": 32, "ema": 0.99, "decay": 0.5, "precision": "float32", "snapshots": 12},
            "generator_optimiser": ADAM | {"lr": 3e-3},
            "discriminator_optimiser": ADAM | {"lr": 6e-3},
        }
        return Choice(common, "the best that was measured for tunes"), _minutes(survey), *_smaller_batch(survey)


def _minutes(survey: Survey) -> Choice:
    if 0 < survey.count < FEW:
        return Choice({"training": {"minutes": 5}}, f"{survey.count:,} tunes are soon known by heart")
    return Choice({"training": {"minutes": 10}}, "tunes enough to learn from")


def _smaller_batch(survey: Survey) -> Sequence[Choice]:
    """Return the largest power of two within half of the tunes, where they are fewer than the usual batch."""
    if not 0 < survey.count < 32:
        return ()
    batch = 1 << max(1, survey.count // 2).bit_length() - 1
    return (Choice({"training": {"batch": batch}}, f"{survey.count:,} tunes alone"),)


@dataclass(frozen=True)
class ChorusPreset(Preset):
    """Pieces in several voices from noise: the default for scores."""

    name = "chorus"
    paper = TunesPreset.paper
    dataset = "scores"

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        common = {
            "generator": {"name": wishes.name("generator", "chorus")},
            "discriminator": {"name": "chorus"},
            "estimator": {"name": "ratio"},
            "loss": {"name": "bce"},
            "training": {
                "minutes": 10,
                "batch": 32,
                "ema": 0.99,
                "decay": 0.5,
                "precision": "float32",
                "snapshots": 12,
            },
            "generator_optimiser": ADAM | {"lr": 3e-3},
            "discriminator_optimiser": ADAM | {"lr": 6e-3},
        }
        return Choice(common, "as for tunes"), *_smaller_batch(survey)
