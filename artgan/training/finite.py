"""Whether numbers are still finite."""

from __future__ import annotations

import math
from collections.abc import Mapping

from torch import Tensor


class UnhealthyError(Exception):
    """A loss, a weight or a statistic is no longer finite; says which, and when."""


def check_scalars(scalars: Mapping[str, float], step: int) -> None:
    """Check the scalars of a tick.

    Raises:
        UnhealthyError: for the first that is not finite.
    """
    for name, value in scalars.items():
        if not math.isfinite(value):
            raise UnhealthyError(f"{name} is {value} at step {step}")


def check_tensors(tensors: Mapping[str, Tensor], step: int) -> None:
    """Check the state of a trainer.

    Raises:
        UnhealthyError: for the first tensor that holds a number that is not finite.
    """
    for name, tensor in tensors.items():
        if tensor.is_floating_point() and not tensor.isfinite().all():
            raise UnhealthyError(f"{name} holds numbers that are not finite at step {step}")
