"""A discriminator that is a function, for rounds whose logits are to be known."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..interfaces.token_head import TokenHead


class PlainDiscriminator:
    """Judges samples by a function, unaugmented, in their own precision.

    Args:
        judge: takes samples (B, ...) and labels (B,) or None, and returns their logits.
    """

    def __init__(self, judge: Callable[[Tensor, Tensor | None], Tensor]) -> None:
        self.judge = judge

    def __call__(self, samples: Tensor, labels: Tensor | None) -> Tensor:
        """Return the logits of samples."""
        return self.judge(samples, labels)

    def token_logits(self, samples: Tensor, labels: Tensor | None, tokens: Tensor | None) -> Tensor:
        """Refuse: it judges whole samples."""
        raise NotImplementedError("this discriminator provides no token-logits")

    def token_logits_head(self, samples: Tensor, labels: Tensor | None) -> TokenHead | None:
        """Return None: it judges whole samples."""
        return None
