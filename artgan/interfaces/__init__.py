"""What a component of each kind must offer.

Shapes: B is the batch; an image sample is (C, H, W) in [-1, 1]; a text sample is (L, V), L tokens as one-hot rows over
a vocabulary of V. Networks are ``torch.nn.Module``; components themselves are plain declarations and import torch only
in the methods that build.
"""

from __future__ import annotations

from ..components import Component, option
from ..errors import ArtganError, UsageError
from ..weights import weights
from .data import Data, Dataset, LeftOut, Progress, Spec, Workspace
from .evaluation import Extractor, Features, Metric
from .game import Augmentation, Estimator, Loss, Penalty, Round
from .modality import Modality
from .players import Discriminator, Generator
from .preset import Preset

__all__ = [
    "ArtganError",
    "Augmentation",
    "Component",
    "Data",
    "Dataset",
    "Discriminator",
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
    "Round",
    "Spec",
    "UsageError",
    "Workspace",
    "option",
    "weights",
]
