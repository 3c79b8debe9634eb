"""Finds, loads and isolates plugins, and knows which distribution each component came from."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import inspect
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

import pluggy

from . import hookspecs, interfaces
from .components import Component, split_choice
from .errors import ArtganError, UsageError, did_you_mean

GROUP = "artgan"
BUILTIN = "artgan.builtin"
KINDS: dict[str, type[Component]] = {
    "generators": interfaces.Generator,
    "discriminators": interfaces.Discriminator,
    "losses": interfaces.Loss,
    "penalties": interfaces.Penalty,
    "augmentations": interfaces.Augmentation,
    "estimators": interfaces.Estimator,
    "datasets": interfaces.Dataset,
    "metrics": interfaces.Metric,
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
class Loaded:
    """One plugin that was loaded: how long it took and whether it pulled in torch."""

    source: Source
    seconds: float
    imported_torch: bool


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
        names: list[str] = []
        for (offered, name), offers in self._offers.items():
            if offered == kind:
                names += [name] if len(offers) == 1 else [f"{source.distribution}/{name}" for _, source in offers]
        return sorted(names)

    def kinds(self) -> list[str]:
        """Return the kinds that have components."""
        return sorted({kind for kind, _ in self._offers})

    def source(self, component: type[Component]) -> Source:
        """Return where a component class came from."""
        offers = self._offers[component.kind, component.name]
        return next(source for offered, source in offers if offered is component)

    def offered_by(self, source: Source) -> list[str]:
        """Return what a plugin offers, as ``kind name``."""
        return [f"{kind} {name}" for (kind, name), offers in self._offers.items() if source in (o for _, o in offers)]

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
        raise UsageError(f"{path} holds nothing that a dataset can read: give a folder or zip of pictures, or an array")

    def modality(self, name: str) -> interfaces.Modality:
        """Return the modality of a name."""
        return cast(interfaces.Modality, self.get("modality", name).configure({}))

    def parse(self, kind: str, text: str) -> Component:
        """Return the configured component for text like ``cnn:width=64,latent=128``.

        Raises:
            UsageError: for a wrong name, option, type or range.
        """
        name, options = split_choice(text)
        return self.get(kind, name).configure(options)


@dataclass
class Plugins:
    """Everything that was loaded."""

    manager: pluggy.PluginManager
    registry: Registry
    loaded: list[Loaded]
    sources: dict[int, Source]

    @property
    def problems(self) -> list[Problem]:
        """What was left out, and why."""
        return self.registry.problems

    def notify(self, hook: str, **arguments: object) -> None:
        """Call an observer hook of each plugin in its own guard; one that raises is reported and never called again."""
        for implementation in self._implementations(hook):
            try:
                implementation.function(*(arguments[name] for name in implementation.argnames))
            except ArtganError:
                raise
            except Exception as error:
                self._reject(implementation.plugin, f"{hook} raised {_describe(error)}")
                self.manager.unregister(implementation.plugin)

    def _implementations(self, hook: str) -> list[Any]:
        return list(getattr(self.manager.hook, hook).get_hookimpls())

    def _reject(self, plugin: object, reason: str) -> None:
        self.registry.problems.append(Problem(self.sources[id(plugin)], reason))

    def register(self, plugin: object, source: Source) -> None:
        """Register one plugin and collect what it offers; what is wrong with it becomes a problem."""
        self.sources[id(plugin)] = source
        version = getattr(plugin, "ARTGAN_API", hookspecs.API_VERSION)
        if version != hookspecs.API_VERSION:
            self._reject(plugin, f"made for plugin API {version}, this artgan has {hookspecs.API_VERSION}")
            return
        try:
            self.manager.register(plugin, name=f"{source.distribution}:{source.plugin}")
        except Exception as error:
            self._reject(plugin, _describe(error))
            return
        for name in _unknown_hooks(plugin):
            self._reject(plugin, f"unknown hook {name!r}{did_you_mean(name, _hook_names())}")
        for plural, interface in KINDS.items():
            for implementation in self._implementations(f"register_{plural}"):
                if implementation.plugin is plugin:
                    self._collect(implementation, interface)

    def _collect(self, implementation: Any, interface: type[Component]) -> None:
        hook = implementation.function.__name__
        try:
            offered = implementation.function()
        except Exception as error:
            self._reject(implementation.plugin, f"{hook} raised {_describe(error)}")
            return
        if not isinstance(offered, list | tuple):
            self._reject(implementation.plugin, f"{hook} returned {type(offered).__name__}, not a list")
            return
        for component in offered:
            fault = _fault(component, interface)
            if fault:
                self._reject(implementation.plugin, f"{hook}: {fault}")
            else:
                self.registry.add(component, self.sources[id(implementation.plugin)])


def load_plugins(files: Iterable[str] = ()) -> Plugins:
    """Load the built-in plugins, the installed ones and the given files, each in its own guard.

    The environment variable ``ARTGAN_LOAD_PLUGINS`` limits the installed ones to the entry points or distributions
    that it names, split by commas (empty: none); ``ARTGAN_PLUGINS`` names further files, split as in ``PATH``;
    ``ARTGAN_STRICT=1`` turns every problem into an error.

    Args:
        files: single-file plugins or package folders.

    Raises:
        ArtganError: under ``ARTGAN_STRICT=1`` if anything was left out.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    plugins = Plugins(manager, Registry(), [], {})
    core = Source("builtin", "artgan", importlib.metadata.version("artgan"))
    _load(plugins, core, lambda: importlib.import_module(BUILTIN))
    for entry, source in _installed():
        _load(plugins, source, entry.load)
    for path in [*files, *filter(None, os.environ.get("ARTGAN_PLUGINS", "").split(os.pathsep))]:
        _load(plugins, Source(Path(path).stem, Path(path).name, ""), partial(_import_path, Path(path)))
    if plugins.problems and os.environ.get("ARTGAN_STRICT") == "1":
        raise ArtganError(str(plugins.problems[0]))
    return plugins


def _load(plugins: Plugins, source: Source, load: Callable[[], object]) -> None:
    had_torch, start = "torch" in sys.modules, time.perf_counter()
    try:
        plugin = load()
    except (Exception, SystemExit) as error:
        plugins.registry.problems.append(Problem(source, f"failed to import: {_describe(error)}"))
        return
    plugins.register(plugin, source)
    imported_torch = not had_torch and "torch" in sys.modules
    plugins.loaded.append(Loaded(source, time.perf_counter() - start, imported_torch))


def _installed() -> list[tuple[importlib.metadata.EntryPoint, Source]]:
    wanted = os.environ.get("ARTGAN_LOAD_PLUGINS")
    allowed = None if wanted is None else {name.strip() for name in wanted.split(",")}
    found = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution, version = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "")
        if allowed is None or entry.name in allowed or distribution in allowed:
            found.append((entry, Source(entry.name, distribution, version)))
    return sorted(found, key=lambda pair: (pair[1].distribution, pair[1].plugin))


def _import_path(path: Path) -> object:
    target = path / "__init__.py" if path.is_dir() else path
    if not target.is_file():
        raise FileNotFoundError(f"no plugin at {target.name}")
    name = f"artgan_plugin_{path.stem}"
    spec = importlib.util.spec_from_file_location(
        name, target, submodule_search_locations=[str(path)] if path.is_dir() else None
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{target.name} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _fault(component: object, interface: type[Component]) -> str:
    """Return what is wrong with an offered component, or nothing."""
    if not (isinstance(component, type) and issubclass(component, interface)):
        return f"{component!r} is no {interface.__name__} class"
    name = getattr(component, "name", None)
    if not (isinstance(name, str) and name and all(sign.isalnum() or sign in "-_." for sign in name)):
        return f"{component.__name__} has no usable name"
    if inspect.isabstract(component) or getattr(component, "__abstractmethods__", None):
        return f"{component.__name__} does not implement {', '.join(sorted(component.__abstractmethods__))}"
    try:
        component.configure({})
    except Exception as error:
        return f"{component.__name__} cannot be made with its defaults: {_describe(error)}"
    return ""


def _unknown_hooks(plugin: object) -> list[str]:
    marked = [name for name in dir(plugin) if hasattr(getattr(plugin, name, None), "artgan_impl")]
    return [name for name in marked if name not in _hook_names()]


def _hook_names() -> list[str]:
    return [name for name, item in vars(hookspecs).items() if hasattr(item, "artgan_spec")]


def _describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}".rstrip(": ")
