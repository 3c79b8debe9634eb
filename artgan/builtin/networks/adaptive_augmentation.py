"""Adaptive discriminator augmentation: random transforms whose chance follows how far the discriminator is ahead.

Karras et al. 2020, arXiv:2006.06676, appendix B. All transforms of the plane are one bilinear lookup, mirrored at the
borders, and all of colours one matrix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Generator as RandomStream
from torch import Tensor
from torch.nn.functional import pad

from artgan.interfaces.networks import AugmentationModule, to_device

SCALING, STRETCH, SHIFT = 0.2, 0.2, 0.125
"""Standard deviations: of the binary logarithm of how much is scaled, and one way alone; of shifts, in sides."""
BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.5, 1.0
"""Standard deviations: of what is added, and of binary logarithms."""
CUT = 0.5
"""The side of what is cut out, as a share of each side."""
POWERS = 10 / 13, 1 / 13, 1 / 13, 1 / 13
"""The share of a picture's power that is expected in each band of frequencies, the lowest first."""
UPDATES = 4
"""Over about so many updates the signs of logits are averaged."""


@dataclass(frozen=True)
class Transforms:
    """Which transforms there are."""

    flip: bool
    turn: bool
    rotation: bool
    scaling: bool
    translation: bool
    color: bool
    filter: bool
    cutout: bool


@dataclass(frozen=True)
class Draws:
    """Draws one number for each picture, which with the chance that a transform has is other than nothing.

    Attributes:
        images: the pictures, (B, C, H, W).
        random: the stream to draw from.
        strength: the chance of each transform, a number.
    """

    images: Tensor
    random: RandomStream
    strength: Tensor

    def uniform(self) -> Tensor:
        """Return numbers (B,) in [0, 1)."""
        return self._fed(torch.rand(len(self.images), generator=self.random))

    def _fed(self, drawn: Tensor) -> Tensor:
        return to_device(drawn, self.images.device).to(self.images.dtype)

    def chosen(self, values: Tensor, nothing: float = 0.0, chance: Tensor | None = None) -> Tensor:
        """Return values (B,), replaced by one that changes nothing where the transform does not take place."""
        takes_place = self.uniform() < (self.strength if chance is None else chance)
        return torch.where(takes_place, values, nothing)

    def normal(self, deviation: float) -> Tensor:
        """Return normally distributed numbers (B,), or 0."""
        values = self._fed(torch.randn(len(self.images), generator=self.random))
        return self.chosen(deviation * values)

    def power_of_two(self, deviation: float) -> Tensor:
        """Return 2 to the power of normally distributed numbers (B,), or 1."""
        return torch.exp2(self.normal(deviation))

    def whole(self, count: int) -> Tensor:
        """Return whole numbers (B,) from 0 to less than a count, or 0."""
        return self.chosen((count * self.uniform()).floor())


class AdaptiveAugment(AugmentationModule):
    """Transforms pictures at random, the more often the surer the discriminator is of the reals.

    Args:
        transforms: which there are.
        target: the mean sign of the reals' logits at which the strength stays.
        speed: thousands of real samples in which the strength goes from 0 to 1 at the fastest.
        initial: the strength to begin with.
        most: the largest strength.
    """

    strength: Tensor
    sign: Tensor

    def __init__(self, transforms: Transforms, *, target: float, speed: float, initial: float, most: float) -> None:
        super().__init__()
        self.transforms, self.target, self.speed, self.most = transforms, target, speed, most
        self.register_buffer("strength", torch.tensor(initial))
        self.register_buffer("sign", torch.tensor(target))

    def forward(self, images: Tensor, random: RandomStream) -> Tensor:
        draws = Draws(images, random, self.strength)
        images = warp(images, reduce(torch.matmul, self._moves(draws), _identity(draws)))
        if self.transforms.color:
            images = recolor(images, reduce(torch.matmul, _color_changes(draws)))
        if self.transforms.filter:
            images = amplify(images, _gains(draws))
        if self.transforms.cutout:
            images = _cut_out(images, draws)
        return images

    def _moves(self, draws: Draws) -> list[Tensor]:
        """Return matrices (B, 3, 3) from places in the picture to come to places in the one before."""
        height, width = draws.images.shape[2:]
        moves = []
        if self.transforms.flip:
            moves.append(_scaled(1 - 2 * draws.whole(2), 1.0, draws))
        if self.transforms.turn:  # a quarter turn of an oblong picture would lose its ends
            turns = draws.whole(4) if height == width else 2 * draws.whole(2)
            moves.append(_rotated(turns * (math.pi / 2)))
        if self.transforms.scaling:
            scale = draws.power_of_two(-SCALING)
            moves.append(_scaled(scale, scale, draws))

        # Half of the rotations come before the stretching; of both together the chance is that of one transform.
        some = 1 - (1 - self.strength).clamp(min=0).sqrt()
        if self.transforms.rotation:
            moves.append(_rotated(draws.chosen((2 * draws.uniform() - 1) * math.pi, chance=some)))
        if self.transforms.scaling:
            stretch = draws.power_of_two(-STRETCH)
            moves.append(_scaled(stretch, 1 / stretch, draws))
        if self.transforms.rotation:
            moves.append(_rotated(draws.chosen((2 * draws.uniform() - 1) * math.pi, chance=some)))
        if self.transforms.translation:
            moves.append(_shifted(width * draws.normal(SHIFT), height * draws.normal(SHIFT)))
        return moves

    def adapt(self, real_logits: Tensor, seen: int) -> Mapping[str, Tensor | float]:
        """Become stronger where more of the reals than the target are told as such, and weaker where fewer are."""
        mean = real_logits.sign().mean(dtype=self.sign.dtype)
        self.sign.lerp_(mean, 1 / UPDATES)
        step = len(real_logits) / (1000 * self.speed)
        self.strength.add_(step * (self.sign - self.target).sign()).clamp_(0, self.most)
        return {"strength": self.strength.clone(), "sign": self.sign.clone()}


def warp(images: Tensor, matrices: Tensor) -> Tensor:
    """Return pictures whose pixels are looked up bilinearly at other places, beyond the borders in a mirror.

    Args:
        images: (B, C, H, W).
        matrices: (B, 3, 3), from places (x, y, 1) to where they are looked up, in pixels from the picture's middle.
    """
    count, channels, height, width = images.shape
    rows, columns = (torch.arange(side, device=images.device).to(images) - (side - 1) / 2 for side in (height, width))
    y, x = torch.meshgrid(rows, columns, indexing="ij")
    places = matrices[:, :2] @ torch.stack([x, y, torch.ones_like(x)]).flatten(1)
    left, right, across = _neighbours(places[:, 0] + (width - 1) / 2, width)
    top, bottom, down = _neighbours(places[:, 1] + (height - 1) / 2, height)

    flat = images.flatten(2)

    def at(row: Tensor, column: Tensor) -> Tensor:
        return flat.gather(2, (row * width + column)[:, None].expand(-1, channels, -1))

    upper = torch.lerp(at(top, left), at(top, right), across[:, None])
    lower = torch.lerp(at(bottom, left), at(bottom, right), across[:, None])
    return torch.lerp(upper, lower, down[:, None]).view(count, channels, height, width)


def recolor(images: Tensor, matrices: Tensor) -> Tensor:
    """Return pictures whose colours are multiplied by matrices; transparency stays, and grey stays grey.

    Args:
        images: (B, C, H, W), of 1 to 4 channels.
        matrices: (B, 4, 4), from (red, green, blue, 1) to the same.
    """
    if images.shape[1] <= 2:
        gain, shift = matrices[:, :3, :3].sum((1, 2)) / 3, matrices[:, :3, 3].mean(1)
        colors = images[:, :1] * gain[:, None, None, None] + shift[:, None, None, None]
        return torch.cat([colors, images[:, 1:]], 1)
    colors = (matrices[:, :3, :3] @ images[:, :3].flatten(2) + matrices[:, :3, 3:]).view_as(images[:, :3])
    return torch.cat([colors, images[:, 3:]], 1)


def amplify(images: Tensor, gains: Tensor) -> Tensor:
    """Return pictures whose bands of frequencies are amplified.

    Args:
        images: (B, C, H, W).
        gains: (B, 4), the lowest frequencies first.
    """
    smooth, changed = images, torch.zeros_like(images)
    for band, reach in zip((3, 2, 1), (1, 2, 4), strict=True):
        smoother = _smoothed(smooth, reach)
        changed = changed + gains[:, band, None, None, None] * (smooth - smoother)
        smooth = smoother
    return changed + gains[:, 0, None, None, None] * smooth


def _identity(draws: Draws) -> Tensor:
    return torch.eye(3, dtype=draws.images.dtype, device=draws.images.device).expand(len(draws.images), 3, 3)


def _neighbours(places: Tensor, side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pixels on both sides of places, mirrored at the borders, and how far these are from the first."""
    mirrored = (places + 0.5).remainder(2 * side)
    mirrored = torch.minimum(mirrored, 2 * side - mirrored) - 0.5
    first = mirrored.floor()
    return first.clamp(0, side - 1).long(), (first + 1).clamp(0, side - 1).long(), mirrored - first


def _matrix(rows: list[list[Tensor | float]], like: Tensor) -> Tensor:
    """Return matrices (B, rows, columns) of numbers and of numbers for each picture (B,)."""
    return torch.stack([torch.stack([torch.zeros_like(like) + each for each in row], 1) for row in rows], 1)


def _scaled(x: Tensor, y: Tensor | float, draws: Draws) -> Tensor:
    return _matrix([[x, 0.0, 0.0], [0.0, y, 0.0], [0.0, 0.0, 1.0]], x)


def _rotated(angle: Tensor) -> Tensor:
    cos, sin = angle.cos(), angle.sin()
    return _matrix([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]], angle)


def _shifted(x: Tensor, y: Tensor) -> Tensor:
    return _matrix([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]], x)


def _color_changes(draws: Draws) -> list[Tensor]:
    """Return matrices (B, 4, 4) of colours, the last applied first."""
    saturation, hue = draws.power_of_two(SATURATION), draws.chosen((2 * draws.uniform() - 1) * math.pi)
    inverted, contrast, brightness = draws.whole(2), draws.power_of_two(CONTRAST), draws.normal(BRIGHTNESS)
    return [
        saturated(saturation),
        hue_turned(hue),
        luma_scaled(1 - 2 * inverted),
        contrasted(contrast),
        brightened(brightness),
    ]


def saturated(factor: Tensor) -> Tensor:
    """Return matrices (B, 4, 4) that scale what parts colours from grey by factors (B,)."""
    rest = (1 - factor) / 3
    rows: list[list[Tensor | float]] = [
        [rest + factor * (row == column) for column in range(3)] + [0.0] for row in range(3)
    ]
    return _matrix([*rows, [0.0, 0.0, 0.0, 1.0]], factor)


def hue_turned(angle: Tensor) -> Tensor:
    """Return matrices (B, 4, 4) that turn colours around grey by angles (B,); a third of a turn makes red green."""
    cos, sin = angle.cos(), angle.sin() / math.sqrt(3)
    same, next_, last = (1 + 2 * cos) / 3, (1 - cos) / 3 - sin, (1 - cos) / 3 + sin
    return _matrix(
        [[same, next_, last, 0.0], [last, same, next_, 0.0], [next_, last, same, 0.0], [0.0, 0.0, 0.0, 1.0]], angle
    )


def luma_scaled(factor: Tensor) -> Tensor:
    """Return matrices (B, 4, 4) that scale the mean of the three colours by factors (B,); -1 inverts the light."""
    rest = (factor - 1) / 3
    rows: list[list[Tensor | float]] = [
        [rest + float(row == column) for column in range(3)] + [0.0] for row in range(3)
    ]
    return _matrix([*rows, [0.0, 0.0, 0.0, 1.0]], factor)


def contrasted(factor: Tensor) -> Tensor:
    """Return matrices (B, 4, 4) that scale colours by factors (B,)."""
    zero = 0.0
    return _matrix(
        [[factor, zero, zero, zero], [zero, factor, zero, zero], [zero, zero, factor, zero], [zero, zero, zero, 1.0]],
        factor,
    )


def brightened(shift: Tensor) -> Tensor:
    """Return matrices (B, 4, 4) that add shifts (B,) to colours."""
    return _matrix([[1.0, 0, 0, shift], [0, 1.0, 0, shift], [0, 0, 1.0, shift], [0, 0, 0, 1.0]], shift)


def _gains(draws: Draws) -> Tensor:
    """Return the gain (B, 4) of each band; each is drawn so that the power of a usual picture stays."""
    powers = to_device(torch.tensor(POWERS), draws.images.device).to(draws.images.dtype)
    gains = draws.images.new_ones(len(draws.images), len(POWERS))
    for band in range(len(POWERS)):
        one = torch.ones_like(gains)
        one[:, band] = draws.power_of_two(1.0)
        gains = gains * one / (powers * one.square()).sum(1, keepdim=True).sqrt()
    return gains


def _smoothed(images: Tensor, reach: int) -> Tensor:
    """Return pictures smoothed by 1, 2, 1 quarters, so many pixels apart, edges repeated."""
    for axis, sides in ((3, (reach, reach, 0, 0)), (2, (0, 0, reach, reach))):
        wide, side = pad(images, sides, mode="replicate"), images.shape[axis]
        before, after = (wide.narrow(axis, start, side) for start in (0, 2 * reach))
        images = (before + 2 * images + after) / 4
    return images


def _cut_out(images: Tensor, draws: Draws) -> Tensor:
    """Return pictures with a rectangle, its middle anywhere, in the middle grey."""
    size = draws.chosen(torch.full_like(draws.uniform(), CUT))
    inside = []
    for side in images.shape[2:]:
        places = (torch.arange(side, device=images.device).to(images) + 0.5) / side
        inside.append((places - draws.uniform()[:, None]).abs() < size[:, None] / 2)
    cut = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return images * ~cut
