"""Each fault of a preset is found."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import pytest
from support.faulty import faults, told

from artgan.interfaces import Choice, Preset
from artgan.testing import check_preset

RIGHT = [
    Choice({"generator": {"name": "cnn"}, "loss": {"name": "bce"}}, "well tried"),
    Choice({"training": {"steps": 10}}, "a sketch"),
]
SHARED = copy.deepcopy(RIGHT)


def preset_of(choose, **attributes):
    class Made(Preset):
        """A preset."""

        name = "made"

        def choose(self, wishes, survey, machine):
            return choose(wishes, survey)

    return dataclass(frozen=True)(type("Made", (Made,), {"__doc__": "A preset.", **attributes}))


def right(**more):
    return [*copy.deepcopy(RIGHT), Choice(**more)]


def test_a_right_preset_conforms(registry):
    check_preset(preset_of(lambda wishes, survey: copy.deepcopy(RIGHT)), registry=registry)


def grow(wishes, survey):
    wishes.tables.setdefault("loss", {})["name"] = "bce"
    return copy.deepcopy(RIGHT)


@pytest.mark.parametrize(
    ("choose", "phrase"),
    [
        (lambda wishes, survey: [Choice({"generator": {"name": "ccn"}}, "new")], "did you mean 'cnn'?"),
        (lambda wishes, survey: RIGHT[:1], "its choices make no recipe (give one budget"),
        (lambda wishes, survey: wishes.tables["dataset"], "choose() raised KeyError"),
        (lambda wishes, survey: [{"loss": {"name": "bce"}}], "choose() gives dict: give artgan.interfaces.Choice"),
        (
            lambda wishes, survey: right(tables={"training": {"batch": 1 + survey.pixels.channels}}, reason="x"),
            "raised",
        ),
        (lambda wishes, survey: right(tables={"training": {"batch": 8}}, reason=" "), "the reason for training is ' '"),
        (lambda wishes, survey: right(tables={"training": {"batch": 8}}, reason="so\nlong"), "in one line"),
        (lambda wishes, survey: right(tables={}, reason="nothing"), "a choice sets nothing (nothing)"),
        (lambda wishes, survey: right(tables={"dataset": {"name": "tiles"}}, reason="nice"), "it chooses a dataset"),
        (lambda wishes, survey: SHARED, "make new tables in each call"),
        (grow, "choose() changes the wishes"),
    ],
)
def test_a_fault_of_a_preset_is_found(choose, phrase, registry):
    found = faults(check_preset, preset_of(choose), registry=registry)
    assert told(found, phrase), found


def test_a_preset_needs_a_dataset_for_those_who_name_none(registry):
    made = preset_of(lambda wishes, survey: copy.deepcopy(RIGHT), dataset="calligrafy")
    assert told(faults(check_preset, made, registry=registry), "name one that is there")
