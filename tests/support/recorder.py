"""A reporter that remembers what it was told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from artgan.interfaces import Progress


class Recorder:
    """Remembers what was said and what was warned of."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.warned: list[str] = []

    def say(self, message: str) -> None:
        self.said.append(message)

    def warn(self, message: str) -> None:
        self.warned.append(message)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        yield lambda what, done, total: None
