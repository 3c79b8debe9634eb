"""From a real text or tune back to a latent: the one under which a generator is likeliest to write it.

No gradient leads through tokens to a latent, but one leads through their likelihood: the latent is sought by descent on
the negative log-likelihood, from the likeliest of many seeds (after Bora et al. 2017, arXiv:1703.03208). A generator of
tokens draws each at random besides, so that of works of that latent, each with what another seed draws, the one is
taken that is the fewest edits (Levenshtein 1966) from the real sample.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from ..errors import ArtganError
from .latents import LARGEST_SEED, latents
from .projection import PRIOR, RATE, Likelihood, Projection, rate

if TYPE_CHECKING:
    from torch import Tensor, nn

    from ..interfaces import Progress
    from ..interfaces.networks import ExplicitGenerator
    from .model import Model

SEEDS, BATCH = 512, 32
"""How many seeds are looked through for where to start, and how many at a time."""

DRAWS = 64
"""So many works are made of what was found, and as many of seeds, to compare; each takes a tenth of a second."""


def project_tokens(
    model: Model,
    target: NDArray[Any],
    *,
    seed: int = 0,
    starts: int = 4,
    steps: int = 500,
    label: int | None = None,
    progress: Progress | None = None,
) -> Projection:
    """Look for the latent, and for what is drawn at random, whose sample is nearest to a real one.

    The same arguments give the same, on the same machine.

    Args:
        model: what makes the samples; its generator must give ``log-probabilities``.
        target: the real one, compact, (L,).
        seed: the first of the seeds that are looked through, for latents and for what networks draw.
        starts: from how many of them, the likeliest, to descend.
        steps: of each descent.
        label: index of the class, for models that know classes; None for that of each seed.
        progress: told of each step.

    Returns:
        What was found; distances are edits, as a share of the length of the real one.

    Raises:
        ArtganError: if what the network makes is not finite.
    """
    first = min(seed, LARGEST_SEED - SEEDS)
    search = _Search(model, target, first, label)
    costs = search.look_through(progress)
    order = np.argsort(costs, kind="stable")[:starts]
    latent, own, least = search.descend([first + int(place) for place in order], steps, progress)
    alike = [place for place in range(SEEDS) if search.label_of(first + place) == own]

    # Of what was found, and beside it of seeds as they are, as many works.
    seeds = range(first, first + DRAWS)
    made, usual = [], []
    for done, number in enumerate(seeds, start=1):
        made.append(model.render_latent(latent, seed=number, label=own))
        usual.append(model.render([number], label=label)[0])
        if progress:
            progress("making works", done, DRAWS)
    ends = model.spec.ends
    distances, of_seeds = (edits(samples, target, ends=ends) for samples in (made, usual))

    best, nearest = int(np.argmin(distances)), int(np.argmin(of_seeds))
    return Projection(
        latent=latent,
        label=own,
        sample=made[best],
        seed=first + best,
        distance=float(distances[best]),
        nearest=first + nearest,
        nearest_distance=float(of_seeds[nearest]),
        usual_distance=float(of_seeds.mean()),
        likelihood=Likelihood(found=least / math.log(2), usual=float(np.median(costs[alike])) / math.log(2)),
    )


def edits(samples: Sequence[NDArray[Any]], target: NDArray[Any], *, ends: bool) -> NDArray[np.float64]:
    """Return how many tokens must be put in, taken out or replaced to make the target, as a share of its length.

    Args:
        samples: compact, (L,) each.
        target: compact, (L,).
        ends: whether token 0 ends a sample.
    """
    wanted = _until_end(target, ends)
    return np.array([_distance(_until_end(sample, ends), wanted) for sample in samples]) / max(1, len(wanted))


def _until_end(sample: NDArray[Any], ends: bool) -> NDArray[Any]:
    ended = np.flatnonzero(sample == 0) if ends else np.array([], np.int64)
    return sample[: ended[0]] if len(ended) else sample


def _distance(sample: NDArray[Any], target: NDArray[Any]) -> int:
    """Return the edits from one to the other: of each row of the table the whole at once."""
    places = np.arange(len(target) + 1)
    row = places
    for done, token in enumerate(sample, start=1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (target != token))
        row = np.minimum.accumulate(np.concatenate([[done], changed]) - places) + places
    return int(row[-1])


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

        self.model, self.first, self.label = model, first, label
        self.network: nn.Module = copy.deepcopy(model.network).float()
        self.tokens = torch.from_numpy(target.astype(np.int64))
        length = len(_until_end(target, model.spec.ends))
        self.count = min(length + model.spec.ends, len(target))  # the end is a token like others

    def label_of(self, seed: int) -> int | None:
        """Return the class that a seed is looked at in."""
        return self.model.label_of(seed) if self.label is None else self.label

    def look_through(self, progress: Progress | None) -> NDArray[np.float64]:
        """Return what each seed costs."""
        import torch

        costs = []
        for start in range(0, SEEDS, BATCH):
            seeds = range(self.first + start, self.first + start + BATCH)
            with torch.inference_mode():
                costs.append(self._costs(self._latents(seeds), self._labels(seeds)).double().numpy())
            if progress:
                progress("looking through seeds", start + BATCH, SEEDS)
        return np.concatenate(costs)

    def descend(
        self, seeds: Sequence[int], steps: int, progress: Progress | None
    ) -> tuple[NDArray[np.float32], int | None, float]:
        """Return the best latent of all descents, its class, and what it costs."""
        import torch

        latent, labels = self._latents(seeds), self._labels(seeds)
        radius = math.sqrt(latent.shape[1])
        best, least, costs = latent.clone(), torch.full((len(seeds),), math.inf), torch.zeros(len(seeds))
        latent.requires_grad_(True)
        optimiser = torch.optim.Adam([latent], betas=(0.9, 0.999))
        for step in range(steps + 1):
            cost = self._costs(latent, labels)
            losses = cost + PRIOR * (latent.norm(dim=1) / radius - 1).square()
            better = losses.detach() < least
            best[better], least[better] = latent.detach()[better], losses.detach()[better]
            costs[better] = cost.detach()[better]
            optimiser.param_groups[0]["lr"] = RATE * rate(step / steps)
            optimiser.zero_grad()
            losses.sum().backward()
            optimiser.step()
            if progress:
                progress("descending", step, steps)
        place = int(least.argmin())
        return best[place].numpy(), None if labels is None else int(labels[place]), float(costs[place])

    def _costs(self, latent: Tensor, labels: Tensor | None) -> Tensor:
        """Return the negative log-likelihood of the sample per token, in nats, for each latent, (B,)."""
        tokens = self.tokens.expand(len(latent), -1)
        logarithms = cast("ExplicitGenerator", self.network).log_distribution(tokens, latent, labels)
        own = logarithms.gather(2, tokens[:, :, None]).squeeze(2)[:, : self.count]
        if not own.isfinite().all():
            raise ArtganError("the model makes nothing: its numbers are not finite, so its training must have diverged")
        return -own.mean(1)

    def _latents(self, seeds: Sequence[int]) -> Tensor:
        import torch

        return torch.from_numpy(np.stack([latents(seed, self.model.generator.latent) for seed in seeds]))

    def _labels(self, seeds: Sequence[int]) -> Tensor | None:
        import torch

        own = list(map(self.label_of, seeds))
        return None if own[0] is None else torch.tensor(own)
