"""The formulas that several losses and penalties share; torch is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def softplus(x: Tensor) -> Tensor:
    """Return log(1 + exp(x)), stable for any x; minus the log of sigmoid(-x)."""
    from torch.nn import functional

    return functional.softplus(x)


def squared_gradient(samples: Tensor, logits: Tensor) -> Tensor:
    """Return the squared Euclidean norm of each logit's gradient with respect to its sample, (B,)."""
    import torch

    (gradient,) = torch.autograd.grad(logits.sum(), samples, create_graph=True)
    return gradient.flatten(1).square().sum(1)
