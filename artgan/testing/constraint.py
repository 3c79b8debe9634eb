"""Checks of constraints, on works that are drawn at random of what they allow."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import ascii_letters, digits

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError, describe
from ..interfaces import Constraint, Modality, Spec, TokenMask
from ..plugins.registry import Registry
from .declaration import DECLARATION
from .findings import BrokenError, Findings, attempt
from .process_state import isolated

WORKS = 10
_LETTERS = ("", *ascii_letters, *digits, *" \n.,;:!?'-")
LETTERS = Spec("text", (16, len(_LETTERS)), (), len(_LETTERS), _LETTERS, {"tokeniser": "char"})
"""Texts of unequal length by characters, beside the examples that modalities give."""


@dataclass(frozen=True)
class Drawn:
    """A constraint on works of one kind.

    Attributes:
        constraint: what is checked.
        spec: what its mask is built for.
    """

    constraint: Constraint
    spec: Spec

    @property
    def place(self) -> str:
        """What is special about them, in words."""
        return f"{self.spec.modality} of {self.spec.shape}"

    @cached_property
    def mask(self) -> TokenMask:
        """What it builds; it was built before without an error."""
        with attempt("build"):
            built = self.constraint.build(self.spec)
        if not isinstance(built, TokenMask):
            raise BrokenError(f"build returned {type(built).__name__}: derive it from artgan.interfaces.TokenMask")
        return built

    def allowed(self, written: Sequence[int]) -> NDArray[np.bool_]:
        """Return whether each token may come next."""
        given = list(written)
        with attempt("allowed()"):
            found = self.mask.allowed(given, self.spec.shape[0] - len(written))
        if given != list(written):
            raise BrokenError("allowed() changes what is written: work on a copy")
        if found is None:
            return np.ones(self.spec.vocabulary, bool)
        if not isinstance(found, np.ndarray) or found.dtype != np.bool_ or found.shape != (self.spec.vocabulary,):
            kind = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
            raise BrokenError(f"allowed() gives {kind}: give an array of bool (V,), here ({self.spec.vocabulary},)")
        return found


def find_faults(component: Constraint, registry: Registry) -> Findings:
    """Return what is wrong with a constraint."""
    findings, refusals = Findings(), list[str]()
    with isolated():
        findings.find_faults(DECLARATION, component)
        cases = [Drawn(component, spec) for spec in _specs(component, registry)]
        for case in cases:
            if refusal := _refusal(case):
                refusals.append(refusal)
            elif findings.find_faults([leaves_a_token], case, case.place):
                findings.find_faults([says_the_same_again], case, case.place)
    if len(refusals) == len(cases):
        findings.add(f"build refuses all {len(cases)} examples ({refusals[-1]}): serve one with the default options")
    return findings


def leaves_a_token(case: Drawn) -> Iterator[str]:
    """Find works that cannot go on, and looks at whole works that fail."""
    for seed in range(WORKS):
        written = list[int]()
        draws = random.Random(seed)
        while len(written) < case.spec.shape[0]:
            allowed = np.flatnonzero(case.allowed(written))
            if not len(allowed):
                yield f"allowed() leaves no token after {len(written)} of {case.spec.shape[0]}: leave one"
                return
            token = int(draws.choice(allowed))
            if case.spec.ends and token == 0:
                break
            written.append(token)
        with attempt("check() of a work that it allowed"):
            _check(case.mask, written)


def says_the_same_again(case: Drawn) -> Iterator[str]:
    """Find masks that remember."""
    fresh = Drawn(case.constraint, case.spec)
    begun = fresh.allowed([])
    for token in np.flatnonzero(begun)[:3]:
        fresh.allowed([int(token)])
    if not np.array_equal(begun, fresh.allowed([])):
        yield "allowed() says something else of the same work: let it depend on nothing but its arguments"


def _check(mask: TokenMask, written: Sequence[int]) -> None:
    try:
        mask.check(written)
    except ArtganError as error:
        if "\n" in str(error):
            raise BrokenError("check() says what is wrong in several lines: say it in one") from None


def _specs(component: Constraint, registry: Registry) -> Iterator[Spec]:
    for offered in registry.offers(Modality):
        if component.serves(offered.name, offered.representation) and offered.representation == "tokens":
            yield from offered.configure({}).examples()
    if component.serves(LETTERS.modality, "tokens"):
        yield LETTERS


def _refusal(case: Drawn) -> str:
    """Return why a mask cannot be built for a case; empty where it can, or where it fails in another way."""
    try:
        case.constraint.build(case.spec)
    except (ValueError, ArtganError) as error:
        return describe(error)
    except Exception:
        return ""
    return ""
