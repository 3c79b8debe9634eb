"""Each fault of a constraint is found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from support.faulty import faults, told

from artgan.errors import ArtganError
from artgan.interfaces import Constraint, TokenMask
from artgan.testing import check_constraint


def constraint_of(allowed, check=lambda written: None, build=None):
    class Mask(TokenMask):
        def __init__(self, size):
            self.size, self.asked = size, 0

        def allowed(self, written, room):
            return allowed(self, written, room)

        def check(self, written):
            check(written)

    @dataclass(frozen=True)
    class Made(Constraint):
        """A constraint."""

        name = "made"
        modalities = frozenset({"text"})

        def build(self, spec):
            return build(spec) if build else Mask(spec.vocabulary)

    return Made


def others(mask, written, room):
    """Allow all but the last token."""
    found = np.ones(mask.size, bool)
    found[written[-1:]] = False
    return found


def forgetful(mask, written, room):
    mask.asked += 1
    return np.arange(mask.size) < mask.size - (mask.asked > 1)


def writing(mask, written, room):
    written.append(0)


def refuse(written):
    raise ArtganError("two\nlines")


def cannot(spec):
    raise ValueError("not for these")


def test_a_right_constraint_conforms():
    check_constraint(constraint_of(others))
    check_constraint(constraint_of(lambda mask, written, room: None))


@pytest.mark.parametrize(
    ("made", "phrase"),
    [
        (constraint_of(lambda mask, written, room: np.arange(mask.size) < 4 - len(written)), "leaves no token after 4"),
        (constraint_of(lambda mask, written, room: np.ones(mask.size)), "give an array of bool (V,)"),
        (constraint_of(lambda mask, written, room: np.ones(3, bool)), "gives bool (3,)"),
        (constraint_of(lambda mask, written, room: [True] * mask.size), "allowed() gives list"),
        (constraint_of(forgetful), "depend on nothing but its arguments"),
        (constraint_of(writing), "changes what is written"),
        (constraint_of(others, check=refuse), "says what is wrong in several lines"),
        (constraint_of(others, check=lambda written: 1 / 0), "check() of a work that it allowed raised Zero"),
        (constraint_of(others, build=cannot), "build refuses all 3 examples (ValueError: not for these)"),
        (constraint_of(others, build=lambda spec: None), "build returned NoneType"),
        (constraint_of(others, build=lambda spec: 1 / 0), "build raised ZeroDivisionError"),
    ],
)
def test_a_fault_of_a_constraint_is_found(made, phrase):
    found = faults(check_constraint, made)
    assert told(found, phrase), found
