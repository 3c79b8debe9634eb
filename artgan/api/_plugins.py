"""Plugins: what there is, whether it keeps to the contract, and how it comes and goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArtganError, UsageError, did_you_mean
from ..plugins import installer
from ..plugins.catalogue.cache import read_catalogue
from ..plugins.catalogue.entries import Entry, parse_entries
from ..plugins.loader import Installed, in_files, installed, load_plugins
from ..plugins.registry import Source
from ..plugins.scaffold import plan


@dataclass(frozen=True, kw_only=True)
class InstallRequest:
    """Which plugins are installed, and from where.

    Attributes:
        targets: names with or without versions, as pip takes them, or paths of source folders, wheels and archives.
        upgrade: whether those that are here are upgraded.
        editable: whether source folders are used in place.
        index_url: another package index.
        extra_index_urls: further package indexes.
    """

    targets: tuple[str, ...]
    upgrade: bool = False
    editable: bool = False
    index_url: str | None = None
    extra_index_urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class InstallResult:
    """What was installed.

    Attributes:
        distributions: what came or was upgraded; empty where all was here.
        plugins: the plugins in them, as a fresh process sees them.
    """

    distributions: tuple[str, ...]
    plugins: tuple[Entry, ...]


@dataclass(frozen=True)
class RemovedPlugin:
    """A distribution that was removed.

    Attributes:
        name: what it is called.
        version: which one it was.
        origin: what installs it again.
    """

    name: str
    version: str
    origin: str


@dataclass(frozen=True)
class PluginVerdict:
    """Whether a part of a plugin keeps to the contract.

    Attributes:
        plugin: the plugin, and where it comes from.
        subject: what was checked: ``loading``, kind and name of a component, or ``observer``.
        faults: what is wrong, one line each; empty where it conforms.
    """

    plugin: Source
    subject: str
    faults: tuple[str, ...]


@dataclass(frozen=True)
class NewPlugin:
    """The source of a plugin that was written.

    Attributes:
        folder: where it is.
        distribution: what its distribution is called.
        name: what its components are called.
        kinds: what it is made of.
    """

    folder: Path
    distribution: str
    name: str
    kinds: tuple[str, ...]


def list_plugins(files: Iterable[str] = ()) -> tuple[Entry, ...]:
    """Return what is known of each plugin: what it offers, and what was left out of it and why.

    Args:
        files: single-file plugins or package folders, beside what is installed.
    """
    return tuple(read_catalogue(files).entries)


def install_plugins(request: InstallRequest) -> InstallResult:
    """Install plugins with pip, where artgan runs; none replaces the installed artgan or torch.

    Raises:
        UsageError: if a path holds no plugin.
        ArtganError: if pip fails, or plugins can no longer be listed.
    """
    options = ["--upgrade"] * request.upgrade
    options += ["--index-url", request.index_url] if request.index_url else []
    options += [word for url in request.extra_index_urls for word in ("--extra-index-url", url)]
    new = installer.install(request.targets, options, editable=request.editable)
    return InstallResult(tuple(new), tuple(_listed_afresh(new)) if new else ())


def uninstall_plugins(names: Sequence[str]) -> tuple[RemovedPlugin, ...]:
    """Remove plugins with pip; no plugin's code is run for it.

    Args:
        names: distributions, or plugins as `list_plugins` tells them.

    Raises:
        UsageError: if one of them is no plugin that is installed; nothing is removed then.
        ArtganError: if pip fails.
    """
    found = {distribution.name: distribution for distribution in map(installer.find_plugin, names)}
    removed = tuple(RemovedPlugin(name, item.version, installer.origin(item)) for name, item in found.items())
    installer.uninstall(list(found))
    return removed


def check_plugins(names: Sequence[str]) -> Iterator[PluginVerdict]:
    """Check plugins with the conformance kit, part by part.

    Args:
        names: distributions or plugins that are installed, or paths of single-file plugins and packages.

    Raises:
        UsageError: if there is no such plugin.
    """
    checked = [item for name in names for item in _find(name)]
    plugins = load_plugins(item.target for item in checked if item.is_path)

    from ..testing.plugin_check import find_faults  # only now: it imports torch

    for item in checked:
        for verdict in find_faults(item, plugins):
            yield PluginVerdict(item.source, verdict.subject, verdict.faults)


def write_plugin(name: str, *, kinds: Sequence[str] = ("loss",), out: Path = Path()) -> NewPlugin:
    """Write the source of a plugin: a distribution that works, with tests that pass.

    Args:
        name: what its components are called.
        kinds: what it offers: kinds of components, ``command``, ``observer``.
        out: where its folder is made.

    Raises:
        UsageError: if the name cannot be one or is taken, or there is such a folder.
        ArtganError: if it cannot be written.
    """
    scaffold = plan(name, kinds)
    folder = scaffold.write(out)
    return NewPlugin(folder, scaffold.distribution, scaffold.name, tuple(scaffold.kinds))


def _listed_afresh(distributions: Sequence[str]) -> list[Entry]:
    """Return the plugins of distributions as a fresh process sees them: this one may hold what they replaced."""
    command = [sys.executable, "-m", "artgan", "plugins", "--json"]
    in_utf8 = os.environ | {"PYTHONIOENCODING": "utf-8"}
    listed = subprocess.run(command, capture_output=True, encoding="utf-8", env=in_utf8, check=False)
    if listed.returncode:
        what = ", ".join(distributions)
        raise ArtganError(f"installed {what}, but plugins can no longer be listed: {listed.stderr.strip()}")
    return [entry for entry in parse_entries(json.loads(listed.stdout)) if entry.distribution in distributions]


def _find(name: str) -> list[Installed]:
    """Return the plugins that a person means."""
    if Path(name).suffix == ".py" or (Path(name) / "__init__.py").is_file():
        return in_files([name])[:1]
    known = installed()
    if found := [item for item in known if name in (item.source.plugin, item.source.distribution)]:
        return found
    raise UsageError(
        f"no installed plugin is called {name!r}{did_you_mean(name, [item.source.distribution for item in known])}"
    )
