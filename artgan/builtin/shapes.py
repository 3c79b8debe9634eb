"""What shapes of samples the built-in networks take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artgan.interfaces import Spec

if TYPE_CHECKING:
    pass


CELLS = ("lstm", "gru")
"""The kinds of recurrent layers."""


def image_shape(spec: Spec) -> tuple[int, int, int]:
    """Return channels, height and width of pictures.

    Raises:
        ValueError: for other than 1 to 4 channels.
    """
    channels, height, width = spec.shape
    if not 1 <= channels <= 4:
        raise ValueError(f"images have 1 to 4 channels, not {channels}")
    return channels, height, width


def check_text(spec: Spec) -> None:
    """Check that samples are texts, (length, vocabulary).

    Raises:
        ValueError: where they are not.
    """
    if len(spec.shape) != 2 or spec.shape[1] != spec.vocabulary or spec.vocabulary < 2:
        raise ValueError(f"text is (length, vocabulary), not {spec.shape} with a vocabulary of {spec.vocabulary}")
