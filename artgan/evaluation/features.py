"""What pictures are compared by: features that need no download and are the same on every machine."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv2d, interpolate, leaky_relu, pad

from ..latents import latents

RANDOM = "random-v1"
"""The name that numbers on these features carry; any change of them changes the name."""
SIZE = 64
WIDTHS = (32, 64, 96, 128)
DIMENSIONS = 64
SCALE = 2.0
"""The one scale of all features, which brings their mean square to about one on drawings and on pixel art."""
BATCH = 64


def random_features(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return features (N, 64) of pictures by a convolutional network with fixed random weights.

    Pictures are brought to 64 x 64 RGB (alpha over white, antialiased) and pass four convolutions 3 x 3 with stride 2;
    after each, means and standard deviations of the channels are taken, and a random projection brings all of them to
    64 numbers. Random networks see texture, colour and coarse shape: enough to rank generators of one data set, and no
    more. Numbers are not comparable with those on other features.

    Args:
        pictures: (N, C, H, W), grey, with alpha, RGB or RGBA.
    """
    parts = [np.array(pictures[start : start + BATCH]) for start in range(0, len(pictures), BATCH)]
    return torch.cat([_features(torch.from_numpy(part)) for part in parts]).double().numpy()


def as_rgb(pictures: Tensor) -> Tensor:
    """Return uint8 pictures (N, C, H, W) as float32 RGB in [-1, 1], transparency over white."""
    levels = pictures.float() / 127.5 - 1
    colours = levels[:, :1] if pictures.shape[1] <= 2 else levels[:, :3]
    if pictures.shape[1] in (2, 4):
        alpha = pictures[:, -1:].float() / 255
        colours = colours * alpha + (1 - alpha)
    return colours.expand(-1, 3, -1, -1)


@torch.inference_mode()
def _features(pictures: Tensor) -> Tensor:
    """Return the features of a batch."""
    signal = interpolate(as_rgb(pictures), (SIZE, SIZE), mode="bilinear", antialias=True, align_corners=False)
    pooled = []
    for number, width in enumerate(WIDTHS):
        weights = _normal(number, (width, signal.shape[1], 3, 3)) * (2 / (signal.shape[1] * 9)) ** 0.5
        signal = leaky_relu(conv2d(pad(signal, (1, 1, 1, 1), mode="reflect"), weights, stride=2), 0.2)
        pooled += [signal.mean((2, 3)), signal.std((2, 3))]
    all_of_them = torch.cat(pooled, 1)
    projection = _normal(len(WIDTHS), (all_of_them.shape[1], DIMENSIONS)) / all_of_them.shape[1] ** 0.5
    return torch.matmul(SCALE * all_of_them, projection)


def _normal(number: int, shape: tuple[int, ...]) -> Tensor:
    """Return a tensor of weights that is the same on every machine and in every version of torch."""
    return torch.from_numpy(latents(number, int(np.prod(shape)))).float().view(shape)
