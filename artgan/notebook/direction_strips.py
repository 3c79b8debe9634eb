"""A model's directions, as a person sees them in Python."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ..gallery import markup

if TYPE_CHECKING:
    from ..artworks.direction import Direction
    from ..artworks.model import Model


@dataclass(frozen=True, eq=False, repr=False)
class DirectionStrips:
    """The directions of a model, which show themselves as strips of works from one end to the other.

    Attributes:
        model: what makes the works.
    """

    model: Model

    def __getitem__(self, place: int) -> Direction:
        return self.model.directions[place]

    def __iter__(self) -> Iterator[Direction]:
        return iter(self.model.directions)

    def __len__(self) -> int:
        return len(self.model.directions)

    @cached_property
    def _html(self) -> str:
        from ..gallery.strips import SHOWN_PLACES, SHOWN_WORKS, strip

        figures = []
        for number, direction in enumerate(self, start=1):
            works = strip(self.model, direction, range(SHOWN_WORKS))
            if png := markup.sheet_png(works, SHOWN_PLACES, self.model.modality):
                figures.append((f"{direction.name or number}: {direction.change:.1f}", png))
        return markup.figures_html(figures)

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        told = [direction.name or str(number) for number, direction in enumerate(self, start=1)]
        return f"DirectionStrips({', '.join(told)})"
