"""The modules behind the built-in augmentations: each takes images (B, C, H, W) in [-1, 1] and a random stream."""

from __future__ import annotations

import torch
from torch import Generator as RandomStream
from torch import Tensor

from artgan.interfaces.networks import AugmentationModule, to_device


class RandomFlip(AugmentationModule):
    """Mirrors each picture left to right with a chance of one half."""

    def forward(self, images: Tensor, random: RandomStream) -> Tensor:
        mirrored = _uniform(images, random) < 0.5
        return torch.where(mirrored, images.flip(3), images)


class DiffAugment(AugmentationModule):
    """Changes colour, shifts, and blanks a square of each picture (Zhao et al. 2020)."""

    def __init__(self, color: bool, translation: float, cutout: float) -> None:
        super().__init__()
        self.color, self.translation, self.cutout = color, translation, cutout

    def forward(self, images: Tensor, random: RandomStream) -> Tensor:
        if self.color:
            images = self._change_color(images, random)
        if self.translation:
            images = self._shift(images, random)
        if self.cutout:
            images = self._blank(images, random)
        return images

    def _change_color(self, images: Tensor, random: RandomStream) -> Tensor:
        images = images + _uniform(images, random) - 0.5
        grey = images.mean(1, keepdim=True)
        images = grey + (images - grey) * (2 * _uniform(images, random))
        mean = images.mean((1, 2, 3), keepdim=True)
        return mean + (images - mean) * (_uniform(images, random) + 0.5)

    def _shift(self, images: Tensor, random: RandomStream) -> Tensor:
        height, width = images.shape[2:]
        reach = [round(side * self.translation) for side in (height, width)]
        down, right = (_integers(images, -most, most, random) for most in reach)
        rows = torch.arange(height, device=images.device) - down
        columns = torch.arange(width, device=images.device) - right
        inside = ((rows >= 0) & (rows < height))[:, :, None] & ((columns >= 0) & (columns < width))[:, None, :]
        source = rows.clamp(0, height - 1)[:, :, None] * width + columns.clamp(0, width - 1)[:, None, :]
        index = source.flatten(1)[:, None].expand(-1, images.shape[1], -1)
        return images.flatten(2).gather(2, index).view_as(images) * inside[:, None]

    def _blank(self, images: Tensor, random: RandomStream) -> Tensor:
        height, width = images.shape[2:]
        tall, wide = round(height * self.cutout), round(width * self.cutout)
        top = _integers(images, -tall // 2, height - tall // 2, random)
        left = _integers(images, -wide // 2, width - wide // 2, random)
        rows = torch.arange(height, device=images.device) - top
        columns = torch.arange(width, device=images.device) - left
        blank = ((rows >= 0) & (rows < tall))[:, :, None] & ((columns >= 0) & (columns < wide))[:, None, :]
        return images * ~blank[:, None]


def _uniform(images: Tensor, random: RandomStream) -> Tensor:
    """Return one number in [0, 1) for each picture, (B, 1, 1, 1)."""
    return to_device(torch.rand(len(images), 1, 1, 1, generator=random), images.device).to(images.dtype)


def _integers(images: Tensor, low: int, high: int, random: RandomStream) -> Tensor:
    """Return one integer from low to high for each picture, (B, 1)."""
    return to_device(torch.randint(low, high + 1, (len(images), 1), generator=random), images.device)
