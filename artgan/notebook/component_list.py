"""Components that there are to choose from, as a notebook and an interpreter show them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..api import OfferedComponent


@dataclass(frozen=True, repr=False)
class ComponentList:
    """Components that plugins offer.

    Attributes:
        components: by kind and name; a single one is shown with its options.
    """

    components: tuple[OfferedComponent, ...]

    def __iter__(self) -> Iterator[OfferedComponent]:
        return iter(self.components)

    def __len__(self) -> int:
        return len(self.components)

    def __getitem__(self, place: int) -> OfferedComponent:
        return self.components[place]

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [component.name for component in self.components]

    def _repr_html_(self) -> str:
        from ..gallery.markup import sentence_html, table_html

        listed = table_html(["kind", "name", "what it is", "from"], [(*row, source) for *row, source in self._rows])
        if len(self) != 1:
            return listed
        offer = self.components[0].offer
        rows = [(item.name, item.type, str(item.default), item.allowed, item.help) for item in offer.options]
        options = table_html(["option", "type", "default", "allowed", "what it does"], rows) if rows else ""
        return f"{listed}{sentence_html(offer.text)}{options}"

    def __repr__(self) -> str:
        lines = [f"{kind} {name}: {summary}" for kind, name, summary, _ in self._rows]
        if len(self) == 1:
            options = self.components[0].offer.options
            lines += [f"  {item.name} = {item.default}: {item.help}" for item in options]
        return "\n".join(lines)

    @property
    def _rows(self) -> list[tuple[str, str, str, str]]:
        return [(each.offer.kind, each.name, each.offer.summary, each.source) for each in self.components]
