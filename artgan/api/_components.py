"""What there is to choose from, known without loading any plugin that has not changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UsageError, did_you_mean
from ..plugins.catalogue.cache import read_catalogue
from ..plugins.catalogue.entries import Catalogue, Entry, Offer


@dataclass(frozen=True)
class OfferedComponent:
    """A component that a plugin offers.

    Attributes:
        name: the shortest name that is its alone.
        plugin: what it comes from.
        offer: its kind, what it is, and its options.
    """

    name: str
    plugin: Entry
    offer: Offer

    @property
    def source(self) -> str:
        """The distribution that it comes from, with its version."""
        return f"{self.plugin.distribution} {self.plugin.version}".strip()


def list_components(kind: str | None = None, *, files: Iterable[str] = ()) -> tuple[OfferedComponent, ...]:
    """Return the components of a kind, or of all kinds, in the order of their names.

    Args:
        kind: generator, discriminator, loss...; None for all.
        files: single-file plugins or package folders, beside what is installed.

    Raises:
        UsageError: if there is no such kind.
    """
    catalogue = read_catalogue(files)
    kinds = [_known_kind(kind, catalogue)] if kind else catalogue.kinds()
    return tuple(component for each in kinds for component in _offered(each, catalogue))


def find_component(kind: str, name: str, *, files: Iterable[str] = ()) -> OfferedComponent:
    """Return the component of a kind and name, or of ``distribution/name``.

    Raises:
        UsageError: if there is no such kind or name, or several plugins offer it.
    """
    catalogue = read_catalogue(files)
    known = _offered(_known_kind(kind, catalogue), catalogue)
    for component in known:
        if name in (component.name, f"{component.plugin.distribution}/{component.offer.name}"):
            return component

    if several := [component.name for component in known if component.offer.name == name]:
        raise UsageError(f"{kind} {name!r} is offered more than once: say which with {' or '.join(several)}")
    raise UsageError(f"no {kind} is called {name!r}{did_you_mean(name, [component.name for component in known])}")


def _known_kind(kind: str, catalogue: Catalogue) -> str:
    if kind not in catalogue.kinds():
        raise UsageError(f"no kind of component is called {kind!r}{did_you_mean(kind, catalogue.kinds())}")
    return kind


def _offered(kind: str, catalogue: Catalogue) -> list[OfferedComponent]:
    return [OfferedComponent(name, plugin, offer) for name, (plugin, offer) in catalogue.named(kind).items()]
