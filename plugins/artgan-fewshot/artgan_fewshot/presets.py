"""The preset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from artgan.interfaces import Choice, Machine, PixelSurvey, Preset, Survey, Wishes

from .players import MAX_STRETCH

LARGE = 64
"""Pixels of the shorter side from which pictures show materials."""


@dataclass(frozen=True)
class FewShot(Preset):
    """Drawings, photographs and textures, from a hundred pictures on: the built-in generator before two discriminators.

    One judges pixels, the other what a network that was trained on photographs sees, which counts little. The plugin's
    README has what was measured.
    """

    name = "fewshot"
    paper = "Sauer et al. 2021, arXiv:2111.01007"
    dataset = "tiles"

    def proposes_itself(self, wishes: Wishes, survey: Survey, machine: Machine) -> bool:
        return not wishes.choose_players and survey.pixels is not None and _suits(survey.pixels)

    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        suited = survey.pixels is not None and _suits(survey.pixels)
        reason = "shapes and materials (--preset default for the usual)" if suited else "made for shapes and materials"
        players = {**_players(wishes), "loss": {"name": "hinge"}}
        adam = {"optimiser": "Adam", "lr": 1e-3, "beta1": 0.0, "beta2": 0.99}
        optimisers = {"generator_optimiser": adam, "discriminator_optimiser": {**adam, "lr": 5e-4}}
        moved = {"augmentation": [{"name": "diffaug", "color": False, "cutout": 0.0}]}
        training = {"minutes": 8, "batch": _batch(survey), "ema": 0.995, "decay": 0.5, "collapses": 2}
        return (
            Choice(players, reason),
            Choice(optimisers, "the best that was measured"),
            Choice(moved, "few pictures are soon known by heart"),
            Choice({"training": training}, "shapes come in minutes"),
        )


def _players(wishes: Wishes) -> dict[str, Any]:
    """Return artgan's own generator as the preset ``default`` has it, or this plugin's, and judges that suit it.

    The judges know the classes of the data, and so must the generator. Features count more for the thin one, which
    learns little by pixels alone.
    """
    if wishes.name("generator") in ("fast", "artgan-fewshot/fast"):
        thin = {"name": "fast", "modulated": True}
        return {"generator": thin, "discriminator": {"name": "combined", "weight": 0.1}}
    usual = {"name": "cnn", "width": 32, "upsampling": "nearest", "modulated": True, "full": 16, "classes": True}
    return {"generator": usual, "discriminator": {"name": "combined", "weight": 0.04}}


def _suits(pixels: PixelSurvey) -> bool:
    """Return whether pictures are coloured drawings or photographs, large enough to show materials, and served.

    Grey ones are as likely ink on paper that was scanned.
    """
    sides = pixels.widths.middle, pixels.heights.middle
    served = pixels.shorter_side >= LARGE and max(sides) <= MAX_STRETCH * min(sides)
    return served and not (pixels.grey or pixels.pixel_art)


def _batch(survey: Survey) -> int:
    """Return 16, or the largest power of two within half of the samples where they are fewer."""
    if not 0 < survey.count < 32:
        return 16
    return 1 << max(1, survey.count // 2).bit_length() - 1
