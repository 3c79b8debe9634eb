"""Samples of tokens as the metrics on tokens take them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan.interfaces import Number, Samples, Spec

from ..networks.one_hot import before_end

SPREAD = 1.96
"""Standard errors in half a 95 % interval of what is nearly normal."""


def as_tensor(samples: NDArray[Any]) -> torch.Tensor:
    """Return tokens (N, L) as int64."""
    return torch.from_numpy(np.ascontiguousarray(samples).astype(np.int64))


def sequences(samples: Samples, spec: Spec) -> list[list[int]]:
    """Return the tokens of each sample, without the end and what follows."""

    def cut() -> list[list[int]]:
        rows = samples.compact.astype(np.int64).tolist()
        return [row[: row.index(0)] if spec.ends and 0 in row else row for row in rows]

    return samples.once(sequences, cut)


def spread(tokens: torch.Tensor, most: int, ends: bool) -> torch.Tensor:
    """Return the sequences at equal distances that together hold about as many tokens as may be, or all of them.

    Args:
        tokens: (N, L).
        most: tokens up to the ends, these counted.
        ends: whether token 0 ends a sequence.
    """
    count = len(tokens) * most // max(1, int(before_end(tokens, ends).sum()))
    if count >= len(tokens):
        return tokens
    return tokens[torch.arange(max(2, count)) * len(tokens) // max(2, count)]


def ratio(values: torch.Tensor, places: torch.Tensor) -> Number:
    """Return the sum of values (N,) over that of places (N,), with the margin of its 95 % interval.

    Its error is that of a ratio of means over independent samples (Cochran 1977, section 2.11); of one there is none.
    """
    whole = values.sum() / places.sum()
    apart = values - whole * places
    error = float(apart.std() * len(values) ** 0.5 / places.sum()) if len(values) > 1 else None
    return with_error(float(whole), error)


def mean(values: NDArray[np.float64]) -> Number:
    """Return the mean of values of independent samples, with the margin of its 95 % interval."""
    error = float(np.std(values, ddof=1)) / len(values) ** 0.5 if len(values) > 1 else None
    return with_error(float(np.mean(values)), error)


def with_error(value: float, error: float | None, spread: float = SPREAD) -> Number:
    """Return a number by its standard error.

    Args:
        value: the number.
        error: its standard error, where it is known.
        spread: standard errors in half a 95 % interval.
    """
    known = error is not None and math.isfinite(error)
    return Number(float(value), spread * float(error) if known and error is not None else None)
