"""What the functions of the api are called in: whom they tell, and who looks on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..interfaces import Reporter, Silent
from ..plugins.loader import Plugins
from ..plugins.registry import Source

SILENT: Reporter = Silent()
"""Tells nobody."""


@contextmanager
def observed(plugins: Plugins, observers: Sequence[object]) -> Iterator[None]:
    """Let observers see what happens within the context, by the hooks that they implement."""
    for observer in observers:
        plugins.register(observer, Source(type(observer).__name__, "artgan", ""))
    try:
        yield
    finally:
        for observer in observers:
            if plugins.manager.is_registered(observer):  # one that raised was unregistered already
                plugins.manager.unregister(observer)
