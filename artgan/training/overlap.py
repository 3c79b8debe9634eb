"""What of one network's numbers another can take: those of the same name, as far as their shapes overlap.

Of a tensor that is longer or shorter along an axis the first rows are taken, as channels are where networks are of
unequal width. Rows that stand for classes or tokens are those of the same name instead, wherever they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ..interfaces import Discriminator, Generator, Spec

Shape = tuple[int, ...]
MORE = "\0more"
"""The name of a class or token that there is nowhere."""


@dataclass(frozen=True)
class NamedAxis:
    """An axis whose rows have names.

    Attributes:
        axis: its number.
        own: rows of this network.
        theirs: rows of the other that have the same names, in the same order.
        length: how many rows the other must have.
    """

    axis: int
    own: tuple[int, ...]
    theirs: tuple[int, ...]
    length: int


@dataclass(frozen=True)
class Overlap:
    """What of a tensor can be taken.

    Attributes:
        sides: how many rows along each axis; of a named axis, all of the other's.
        named: the axis whose rows have names, if any.
        whole: whether nothing of the tensor here is left as it was.
    """

    sides: Shape
    named: NamedAxis | None
    whole: bool

    @property
    def count(self) -> int:
        """How many numbers."""
        named = self.named
        sides = (len(named.own) if named and axis == named.axis else side for axis, side in enumerate(self.sides))
        return math.prod(sides)

    def write(self, own: Tensor, theirs: Tensor) -> None:
        """Write into a tensor what is taken.

        Args:
            own: of this network.
            theirs: the other's, cut to `sides`.
        """
        named = self.named
        view = own[tuple(slice(None if named and axis == named.axis else side) for axis, side in enumerate(self.sides))]
        taken = theirs.to(own)
        if named:
            here, there = (torch.tensor(rows, device=own.device) for rows in (named.own, named.theirs))
            view.index_copy_(named.axis, here, taken.index_select(named.axis, there))
        else:
            view.copy_(taken)


def find_overlap(own: Shape, theirs: Shape, named: NamedAxis | None, *, resized: bool) -> Overlap | None:
    """Return what of a tensor can be taken; None for nothing.

    Args:
        own: its shape here.
        theirs: that of the tensor of the same name in the other network.
        named: the axis here whose rows have names, if any.
        resized: whether pictures have another size here: then matrices are not cut, since their rows may stand for
            places.
    """
    if len(own) != len(theirs) or 0 in theirs:
        return None
    if named:
        if theirs[named.axis] != named.length or not named.own:
            return None
    elif resized and len(own) == 2 and own != theirs:
        return None

    sides = tuple(
        there if named and axis == named.axis else min(here, there)
        for axis, (here, there) in enumerate(zip(own, theirs, strict=True))
    )
    kept = [len(named.own) if named and axis == named.axis else side for axis, side in enumerate(sides)]
    return Overlap(sides, named, whole=tuple(kept) == own)


def named_axes(
    component: Generator | Discriminator, spec: Spec, theirs: Spec, shapes: Mapping[str, Shape]
) -> dict[str, NamedAxis]:
    """Return the axes of a network whose rows stand for classes or tokens, by the name of their tensor.

    They are found by asking for the network with one more of them. Where both networks have the same, none is named.

    Args:
        component: builds the network.
        spec: what it is sized by.
        theirs: what the other is sized by.
        shapes: those of its tensors.
    """
    found: dict[str, NamedAxis] = {}
    if spec.classes and theirs.classes and spec.classes != theirs.classes:
        larger = replace(spec, classes=(*spec.classes, MORE))
        found |= _grown(shapes, _shapes(component, larger), spec.classes, theirs.classes, more=0)
    if spec.tokens and theirs.tokens and spec.tokens != theirs.tokens:
        length, vocabulary = spec.shape
        larger = replace(spec, shape=(length, vocabulary + 1), vocabulary=vocabulary + 1, tokens=(*spec.tokens, MORE))
        found |= _grown(shapes, _shapes(component, larger), spec.tokens, theirs.tokens, more=1)
    return found


def _grown(
    before: Mapping[str, Shape], after: Mapping[str, Shape], own: Sequence[str], theirs: Sequence[str], *, more: int
) -> dict[str, NamedAxis]:
    """Return the axis of each tensor that has grown by one, with the rows of the same names on both sides.

    Args:
        before: the shapes.
        after: those with one more name.
        own: the names here.
        theirs: the names there.
        more: how many rows there may be beyond those that have names, at the end: a token that begins a text has one.
    """
    places = {name: row for row, name in enumerate(theirs)}
    pairs = [(row, places[name]) for row, name in enumerate(own) if name in places]
    found = {}
    for name, shape in before.items():
        larger = after.get(name, ())
        grown = [axis for axis, (one, two) in enumerate(zip(shape, larger, strict=False)) if two == one + 1]
        if len(larger) != len(shape) or not grown:
            continue
        beyond = shape[grown[0]] - len(own)
        if not 0 <= beyond <= more:
            continue
        both = pairs + [(len(own) + row, len(theirs) + row) for row in range(beyond)]
        found[name] = NamedAxis(
            grown[0], tuple(here for here, _ in both), tuple(there for _, there in both), len(theirs) + beyond
        )
    return found


def _shapes(component: Generator | Discriminator, spec: Spec) -> dict[str, Shape]:
    """Return the shapes of a network's tensors, which take no memory; none where it cannot be built so."""
    try:
        with torch.device("meta"), torch.random.fork_rng(devices=[]):
            return {name: tuple(tensor.shape) for name, tensor in component.build(spec).state_dict().items()}
    except (NotImplementedError, RuntimeError, TypeError, ValueError):
        return {}
