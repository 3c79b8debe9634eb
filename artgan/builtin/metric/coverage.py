"""How pictures and real ones cover each other, by balls around the features of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from artgan.interfaces import Comparison, Metric, Role

NEIGHBOURS = 5
"""The neighbour that a ball reaches to."""


@dataclass(frozen=True)
class Share(Metric):
    """One of the four numbers of how two sets cover each other, which are computed together."""

    representation = "pixels"
    on_features = True

    def compare(self, comparison: Comparison) -> Mapping[str, float]:
        from .neighbours import coverage

        fake, real = comparison.fake, comparison.held_out
        found = fake.once((coverage, real), lambda: coverage(real.features, fake.features, NEIGHBOURS))
        return {comparison.named(self.name): found.by_name(self.name)}


@dataclass(frozen=True)
class Precision(Share):
    """The share of pictures that lie within a ball of a real one."""

    name = "precision"
    paper = "Kynkäänniemi et al. 2019, arXiv:1904.06991"
    role = Role.FIDELITY
    meaning = "share that looks like the data: quality"


@dataclass(frozen=True)
class Recall(Share):
    """The share of real pictures that lie within a ball of a generated one."""

    name = "recall"
    paper = "Kynkäänniemi et al. 2019, arXiv:1904.06991"
    role = Role.DIVERSITY
    meaning = "share of the data that it can make: diversity"


@dataclass(frozen=True)
class Density(Share):
    """In how many balls of real pictures a generated one lies, beside what is expected of real ones."""

    name = "density"
    paper = "Naeem et al. 2020, arXiv:2002.09797"
    meaning = "how firmly within the data; 1 as the data itself"


@dataclass(frozen=True)
class Coverage(Share):
    """The share of real pictures whose ball holds a generated one."""

    name = "coverage"
    paper = "Naeem et al. 2020, arXiv:2002.09797"
    role = Role.DIVERSITY
    meaning = "share of the data with a work nearby"
