"""Components by kind and name, and the distribution that each came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

from ..errors import UsageError, did_you_mean, one_line
from ..interfaces import Dataset, Machine, Modality, Preset, Spec, Survey, Wishes
from ..interfaces.component import Component, split_choice
from ..shell import command

C = TypeVar("C", bound=Component)

OWN = "artgan"
"""The distribution of the built-in components, whose names recipes write without it."""

FILE = ".py"
"""How the distribution ends of a plugin that is a single file."""

NO_PLUGIN = "class-without-plugin.py"
"""What stands in a recipe for the distribution of a class that was given itself, and that no plugin offers."""


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


Offer = tuple[type[Component], Source]


@dataclass
class Registry:
    """Names to component classes, with the source of each; two may offer the same name.

    Attributes:
        problems: what was left out, and why.
        files: the plugins that the user gave for this once, which are not installed.
    """

    problems: list[Problem] = field(default_factory=list)
    files: tuple[str, ...] = ()
    _offers: dict[tuple[str, str], list[Offer]] = field(default_factory=dict)

    def add(self, component: type[Component], source: Source) -> None:
        """Register a component under its kind and name."""
        self._offers.setdefault((component.kind, component.name), []).append((component, source))

    def command(self, *words: object) -> str:
        """Return a command that can be typed as it stands, and loads the plugins that were given to this one."""
        return command(*words, *(word for file in self.files for word in ("--plugin", Path(file))))

    def names(self, kind: type[Component]) -> list[str]:
        """Return the names of a kind in order; those offered twice are told apart as ``distribution/name``."""
        return tell_apart(
            {
                name: [source for _, source in offers]
                for (offered, name), offers in self._offers.items()
                if offered == kind.kind
            }
        )

    def offers(self, kind: type[C]) -> list[type[C]]:
        """Return the component classes of a kind, in the order in which they were offered."""
        offered = [offers for (name, _), offers in self._offers.items() if name == kind.kind]
        return [cast(type[C], component) for offers in offered for component, _ in offers]

    def source(self, component: type[Component]) -> Source:
        """Return where a component class came from."""
        offers = self._offers[component.kind, component.name]
        return next(source for offered, source in offers if offered is component)

    def distributions(self) -> set[str]:
        """Return the distributions that offer anything."""
        return {source.distribution for offers in self._offers.values() for _, source in offers}

    def offered_by(self, source: Source) -> list[type[Component]]:
        """Return the component classes that a plugin offers, by kind and name."""
        return [cls for _, offers in sorted(self._offers.items()) for cls, offerer in offers if offerer == source]

    def qualified(self, component: type[Component]) -> str:
        """Return a component's name as recipes write it, which means the same whatever else is installed.

        Raises:
            UsageError: if no plugin that was loaded offers this class.
        """
        if component not in self.offers(component):
            raise UsageError(
                f"no loaded plugin offers the {component.kind} {component.__name__}: return the class from a hook "
                f"register_{component.plural} in a file, load it with ARTGAN_PLUGINS=FILE, and give it by its name"
            )
        distribution = self.source(component).distribution
        return component.name if distribution == OWN else f"{distribution}/{component.name}"

    def choice(self, component: Component) -> str:
        """Return a component as the command line takes it, by the name that recipes write.

        Raises:
            UsageError: as for `qualified`.
        """
        return self.qualified(type(component)) + component.to_choice().removeprefix(component.name)

    def get(self, kind: type[C], name: str, *, made_with: Iterable[str] = ()) -> type[C]:
        """Return the component class that a recipe or a preset names.

        A name without a distribution is that of the built-in component, if there is one.

        Args:
            kind: the interface of its kind, such as `artgan.interfaces.Loss`.
            name: what is written: a name, or ``distribution/name``.
            made_with: distributions whose component is meant where several offer the name.

        Raises:
            UsageError: if nothing or more than one plugin offers it.
        """
        offers = self._found(kind, name)
        for preferred in ((OWN,), tuple(made_with)):
            if len(offers) > 1:
                offers = [offer for offer in offers if offer[1].distribution in preferred] or offers
        return self._only(kind, name, offers)

    def chosen(self, kind: type[C], text: str) -> type[C]:
        """Return the component class that a user names, with options or without.

        Raises:
            UsageError: if nothing offers it, or more than one plugin does, built-in or not; or it cannot be read.
        """
        name, _ = split_choice(text)
        return self._only(kind, name, self._found(kind, name))

    def _found(self, kind: type[Component], name: str) -> list[Offer]:
        distribution, slash, bare = name.rpartition("/")
        offers = self._offers.get((kind.kind, bare), [])
        if not slash:
            return offers
        named = [offer for offer in offers if offer[1].distribution == distribution]
        if not named and distribution.endswith(FILE):  # it was renamed, or is installed by now
            return [offer for offer in offers if offer[1].distribution != OWN]
        return named

    def _only(self, kind: type[C], name: str, offers: Sequence[Offer]) -> type[C]:
        if not offers:
            failed = "".join(f"; {problem}" for problem in self.problems)
            raise UsageError(f"no {kind.kind} is called {name!r}{did_you_mean(name, self.names(kind))}{failed}")
        if len(offers) > 1:
            bare = name.rpartition("/")[2]
            both = " and ".join(f"{source.distribution}/{bare}" for _, source in offers)
            raise UsageError(f"{kind.kind} {bare!r} is offered more than once: say which with {both}")
        return cast(type[C], offers[0][0])  # the loader lets nothing else in under this kind

    def recognise(self, path: Path) -> Dataset:
        """Return the dataset that a path given as plain argument is meant for, by what is most of it.

        Raises:
            UsageError: if there is nothing at the path, or nothing that a dataset can read.
        """
        names = self.names(Dataset)
        if not path.exists():
            raise UsageError(f"{path} does not exist; datasets by name (with --dataset): {', '.join(names)}")
        datasets = [self.get(Dataset, name) for name in names]
        shares = [self._share_recognised(dataset, path) for dataset in datasets]
        if max(shares) > 0:
            return datasets[shares.index(max(shares))].configure({"path": str(path.resolve())})
        raise UsageError(
            f"{path} holds nothing that a dataset can read: give a folder or zip of pictures, an array, or text"
        )

    def _share_recognised(self, dataset: type[Dataset], path: Path) -> float:
        """Return how much of a path a dataset recognises; nothing where a plugin's raises, which becomes a problem."""
        source = self.source(dataset)
        try:
            return float(dataset.recognises(path))
        except Exception as error:
            if source.distribution == OWN:
                raise
            reason = f"dataset {dataset.name} raised {type(error).__name__} in recognises(): {one_line(error)}"
            self.problems.append(Problem(source, reason))
            return 0.0

    def proposed_preset(self, wishes: Wishes, survey: Survey, machine: Machine) -> Preset | None:
        """Return the first preset of a plugin, by name, that proposes itself where the user names none."""
        for offered in sorted(self.offers(Preset), key=self.qualified):
            preset = offered.configure({})
            if self.source(offered).distribution != OWN and self._proposes_itself(preset, wishes, survey, machine):
                return preset
        return None

    def _proposes_itself(self, preset: Preset, wishes: Wishes, survey: Survey, machine: Machine) -> bool:
        """Return whether a plugin's preset proposes itself; not where it raises, which becomes a problem."""
        try:
            return preset.proposes_itself(wishes, survey, machine)
        except Exception as error:
            reason = f"preset {preset.name} raised {type(error).__name__} in proposes_itself(): {one_line(error)}"
            self.problems.append(Problem(self.source(type(preset)), reason))
            return False

    def modality(self, spec: Spec) -> Modality:
        """Return the modality of a spec, with what it must know of it."""
        return self.get(Modality, spec.modality).configure({}).with_spec(spec)

    def parse(self, kind: type[C], text: str) -> C:
        """Return the configured component for text like ``cnn:width=64,latent=128``, by name as `get` finds it.

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
