"""How something that takes long tells a person about itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many items are done, and how many there are."""


class Reporter(Protocol):
    """What tells a person how something goes: a terminal, a notebook, a log."""

    def say(self, message: str) -> None:
        """Tell something that is good to know."""

    def warn(self, message: str) -> None:
        """Tell something that a person should see in any case."""

    def progress(self) -> AbstractContextManager[Progress]:
        """Return a context that gives a callback, and shows how far things are while it lasts."""


class Silent:
    """A reporter that tells nobody."""

    def say(self, message: str) -> None:
        return

    def warn(self, message: str) -> None:
        return

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Yield a callback that shows nothing."""
        yield lambda what, done, total: None
