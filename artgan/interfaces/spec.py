"""What networks are sized by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spec:
    """What networks are sized by.

    Attributes:
        modality: the name of the modality.
        shape: the shape of one sample as the networks see it: (C, H, W) for images, (L, V) for text.
        classes: the names of the classes, empty without labels.
        vocabulary: the number of distinct tokens, 0 where samples are not tokens.
        tokens: what each token is written as; where the first is empty, it ends a sample and fills up what follows.
        presentation: what the modality must know to show samples, such as the language of text.
    """

    modality: str
    shape: tuple[int, ...]
    classes: tuple[str, ...] = ()
    vocabulary: int = 0
    tokens: tuple[str, ...] = ()
    presentation: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def ends(self) -> bool:
        """Whether samples are of unequal length: token 0 ends each."""
        return self.tokens[:1] == ("",)

    def picture_shape(self, *, sides: tuple[int, int], stretch: int) -> tuple[int, int, int]:
        """Return channels, height and width of pictures, for a network that serves some sizes alone.

        Args:
            sides: the shortest and the longest side that it serves, in pixels.
            stretch: how many times as long as the other a side may be.

        Raises:
            ValueError: for other than 1 to 4 channels, and for sizes that it does not serve.
        """
        channels, height, width = self.shape
        shorter, longer = sorted((height, width))
        another = "give the dataset another size, as in --set dataset.size=256x256"
        if not 1 <= channels <= 4:
            raise ValueError(f"pictures have 1 to 4 channels, not {channels}")
        if not sides[0] <= shorter <= longer <= sides[1]:
            raise ValueError(
                f"pictures have sides of {sides[0]} to {sides[1]} pixels here, not {width}x{height}: {another}"
            )
        if longer > stretch * shorter:
            raise ValueError(
                f"one side of a picture is at most {stretch} times the other here, not {width}x{height}: {another}"
            )
        return channels, height, width
