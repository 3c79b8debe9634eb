"""FastGAN as Liu et al. 2021 (arXiv:2101.04775) publish it, built anew from the paper, to race beside artgan's presets.

Widths of 64 channels times 16 at 4 × 4 down to 1 at 128, a latent of 256, noise in each layer, batches of 8, Adam at
2e-4 with betas 0.5 and 0.999, the hinge loss, differentiable augmentation of colours and places, an average of 0.999.
The discriminator learns to draw real pictures from two of its maps, whole and in part; what it draws is compared pixel
by pixel, as in the paper's equation, where its authors' programme takes a network that was trained on photographs.
"""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from benchmarks.contenders import AT_ONCE, Contender
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, glu, leaky_relu, pad, relu
from torch.nn.utils.parametrizations import spectral_norm

Pictures = NDArray[np.uint8]

LATENT, BATCH, RATE, BETAS, AVERAGE = 256, 8, 2e-4, (0.5, 0.999), 0.999
WIDTHS = {4: 1024, 8: 512, 16: 256, 32: 128, 64: 128, 128: 64}
"""Channels by the side of a map."""
APART = 16
"""How many times as large a map is as the one that gates it."""
SHIFTED = 1 / 8
"""By which share of a side pictures are shifted at most."""


class Noise(nn.Module):
    """Adds noise to maps, as much as is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight * torch.randn_like(x[:, :1])


def _up(channels: int, out: int) -> nn.Sequential:
    """Return what doubles a map and convolves it twice, with noise, batch norm and a gate each time."""

    def layer(inputs: int) -> list[nn.Module]:
        convolution = spectral_norm(nn.Conv2d(inputs, 2 * out, 3, padding=1, bias=False))
        return [convolution, Noise(), nn.BatchNorm2d(2 * out), nn.GLU(1)]

    return nn.Sequential(nn.Upsample(scale_factor=2), *layer(channels), *layer(out))


class Gate(nn.Module):
    """Skip-layer excitation."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.AdaptiveAvgPool2d(4),
            spectral_norm(nn.Conv2d(channels, out, 4, bias=False)),
            nn.SiLU(),
            spectral_norm(nn.Conv2d(out, out, 1, bias=False)),
            nn.Sigmoid(),
        )

    def forward(self, small: Tensor, large: Tensor) -> Tensor:
        gated: Tensor = large * self.layers(small)
        return gated


class FastGanGenerator(nn.Module):
    """Latents (B, 256) to square pictures (B, channels, side, side); a side is a power of two from 32 on."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.first = spectral_norm(nn.ConvTranspose2d(LATENT, 2 * WIDTHS[4], 4, bias=False))
        self.norm = nn.BatchNorm2d(2 * WIDTHS[4])
        self.sides = [2**power for power in range(3, int(math.log2(side)) + 1)]
        self.blocks = nn.ModuleList(_up(WIDTHS[each // 2], WIDTHS[each]) for each in self.sides)
        gated = [each for each in self.sides if each // APART in WIDTHS]
        self.gates = nn.ModuleDict({str(each): Gate(WIDTHS[each // APART], WIDTHS[each]) for each in gated})
        self.last = spectral_norm(nn.Conv2d(WIDTHS[side], channels, 3, padding=1))

    def forward(self, latents: Tensor) -> Tensor:
        x = glu(self.norm(self.first(latents[:, :, None, None])), 1)
        maps = {4: x}
        for side, block in zip(self.sides, self.blocks, strict=True):
            x = block(x)
            if str(side) in self.gates:
                x = self.gates[str(side)](maps[side // APART], x)
            maps[side] = x
        return torch.tanh(self.last(x))


class Down(nn.Module):
    """Halves a map: the mean of two convolutions on one way, and of a mean with one on the other."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(spectral_norm(nn.Conv2d(channels, out, 4, 2, 1, bias=False)), nn.BatchNorm2d(out), nn.LeakyReLU(0.2)),
            *(spectral_norm(nn.Conv2d(out, out, 3, padding=1, bias=False)), nn.BatchNorm2d(out), nn.LeakyReLU(0.2)),
        )
        self.direct = nn.Sequential(
            nn.AvgPool2d(2), spectral_norm(nn.Conv2d(channels, out, 1, bias=False)), nn.BatchNorm2d(out)
        )

    def forward(self, x: Tensor) -> Tensor:
        joined: Tensor = (self.main(x) + leaky_relu(self.direct(x), 0.2)) / 2
        return joined


def _decoder(channels: int, out: int, doublings: int) -> nn.Sequential:
    """Return the simple decoder: for each doubling nearest neighbours, a convolution, batch norm and a gate."""
    layers: list[nn.Module] = []
    for number in range(doublings):
        width = max(16, 128 >> number)
        layers += [nn.Upsample(scale_factor=2), nn.Conv2d(channels, 2 * width, 3, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(2 * width), nn.GLU(1)]
        channels = width
    return nn.Sequential(*layers, nn.Conv2d(channels, out, 3, padding=1), nn.Tanh())


class FastGanDiscriminator(nn.Module):
    """Pictures (B, channels, side, side) to logits (B, 5, 5), and what it remembers of them.

    Attributes:
        whole: draws pictures of half their side from maps of 8 × 8.
        part: draws a quarter of them from that quarter of maps of 16 × 16.
    """

    def __init__(self, channels: int, side: int, width: int = 64) -> None:
        super().__init__()
        first = spectral_norm(nn.Conv2d(channels, width, 3, padding=1, bias=False))
        self.layers = nn.ModuleList([nn.Sequential(first, nn.LeakyReLU(0.2))])
        inputs, at = width, side
        while at > 8:
            out = min(2 * inputs, 8 * width)
            self.layers.append(Down(inputs, out))
            if at == 32:
                self.part = _decoder(out, channels, int(math.log2(side / 16)))
            inputs, at = out, at // 2
        self.whole = _decoder(inputs, channels, int(math.log2(side / 16)))
        self.logit = nn.Sequential(
            *(spectral_norm(nn.Conv2d(inputs, inputs, 1, bias=False)), nn.BatchNorm2d(inputs), nn.LeakyReLU(0.2)),
            spectral_norm(nn.Conv2d(inputs, 1, 4, bias=False)),
        )

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits, and the maps of 16 × 16 and of 8 × 8."""
        maps = [pictures]
        for layer in self.layers:
            maps.append(layer(maps[-1]))
        return self.logit(maps[-1]), maps[-2:]

    def remembered(self, real: Tensor, maps: list[Tensor]) -> Tensor:
        """Return how far what it draws is from the real pictures."""
        middle, small = maps
        half = adaptive_avg_pool2d(real, real.shape[-1] // 2)
        row, column = (int(number) for number in torch.randint(2, (2,)))
        cut = middle[:, :, row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        side = real.shape[-1] // 2
        quarter = real[:, :, row * side : (row + 1) * side, column * side : (column + 1) * side]
        return (self.whole(small) - half).abs().mean() + (self.part(cut) - quarter).abs().mean()


def augmented(pictures: Tensor) -> Tensor:
    """Return pictures with other brightness, saturation and contrast, shifted (Zhao et al. 2020, arXiv:2006.10738)."""
    count, side = len(pictures), pictures.shape[-1]

    def drawn(low: float) -> Tensor:
        return torch.rand(count, 1, 1, 1) + low

    x = pictures + drawn(-0.5)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * (2 * drawn(0.0)) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * drawn(0.5) + mean

    border = int(side * SHIFTED + 0.5)
    wide = pad(x, (border,) * 4)
    places = torch.randint(2 * border + 1, (count, 2)).tolist()
    return torch.stack(
        [each[:, row : row + side, column : column + side] for each, (row, column) in zip(wide, places, strict=True)]
    )


def of_fastgan(train: Pictures, seed: int) -> Contender:
    """Return FastGAN with its own steps; it trains on pictures (N, C, side, side), a side being a power of two."""
    torch.manual_seed(seed)
    channels, side = train.shape[1], train.shape[-1]
    generator, discriminator = FastGanGenerator(channels, side), FastGanDiscriminator(channels, side)
    for module in (*generator.modules(), *discriminator.modules()):
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
    average = copy.deepcopy(generator)
    of_generator, of_discriminator = (
        torch.optim.Adam(network.parameters(), RATE, BETAS) for network in (generator, discriminator)
    )
    order = np.random.default_rng(seed)

    def step() -> None:
        rows = order.choice(len(train), BATCH, replace=len(train) < BATCH)
        real = augmented(torch.from_numpy(train[rows]).float() / 127.5 - 1)
        fake = augmented(generator(torch.randn(BATCH, LATENT)))

        of_discriminator.zero_grad()
        logits, maps = discriminator(real)
        # Margins are drawn for each logit, as label smoothing.
        judged = relu(1 - logits + 0.2 * (torch.rand_like(logits) - 1)).mean() + discriminator.remembered(real, maps)
        refused, _ = discriminator(fake.detach())
        (judged + relu(1 + refused + 0.2 * (torch.rand_like(refused) - 1)).mean()).backward()
        of_discriminator.step()

        of_generator.zero_grad()
        (-discriminator(fake)[0].mean()).backward()
        of_generator.step()
        with torch.no_grad():
            for kept, learned in zip(average.parameters(), generator.parameters(), strict=True):
                kept.lerp_(learned, 1 - AVERAGE)
            for kept, learned in zip(average.buffers(), generator.buffers(), strict=True):
                kept.copy_(learned)

    def make(count: int) -> Pictures:
        average.eval()
        with torch.no_grad():
            made = [average(torch.randn(min(AT_ONCE, count - at), LATENT)) for at in range(0, count, AT_ONCE)]
        return torch.cat(made).add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).numpy()

    return Contender("fastgan", step, make)
