"""From a real sample back to a latent: what a generator makes that is nearest to it.

Gradient descent on the latent with several starts (Bora et al. 2017, arXiv:1703.03208), the nearest of many seeds; the
rate rises, stays and falls on a cosine as in Karras et al. 2020 (arXiv:1912.04958, appendix D). Where they compare the
features of a network that would have to be downloaded, and add noise, pictures are compared here pixel by pixel at
every scale; noise made no work nearer (5 pictures of calligraphy: 3.1 levels of 255 apart with it and without).
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from .latents import LARGEST_SEED, latents

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..interfaces import Progress
    from .model import Model

SEEDS = 500
"""How many seeds are looked through for where to start."""

BATCH, LARGEST_BATCH = 50, 2**22
"""How many of them at a time, and of how many values together."""

RATE, RISE, FALL = 0.2, 0.05, 0.25
"""Of Adam on latents, and the shares of the steps in which it comes up and goes down."""

PRIOR = 0.1
"""The weight of how far a latent's norm is from that of random ones; differences of samples weigh 1 at each scale."""

COARSEST = 4
"""Samples are not made smaller than so many values a side."""


@dataclass(frozen=True)
class Likelihood:
    """How likely a generator of tokens is to write a real sample, in bits a token; fewer is likelier.

    Attributes:
        found: under the latent that was found.
        usual: under those of seeds, the median.
    """

    found: float
    usual: float


@dataclass(frozen=True, eq=False)
class Projection:
    """What was found, and how near it is: mean differences of compact values; of tokens, edits as a share of all.

    Attributes:
        latent: the latent, (latent,), float32.
        label: its class, for models that know classes.
        sample: the canonical compact sample of the latent.
        seed: what the network draws at random for that sample comes from it.
        distance: of the sample.
        nearest: the seed that is nearest among those looked through.
        nearest_distance: of that seed.
        usual_distance: the mean over all of them.
        likelihood: of the real sample, where samples are tokens.
    """

    latent: NDArray[np.float32]
    label: int | None
    sample: NDArray[Any]
    seed: int
    distance: float
    nearest: int
    nearest_distance: float
    usual_distance: float
    likelihood: Likelihood | None = None


def project(
    model: Model,
    target: NDArray[Any],
    *,
    seed: int = 0,
    starts: int = 4,
    steps: int = 500,
    label: int | None = None,
    progress: Progress | None = None,
) -> Projection:
    """Look for the latent whose sample is nearest to a real one.

    The same arguments give the same latent, on the same machine.

    Args:
        model: what makes the samples; its generator must give ``sample-gradient``.
        target: the real one, compact (...), of the shape of the model's samples.
        seed: the first of the seeds that are looked through; what a network draws at random comes from it too.
        starts: from how many of them, the nearest, to descend.
        steps: of each descent.
        label: index of the class, for models that know classes; None for that of each seed.
        progress: told of each step.

    Raises:
        ArtganError: if what the network makes is not finite, or no gradient reaches the latent.
    """
    search = _Search(model, target, min(seed, LARGEST_SEED - SEEDS), label)
    losses, distances = search.look_through(progress)
    order = np.argsort(losses, kind="stable")[:starts]
    nearest = [search.first + int(place) for place in order]
    found = search.descend(nearest, seed, steps, progress)
    found.append((latents(nearest[0], model.generator.latent), search.label_of(nearest[0])))

    # The best is the one whose canonical rendering is nearest, not the one that the descent ended at.
    best: tuple[float, NDArray[np.float32], int | None, NDArray[Any]] | None = None
    for latent, own in found:
        sample = model.render_latent(latent, seed=seed, label=own)
        loss = search.loss_of(sample)
        if best is None or loss < best[0]:
            best = loss, latent, own, sample
    assert best is not None
    _, latent, own, sample = best

    place = int(np.argmin(distances))
    return Projection(
        latent=latent,
        label=own,
        sample=sample,
        seed=seed,
        distance=_distance(sample[None], target)[0],
        nearest=search.first + place,
        nearest_distance=float(distances[place]),
        usual_distance=float(np.mean(distances)),
    )


def apart(samples: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared difference of samples (B, C, ...) from one (1, C, ...), summed over scales, (B,).

    Scales are of pictures (B, C, H, W) and of curves (B, C, L); of anything else there is one.
    """
    from torch.nn.functional import avg_pool1d, avg_pool2d

    difference = samples - target  # means are linear: those of the difference are the difference of the means
    total = difference.square().flatten(1).mean(1)
    while difference.dim() in (3, 4) and min(difference.shape[2:]) >= 2 * COARSEST:
        difference = avg_pool1d(difference, 2) if difference.dim() == 3 else avg_pool2d(difference, 2)
        total = total + difference.square().flatten(1).mean(1)
    return total


def rate(share: float) -> float:
    """Return the factor of the learning rate where a share of the steps is done."""
    falling = min(1.0, (1 - share) / FALL)
    return (0.5 - 0.5 * math.cos(math.pi * falling)) * min(1.0, share / RISE)


class _Search:
    """The search for one sample, in float32.

    Args:
        model: what makes the samples.
        target: the compact sample.
        first: the first seed that is looked through.
        label: the class, or None for that of each seed.
    """

    def __init__(self, model: Model, target: NDArray[Any], first: int, label: int | None) -> None:
        import torch

        self.model, self.compact, self.first, self.label = model, target, first, label
        self.network: nn.Module = copy.deepcopy(model.network).float()
        self.target = model.modality.to_float(torch.from_numpy(target.copy())[None])

    def label_of(self, seed: int) -> int | None:
        """Return the class that a seed is looked at in."""
        return self.model.label_of(seed) if self.label is None else self.label

    def look_through(self, progress: Progress | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the losses and distances of the seeds."""
        import torch

        losses, distances = [], []
        batch = max(1, min(BATCH, LARGEST_BATCH // self.compact.size))
        for start in range(0, SEEDS, batch):
            seeds = [self.first + place for place in range(start, min(start + batch, SEEDS))]
            with torch.inference_mode():
                samples = self._made(self._latents(seeds), self._labels(seeds), self.first)
                losses.append(apart(samples, self.target).double().numpy())
                distances.append(_distance(self.model.modality.to_compact(samples).numpy(), self.compact))
            if progress:
                progress("looking through seeds", start + len(seeds), SEEDS)
        return np.concatenate(losses), np.concatenate(distances)

    def descend(
        self, seeds: Sequence[int], seed: int, steps: int, progress: Progress | None
    ) -> list[tuple[NDArray[np.float32], int | None]]:
        """Return the best latent of the descent from each seed, with its class."""
        import torch

        latent, labels = self._latents(seeds), self._labels(seeds)
        radius = math.sqrt(latent.shape[1])
        best, least = latent.clone(), torch.full((len(seeds),), math.inf)
        latent.requires_grad_(True)
        optimiser = torch.optim.Adam([latent], betas=(0.9, 0.999))
        for step in range(steps + 1):
            share = step / steps
            samples = self._made(latent, labels, seed)
            if not samples.requires_grad:
                raise ArtganError("no gradient reaches the latent through this generator, so that none can be sought")
            losses = apart(samples, self.target) + PRIOR * (latent.norm(dim=1) / radius - 1).square()
            better = losses.detach() < least
            best[better], least[better] = latent.detach()[better], losses.detach()[better]
            optimiser.param_groups[0]["lr"] = RATE * rate(share)
            optimiser.zero_grad()
            losses.sum().backward()
            optimiser.step()
            if progress:
                progress("descending", step, steps)
        classes = [None] * len(seeds) if labels is None else labels.tolist()
        return list(zip(best.numpy().astype(np.float32), classes, strict=True))

    def loss_of(self, sample: NDArray[Any]) -> float:
        """Return the loss of a compact sample, without the prior."""
        import torch

        return float(apart(self.model.modality.to_float(torch.from_numpy(sample.copy())[None]), self.target))

    def _made(self, latent: Tensor, labels: Tensor | None, seed: int) -> Tensor:
        import torch

        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            samples: Tensor = self.network(latent, labels)
        if not samples.isfinite().all():
            raise ArtganError("the model makes nothing: its numbers are not finite, so its training must have diverged")
        return samples

    def _latents(self, seeds: Sequence[int]) -> Tensor:
        import torch

        return torch.from_numpy(np.stack([latents(seed, self.model.generator.latent) for seed in seeds]))

    def _labels(self, seeds: Sequence[int]) -> Tensor | None:
        import torch

        own = [self.label_of(seed) for seed in seeds]
        return None if own[0] is None else torch.tensor(own)


def _distance(samples: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    difference = np.abs(samples.astype(np.float64) - target)
    means: NDArray[np.float64] = difference.reshape(len(samples), -1).mean(1)
    return means
