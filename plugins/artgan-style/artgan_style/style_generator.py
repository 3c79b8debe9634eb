"""The generator of StyleGAN2: a mapping network, layers that each take a style, and pixels added up size by size.

Karras et al. 2020, arXiv:1912.04958. Thinner than the paper's, for any height and width, and faster on a processor:
a map is convolved before it is doubled.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d

from .layers import GAIN, EqualLinear, Resampling, halvings, rectified

WIDEST = 16
MAPPING_RATE = 0.01
"""By how much slower the mapping network learns, as in the paper."""
MEAN_RATE = 0.005
"""By how much the mean style follows those of a batch."""


class Mapping(nn.Module):
    """Latents (B, latent) and labels to styles (B, latent).

    The direction of a latent decides which style it is, its length how far that lies from the mean style: one of twice
    the length lies twice as far. So latents that are scaled, as by a truncation, are truncated in the space of styles
    (Karras et al. 2019, arXiv:1812.04948, appendix B); with classes, towards the mean style of the class.

    Args:
        latent: numbers in a latent and in a style.
        depth: layers.
        classes: how many classes there are; 0 for none.
    """

    mean: Tensor

    def __init__(self, latent: int, depth: int, classes: int) -> None:
        super().__init__()
        self.classes = EqualLinear(classes, latent) if classes else None
        inputs = [2 * latent if classes else latent, *[latent] * (depth - 1)]
        self.layers = nn.ModuleList(EqualLinear(size, latent, rate=MAPPING_RATE) for size in inputs)
        self.register_buffer("mean", torch.zeros(max(1, classes), latent))

    def forward(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        length = _length(latents)
        x = latents / length
        if self.classes is not None and labels is not None:
            chosen = torch.nn.functional.one_hot(labels, len(self.mean)).to(latents)
            embedded = self.classes(chosen)
            x = torch.cat([x, embedded / _length(embedded)], 1)
        for layer in self.layers:
            x = rectified(layer(x)) * GAIN

        labels = None if self.classes is None else labels
        if self.training:
            self._follow(x.detach(), labels)
        mean = (self.mean if labels is None else self.mean[labels]).to(x)
        return mean + length * (x - mean)

    @torch.no_grad()
    def _follow(self, styles: Tensor, labels: Tensor | None) -> None:
        """Move the mean style of each class towards the mean of those that are in a batch."""
        styles = styles.to(self.mean)
        places = labels if labels is not None else torch.zeros_like(styles[:, 0], dtype=torch.long)
        count = torch.zeros_like(self.mean[:, :1]).index_add_(0, places, torch.ones_like(styles[:, :1]))
        total = torch.zeros_like(self.mean).index_add_(0, places, styles)
        self.mean.copy_(torch.where(count > 0, self.mean.lerp(total / count.clamp(min=1), MEAN_RATE), self.mean))


class StyledConvolution(nn.Module):
    """A convolution whose inputs a style weighs, and whose outputs are brought back to unit size.

    The paper scales weights for each sample; to scale what goes in and what comes out is the same, and one convolution
    serves the batch.

    Args:
        inputs: channels in.
        outputs: channels out.
        size: of the maps that it makes.
        latent: numbers in a style.
        doubles: whether its maps are doubled.
        noisy: whether noise is added.
    """

    noise: Tensor

    def __init__(
        self, inputs: int, outputs: int, size: tuple[int, int], *, latent: int, doubles: bool, noisy: bool
    ) -> None:
        super().__init__()
        self.style = EqualLinear(latent, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.strength = nn.Parameter(torch.zeros(())) if noisy else None
        if noisy:
            self.register_buffer("noise", torch.randn(1, 1, *size))
        self.resampling = Resampling() if doubles else None
        self.size = size

    def forward(self, maps: Tensor, style: Tensor) -> Tensor:
        weighed = self.style(style)
        sizes = weighed.square() @ self.weight.square().sum((2, 3)).T
        x = conv2d(maps * weighed[:, :, None, None], self.weight, padding=1)
        x = x * (sizes + 1e-8).rsqrt()[:, :, None, None]
        if self.resampling is not None:
            x = self.resampling.up(x, self.size)

        x = x + self.bias[:, None, None]
        if self.strength is not None:
            x = x + self.strength * (torch.randn_like(x[:, :1]) if self.training else self.noise.to(x))
        return GAIN * rectified(x)


class Pixels(nn.Module):
    """A 1 × 1 convolution to pixels, weighed by a style.

    Args:
        inputs: channels in.
        outputs: channels of the picture.
        latent: numbers in a style.
    """

    def __init__(self, inputs: int, outputs: int, *, latent: int) -> None:
        super().__init__()
        self.style = EqualLinear(latent, inputs, bias=1.0)
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 1, 1))
        self.bias = nn.Parameter(torch.zeros(outputs))
        self.scale = inputs**-0.5

    def forward(self, maps: Tensor, style: Tensor) -> Tensor:
        weighed = self.scale * self.style(style)
        return conv2d(maps * weighed[:, :, None, None], self.weight, self.bias)


class StyleNetwork(nn.Module):
    """Latents (B, latent) and labels to pictures (B, C, H, W) in [-1, 1].

    Noise is drawn anew for each sample in training; in evaluation it is that which was drawn with the weights, so that
    a work is a function of its latent, and neither walks nor pages flicker.

    Args:
        shape: channels, height and width of the pictures.
        latent: numbers in a latent and in a style.
        width: channels at full size; each halving doubles them, up to sixteen times.
        depth: layers of the mapping network.
        noise: whether it is added to each layer.
        mixing: the share of samples of which, in training, layers from some place on take the style of another latent.
        classes: how many classes there are; 0 for none.
    """

    def __init__(
        self,
        shape: tuple[int, int, int],
        *,
        latent: int,
        width: int,
        depth: int,
        noise: bool,
        mixing: float,
        classes: int,
    ) -> None:
        super().__init__()
        sizes = halvings(*shape[1:])[::-1]
        wide = [width * min(2**place, WIDEST) for place in reversed(range(len(sizes)))]

        self.mapping = Mapping(latent, depth, classes)
        self.constant = nn.Parameter(torch.randn(1, wide[0], *sizes[0]))
        layer = partial(StyledConvolution, latent=latent, noisy=noise)
        self.layers = nn.ModuleList([layer(wide[0], wide[0], sizes[0], doubles=False)])
        for size, before, channels in zip(sizes[1:], wide, wide[1:], strict=False):
            self.layers.append(layer(before, channels, size, doubles=True))
            self.layers.append(layer(channels, channels, size, doubles=False))
        self.pixels = nn.ModuleList(Pixels(channels, shape[0], latent=latent) for channels in wide)
        self.resampling = Resampling()
        self.sizes, self.mixing = sizes, mixing

    def forward(self, latents: Tensor, labels: Tensor | None = None) -> Tensor:
        styles = self.styles(latents, labels)
        if self.training and self.mixing:
            styles = self._mixed(styles, labels)
        return self.draw(styles)

    def styles(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return the styles of all layers (B, layers, latent), the coarsest first; the last is that of pixels."""
        style: Tensor = self.mapping(latents, labels)
        return style[:, None].expand(-1, len(self.layers) + 1, -1)

    def draw(self, styles: Tensor) -> Tensor:
        """Return the pictures (B, C, H, W) of styles (B, layers, latent)."""
        style = styles.unbind(1)
        x = self.layers[0](self.constant.expand(len(styles), -1, -1, -1), style[0])
        picture: Tensor = self.pixels[0](x, style[1])
        for number, size in enumerate(self.sizes[1:], start=1):
            x = self.layers[2 * number - 1](x, style[2 * number - 1])
            x = self.layers[2 * number](x, style[2 * number])
            picture = self.resampling.up(picture, size) + self.pixels[number](x, style[2 * number + 1])
        return torch.tanh(picture)

    def layer_sizes(self) -> dict[str, int]:
        """Return the longer side of what each layer makes, whose style belongs to it; what is not told is coarse."""
        sizes = {f"layers.{number}": max(self.sizes[(number + 1) // 2]) for number in range(len(self.layers))}
        return sizes | {f"pixels.{number}": max(size) for number, size in enumerate(self.sizes)}

    def _mixed(self, styles: Tensor, labels: Tensor | None) -> Tensor:
        """Return styles of which some are those of another latent from a random layer on (style mixing)."""
        count, layers = styles.shape[:2]
        others = self.styles(torch.randn_like(styles[:, 0]), labels)
        first = torch.randint(1, layers, (count, 1), device=styles.device)
        chosen = torch.rand(count, 1, device=styles.device) < self.mixing
        from_others = chosen & (torch.arange(layers, device=styles.device) >= first)
        return torch.where(from_others[:, :, None], others, styles)


def _length(numbers: Tensor) -> Tensor:
    """Return the root of the mean square of each sample's numbers, (B, 1)."""
    return (numbers.square().mean(1, keepdim=True) + 1e-8).sqrt()
