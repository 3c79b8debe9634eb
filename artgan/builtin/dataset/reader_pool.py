"""Reads many things by all cores at once, in their order, and tells how far it is."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from artgan.interfaces import Progress

TOLD = 64
"""After how many it is told how far it is."""

T = TypeVar("T")
R = TypeVar("R")


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform.startswith("linux") else os.cpu_count() or 1


def ahead() -> int:
    """Return how many things are read ahead of what is done with them, which bounds the memory that they take."""
    return max(64, 4 * cores())


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody how far it is."""


def read_each(read: Callable[[T], R], items: Sequence[T], what: str, progress: Progress) -> Iterator[R]:
    """Yield what comes of each item, in their order.

    Threads share the work: what takes long of a picture, which is to decode, to scale and to digest it, is done by
    libraries that let other threads run meanwhile.

    Args:
        read: reads one.
        items: what is read.
        what: in words what is done, as a person is told.
        progress: told how far it is; first that nothing is done, before anything is begun.
    """
    progress(what, 0, len(items))
    with ThreadPoolExecutor(cores()) as pool:
        begun = deque[Future[R]](pool.submit(read, item) for item in items[: ahead()])
        try:
            for number in range(len(items)):
                if number and number % TOLD == 0:
                    progress(what, number, len(items))
                result = begun.popleft().result()
                if number + ahead() < len(items):
                    begun.append(pool.submit(read, items[number + ahead()]))
                yield result
        finally:
            pool.shutdown(cancel_futures=True)
    progress(what, len(items), len(items))
