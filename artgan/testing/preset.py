"""Checks of presets: what they choose must compose into a recipe, with a reason each. Imports no torch."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import ArtganError
from ..interfaces import (
    Choice,
    Dataset,
    Discriminator,
    Estimator,
    Generator,
    Loss,
    Machine,
    PixelSurvey,
    Preset,
    Span,
    Survey,
    TokenSurvey,
    Wishes,
)
from ..interfaces.component import split_choice
from ..plugins.registry import Registry
from ..recipe.compose import compose_surveyed
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt

LONGEST_REASON = 80
"""Characters of a reason that is printed in one line with what was chosen."""

_SIDE = Span(32, 32, 32)
_PIXEL_ART = PixelSurvey(64, _SIDE, _SIDE, channels=4, colours=16, colours_per_pixel=0.02, flat=0.6, hard_edges=0.7)
_PHOTOGRAPHS = PixelSurvey(64, _SIDE, _SIDE, channels=3, colours=900, colours_per_pixel=0.9, flat=0.1, hard_edges=0.01)
_STROKES = PixelSurvey(64, _SIDE, _SIDE, channels=1, colours=200, colours_per_pixel=0.2, flat=0.85, hard_edges=0.04)
_NAMES = TokenSurvey(Span(4, 12, 24), vocabulary=50, total=15_000, tokeniser="char", script="latin")
_VERSE = TokenSurvey(Span(10, 10, 10), vocabulary=1000, total=160_000, tokeniser="line-of-5", script="cjk")

SURVEYS = {
    "image": (
        Survey("image", 2000, copies=3, classes=("a", "b"), pixels=_PIXEL_ART),
        Survey("image", 300, copies=0, pixels=_PHOTOGRAPHS),
        Survey("image", 60_000, pixels=_STROKES),
    ),
    "text": (
        Survey("text", 1300, held_out=140, copies=0, tokens=_NAMES),
        Survey("text", 16_000, held_out=1800, tokens=_VERSE),
    ),
}
"""What datasets of a modality may be like; they have no names."""

MACHINES = (Machine(), Machine(device="cuda", threads=16, memory=2**36, bfloat16=True))


@dataclass(frozen=True)
class Chooser:
    """A preset, where the names in its tables are looked up, and what it may be asked about."""

    preset: Preset
    registry: Registry

    @property
    def surveys(self) -> Sequence[Survey]:
        """What the preset is asked about: datasets of its modality, one of which nothing is known."""
        modality = self.registry.get(Dataset, split_choice(self.preset.dataset)[0]).modality
        return [Survey(modality, 0), Survey(modality, 10), *SURVEYS.get(modality, ())]

    def choose(
        self,
        survey: Survey,
        wishes: dict[str, Any] | None = None,
        machine: Machine = MACHINES[0],
        what: str = "choose()",
    ) -> list[Choice]:
        """Return its choices."""
        with attempt(what):
            choices = list(self.preset.choose(Wishes({} if wishes is None else wishes), survey, machine))
        if odd := next((choice for choice in choices if not isinstance(choice, Choice)), None):
            raise BrokenError(f"{what} gives {type(odd).__name__}: give artgan.interfaces.Choice alone")
        return choices


def find_faults(component: Preset, registry: Registry) -> Findings:
    """Return what is wrong with a preset."""
    findings = Findings()
    findings.find_faults(DECLARATION, component)
    if findings.find_faults([has_a_dataset], Chooser(component, registry)):
        findings.find_faults(PRESET, Chooser(component, registry))
    return findings


def has_a_dataset(chooser: Chooser) -> Iterator[str]:
    """Find presets that `artgan run --preset` alone could not train with."""
    try:
        chooser.registry.parse(Dataset, chooser.preset.dataset)
    except ArtganError as error:
        yield f"its dataset is {chooser.preset.dataset!r} ({error}): name one that is there when the user names none"


def composes(chooser: Chooser) -> Iterator[str]:
    """Find recipes that `artgan run --preset` would refuse."""
    for survey in chooser.surveys:
        for machine in MACHINES:
            chooser.choose(survey, machine=machine)
            if fault := _fault(chooser, survey, machine):
                yield f"its choices make no recipe ({fault}): say all that has no default, and a budget"
                return


def _fault(chooser: Chooser, survey: Survey, machine: Machine) -> str:
    """Return why no recipe comes of what a preset chooses, empty where one does."""
    try:
        compose_surveyed(chooser.registry, {}, chooser.preset, survey=lambda _: survey, machine=lambda: machine)
    except ArtganError as error:
        return str(error)
    return ""


def gives_reasons(chooser: Chooser) -> Iterator[str]:
    """Find choices that nobody would understand, or that are not the preset's to make."""
    for choice in (choice for survey in chooser.surveys for choice in chooser.choose(survey)):
        what = ", ".join(choice.tables) or "nothing"
        reason = choice.reason if isinstance(choice.reason, str) else ""
        if not reason.strip() or "\n" in reason or len(reason) > LONGEST_REASON:
            yield f"the reason for {what} is {reason!r}: say why in one line of at most {LONGEST_REASON} characters"
        if not choice.tables:
            yield f"a choice sets nothing ({reason}): leave it out"
        if "dataset" in choice.tables:
            yield "it chooses a dataset: name the one for users who name none as the attribute dataset"


def suits_itself_to_what_is_wished(chooser: Chooser) -> Iterator[str]:
    """Find presets that trip over a user's choices, or change them."""
    kinds = (Generator, Discriminator, Loss, Estimator)
    wishes: list[dict[str, Any]] = [
        {kind.kind: {"name": name}} for kind in kinds for name in chooser.registry.names(kind)
    ]
    wishes += [{"generator": {"latent": 8}}, {"penalty": [{"name": "r1"}], "training": {"steps": 1}}]
    for wished in wishes:
        before = copy.deepcopy(wished)
        chooser.choose(chooser.surveys[0], wished, what=f"choose() for a wish of {', '.join(before)}")
        if wished != before:
            yield "choose() changes the wishes: make new tables"
            return


def gives_the_same_again(chooser: Chooser) -> Iterator[str]:
    """Find presets that keep or draw something, or hand out tables of their own."""
    for survey in chooser.surveys:
        first = chooser.choose(survey)
        before = copy.deepcopy(first)
        for table in (table for choice in first for table in choice.tables.values()):
            if isinstance(table, dict):
                table["changed"] = True
        if chooser.choose(survey) != before:
            yield "choose() gives something else the second time: make new tables in each call"
            return


PRESET = [composes, gives_reasons, suits_itself_to_what_is_wished, gives_the_same_again]
