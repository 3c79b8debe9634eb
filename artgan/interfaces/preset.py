"""A named way to choose settings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from .component import Component
from .machine import Machine
from .survey import Survey


@dataclass(frozen=True)
class Choice:
    """Settings that belong together, and why they were chosen.

    Attributes:
        tables: tables of a recipe, as in its TOML: ``{"loss": {"name": "hinge"}, "training": {"minutes": 2}}``.
        reason: a short phrase that is printed behind the settings, such as ``few colours with hard edges``.
    """

    tables: Mapping[str, Any]
    reason: str


@dataclass(frozen=True)
class Recommendation:
    """A distribution that is not needed, and would serve better.

    Attributes:
        distribution: what to install.
        gain: a short clause that is printed with it, such as ``its preset is better at photographs``.
    """

    distribution: str
    gain: str


@dataclass(frozen=True)
class Wishes:
    """What the user chose, which stands whatever a preset chooses. The dataset is not among it.

    Attributes:
        tables: tables of a recipe, with some of their keys.
    """

    tables: Mapping[str, Any]

    def name(self, kind: str, otherwise: str = "") -> str:
        """Return the name of the generator, discriminator, loss or estimator that is wished for.

        Args:
            kind: which of them.
            otherwise: what the preset would take.
        """
        return str(self.tables.get(kind, {}).get("name", otherwise))

    @property
    def choose_players(self) -> bool:
        """Whether generator, discriminator or loss is wished for."""
        return any(self.name(kind) for kind in ("generator", "discriminator", "loss"))


@dataclass(frozen=True)
class Preset(Component):
    """Chooses the settings that a user leaves open.

    Attributes:
        dataset: what is trained on where the user names nothing, as ``--dataset`` takes it.
    """

    kind = "preset"
    plural = "presets"
    dataset: ClassVar[str] = "calligraphy"

    def proposes_itself(self, wishes: Wishes, survey: Survey, machine: Machine) -> bool:
        """Return whether it would be better than the usual preset, where the user names none.

        Asked of the presets of plugins alone. Of several that propose themselves the first by name is taken, and a
        preset does well to say in the reason of its first choice how to come by the usual one: ``--preset default``.
        """
        return False

    def recommendation(self, wishes: Wishes, survey: Survey) -> Recommendation | None:
        """Return what would serve better where this preset is taken because none was named; None for nothing.

        It is told where the distribution is not installed.
        """
        return None

    @abstractmethod
    def choose(self, wishes: Wishes, survey: Survey, machine: Machine) -> Sequence[Choice]:
        """Return the choices that make a recipe; of two that set the same, the later one stands.

        Must be a function of its arguments alone. What the survey cannot tell is None in it, and its count may be 0.

        Args:
            wishes: what the user chose, so that the rest can suit it.
            survey: what the dataset holds.
            machine: what is trained on.
        """
