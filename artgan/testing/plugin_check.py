"""Checks of a whole plugin: how it loads, and each component that it offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..plugins.loader import Installed, Plugins
from .conformance import check, check_imports
from .findings import NonConforming


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes:
        subject: what was checked, ``loading`` or kind and name.
        faults: what is wrong, one line each; empty where it conforms.
    """

    subject: str
    faults: tuple[str, ...]


def find_faults(item: Installed, plugins: Plugins) -> Iterator[Verdict]:
    """Check a plugin, one verdict after the other.

    Args:
        item: the plugin.
        plugins: what was loaded, this plugin among it.
    """
    yield Verdict("loading", _faults(partial(check_imports, item.target)))
    for component in plugins.registry.offered_by(item.source):
        faults = _faults(partial(check, component, registry=plugins.registry))
        yield Verdict(f"{component.kind} {component.name}", faults)


def _faults(check: Callable[[], None]) -> tuple[str, ...]:
    try:
        check()
    except NonConforming as error:
        return error.faults
    return ()
