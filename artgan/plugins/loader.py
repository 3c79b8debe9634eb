"""Finds, loads and isolates plugins."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import inspect
import os
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pluggy

from ..errors import ArtganError, UsageError, describe, did_you_mean
from ..interfaces import hooks
from ..interfaces.component import Component
from ..interfaces.kinds import KINDS
from .environment import allowed, plugin_files
from .registry import NO_PLUGIN, Problem, Registry, Source

GROUP = "artgan"
BUILTIN = "artgan.builtin"


@dataclass(frozen=True)
class Installed:
    """A plugin that can be loaded.

    Attributes:
        source: where it comes from.
        target: what is imported, ``module`` or ``module:object``; or a file or folder, where ``is_path``.
        is_path: whether the target is a path.
    """

    source: Source
    target: str
    is_path: bool = False

    def load(self) -> object:
        """Import the plugin; whatever its code raises goes through."""
        if self.is_path:
            return _import_path(Path(self.target))
        return EntryPoint(self.source.plugin, self.target, GROUP).load()


@dataclass(frozen=True)
class Loaded:
    """One plugin that was loaded.

    Attributes:
        source: where it came from.
        plugin: the module or object with the hooks.
        api: the version of the plugin API that it was made for.
        seconds: how long loading took, hooks included.
        imported_torch: whether torch was imported by it.
        files: the files of its own modules.
    """

    source: Source
    plugin: object
    api: int
    seconds: float
    imported_torch: bool
    files: tuple[str, ...]


@dataclass
class Plugins:
    """Everything that was loaded."""

    manager: pluggy.PluginManager
    registry: Registry = field(default_factory=Registry)
    loaded: list[Loaded] = field(default_factory=list)
    _sources: dict[int, Source] = field(default_factory=dict)

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
                self._reject(implementation.plugin, f"{hook} raised {describe(error)}")
                self.manager.unregister(implementation.plugin)

    def hooks(self, plugin: object) -> list[str]:
        """Return the names of the hooks that a plugin implements."""
        if not self.manager.is_registered(plugin):
            return []
        return sorted(caller.name for caller in self.manager.get_hookcallers(plugin) or [])

    def settle(self) -> None:
        """Raise the first problem under ``ARTGAN_STRICT=1``.

        Raises:
            ArtganError: if anything was left out.
        """
        if self.problems and os.environ.get("ARTGAN_STRICT") == "1":
            raise ArtganError(str(self.problems[0]))

    def load(self, wanted: Installed) -> None:
        """Load one plugin in its own guard; what is wrong with it becomes a problem."""
        known, start = set(sys.modules), time.perf_counter()
        try:
            plugin = wanted.load()
        except (Exception, SystemExit) as error:
            self.problems.append(Problem(wanted.source, f"failed to import: {describe(error)}"))
            return

        self.register(plugin, wanted.source)
        self.loaded.append(
            Loaded(
                source=wanted.source,
                plugin=plugin,
                api=_api_version(plugin),
                seconds=time.perf_counter() - start,
                imported_torch="torch" in sys.modules.keys() - known,
                files=_own_files(plugin, wanted),
            )
        )

    def register(self, plugin: object, source: Source) -> None:
        """Register one plugin and collect what it offers; what is wrong with it becomes a problem."""
        if self.manager.is_registered(plugin):
            first = self._sources[id(plugin)]
            self.problems.append(Problem(source, f"the same plugin as {first.plugin} of {first}"))
            return

        self._sources[id(plugin)] = source
        if fault := _api_fault(_api_version(plugin)):
            self._reject(plugin, fault)
            return
        try:
            self.manager.register(plugin, name=f"{source.distribution}:{source.plugin}")
        except Exception as error:
            self._reject(plugin, describe(error))
            if self.manager.is_registered(plugin):  # older pluggy keeps the hooks that it checked before the bad one
                self.manager.unregister(plugin)
            return

        for name in _unknown_hooks(plugin):
            self._reject(plugin, f"unknown hook {name!r}{did_you_mean(name, _hook_names())}")
        for interface in KINDS.values():
            for implementation in self._implementations(f"register_{interface.plural}"):
                if implementation.plugin is plugin:
                    self._collect(implementation, interface)

    def add_class(self, component: type[Component]) -> None:
        """Add a component's class that no plugin offers, as one that was defined in a notebook.

        Raises:
            UsageError: if it is no component that can be used.
        """
        kind = KINDS.get(getattr(component, "kind", ""), Component)
        if kind is Component or not issubclass(component, kind):
            raise UsageError(f"{component!r} is no component: derive its class from one of artgan.interfaces")
        if component in self.registry.offers(kind):
            return
        if fault := _fault(component, kind):
            raise UsageError(fault)
        self.registry.add(component, Source(NO_PLUGIN, NO_PLUGIN, ""))

    def _implementations(self, hook: str) -> list[Any]:
        return list(getattr(self.manager.hook, hook).get_hookimpls())

    def _reject(self, plugin: object, reason: str) -> None:
        self.problems.append(Problem(self._sources[id(plugin)], reason))

    def _collect(self, implementation: Any, interface: type[Component]) -> None:
        hook = implementation.function.__name__
        try:
            offered = implementation.function()
        except Exception as error:
            self._reject(implementation.plugin, f"{hook} raised {describe(error)}")
            return
        if not isinstance(offered, list | tuple):
            self._reject(implementation.plugin, f"{hook} returned {type(offered).__name__}, not a list")
            return
        for component in offered:
            fault = _fault(component, interface)
            if fault:
                self._reject(implementation.plugin, f"{hook}: {fault}")
            else:
                self.registry.add(component, self._sources[id(implementation.plugin)])


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
    given = tuple(files)
    may = [item for item in installed() if allowed(item.source.plugin, item.source.distribution)]
    plugins = load([*may, *in_files(given)])
    plugins.registry.files = given
    return plugins


def load(wanted: Iterable[Installed]) -> Plugins:
    """Load some plugins, each in its own guard.

    Raises:
        ArtganError: under ``ARTGAN_STRICT=1`` if anything was left out.
    """
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hooks)
    plugins = Plugins(manager)
    for item in wanted:
        plugins.load(item)
    plugins.settle()
    return plugins


def installed() -> list[Installed]:
    """Return the built-in plugin, then the installed ones in the order of their distributions."""
    core = Installed(Source("builtin", "artgan", importlib.metadata.version("artgan")), BUILTIN)
    found = []
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution, version = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "")
        found.append(Installed(Source(entry.name, distribution, version), entry.value))
    return [core, *sorted(found, key=lambda item: (item.source.distribution, item.source.plugin))]


def in_files(files: Iterable[str]) -> list[Installed]:
    """Return the plugins in the given files and in those of ``ARTGAN_PLUGINS``."""
    paths = [*files, *plugin_files()]
    return [Installed(Source(Path(path).stem, Path(path).name, ""), path, is_path=True) for path in paths]


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


def _own_files(plugin: object, wanted: Installed) -> tuple[str, ...]:
    """Return the files of the modules loaded so far that belong to the plugin's package."""
    package = (plugin.__name__ if inspect.ismodule(plugin) else wanted.target.partition(":")[0]) if plugin else ""
    if not wanted.is_path and wanted.target != BUILTIN:
        package = package.partition(".")[0]
    own = (module for name, module in list(sys.modules.items()) if name == package or name.startswith(f"{package}."))
    return tuple(file for module in own if (file := getattr(module, "__file__", None)))


def _api_version(plugin: object) -> int:
    return getattr(plugin, "ARTGAN_API", hooks.API_VERSION)


def _api_fault(version: object) -> str:
    oldest, newest = hooks.OLDEST_API_VERSION, hooks.API_VERSION
    if not isinstance(version, int):
        return f"ARTGAN_API is {version!r}, not a whole number such as {newest}"
    if version > newest:
        return f"made for plugin API {version}, this artgan has {newest}: upgrade artgan"
    if version < oldest:
        return f"made for plugin API {version}, this artgan needs {oldest} or later: upgrade the plugin"
    return ""


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
        return f"{component.__name__} cannot be made with its defaults: {describe(error)}"
    return ""


def _unknown_hooks(plugin: object) -> list[str]:
    marked = [name for name in dir(plugin) if hasattr(getattr(plugin, name, None), "artgan_impl")]
    return [name for name in marked if name not in _hook_names()]


def _hook_names() -> list[str]:
    return [name for name, item in vars(hooks).items() if hasattr(item, "artgan_spec")]
