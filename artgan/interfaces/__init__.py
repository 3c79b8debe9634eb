"""What a component of each kind must offer.

Shapes: B is the batch; an image sample is (C, H, W) in [-1, 1]; a text sample is (L, V), L tokens as one-hot rows over
a vocabulary of V. Networks are ``torch.nn.Module``; components themselves are plain declarations and import torch only
in the methods that build.
"""

from __future__ import annotations

from ..errors import ArtganError, UsageError
from .augmentation import Augmentation
from .component import Component, option
from .constraint import Constraint, TokenMask
from .data import Data, LeftOut, LeftOutGroup, Workspace
from .dataset import Dataset
from .discriminator import Discriminator
from .estimator import Estimator
from .features import Extractor, FeatureExtractor, Features
from .folder_files import FolderFiles, hidden_part, list_folder, notes_on_passed_over
from .generator import Generator
from .loss import Loss
from .machine import Machine
from .metric import Comparison, Copies, Metric, Number, Pair, Role, Samples, TokenProbabilities
from .modality import LiveFacts, Modality, PageAsset
from .observer import Observer, Quality, RunInfo, Snapshot, Tick
from .penalty import Penalty
from .preset import Choice, Preset, Recommendation, Wishes
from .progress import Progress, Reporter, Silent
from .round import DiscriminatorView, Round
from .sound import Sound
from .spec import Spec
from .survey import PixelSurvey, Span, Survey, TokenSurvey

__all__ = [
    "ArtganError",
    "Augmentation",
    "Choice",
    "Comparison",
    "Component",
    "Constraint",
    "Copies",
    "Data",
    "Dataset",
    "Discriminator",
    "DiscriminatorView",
    "Estimator",
    "Extractor",
    "FeatureExtractor",
    "Features",
    "FolderFiles",
    "Generator",
    "LeftOut",
    "LeftOutGroup",
    "LiveFacts",
    "Loss",
    "Machine",
    "Metric",
    "Modality",
    "Number",
    "Observer",
    "PageAsset",
    "Pair",
    "Penalty",
    "PixelSurvey",
    "Preset",
    "Progress",
    "Quality",
    "Recommendation",
    "Reporter",
    "Role",
    "Round",
    "RunInfo",
    "Samples",
    "Silent",
    "Snapshot",
    "Sound",
    "Span",
    "Spec",
    "Survey",
    "Tick",
    "TokenMask",
    "TokenProbabilities",
    "TokenSurvey",
    "UsageError",
    "Wishes",
    "Workspace",
    "hidden_part",
    "list_folder",
    "notes_on_passed_over",
    "option",
]
