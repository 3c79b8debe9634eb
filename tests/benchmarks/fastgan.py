"""FastGAN (Liu et al. 2021, arXiv:2101.04775), built anew from paper and programme, to race beside artgan's presets.

Published are the widths by the side of a map, noise, gates, two branches of the discriminator and its three decoders, a
latent of 256, batches of 8, Adam at 2e-4 with betas 0.5 and 0.999, the hinge loss with random margins, differentiable
augmentation of colours and places, an average of 0.999 and batch statistics in sampling. At 64 and 128 pixels, for
which nothing is, the larger maps are left out.

It differs from its authors' programme in this: what the discriminator draws is compared pixel by pixel in the mean, as
in the paper's equation, and not by a network trained on photographs; the smaller branch sees a picture's own means, not
one that the generator draws for it, and halves maps in two ways, as the larger one does; pictures are not flipped; and
the average follows quickly at first, as artgan's does, since a processor takes few steps.
"""

from __future__ import annotations

import copy
import math
from itertools import pairwise

import numpy as np
import torch
from benchmarks.contenders import AT_ONCE, Contender
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, glu, leaky_relu, pad, relu
from torch.nn.utils.parametrizations import spectral_norm

Pictures = NDArray[np.uint8]

SIDES = (64, 128, 256)
LATENT, BATCH, RATE, BETAS, EMA_DECAY = 256, 8, 2e-4, (0.5, 0.999), 0.999
GENERATOR = {4: 1024, 8: 512, 16: 256, 32: 128, 64: 128, 128: 64, 256: 32}
DISCRIMINATOR = {256: 16, 128: 32, 64: 64, 32: 128, 16: 256, 8: 512}
DECODER = {16: 128, 32: 64, 64: 64, 128: 32}
"""Channels by the side of a map."""
LOGIT_WIDTH = 1024
NOISY = (8, 32, 128)
"""Sides of the maps that are convolved twice, with noise; the others are once, without."""
SHIFTED = 1 / 8
"""By which share of a side pictures are shifted at most."""


def _convolution(channels: int, out: int, kernel: int, stride: int = 1, padding: int = 0) -> nn.Module:
    return spectral_norm(nn.Conv2d(channels, out, kernel, stride, padding, bias=False))


class Noise(nn.Module):
    """Adds noise to maps, as much as is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.weight * torch.randn_like(x[:, :1])


def _up(channels: int, out: int, *, noisy: bool) -> nn.Sequential:
    """Return what doubles a map, then convolves it."""

    def layer(inputs: int) -> list[nn.Module]:
        noise: list[nn.Module] = [Noise()] if noisy else []
        return [_convolution(inputs, 2 * out, 3, padding=1), *noise, nn.BatchNorm2d(2 * out), nn.GLU(1)]

    return nn.Sequential(nn.Upsample(scale_factor=2), *layer(channels), *(layer(out) if noisy else []))


class SkipLayerExcitation(nn.Module):
    """One map says how much each channel of another counts."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.AdaptiveAvgPool2d(4), _convolution(channels, out, 4), nn.SiLU()),
            *(_convolution(out, out, 1), nn.Sigmoid()),
        )

    def forward(self, gate: Tensor, x: Tensor) -> Tensor:
        excited: Tensor = x * self.layers(gate)
        return excited


class FastGanGenerator(nn.Module):
    """Latents (B, 256) to pictures (B, channels, side, side), of one of `SIDES`."""

    APART = 16
    """How many times as large a map is as the one that gates it."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.first = spectral_norm(nn.ConvTranspose2d(LATENT, 2 * GENERATOR[4], 4, bias=False))
        self.norm = nn.BatchNorm2d(2 * GENERATOR[4])
        self.sides = [2**power for power in range(3, int(math.log2(side)) + 1)]
        self.blocks = nn.ModuleList(_up(GENERATOR[at // 2], GENERATOR[at], noisy=at in NOISY) for at in self.sides)
        gated = [at for at in self.sides if at // self.APART in GENERATOR]
        self.gates = nn.ModuleDict(
            {str(at): SkipLayerExcitation(GENERATOR[at // self.APART], GENERATOR[at]) for at in gated}
        )
        self.last = spectral_norm(nn.Conv2d(GENERATOR[side], channels, 3, padding=1))

    def forward(self, latents: Tensor) -> Tensor:
        x = glu(self.norm(self.first(latents[:, :, None, None])), 1)
        maps = {4: x}
        for side, block in zip(self.sides, self.blocks, strict=True):
            x = block(x)
            if str(side) in self.gates:
                x = self.gates[str(side)](maps[side // self.APART], x)
            maps[side] = x
        return torch.tanh(self.last(x))


class Down(nn.Module):
    """Halves a map: the mean of two convolutions on one way, and of a mean with one on the other."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(_convolution(channels, out, 4, 2, 1), nn.BatchNorm2d(out), nn.LeakyReLU(0.2)),
            *(_convolution(out, out, 3, padding=1), nn.BatchNorm2d(out), nn.LeakyReLU(0.2)),
        )
        self.direct = nn.Sequential(nn.AvgPool2d(2), _convolution(channels, out, 1), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        joined: Tensor = (self.main(x) + leaky_relu(self.direct(x), 0.2)) / 2
        return joined


def _decoder(channels: int, out: int, side: int) -> nn.Sequential:
    """Return what draws pictures of a side from maps of 8 × 8."""
    layers: list[nn.Module] = []
    at = 8
    while at < side:
        at *= 2
        layers += [nn.Upsample(scale_factor=2), _convolution(channels, 2 * DECODER[at], 3, padding=1)]
        layers += [nn.BatchNorm2d(2 * DECODER[at]), nn.GLU(1)]
        channels = DECODER[at]
    return nn.Sequential(*layers, _convolution(channels, out, 3, padding=1), nn.Tanh())


class FastGanDiscriminator(nn.Module):
    """Pictures (B, channels, side, side) to logits (B, 50), and how well it can draw them again.

    One branch sees a picture, the other one of half its side. Three decoders draw pictures of half their side: of the
    smallest maps of both branches, and a quarter of a picture from that quarter of the maps of 16 × 16.
    """

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        width = DISCRIMINATOR[side]
        self.layers = nn.ModuleList(
            [nn.Sequential(_convolution(channels, width, 3, padding=1), nn.LeakyReLU(0.2))]
            + [Down(DISCRIMINATOR[2 * at], DISCRIMINATOR[at]) for at in DISCRIMINATOR if at < side]
        )
        self.gates = nn.ModuleDict(
            {
                str(number): SkipLayerExcitation(DISCRIMINATOR[side >> (number - 3)], DISCRIMINATOR[side >> number])
                for number in range(3, len(self.layers))
            }
        )
        last = DISCRIMINATOR[8]
        self.logits = nn.Sequential(
            *(_convolution(last, LOGIT_WIDTH, 1), nn.BatchNorm2d(LOGIT_WIDTH), nn.LeakyReLU(0.2)),
            _convolution(LOGIT_WIDTH, 1, 4),
        )

        # Of pictures of half the side, whose maps have the channels of twice theirs.
        widths = [DISCRIMINATOR[2 * at] for at in DISCRIMINATOR if at < side // 2]
        self.small = nn.Sequential(
            *(_convolution(channels, widths[0], 4, 2, 1), nn.LeakyReLU(0.2)),
            *(Down(inputs, out) for inputs, out in pairwise(widths)),
        )
        self.small_logits = _convolution(widths[-1], 1, 4)

        self.whole = _decoder(last, channels, side // 2)
        self.part = _decoder(DISCRIMINATOR[16], channels, side // 2)
        self.reduced = _decoder(widths[-1], channels, side // 2)

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the logits, and the maps that are decoded: of 16 × 16, of 8 × 8, and of the small branch."""
        maps: list[Tensor] = []
        x = pictures
        for number, layer in enumerate(self.layers):
            x = layer(x)
            if number >= 3:
                x = self.gates[str(number)](maps[number - 3], x)
            maps.append(x)
        small = self.small(adaptive_avg_pool2d(pictures, pictures.shape[-1] // 2))
        logits = torch.cat([self.logits(x).flatten(1), self.small_logits(small).flatten(1)], 1)
        return logits, [maps[-2], maps[-1], small]

    def reconstruction_loss(self, real: Tensor, maps: list[Tensor]) -> Tensor:
        """Return how far what it draws is from the real pictures."""
        middle, last, small = maps
        side = real.shape[-1] // 2
        half = adaptive_avg_pool2d(real, side)
        row, column = (int(number) for number in torch.randint(2, (2,)))
        cut = middle[:, :, row * 8 : row * 8 + 8, column * 8 : column * 8 + 8]
        quarter = real[:, :, row * side : (row + 1) * side, column * side : (column + 1) * side]
        drawn = ((self.whole(last), half), (self.reduced(small), half), (self.part(cut), quarter))
        return torch.stack([(made - wanted).abs().mean() for made, wanted in drawn]).sum()


def augmented(pictures: Tensor) -> Tensor:
    """Return pictures with other brightness, saturation and contrast, shifted (Zhao et al. 2020, arXiv:2006.10738)."""

    def drawn(low: float) -> Tensor:
        return torch.rand(len(pictures), 1, 1, 1, device=pictures.device) + low

    x = pictures + drawn(-0.5)
    mean = x.mean(1, keepdim=True)
    x = (x - mean) * (2 * drawn(0.0)) + mean
    mean = x.mean((1, 2, 3), keepdim=True)
    return shifted((x - mean) * drawn(0.5) + mean)


def shifted(pictures: Tensor) -> Tensor:
    """Return square pictures, each moved by up to `SHIFTED` of its side, with zeros where nothing was."""
    count, side, device = len(pictures), pictures.shape[-1], pictures.device
    border = int(side * SHIFTED + 0.5)
    wide = pad(pictures, (border,) * 4).movedim(1, -1)
    each, within = torch.arange(count, device=device)[:, None, None], torch.arange(side, device=device)
    rows, columns = (torch.randint(2 * border + 1, (count, 1), device=device) + within for _ in range(2))
    return wide[each, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


def _with_margins(logits: Tensor) -> Tensor:
    """Return the hinge loss, whose margin is drawn between 0.8 and 1 for each logit."""
    return relu(0.8 + 0.2 * torch.rand_like(logits) - logits).mean()


def of_fastgan(train: Pictures, seed: int, device: torch.device) -> Contender:
    """Return FastGAN with its own steps.

    Args:
        train: the pictures (N, C, side, side), of one of `SIDES`.
        seed: of all that is drawn.
        device: where it trains.

    Raises:
        ValueError: for pictures of another size.
    """
    channels, height, side = train.shape[1:]
    if height != side or side not in SIDES:
        sides = ", ".join(map(str, SIDES))
        raise ValueError(f"FastGAN takes squares of {sides} pixels, not {side}×{height}: ARTGAN_BENCHMARK_SIZE=64")
    torch.manual_seed(seed)
    generator = FastGanGenerator(channels, side).to(device)
    discriminator = FastGanDiscriminator(channels, side).to(device)
    for module in (*generator.modules(), *discriminator.modules()):
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
    average = copy.deepcopy(generator)
    of_generator, of_discriminator = (
        torch.optim.Adam(network.parameters(), RATE, BETAS) for network in (generator, discriminator)
    )
    order, steps = np.random.default_rng(seed), 0

    def step() -> None:
        nonlocal steps
        rows = order.choice(len(train), BATCH, replace=len(train) < BATCH)
        real = augmented(torch.from_numpy(train[rows]).to(device).float() / 127.5 - 1)
        fake = augmented(generator(torch.randn(BATCH, LATENT, device=device)))

        of_discriminator.zero_grad()
        logits, maps = discriminator(real)
        refused, _ = discriminator(fake.detach())
        loss = _with_margins(logits) + _with_margins(-refused) + discriminator.reconstruction_loss(real, maps)
        loss.backward()
        of_discriminator.step()

        of_generator.zero_grad()
        (-discriminator(fake)[0].mean()).backward()
        of_generator.step()
        steps += 1
        with torch.no_grad():
            decay = min(EMA_DECAY, (1 + steps) / (10 + steps))
            for kept, learned in zip(average.parameters(), generator.parameters(), strict=True):
                kept.lerp_(learned, 1 - decay)
            for buffer, current in zip(average.buffers(), generator.buffers(), strict=True):
                buffer.copy_(current)

    def make(count: int) -> Pictures:
        made = []
        with torch.no_grad():
            for at in range(0, count, AT_ONCE):
                pictures = average(torch.randn(min(AT_ONCE, count - at), LATENT, device=device))
                made.append(pictures.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).cpu())
        return torch.cat(made).numpy()

    return Contender("fastgan", step, make)
