"""The rules of the game: what the players minimise, and what stands between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Round:
    """One round of the game, as losses and penalties see it; logits are computed on first use.

    Attributes:
        real: real samples, (B, ...).
        fake: generated samples, (B, ...).
        latents: what the fakes were generated from, (B, latent).
        real_labels: class indices of the reals, (B,), or None.
        fake_labels: class indices of the fakes, (B,), or None.
        discriminate: augments samples and returns their logits; takes samples and labels.
        weigh: as ``discriminate``, but returns the logits (B, L, K) that other tokens would have at each place; takes
            these as well, (B, L, K) or None for all. Given where the discriminator gives ``token-logits``.
    """

    def __init__(
        self,
        *,
        real: Tensor,
        fake: Tensor,
        latents: Tensor,
        real_labels: Tensor | None,
        fake_labels: Tensor | None,
        discriminate: Callable[[Tensor, Tensor | None], Tensor],
        mixed: bool,
        weigh: Callable[[Tensor, Tensor | None, Tensor | None], Tensor] | None = None,
    ) -> None:
        self.real, self.fake, self.latents = real, fake, latents
        self.real_labels, self.fake_labels = real_labels, fake_labels
        self.discriminate, self.weigh = discriminate, weigh
        self._mixed = mixed

    @cached_property
    def _both(self) -> tuple[Tensor, Tensor]:
        import torch

        labels = None
        if self.real_labels is not None and self.fake_labels is not None:
            labels = torch.cat([self.real_labels, self.fake_labels])
        logits = self.discriminate(torch.cat([self.real, self.fake]), labels)
        return logits[: len(self.real)], logits[len(self.real) :]

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, (B,) or (B, L); shown in one batch mixed with the fakes."""
        return self._both[0]

    @cached_property
    def fake_logits(self) -> Tensor:
        """The logits of the fakes, (B,) or (B, L)."""
        if self._mixed or "_both" in self.__dict__:
            return self._both[1]
        return self.discriminate(self.fake, self.fake_labels)
