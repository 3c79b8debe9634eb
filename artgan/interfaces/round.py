"""A round of the game, as losses, penalties and estimators see it.

These are protocols: the trainer plays a round, and an estimator may hand a loss another that holds it and differs from
it in a few respects, as in which logits it gives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import Tensor

    from .token_head import TokenHead


class DiscriminatorView(Protocol):
    """The discriminator of one turn, behind the augmentations; each call draws on in the turn's random streams."""

    def __call__(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits (B,) or (B, L) of samples (B, ...), which are augmented first."""
        ...

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Return the logits (B, L, K) that other tokens would have at each place, given those before it.

        Only where the discriminator provides ``token-logits``.

        Args:
            samples: (B, L, V), which are augmented first.
            labels: class indices, (B,), or None.
            tokens: which tokens, (B, L, K); None for all, K being V.
        """
        ...

    def token_logits_head(self, samples: Tensor, labels: Tensor | None) -> TokenHead | None:
        """Return what the logits of all tokens are the product of; None unless it provides ``token-logits-head``."""
        ...


class Round(Protocol):
    """One player's turn, as its loss sees it; logits are computed on first use and kept."""

    @property
    def real(self) -> Tensor:
        """Real samples, (B, ...)."""
        ...

    @property
    def fake(self) -> Tensor:
        """Generated samples, (B, ...)."""
        ...

    @property
    def latents(self) -> Tensor:
        """What the fakes were generated from, (B, latent)."""
        ...

    @property
    def real_labels(self) -> Tensor | None:
        """Class indices of the reals, (B,), or None."""
        ...

    @property
    def fake_labels(self) -> Tensor | None:
        """Class indices of the fakes, (B,), or None."""
        ...

    @property
    def discriminator(self) -> DiscriminatorView:
        """Judges any samples as this turn does."""
        ...

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, (B,) or (B, L)."""
        ...

    @property
    def fake_logits(self) -> Tensor:
        """The logits of the fakes, (B,) or (B, L)."""
        ...
