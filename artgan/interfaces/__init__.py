"""What a component of each kind must offer.

Shapes: B is the batch; an image sample is (C, H, W) in [-1, 1]; a text sample is (L, V), L tokens as one-hot rows over
a vocabulary of V. Networks are ``torch.nn.Module``; components themselves are plain declarations and import torch only
in the methods that build.
"""

from __future__ import annotations

from ..errors import ArtganError, UsageError
from .augmentation import Augmentation
from .component import Component, option
from .dataset import Data, Dataset, LeftOut, Workspace
from .discriminator import Discriminator
from .estimator import Estimator
from .features import Extractor, Features
from .generator import Generator
from .loss import Loss
from .metric import Metric
from .modality import Modality
from .penalty import Penalty
from .preset import Preset
from .progress import Progress, Reporter, Silent
from .round import DiscriminatorView, Round
from .spec import Spec

__all__ = [
    "ArtganError",
    "Augmentation",
    "Component",
    "Data",
    "Dataset",
    "Discriminator",
    "DiscriminatorView",
    "Estimator",
    "Extractor",
    "Features",
    "Generator",
    "LeftOut",
    "Loss",
    "Metric",
    "Modality",
    "Penalty",
    "Preset",
    "Progress",
    "Reporter",
    "Round",
    "Silent",
    "Spec",
    "UsageError",
    "Workspace",
    "option",
]
