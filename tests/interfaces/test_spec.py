"""What networks are sized by."""

from __future__ import annotations

import pytest

from artgan.interfaces import Spec


def test_the_shape_of_pictures_that_are_served_is_given():
    assert Spec("image", (4, 16, 64)).picture_shape(sides=(16, 64), stretch=4) == (4, 16, 64)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((5, 32, 32), "pictures have 1 to 4 channels, not 5"),
        ((3, 15, 32), "pictures have sides of 16 to 64 pixels here, not 32x15: give the dataset another size"),
        ((3, 65, 32), "pictures have sides of 16 to 64 pixels here, not 32x65: give the dataset another size"),
        (
            (3, 16, 49),
            "one side of a picture is at most 3 times the other here, not 49x16: give the dataset another size",
        ),
    ],
)
def test_others_are_refused_with_what_helps(shape, reason):
    with pytest.raises(ValueError, match=reason):
        Spec("image", shape).picture_shape(sides=(16, 64), stretch=3)
