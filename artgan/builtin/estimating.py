"""The modules behind the built-in estimators."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from artgan.interfaces import Round

from .recurrent import before_end


class PathwiseEstimator(nn.Module):
    """Lets the gradient flow through the samples."""

    def generate(self, generator: nn.Module, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(Tensor, generator(latents, labels))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        return values.mean()


class ReinforceEstimator(nn.Module):
    """Makes what was drawn likelier by how much better than usual the discriminator finds it.

    Args:
        discount: weight of the next token's reward against this one's.
        decay: how much of the moving baseline is new at each step.
        ends: whether token 0 ends a sample.
    """

    baseline: Tensor
    steps: Tensor

    def __init__(self, discount: float, decay: float, ends: bool) -> None:
        super().__init__()
        self.discount, self.decay, self.ends = discount, decay, ends
        self.register_buffer("baseline", torch.zeros(()))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        self._generator = [generator]  # a list, so that its weights do not become this module's
        with torch.no_grad():
            return cast(Tensor, generator(latents, labels))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        """Return what is minimised.

        Args:
            values: the loss at each token (B, L), or of each sample (B,), which then is the reward of all its tokens.
            round: the turn.
        """
        tokens = round.fake.argmax(2)
        weights = before_end(tokens, self.ends).to(values.dtype)
        returns = self._returns(-values.detach(), weights)
        mean = (returns * weights).sum() / weights.sum()
        moved = self.baseline + self.decay * (mean - self.baseline)
        self.baseline.copy_(torch.where(self.steps == 0, mean, moved))
        self.steps += 1
        scores = self._generator[0].log_probabilities(tokens, round.latents, round.fake_labels)
        return cast(Tensor, -((returns - self.baseline) * scores * weights).sum() / weights.sum())

    def _returns(self, rewards: Tensor, weights: Tensor) -> Tensor:
        """Return the discounted sum of a token's reward and those of all that follow it, (B, L)."""
        if rewards.dim() == 1:
            return rewards[:, None].expand_as(weights)
        rewards = rewards * weights
        returns = [rewards[:, -1]]
        for place in range(rewards.shape[1] - 2, -1, -1):
            returns.append(rewards[:, place] + self.discount * returns[-1])
        return torch.stack(returns[::-1], 1)


class GumbelEstimator(nn.Module):
    """Differentiates relaxed tokens.

    Args:
        first: temperature at the first step.
        last: temperature at the last step.
    """

    temperature: Tensor

    def __init__(self, first: float, last: float) -> None:
        super().__init__()
        self.first, self.last = first, last
        self.register_buffer("temperature", torch.tensor(first))

    def begin(self, progress: float) -> None:
        """Set the temperature of a step.

        Args:
            progress: the share of the run that is done.
        """
        self.temperature.fill_(self.first * (self.last / self.first) ** progress)

    def generate(self, generator: Any, latents: Tensor, labels: Tensor | None) -> Tensor:
        return cast(Tensor, generator.relaxed(latents, labels, float(self.temperature)))

    def objective(self, values: Tensor, round: Round) -> Tensor:
        return values.mean()
