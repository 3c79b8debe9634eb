"""Who races for quality on Fashion-MNIST: artgan's default, the DCGAN tutorial's loop, and two libraries' networks.

Every one trains on the same pictures, on one thread, and makes pictures of 28×28 to be measured. The rivals' networks
make sides that are powers of two: they train at 32×32 on pictures with a black border of two pixels (so that nothing is
blurred, which scaling would do), and the border is cut off what they make. 32 is the tutorial's network without its
last doubling: at its own 64×64 a step costs five times as much, and one thread takes sixty of them in four minutes.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import pad

from artgan.training.trainer import Trainer

BORDER = 2
AT_ONCE = 100

Pictures = NDArray[np.uint8]


@dataclass(frozen=True)
class Contender:
    """One who trains.

    Attributes:
        name: as the plot calls it.
        step: trains on one batch.
        make: makes so many pictures (N, 1, 28, 28), and leaves the training as it was.
    """

    name: str
    step: Callable[[], None]
    make: Callable[[int], Pictures]


def of_artgan(name: str, game: Trainer) -> Contender:
    """Return artgan's trainer, whose moving average makes the pictures, of classes as often as there are such."""
    latent, classes = game.recipe.generator.latent, game.data.labels
    if not game.recipe.generator.makes_classes():
        classes = None

    def make(count: int) -> Pictures:
        random = torch.Generator().manual_seed(1)
        drawn = torch.randn(count, latent, generator=random).to(game.device)
        labels = None
        if classes is not None:
            labels = torch.from_numpy(np.random.default_rng(1).choice(classes, count)).to(game.device)
        with torch.inference_mode():
            parts = range(0, count, AT_ONCE)
            made = [
                game.ema.network(drawn[at : at + AT_ONCE], None if labels is None else labels[at : at + AT_ONCE])
                for at in parts
            ]
            return game.modality.to_compact(torch.cat(made)).cpu().numpy()

    return Contender(name, game.step, make)


def of_the_tutorial(train: Pictures) -> Contender:
    """Return PyTorch's DCGAN tutorial at 32×32.

    nz 100, ngf and ndf 64, batches of 128, Adam at 2e-4 with betas 0.5 and 0.999, cross-entropy on a sigmoid, weights
    drawn from N(0, 0.02); real and fake go through the discriminator apart, and no average is kept of the generator.
    """
    latent, width, batch = 100, 64, 128
    generator = nn.Sequential(
        *(nn.ConvTranspose2d(latent, width * 4, 4, 1, 0, bias=False), nn.BatchNorm2d(width * 4), nn.ReLU(True)),
        *(nn.ConvTranspose2d(width * 4, width * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 2), nn.ReLU(True)),
        *(nn.ConvTranspose2d(width * 2, width, 4, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(True)),
        *(nn.ConvTranspose2d(width, 1, 4, 2, 1, bias=False), nn.Tanh()),
    )
    discriminator = nn.Sequential(
        *(nn.Conv2d(1, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(width, width * 2, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 2), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(width * 2, width * 4, 4, 2, 1, bias=False), nn.BatchNorm2d(width * 4), nn.LeakyReLU(0.2, True)),
        *(nn.Conv2d(width * 4, 1, 4, 1, 0, bias=False), nn.Sigmoid()),
    )
    for module in (*generator, *discriminator):
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(module.weight, 0.0, 0.02)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, 0.02)
    judge, ones, zeros = nn.BCELoss(), torch.ones(batch), torch.zeros(batch)
    of_discriminator, of_generator = (
        torch.optim.Adam(network.parameters(), lr=2e-4, betas=(0.5, 0.999)) for network in (discriminator, generator)
    )
    real = _batches(train, batch)

    def step() -> None:
        discriminator.zero_grad()
        judge(discriminator(next(real)).view(-1), ones).backward()
        fake = generator(torch.randn(batch, latent, 1, 1))
        judge(discriminator(fake.detach()).view(-1), zeros).backward()
        of_discriminator.step()
        generator.zero_grad()
        judge(discriminator(fake).view(-1), ones).backward()
        of_generator.step()

    return Contender("DCGAN tutorial", step, _maker(generator, lambda: torch.randn(AT_ONCE, latent, 1, 1)))


def of_mimicry(train: Pictures) -> Contender:
    """Return torch-mimicry's SNGAN for 32×32 with its own steps and the settings of its README.

    Batches of 64, five updates of the discriminator to one of the generator, Adam at 2e-4 with betas 0 and 0.9.

    Raises:
        ImportError: if it cannot be imported.
    """
    with _networks_alone("torch_mimicry"):
        nets = importlib.import_module("torch_mimicry.nets.sngan.sngan_32")
    generator, discriminator = nets.SNGANGenerator32(), nets.SNGANDiscriminator32()
    of_discriminator, of_generator = (
        torch.optim.Adam(network.parameters(), 2e-4, betas=(0.0, 0.9)) for network in (discriminator, generator)
    )
    real, turns = _batches(train, 64, channels=3), 5
    unheard = types.SimpleNamespace(add_metric=lambda *_, **__: None)

    def step() -> None:
        for turn in range(turns):
            batch = next(real), None
            discriminator.train_step(batch, netG=generator, optD=of_discriminator, log_data=unheard)
            if turn == turns - 1:
                generator.train_step(batch, netD=discriminator, optG=of_generator, log_data=unheard)

    return Contender("torch-mimicry SNGAN", step, _maker(generator, lambda: torch.randn(AT_ONCE, generator.nz)))


def of_torchgan(train: Pictures) -> Contender:
    """Return torchgan's DCGAN for 32×32 with its own steps and default options.

    Step channels 64 and minimax losses; batches of 128 and Adam at 2e-4 with betas 0.5 and 0.999 are the tutorial's.

    Raises:
        ImportError: if it cannot be imported.
    """
    with _networks_alone("torchgan"):
        models, losses = (importlib.import_module(f"torchgan.{name}") for name in ("models", "losses"))
    batch, cpu = 128, torch.device("cpu")
    slope = nn.LeakyReLU(0.2)
    generator = models.DCGANGenerator(100, 32, 1, 64, nonlinearity=slope, last_nonlinearity=nn.Tanh())
    discriminator = models.DCGANDiscriminator(32, 1, 64, nonlinearity=slope, last_nonlinearity=slope)
    of_discriminator, of_generator = (
        torch.optim.Adam(network.parameters(), 2e-4, betas=(0.5, 0.999)) for network in (discriminator, generator)
    )
    loss_of_generator, loss_of_discriminator = losses.MinimaxGeneratorLoss(), losses.MinimaxDiscriminatorLoss()
    real = _batches(train, batch)

    def step() -> None:
        loss_of_discriminator.train_ops(generator, discriminator, of_discriminator, next(real), cpu)
        loss_of_generator.train_ops(generator, discriminator, of_generator, cpu, batch)

    return Contender("torchgan DCGAN", step, _maker(generator, lambda: torch.randn(AT_ONCE, 100)))


def _batches(train: Pictures, size: int, channels: int = 1) -> Iterator[Tensor]:
    """Draw batches with their border, in [-1, 1], each picture once an epoch."""
    random = np.random.default_rng(0)
    while True:
        order = random.permutation(len(train))
        for start in range(0, len(order) - size + 1, size):
            pictures = torch.from_numpy(train[order[start : start + size]]).float() / 127.5 - 1
            yield pad(pictures, (BORDER,) * 4, value=-1.0).expand(-1, channels, -1, -1)


def _maker(generator: nn.Module, noise: Callable[[], Tensor]) -> Callable[[int], Pictures]:
    """Return what makes pictures of a rival's generator, as it trains: by the statistics of the batch."""

    def make(count: int) -> Pictures:
        with torch.no_grad(), _random_numbers_kept():
            torch.manual_seed(1)
            made = torch.cat([generator(noise()) for _ in range(count // AT_ONCE)])
        inner = made.mean(1, keepdim=True)[:, :, BORDER:-BORDER, BORDER:-BORDER]
        return inner.add(1).mul(127.5).round().clamp(0, 255).to(torch.uint8).numpy()

    return make


@contextmanager
def _random_numbers_kept() -> Iterator[None]:
    state = torch.get_rng_state()
    yield
    torch.set_rng_state(state)


@contextmanager
def _networks_alone(package: str) -> Iterator[None]:
    """Let modules of a package be imported without the package's own first module.

    Those of both libraries import metrics and loggers, which want TensorFlow or torchvision, and nothing of that races.

    Raises:
        ImportError: if it is not installed.
    """
    found = importlib.util.find_spec(package)
    if found is None:
        raise ImportError(f"{package} is not installed")
    hollow: Any = types.ModuleType(package)
    hollow.__path__ = list(found.submodule_search_locations or ())
    sys.modules[package] = hollow
    try:
        yield
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            del sys.modules[name]
