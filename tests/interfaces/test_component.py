"""Components: options are declared once, and anything wrong with them is named."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artgan import Component, UsageError, option
from artgan.interfaces.component import split_choice


@dataclass(frozen=True)
class Brush(Component):
    """A brush."""

    kind = "tool"
    name = "brush"
    width: int = option(3, "hairs", min=1, max=100)
    wet: bool = option(False, "dipped in ink")
    pressure: float = option(0.5, "share of the weight", min=0, max=1)
    hair: str = option("goat", "whose hair", choices=("goat", "wolf"))


def test_options_of_text_take_the_type_of_their_field():
    brush = Brush.configure({"width": "7", "wet": "yes", "pressure": "0.25", "hair": "wolf"})
    assert brush == Brush(7, True, 0.25, "wolf")


@given(st.integers(1, 100), st.booleans(), st.floats(0, 1), st.sampled_from(["goat", "wolf"]))
def test_values_make_the_same_component_again(width, wet, pressure, hair):
    brush = Brush(width, wet, pressure, hair)
    assert Brush.configure(brush.values()) == brush
    assert Brush.configure({name: str(value) for name, value in brush.values().items()}) == brush
    name, options = split_choice(brush.to_choice())
    assert (name, Brush.configure(options)) == ("brush", brush)


def test_as_a_choice_it_tells_what_differs_from_the_defaults():
    assert (Brush().to_choice(), Brush(wet=True, width=9).to_choice()) == ("brush", "brush:width=9,wet=True")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"widht": 3}, ["widht", "did you mean 'width'"]),
        ({"width": "wide"}, ["'wide' is not a number"]),
        ({"width": 0}, ["width = 0", "1 to 100"]),
        ({"width": 2.5}, ["2.5 is not a whole number"]),
        ({"width": True}, ["True is not a number"]),
        ({"pressure": "nan"}, ["not a finite number"]),
        ({"wet": "maybe"}, ["'maybe' is not true or false"]),
        ({"hair": "wolff"}, ["did you mean 'wolf'"]),
        ({"hair": True}, ["True is not text"]),
    ],
)
def test_a_wrong_option_is_named_with_its_value_and_what_is_right(options, words):
    with pytest.raises(UsageError) as error:
        Brush.configure(options)
    assert all(word in str(error.value) for word in ["tool brush", *words])
    assert "\n" not in str(error.value)


def test_a_choice_splits_on_the_first_colon_and_before_each_key_so_that_paths_survive():
    text = r"folder:path=C:\my prints, old,size=64"
    assert split_choice(text) == ("folder", {"path": r"C:\my prints, old", "size": "64"})


def test_a_choice_that_is_no_key_and_value_says_how_to_write_it():
    with pytest.raises(UsageError, match="name:key=value"):
        split_choice("cnn:64")
