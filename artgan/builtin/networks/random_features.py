"""The network of the features `random-v1`: the same on every machine and in every version of torch."""

from __future__ import annotations

import hashlib
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import conv2d, interpolate, leaky_relu, pad

from artgan import latents
from artgan.interfaces import Features

WIDTHS = (32, 64, 96, 128)
DIMENSIONS = 64
SCALE = 2.0
"""The one scale of all features, which brings their mean square to about one on drawings and on pixel art."""
BATCH = 64


def random_features(pictures: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Return features (N, 64) of pictures by a convolutional network with fixed random weights.

    Pictures are brought to RGB of one size (alpha over white, antialiased) and pass four convolutions 3 x 3 with
    stride 2; after each, means and standard deviations of the channels are taken, and a random projection brings all
    of them to 64 numbers. Numbers are not comparable with those on other features.

    Args:
        pictures: (N, C, H, W), grey, with alpha, RGB or RGBA.
        size: the height and width that they are brought to, in pixels.
    """
    parts = [pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH)]
    return torch.cat([_features(part, size) for part in parts]).double().numpy()


def digest() -> str:
    """Return the SHA-256 of all weights, as little-endian float32."""
    convolutions, projection = _weights()
    tensors = [*convolutions, projection]
    return hashlib.sha256(b"".join(tensor.numpy().astype("<f4").tobytes() for tensor in tensors)).hexdigest()


@torch.inference_mode()
def _features(pictures: NDArray[np.uint8], size: int) -> Tensor:
    """Return the features of a batch."""
    signal = interpolate(Features.as_rgb(pictures), (size, size), mode="bilinear", antialias=True, align_corners=False)
    convolutions, projection = _weights()
    pooled = []
    for weights in convolutions:
        signal = leaky_relu(conv2d(pad(signal, (1, 1, 1, 1), mode="reflect"), weights, stride=2), 0.2)
        pooled += [signal.mean((2, 3)), signal.std((2, 3))]
    return torch.matmul(SCALE * torch.cat(pooled, 1), projection)


@cache
def _weights() -> tuple[list[Tensor], Tensor]:
    """Return the weights of the convolutions, and of the projection."""
    channels = (3, *WIDTHS)
    convolutions = [
        _normal(number, (width, before, 3, 3)) * (2 / (before * 9)) ** 0.5
        for number, (before, width) in enumerate(zip(channels, WIDTHS, strict=False))
    ]
    pooled = 2 * sum(WIDTHS)
    return convolutions, _normal(len(WIDTHS), (pooled, DIMENSIONS)) / pooled**0.5


def _normal(number: int, shape: tuple[int, ...]) -> Tensor:
    return torch.from_numpy(latents(number, int(np.prod(shape)))).float().view(shape)
