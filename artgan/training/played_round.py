"""A round of the game as it is played."""

from __future__ import annotations

import torch
from torch import Tensor

from ..interfaces import DiscriminatorView


class PlayedRound:
    """One player's turn: its samples, and the logits that the discriminator gives them, computed on first use.

    Whoever asks for the logits of the reals has them judged in one batch with the fakes; those of the fakes alone are
    judged alone, unless the batch is ``mixed`` or was judged already.

    Attributes:
        real: real samples, (B, ...).
        fake: generated samples, (B, ...).
        latents: what the fakes were generated from, (B, latent).
        real_labels: class indices of the reals, (B,), or None.
        fake_labels: class indices of the fakes, (B,), or None.
        discriminator: the augmented discriminator of this turn.
        mixed: whether the fakes are always judged in one batch with the reals.
    """

    def __init__(
        self,
        *,
        real: Tensor,
        fake: Tensor,
        latents: Tensor,
        real_labels: Tensor | None,
        fake_labels: Tensor | None,
        discriminator: DiscriminatorView,
        mixed: bool,
    ) -> None:
        self.real, self.fake, self.latents = real, fake, latents
        self.real_labels, self.fake_labels = real_labels, fake_labels
        self.discriminator, self.mixed = discriminator, mixed
        self._both: tuple[Tensor, Tensor] | None = None
        self._fake_logits: Tensor | None = None

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, (B,) or (B, L)."""
        return self._judge_both()[0]

    @property
    def fake_logits(self) -> Tensor:
        """The logits of the fakes, (B,) or (B, L)."""
        if self._fake_logits is None:
            if self.mixed or self._both is not None:
                self._fake_logits = self._judge_both()[1]
            else:
                self._fake_logits = self.discriminator(self.fake, self.fake_labels)
        return self._fake_logits

    def _judge_both(self) -> tuple[Tensor, Tensor]:
        """Return the logits of the reals and those of the fakes, judged in one batch."""
        if self._both is None:
            labels = None
            if self.real_labels is not None and self.fake_labels is not None:
                labels = torch.cat([self.real_labels, self.fake_labels])
            logits = self.discriminator(torch.cat([self.real, self.fake]), labels)
            self._both = logits[: len(self.real)], logits[len(self.real) :]
        return self._both
