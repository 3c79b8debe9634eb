"""The built-in metrics, by family; their mathematics lie beside them, and are imported when something is measured."""

from __future__ import annotations

from artgan.interfaces import Metric

from .bleu import Bleu, SelfBleu
from .copying_statistic import Copying
from .coverage import Coverage, Density, Precision, Recall
from .detail import Detail, Patches
from .distances import Fid, Frechet, Kid
from .distinct import Distinct
from .diversity import Diversity
from .likelihood import Likelihood
from .nearest_distinct import NearestDistinct
from .ngrams import Copied, NearCopied, Ngrams
from .scores import Scores
from .tones import Tones

METRICS: list[type[Metric]] = [
    Frechet,
    Fid,
    Kid,
    Precision,
    Recall,
    Density,
    Coverage,
    Scores,
    Detail,
    Patches,
    Diversity,
    NearestDistinct,
    Copying,
    Likelihood,
    Bleu,
    SelfBleu,
    Distinct,
    Ngrams,
    Copied,
    NearCopied,
    Tones,
]
"""In the order in which a report tells them."""
