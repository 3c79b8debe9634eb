"""Small runs, and waiting for what they do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

SMALL = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--loss", "bce", "--batch", "16")


T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 60) -> T:
    """Wait until something holds, and return it.

    Raises:
        TimeoutError: if it does not in time.
    """
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise TimeoutError("it did not happen in time")
        time.sleep(0.01)
    return value
