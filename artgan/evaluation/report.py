"""What an evaluation found, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..interfaces import Copies, Number, Role

OWN, BASELINE = "this run", "maximum likelihood"
"""The sources of works that are measured over temperatures."""

SUSPICIOUS = -3.0
"""How close works lie to the training set, in standard deviations, below which chance is no explanation."""

UNLIKE = 0.1
"""Where less than this share of what real samples reach looks like the data, next to no work does."""


@dataclass(frozen=True)
class Row:
    """What was measured of one set of samples.

    Attributes:
        source: whose samples.
        temperature: at which they were drawn; None for real ones.
        numbers: by name.
    """

    source: str
    temperature: float | None
    numbers: Mapping[str, Number]

    def shown(self, name: str) -> str:
        """Return a number with its margin, if it has one, as text; nothing where it was not measured."""
        if name not in self.numbers:
            return ""
        number = self.numbers[name]
        return f"{number.value:.3f}" if number.margin is None else f"{number.value:.3f} ± {number.margin:.3f}"

    def value_of(self, role: Role) -> float | None:
        """Return the first number that plays a role, or None where none does."""
        return next((number.value for number in self.numbers.values() if number.role == role), None)

    def record(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "source": self.source,
            "temperature": self.temperature,
            "values": {name: number.value for name, number in self.numbers.items()},
            "margins": {name: number.margin for name, number in self.numbers.items() if number.margin is not None},
        }


@dataclass(frozen=True)
class Measured:
    """A number of works, beside what real samples reach.

    Attributes:
        name: with the features it is taken on.
        number: of the works.
        real: of real samples.
    """

    name: str
    number: Number
    real: float

    def record(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "name": self.name,
            "value": self.number.value,
            "margin": self.number.margin,
            "real": self.real,
            "meaning": self.number.meaning,
        }


@dataclass(frozen=True)
class PixelReport:
    """What was found of a set of generated pictures.

    Attributes:
        measurements: the numbers.
        count: generated pictures in all.
        compared: pictures of each side in a comparison.
        noun: what samples are called.
    """

    measurements: Sequence[Measured]
    count: int
    compared: int
    noun: str = "picture"

    @property
    def copies(self) -> Copies | None:
        """The copies of training pictures among them; None where nobody looked."""
        return next((row.number.copies for row in self.measurements if row.number.copies), None)

    def to_text(self) -> str:
        """Return the verdict, which tells of nothing that was not measured."""
        looks = ", ".join(part for part in (self._varied(), self._sharp()) if part)
        parts = [looks, *([f"{self._original(self.copies)} among {self.count:,}"] if self.copies else [])]
        return "; ".join(part for part in parts if part) or "measured, not judged"

    def _of_role(self, role: Role) -> list[Measured]:
        return [row for row in self.measurements if row.number.role == role]

    def _shares(self, role: Role) -> list[float]:
        return [row.number.value / max(row.real, 0.01) for row in self._of_role(role)]

    def _varied(self) -> str:
        """Return how varied the works are, which nobody can tell of such as do not look like the data at all."""
        shares, near = self._shares(Role.DIVERSITY), self._shares(Role.FIDELITY)
        if not shares or min(shares) > 0.4:
            return "" if not shares else "varied" if min(shares) > 0.8 else "less varied than the data"
        if near and near[0] < UNLIKE:
            return "unlike the data"
        return "of little variety" if near else "covering little of the data"

    def _sharp(self) -> str:
        for detail in (row.number.value for row in self._of_role(Role.DETAIL)):
            if detail > 1.1:
                return "noisy" if detail > 1.3 else "slightly noisy"
            return "sharp" if detail > 0.92 else "slightly blurry" if detail > 0.75 else "blurry"
        return ""

    def _original(self, copies: Copies) -> str:
        if copies.count:
            return f"{copies.count:,} {'copy' if copies.count == 1 else 'copies'} of training {self.noun}s found"
        if any(row.number.value < SUSPICIOUS for row in self._of_role(Role.CLOSENESS)):
            return f"no copies, but suspiciously close to the training {self.noun}s,"
        return "no copies found"

    def table(self) -> list[tuple[str, str, str, str]]:
        """Return name, value with margin, what the data reaches, and meaning, as text."""
        return [
            (row.name, f"{row.number.value:.3f} ± {row.number.margin:.3f}", f"{row.real:.3f}", row.number.meaning)
            for row in self.measurements
        ]
