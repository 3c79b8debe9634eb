"""A round that differs from another in a few respects."""

from __future__ import annotations

from torch import Tensor

from artgan.interfaces import DiscriminatorView, Round


class VariedRound:
    """A round that holds another and has its samples; what derives from it gives logits of its own.

    Args:
        turn: the round as it is played.
    """

    def __init__(self, turn: Round) -> None:
        self.turn = turn

    @property
    def real(self) -> Tensor:
        """Real texts, (B, L, V)."""
        return self.turn.real

    @property
    def fake(self) -> Tensor:
        """Generated texts, (B, L, V)."""
        return self.turn.fake

    @property
    def latents(self) -> Tensor:
        """What the fakes were generated from, (B, latent)."""
        return self.turn.latents

    @property
    def real_labels(self) -> Tensor | None:
        """Class indices of the reals, (B,), or None."""
        return self.turn.real_labels

    @property
    def fake_labels(self) -> Tensor | None:
        """Class indices of the fakes, (B,), or None."""
        return self.turn.fake_labels

    @property
    def discriminator(self) -> DiscriminatorView:
        """Judges any texts as this turn does."""
        return self.turn.discriminator

    @property
    def real_logits(self) -> Tensor:
        """The logits of the reals, as played."""
        return self.turn.real_logits
