"""Components by kind and name, and the distribution that each came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from .. import interfaces
from ..errors import UsageError, did_you_mean
from ..interfaces.component import Component, split_choice

KINDS: dict[str, type[Component]] = {
    "generators": interfaces.Generator,
    "discriminators": interfaces.Discriminator,
    "losses": interfaces.Loss,
    "penalties": interfaces.Penalty,
    "augmentations": interfaces.Augmentation,
    "estimators": interfaces.Estimator,
    "datasets": interfaces.Dataset,
    "metrics": interfaces.Metric,
    "features": interfaces.Features,
    "modalities": interfaces.Modality,
    "presets": interfaces.Preset,
}


@dataclass(frozen=True)
class Source:
    """Where a plugin came from.

    Attributes:
        plugin: the name of its entry point, or of its file.
        distribution: the installed distribution that brought it, as users name it to pip.
        version: the distribution's version, empty for a single file.
    """

    plugin: str
    distribution: str
    version: str

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}".strip()


@dataclass(frozen=True)
class Problem:
    """Why a plugin, or a part of it, was left out."""

    source: Source
    reason: str

    def __str__(self) -> str:
        return f"plugin {self.source.plugin} ({self.source}): {self.reason}"


@dataclass
class Registry:
    """Names to component classes, with the source of each; two may offer the same name."""

    problems: list[Problem] = field(default_factory=list)
    _offers: dict[tuple[str, str], list[tuple[type[Component], Source]]] = field(default_factory=dict)

    def add(self, component: type[Component], source: Source) -> None:
        """Register a component under its kind and name."""
        self._offers.setdefault((component.kind, component.name), []).append((component, source))

    def names(self, kind: str) -> list[str]:
        """Return the names of a kind in order; those offered twice are told apart as ``distribution/name``."""
        return tell_apart(
            {
                name: [source for _, source in offers]
                for (offered, name), offers in self._offers.items()
                if offered == kind
            }
        )

    def kinds(self) -> list[str]:
        """Return the kinds that have components."""
        return sorted({kind for kind, _ in self._offers})

    def source(self, component: type[Component]) -> Source:
        """Return where a component class came from."""
        offers = self._offers[component.kind, component.name]
        return next(source for offered, source in offers if offered is component)

    def offered_by(self, source: Source) -> list[type[Component]]:
        """Return the component classes that a plugin offers, by kind and name."""
        return [cls for _, offers in sorted(self._offers.items()) for cls, offerer in offers if offerer == source]

    def qualified(self, component: type[Component]) -> str:
        """Return the shortest name that is this component's alone."""
        if len(self._offers[component.kind, component.name]) == 1:
            return component.name
        return f"{self.source(component).distribution}/{component.name}"

    def get(self, kind: str, name: str) -> type[Component]:
        """Return the component class of a name, or of ``distribution/name``.

        Raises:
            UsageError: if nothing or more than one plugin offers it.
        """
        distribution, slash, bare = name.rpartition("/")
        offers = self._offers.get((kind, bare), [])
        if slash:
            offers = [(component, source) for component, source in offers if source.distribution == distribution]
        if not offers:
            failed = "".join(f"; {problem}" for problem in self.problems)
            raise UsageError(f"no {kind} is called {name!r}{did_you_mean(name, self.names(kind))}{failed}")
        if len(offers) > 1:
            both = " and ".join(f"{source.distribution}/{bare}" for _, source in offers)
            raise UsageError(f"{kind} {bare!r} is offered more than once: say which with {both}")
        return offers[0][0]

    def dataset(self, name: str) -> type[interfaces.Dataset]:
        """Return the dataset class of a name."""
        return cast(type[interfaces.Dataset], self.get("dataset", name))

    def recognise(self, path: Path) -> interfaces.Dataset:
        """Return the dataset that a path given as plain argument is meant for.

        Raises:
            UsageError: if there is nothing at the path, or nothing that a dataset can read.
        """
        names = self.names("dataset")
        if not path.exists():
            raise UsageError(f"{path} does not exist; datasets by name (with --dataset): {', '.join(names)}")
        for name in names:
            if (dataset := self.dataset(name)).recognises(path):
                return dataset.configure({"path": str(path.resolve())})
        raise UsageError(
            f"{path} holds nothing that a dataset can read: give a folder or zip of pictures, an array, or text"
        )

    def modality(self, spec: interfaces.Spec) -> interfaces.Modality:
        """Return the modality of a spec, bound to it."""
        return cast(interfaces.Modality, self.get("modality", spec.modality).configure({})).with_spec(spec)

    def parse(self, kind: str, text: str) -> Component:
        """Return the configured component for text like ``cnn:width=64,latent=128``.

        Raises:
            UsageError: for a wrong name, option, type or range.
        """
        name, options = split_choice(text)
        return self.get(kind, name).configure(options)


def tell_apart(offered: Mapping[str, Iterable[Source]]) -> list[str]:
    """Return names in order; one that several distributions offer becomes ``distribution/name`` for each."""
    names: list[str] = []
    for name, sources in offered.items():
        distributions = [source.distribution for source in sources]
        names += [name] if len(distributions) == 1 else [f"{distribution}/{name}" for distribution in distributions]
    return sorted(names)
