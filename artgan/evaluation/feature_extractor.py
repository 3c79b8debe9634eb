"""Looks at pictures through features, and refuses what is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from ..interfaces import Features, Progress
from ..plugins.registry import Registry

RANDOM = "random-v1"
"""The built-in features, by which pictures are compared unless told otherwise."""

BATCH = 64
"""Pictures that are looked at together."""


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


class Looking:
    """Features that pictures are looked at through.

    Args:
        features: the component.

    Attributes:
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

    def named(self, metric: str) -> str:
        """Return what a metric is called on these features: ``Fréchet (random-v1)``; on the pinned Inception, FID."""
        if self.identity == INCEPTION and metric in PUBLISHED:
            return PUBLISHED[metric]
        return f"{metric} ({self.label})"

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


PUBLISHED = {"Fréchet": "FID", "KID": "KID", "Inception Score": "Inception Score"}


def features_named(registry: Registry, text: str) -> Looking:
    """Return what a text like ``mine:layer=2`` names, ready to look.

    Raises:
        UsageError: for a wrong name, option, type or range.
        ArtganError: if it cannot be built.
    """
    return Looking(registry.parse(Features, text))
