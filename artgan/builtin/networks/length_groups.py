"""Layers over texts of unequal length, which compute nothing behind their ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TOGETHER = 32
"""Texts of about one length that a recurrent layer goes over at once, to the end of the longest of them.

On one thread a token costs as much in 32 texts as in 128, forward and backward: 9 to 11 µs in an LSTM of 128.
"""

SHORT = 32
"""Texts of up to so many tokens are gone over to the last place, all at once."""


def run_layer(layer: nn.LSTM | nn.GRU, given: Tensor, state: Sequence[Tensor] | None, lengths: Tensor | None) -> Tensor:
    """Return what a recurrent layer makes of texts (B, L, width), 0 behind the ends of long ones.

    Args:
        layer: the layer, the batch first.
        given: its input (B, L, I).
        state: parts of its state before the first token, each (B, width); None for zeros.
        lengths: tokens of each text, (B,), the one that ends it among them; None where all go to the last place.
    """

    def run(own: Tensor, rows: Tensor | slice) -> Tensor:
        parts = None if state is None else [part[rows][None].contiguous() for part in state]
        hidden: Tensor = layer(own, parts[0] if parts and len(parts) == 1 else parts)[0]
        return hidden

    return run_in_groups(run, given, lengths, together=TOGETHER)


def run_in_groups(
    run: Callable[[Tensor, Tensor | slice], Tensor], given: Tensor, lengths: Tensor | None, *, together: int
) -> Tensor:
    """Return what is made of texts (B, L, O), those of about one length together, 0 behind the ends of long ones.

    Args:
        run: makes (B', L', O) of the first places of some texts, (B', L', I), whose rows it is told.
        given: of all texts, (B, L, I).
        lengths: as for `run_layer`.
        together: texts of about one length that are gone over at once, to the end of the longest of them.
    """
    if lengths is None or given.shape[1] <= SHORT:
        return run(given, slice(None))
    order = lengths.argsort()
    found = []
    for rows in torch.split(order, together):
        longest = int(lengths[rows[-1]])
        found.append(F.pad(run(given[rows, :longest], rows), (0, 0, 0, given.shape[1] - longest)))
    return torch.cat(found)[order.argsort()]
