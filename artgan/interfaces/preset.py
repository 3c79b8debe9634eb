"""A named recipe."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .component import Component


@dataclass(frozen=True)
class Preset(Component):
    """A named recipe: choices that stand wherever the user makes none."""

    kind = "preset"
    plural = "presets"

    @abstractmethod
    def tables(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return recipe tables, as in the TOML of a recipe.

        Args:
            wanted: the tables that the user's own choices make, so that a preset can suit itself to a loss or dataset.
        """
