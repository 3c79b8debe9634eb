"""What networks are sized by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


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
