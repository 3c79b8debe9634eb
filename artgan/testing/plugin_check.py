"""Checks of a whole plugin: how it loads, each component that it offers, and what it sees of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..plugins.loader import Installed, Plugins
from .conformance import check, check_observer
from .findings import NonConforming
from .import_check import check_imports


@dataclass(frozen=True)
class Verdict:
    """What was found.

    Attributes:
        subject: what was checked, ``loading``, kind and name, or ``observer``.
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
    for loaded in plugins.loaded:
        if loaded.source == item.source and any(hook.startswith("run_") for hook in plugins.hooks(loaded.plugin)):
            yield Verdict("observer", _faults(partial(check_observer, loaded.plugin)))


def _faults(check: Callable[[], None]) -> tuple[str, ...]:
    try:
        check()
    except NonConforming as error:
        return error.faults
    return ()
