"""Small runs, and waiting for what they do."""

from __future__ import annotations

import time
from collections.abc import Callable

SMALL = ("--generator", "cnn:width=4,latent=8", "--discriminator", "cnn:width=4", "--loss", "bce", "--batch", "16")


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: if it does not in time.
    """
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.01)
