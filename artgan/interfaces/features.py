"""What pictures are compared by."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from ..errors import ArtganError
from .component import Component
from .progress import Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

Extractor = Callable[["NDArray[np.uint8]"], "NDArray[np.float64]"]
"""Turns pictures, uint8 (N, C, H, W) of 1 to 4 channels, into their features, float64 (N, D)."""

BATCH = 64
"""Pictures that are looked at together."""


@dataclass(frozen=True)
class Features(Component):
    """What pictures are compared by: some numbers for each, by a network that is fixed.

    Attributes:
        version: the name that all numbers on them carry; whatever changes the features changes it.
        size: the height and width that pictures are brought to, in pixels.
        resize: how they are brought to it, in words.
    """

    kind = "features"
    plural = "features"
    representation = "pixels"
    version: ClassVar[str]
    size: ClassVar[int]
    resize: ClassVar[str]

    @property
    def label(self) -> str:
        """The version, and the options that are not at their default: ``mine-v1:layer=2``."""
        known = type(self).options()
        chosen = [f"{name}={value}" for name, value in self.values().items() if value != known[name].default]
        return ":".join([self.version, *([",".join(chosen)] if chosen else [])])

    @abstractmethod
    def digest(self) -> str:
        """Return the SHA-256 of the network's weights, in hexadecimal.

        Raises:
            ArtganError: if they are not here, or not what they should be.
        """

    @abstractmethod
    def build(self) -> Extractor:
        """Return the function that gives pictures their features, each picture's independent of the others.

        Raises:
            ArtganError: if the weights are not here, or not what they should be; saying which command brings them.
        """

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        """Return what features (N, D) tell of generated pictures by themselves, such as the Inception Score."""
        return {}

    @staticmethod
    def as_rgb(pictures: NDArray[np.uint8]) -> Tensor:
        """Return pictures (N, C, H, W), grey, with alpha, RGB or RGBA, as float32 RGB in [-1, 1], alpha over white."""
        import numpy as np
        import torch

        compact = torch.from_numpy(np.array(pictures))
        levels = compact.float() / 127.5 - 1
        colours = levels[:, :1] if compact.shape[1] <= 2 else levels[:, :3]
        if compact.shape[1] in (2, 4):
            alpha = compact[:, -1:].float() / 255
            colours = colours * alpha + (1 - alpha)
        return colours.expand(-1, 3, -1, -1)


class Identity(NamedTuple):
    """What tells features from all others: their weights, and how pictures are brought to their size."""

    digest: str
    size: int
    resize: str


INCEPTION = Identity(
    "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2", 299, "bilinear as in TensorFlow 1"
)
"""The network that the published FID and KID are taken on (of 2015-12-05, as torch-fidelity and pytorch-fid keep it).
Numbers on any other features are never called so."""

PUBLISHED = {"Fréchet": "FID", "KID": "KID", "Inception Score": "Inception Score"}


class FeatureExtractor:
    """Gives pictures their features, checks them, and knows what numbers on them are called.

    Args:
        features: the component.

    Attributes:
        features: the component.
        label: what numbers on them carry.
        identity: what tells them from others.

    Raises:
        ArtganError: if they cannot be built.
    """

    def __init__(self, features: Features) -> None:
        self.features, self.label = features, features.label
        try:
            self._extract = features.build()
            self.identity = Identity(features.digest(), features.size, features.resize)
        except ValueError as error:
            raise ArtganError(f"features {self.label}: {error}") from None

    @property
    def is_inception(self) -> bool:
        """Whether they are those of the pinned network that published numbers are taken on."""
        return self.identity == INCEPTION

    @property
    def has_scores(self) -> bool:
        """Whether they tell something of pictures by themselves."""
        return type(self.features).scores is not Features.scores

    def named(self, number: str) -> str:
        """Return what a number is called on these features: ``Fréchet (random-v1)``; on the pinned Inception, FID."""
        if self.is_inception and number in PUBLISHED:
            return PUBLISHED[number]
        return f"{number} ({self.label})"

    def record(self) -> dict[str, str | int]:
        """Return what a report says of them."""
        return {"name": self.label, **self.identity._asdict()}

    def __call__(
        self, pictures: NDArray[np.uint8], what: str = "", progress: Progress = lambda what, done, total: None
    ) -> NDArray[np.float64]:
        """Return the features (N, D) of pictures (N, C, H, W), at least one.

        Raises:
            ArtganError: if what comes is not finite, or no number of numbers for each picture.
        """
        import numpy as np

        parts: list[NDArray[np.float64]] = []
        for start in range(0, len(pictures), BATCH):
            progress(what, start, len(pictures))
            part = pictures[start : start + BATCH]
            parts.append(self._checked(self._extract(part), len(part), parts))
        progress(what, len(pictures), len(pictures))
        return np.concatenate(parts)

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        """Return what features of generated pictures tell by themselves, by the name that it is to have."""
        return {self.named(name): value for name, value in self.features.scores(features).items()}

    def _checked(self, found: object, count: int, before: list[NDArray[np.float64]]) -> NDArray[np.float64]:
        import numpy as np

        if not isinstance(found, np.ndarray) or found.dtype.kind != "f":
            kind = f"an array of {found.dtype}" if isinstance(found, np.ndarray) else type(found).__name__
            raise ArtganError(f"features {self.label} gave {kind}: they must be float64 (N, D)")
        width = before[0].shape[1] if before else found.shape[-1] if found.ndim == 2 else 0
        if found.ndim != 2 or found.shape != (count, width) or not width:
            wanted = f"({count}, {width or 'D'})"
            raise ArtganError(f"features {self.label} gave an array of shape {found.shape} where it must be {wanted}")
        if not np.isfinite(found).all():
            raise ArtganError(
                f"features {self.label} are not finite: {int((~np.isfinite(found)).sum()):,} of {found.size:,}"
            )
        return found.astype(np.float64)
