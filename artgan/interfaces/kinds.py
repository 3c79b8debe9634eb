"""The kinds of components: the grid of the whole house."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .augmentation import Augmentation
from .component import Component
from .constraint import Constraint
from .dataset import Dataset
from .discriminator import Discriminator
from .estimator import Estimator
from .features import Features
from .generator import Generator
from .loss import Loss
from .metric import Metric
from .modality import Modality
from .penalty import Penalty
from .preset import Preset

KINDS: Mapping[str, type[Component]] = MappingProxyType(
    {
        interface.kind: interface
        for interface in (
            *(Generator, Discriminator, Loss, Penalty, Augmentation, Estimator, Constraint),
            *(Dataset, Metric, Features, Modality, Preset),
        )
    }
)
"""The interface of each kind, by its name."""
