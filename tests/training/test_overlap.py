"""What of one network's numbers another takes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from artgan.interfaces import Generator, Spec
from artgan.training.overlap import find_overlap, named_axes

sides = st.lists(st.integers(1, 4), min_size=0, max_size=4)


@given(sides, sides)
def test_the_first_rows_along_each_axis_are_taken_and_all_others_stay(own, theirs):
    here, there = torch.zeros(own), torch.ones(theirs)
    overlap = find_overlap(tuple(own), tuple(theirs), None, resized=False)
    if len(own) != len(theirs):
        assert overlap is None
        return

    overlap.write(here, there[tuple(map(slice, overlap.sides))])
    common = tuple(slice(min(pair)) for pair in zip(own, theirs, strict=True))
    assert here[common].eq(1).all()
    assert here.sum() == here[common].numel() == overlap.count
    assert overlap.whole == (overlap.count == here.numel())


@pytest.mark.parametrize(("shape", "taken"), [((6, 3), False), ((6, 3, 2, 2), True), ((6,), True)])
def test_where_pictures_are_of_another_size_matrices_are_not_cut(shape, taken):
    theirs = tuple(side + 1 for side in shape)
    assert (find_overlap(shape, theirs, None, resized=True) is not None) == taken
    assert find_overlap(shape, shape, None, resized=True).whole


@dataclass(frozen=True)
class Labelled(Generator):
    """Has an embedding of classes, and layers whose sizes are the same numbers."""

    name = "labelled"

    def build(self, spec):
        return nn.ModuleDict({"classes": nn.Embedding(len(spec.classes), 3), "layer": nn.Linear(3, 2)})


def test_rows_of_classes_are_those_of_the_same_name():
    own, theirs = (Spec("image", (1, 8, 8), classes) for classes in (("dog", "cat", "owl"), ("cat", "ant", "dog")))
    component = Labelled()
    shapes = {name: tuple(tensor.shape) for name, tensor in component.build(own).state_dict().items()}
    named = named_axes(component, own, theirs, shapes)
    assert named.keys() == {"classes.weight"}

    overlap = find_overlap((3, 3), (3, 3), named["classes.weight"], resized=False)
    here, there = torch.zeros(3, 3), torch.tensor([[1.0] * 3, [2.0] * 3, [3.0] * 3])
    overlap.write(here, there)
    assert here[:, 0].tolist() == [3, 1, 0]
    assert (overlap.count, overlap.whole) == (6, False)


def test_rows_of_tokens_are_those_of_the_same_sign_and_what_begins_a_text_is_its_own(registry):
    generator = registry.get(Generator, "rnn").configure({"width": 4, "embedding": 3})
    own, theirs = (Spec("text", (5, len(signs)), (), len(signs), signs) for signs in (("", "b", "a"), ("", "a")))
    shapes = {name: tuple(tensor.shape) for name, tensor in generator.build(own).state_dict().items()}
    named = named_axes(generator, own, theirs, shapes)
    assert named["embedding.weight"].own == (0, 2, 3)
    assert named["embedding.weight"].theirs == (0, 1, 2)
    assert named["bias"].own == (0, 2)
    assert named.keys() == {"embedding.weight", "bias"}


def test_where_names_are_the_same_nothing_is_moved(registry):
    spec = Spec("image", (1, 8, 8), ("a", "b"))
    assert named_axes(Labelled(), spec, spec, {"classes.weight": (2, 3)}) == {}
