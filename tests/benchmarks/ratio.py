"""What a benchmark measures: a ratio, and the goal that it is printed beside."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import torch

WARM_UP_ROUNDS = 5
THREADS = 2
"""As many as on the machine that the defaults were made for."""


class NotInstalledError(Exception):
    """What a benchmark needs is not on this machine."""


@dataclass(frozen=True)
class Ratio:
    """One number of a benchmark.

    Attributes:
        what: is measured, in words.
        value: what it is.
        at_least: the goal where more is better.
        at_most: the goal where less is better.
        remark: lines that tell more.
    """

    what: str
    value: float
    at_least: float = -math.inf
    at_most: float = math.inf
    remark: str = ""

    @property
    def reached(self) -> bool:
        return self.at_least <= self.value <= self.at_most

    @property
    def goal(self) -> str:
        return f"at least {self.at_least:g}" if self.at_least > -math.inf else f"at most {self.at_most:g}"


def times_as_fast(step: Callable[[], object], rival: Callable[[], object], rounds: int) -> float:
    """Return how many steps are taken in the time of one of the rival's.

    The steps of both alternate, so that whatever else the machine does falls on each alike; the median of the pairs.
    """
    ratios = []
    for number in range(WARM_UP_ROUNDS + rounds):
        start = time.perf_counter()
        rival()
        middle = time.perf_counter()
        step()
        if number >= WARM_UP_ROUNDS:
            ratios.append((middle - start) / (time.perf_counter() - middle))
    return median(ratios)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch use so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
